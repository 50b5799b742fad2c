using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

// The operations of the IR as vector operations; what vectors lack or compute with other bits stands in LaneOperations.
internal struct Add<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a + b;
}

internal struct Subtract<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a - b;
}

internal struct Multiply<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a * b;
}

internal struct Divide<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a / b;
}

internal struct And<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a & b;
}

internal struct Or<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a | b;
}

internal struct Xor<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a ^ b;
}

internal struct Minimum<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.Min(a, b);
}

internal struct Maximum<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.Max(a, b);
}

internal struct Not<T> : IVectorUnary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a) => ~a;
}

internal struct Negate<T> : IVectorUnary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a) => -a;
}

internal struct Absolute<T> : IVectorUnary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a) => Vector256.Abs(a);
}

internal struct SquareRoot<T> : IVectorUnary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a) => Vector256.Sqrt(a);
}

internal struct Reciprocal<T> : IVectorUnary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a) => Vector256<T>.One / a;
}

internal struct ReciprocalRoot<T> : IVectorUnary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a) => Vector256<T>.One / Vector256.Sqrt(a);
}

internal struct FusedSingle : IVectorTernary<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);
}

internal struct FusedDouble : IVectorTernary<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Apply(Vector256<double> a, Vector256<double> b, Vector256<double> c) => Vector256.FusedMultiplyAdd(a, b, c);
}

internal struct IsEqual<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, b);
}

internal struct IsLess<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b);
}

internal struct IsLessOrEqual<T> : IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.LessThanOrEqual(a, b);
}

/// <summary>The contrary of another test; for floats true also when there is no order.</summary>
internal struct Contrary<T, TTest> : IVectorBinary<T>
    where TTest : struct, IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => ~TTest.Apply(a, b);
}

/// <summary>The test with its operands exchanged.</summary>
internal struct Exchanged<T, TTest> : IVectorBinary<T>
    where TTest : struct, IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => TTest.Apply(b, a);
}

internal struct IsNaN<T> : IVectorUnary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a) => ~Vector256.Equals(a, a);
}

internal struct IsInfinity<T> : IVectorUnary<T>
    where T : IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a) => Vector256.Equals(Vector256.Abs(a), Vector256.Create(T.PositiveInfinity));
}

internal struct IsFinite<T> : IVectorUnary<T>
    where T : IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Apply(Vector256<T> a) => Vector256.LessThan(Vector256.Abs(a), Vector256.Create(T.PositiveInfinity));
}

internal struct Narrow8 : IVectorUnary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a) => (a << 24) >> 24;
}

internal struct Narrow16 : IVectorUnary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a) => (a << 16) >> 16;
}

internal struct Low8 : IVectorUnary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a) => a & Vector256.Create(0xFF);
}

internal struct Low16 : IVectorUnary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a) => a & Vector256.Create(0xFFFF);
}
