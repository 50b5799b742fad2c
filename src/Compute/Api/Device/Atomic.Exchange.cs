using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Api;
using ILGPU.AtomicOperations;

namespace ILGPU;

public static partial class Atomic
{
    /// <summary>Replaces an element.</summary>
    [DeviceIntrinsic("Atomic.Exchange")]
    public static int Exchange(ref int target, int value) => Interlocked.Exchange(ref target, value);

    /// <summary>Replaces an element.</summary>
    [DeviceIntrinsic("Atomic.Exchange")]
    public static long Exchange(ref long target, long value) => Interlocked.Exchange(ref target, value);

    /// <summary>Replaces an element.</summary>
    [DeviceIntrinsic("Atomic.Exchange")]
    public static uint Exchange(ref uint target, uint value) => Interlocked.Exchange(ref target, value);

    /// <summary>Replaces an element.</summary>
    [DeviceIntrinsic("Atomic.Exchange")]
    public static ulong Exchange(ref ulong target, ulong value) => Interlocked.Exchange(ref target, value);

    /// <summary>Replaces an element.</summary>
    [DeviceIntrinsic("Atomic.Exchange")]
    public static float Exchange(ref float target, float value) => Interlocked.Exchange(ref target, value);

    /// <summary>Replaces an element.</summary>
    [DeviceIntrinsic("Atomic.Exchange")]
    public static double Exchange(ref double target, double value) => Interlocked.Exchange(ref target, value);

    /// <summary>Replaces an element.</summary>
    public static Index1D Exchange(ref Index1D target, Index1D value) => new(Exchange(ref Unsafe.As<Index1D, int>(ref target), value.X));

    /// <summary>Replaces an element that equals <paramref name="compare"/>.</summary>
    [DeviceIntrinsic("Atomic.CompareExchange")]
    public static int CompareExchange(ref int target, int compare, int value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces an element that equals <paramref name="compare"/>.</summary>
    [DeviceIntrinsic("Atomic.CompareExchange")]
    public static long CompareExchange(ref long target, long compare, long value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces an element that equals <paramref name="compare"/>.</summary>
    [DeviceIntrinsic("Atomic.CompareExchange")]
    public static uint CompareExchange(ref uint target, uint compare, uint value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces an element that equals <paramref name="compare"/>.</summary>
    [DeviceIntrinsic("Atomic.CompareExchange")]
    public static ulong CompareExchange(ref ulong target, ulong compare, ulong value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces an element that equals <paramref name="compare"/>, bit for bit.</summary>
    [DeviceIntrinsic("Atomic.CompareExchange")]
    public static float CompareExchange(ref float target, float compare, float value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces an element that equals <paramref name="compare"/>, bit for bit.</summary>
    [DeviceIntrinsic("Atomic.CompareExchange")]
    public static double CompareExchange(ref double target, double compare, double value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>Replaces an element that equals <paramref name="compare"/>.</summary>
    public static Index1D CompareExchange(ref Index1D target, Index1D compare, Index1D value) =>
        new(CompareExchange(ref Unsafe.As<Index1D, int>(ref target), compare.X, value.X));

    /// <summary>Applies an operation of one's own.</summary>
    /// <param name="target">The element.</param>
    /// <param name="value">The second argument of <paramref name="operation"/>.</param>
    /// <param name="operation">What to do; it may be called more than once.</param>
    /// <param name="compareExchangeOperation">The compare and exchange of <typeparamref name="T"/>.</param>
    public static T MakeAtomic<T, TOperation, TCompareExchangeOperation>(
        ref T target,
        T value,
        TOperation operation,
        TCompareExchangeOperation compareExchangeOperation)
        where T : unmanaged
        where TOperation : struct, IAtomicOperation<T>
        where TCompareExchangeOperation : struct, ICompareExchangeOperation<T>
    {
        T old = target;
        T expected;
        do
        {
            expected = old;
            old = compareExchangeOperation.CompareExchange(ref target, expected, operation.Operation(expected, value));
        }
        while (!compareExchangeOperation.IsSame(expected, old));
        return old;
    }
}
