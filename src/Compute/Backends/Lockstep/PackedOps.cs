using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Lanes that hold two 16-bit or four 8-bit numbers, or a binary16, as vector operations; see <see cref="Packed"/>.</summary>
internal static class PackedOps
{
    /// <summary>The value of a binary16 in the low half of each lane.</summary>
    /// <remarks>
    /// Its exponent and fraction, shifted into binary32's places, are a number too small by 2¹¹², exactly, also for subnormals;
    /// infinities and NaNs get the full exponent instead.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> HalfToSingle(Vector256<int> half)
    {
        Vector256<int> magnitude = (half & Vector256.Create(0x7fff)) << 13;
        Vector256<int> finite = (magnitude.AsSingle() * Vector256.Create(MathF.ScaleB(1, 112))).AsInt32();
        // A signalling NaN becomes a quiet one, as in the processor's own conversion.
        Vector256<int> isSpecial = Vector256.GreaterThan(magnitude, Vector256.Create(0x7bff << 13));
        Vector256<int> isNaN = Vector256.GreaterThan(magnitude, Vector256.Create(0x7c00 << 13));
        Vector256<int> special = magnitude | Vector256.Create(0x7f800000) | (isNaN & Vector256.Create(0x00400000));
        return (Vector256.ConditionalSelect(isSpecial, special, finite) | ((half & Vector256.Create(0x8000)) << 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen(Vector256<int> a) => (a & Vector256.Create(0xFF)) | ((a & Vector256.Create(0xFF00)) << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> WidenSigned(Vector256<int> a) => ((Widen(a).AsInt16() << 8) >> 8).AsInt32();

    /// <summary>a₀·b₀ + a₁·b₁ of two pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported
        ? Avx2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
        : (((a << 16) >> 16) * ((b << 16) >> 16)) + ((a >> 16) * (b >> 16));
}

internal struct WidenBytes : IVectorUnary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a) => PackedOps.Widen(a);
}

internal struct WidenSignedBytes : IVectorUnary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a) => PackedOps.WidenSigned(a);
}

internal struct DotPairs : IVectorTernary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a, Vector256<int> b, Vector256<int> c) => PackedOps.Dot(a, b) + c;
}

internal struct DotQuads : IVectorTernary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a, Vector256<int> b, Vector256<int> c) =>
        PackedOps.Dot(((a.AsInt16() << 8) >> 8).AsInt32(), ((b.AsInt16() << 8) >> 8).AsInt32())
        + PackedOps.Dot((a.AsInt16() >> 8).AsInt32(), (b.AsInt16() >> 8).AsInt32()) + c;
}

internal struct DotUnsignedQuads : IVectorTernary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a, Vector256<int> b, Vector256<int> c) =>
        PackedOps.Dot(a & Vector256.Create(0x00FF00FF), ((b.AsInt16() << 8) >> 8).AsInt32())
        + PackedOps.Dot((a.AsInt16() >>> 8).AsInt32(), (b.AsInt16() >> 8).AsInt32()) + c;
}

internal struct AddPairs : IVectorBinary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a, Vector256<int> b) => (a.AsInt16() + b.AsInt16()).AsInt32();
}

internal struct MultiplyQuads : IVectorBinary<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Apply(Vector256<int> a, Vector256<int> b)
    {
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(a.AsByte(), b.AsSByte()).AsInt32();
        Vector256<int> low = PackedOps.Dot(PackedOps.Widen(a), PackedOps.WidenSigned(b));
        Vector256<int> high = PackedOps.Dot(PackedOps.Widen(a >>> 16), PackedOps.WidenSigned(b >> 16));
        return (Saturate(low) & Vector256.Create(0xFFFF)) | (Saturate(high) << 16);
    }

    private static Vector256<int> Saturate(Vector256<int> sum) =>
        Vector256.Min(Vector256.Max(sum, Vector256.Create((int)short.MinValue)), Vector256.Create((int)short.MaxValue));
}
