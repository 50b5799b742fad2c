using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Api;

namespace ILGPU;

/// <summary>Operations that read and write one element of global or shared memory without another thread getting in between.</summary>
/// <remarks>All return the value that was there before.</remarks>
public static partial class Atomic
{
    /// <summary>Adds to an element.</summary>
    [DeviceIntrinsic("Atomic.Add")]
    public static int Add(ref int target, int value) => Interlocked.Add(ref target, value) - value;

    /// <summary>Adds to an element.</summary>
    [DeviceIntrinsic("Atomic.Add")]
    public static long Add(ref long target, long value) => Interlocked.Add(ref target, value) - value;

    /// <summary>Adds to an element.</summary>
    [DeviceIntrinsic("Atomic.Add")]
    public static uint Add(ref uint target, uint value) => Interlocked.Add(ref target, value) - value;

    /// <summary>Adds to an element.</summary>
    [DeviceIntrinsic("Atomic.Add")]
    public static ulong Add(ref ulong target, ulong value) => Interlocked.Add(ref target, value) - value;

    /// <summary>Adds to an element.</summary>
    [DeviceIntrinsic("Atomic.Add")]
    public static float Add(ref float target, float value)
    {
        float old = target;
        while (true)
        {
            float seen = CompareExchange(ref target, old, old + value);
            if (BitConverter.SingleToInt32Bits(seen) == BitConverter.SingleToInt32Bits(old))
                return old;
            old = seen;
        }
    }

    /// <summary>Adds to an element.</summary>
    [DeviceIntrinsic("Atomic.Add")]
    public static double Add(ref double target, double value)
    {
        double old = target;
        while (true)
        {
            double seen = CompareExchange(ref target, old, old + value);
            if (BitConverter.DoubleToInt64Bits(seen) == BitConverter.DoubleToInt64Bits(old))
                return old;
            old = seen;
        }
    }

    /// <summary>Adds to an element.</summary>
    public static Index1D Add(ref Index1D target, Index1D value) => new(Add(ref Unsafe.As<Index1D, int>(ref target), value.X));

    /// <summary>Ands the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.And")]
    public static int And(ref int target, int value) => Interlocked.And(ref target, value);

    /// <summary>Ands the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.And")]
    public static long And(ref long target, long value) => Interlocked.And(ref target, value);

    /// <summary>Ands the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.And")]
    public static uint And(ref uint target, uint value) => Interlocked.And(ref target, value);

    /// <summary>Ands the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.And")]
    public static ulong And(ref ulong target, ulong value) => Interlocked.And(ref target, value);

    /// <summary>Ors the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.Or")]
    public static int Or(ref int target, int value) => Interlocked.Or(ref target, value);

    /// <summary>Ors the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.Or")]
    public static long Or(ref long target, long value) => Interlocked.Or(ref target, value);

    /// <summary>Ors the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.Or")]
    public static uint Or(ref uint target, uint value) => Interlocked.Or(ref target, value);

    /// <summary>Ors the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.Or")]
    public static ulong Or(ref ulong target, ulong value) => Interlocked.Or(ref target, value);

    /// <summary>Exclusive-ors the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.Xor")]
    public static int Xor(ref int target, int value)
    {
        int old = target;
        while (true)
        {
            int seen = CompareExchange(ref target, old, old ^ value);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Exclusive-ors the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.Xor")]
    public static long Xor(ref long target, long value)
    {
        long old = target;
        while (true)
        {
            long seen = CompareExchange(ref target, old, old ^ value);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Exclusive-ors the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.Xor")]
    public static uint Xor(ref uint target, uint value)
    {
        uint old = target;
        while (true)
        {
            uint seen = CompareExchange(ref target, old, old ^ value);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Exclusive-ors the bits of an element.</summary>
    [DeviceIntrinsic("Atomic.Xor")]
    public static ulong Xor(ref ulong target, ulong value)
    {
        ulong old = target;
        while (true)
        {
            ulong seen = CompareExchange(ref target, old, old ^ value);
            if (seen == old)
                return old;
            old = seen;
        }
    }
}
