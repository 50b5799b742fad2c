using ILGPU;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>
/// How one stored weight becomes a float32. Kernels take the format as a type parameter, so one source
/// serves every weight type and the decoding is inlined.
/// </summary>
/// <typeparam name="TStored">What lies in memory.</typeparam>
public interface IWeightFormat<TStored>
    where TStored : unmanaged
{
    static abstract float ToFloat(TStored stored);
}

/// <summary>float32, as it is.</summary>
public readonly struct Float32Format : IWeightFormat<float>
{
    public static float ToFloat(float stored) => stored;
}

/// <summary>bfloat16: the upper half of a float32, so decoding is a shift and exact.</summary>
public readonly struct BFloat16Format : IWeightFormat<ushort>
{
    public static float ToFloat(ushort stored) => Interop.IntAsFloat((uint)stored << 16);
}

/// <summary>
/// IEEE 754 binary16, exact for every value. Integer arithmetic without a branch: five exponent bits move into the place
/// of eight, a multiplication by 2¹¹² corrects the bias and normalises subnormals, infinity and NaN get a full exponent.
/// </summary>
public readonly struct Float16Format : IWeightFormat<ushort>
{
    private const uint TwoToThe112 = 0x7780_0000;
    private const int LargestFinite = 0x7BFF << 13;     // 65504, its bits moved by 13

    public static float ToFloat(ushort stored)
    {
        uint sign = (uint)(stored & 0x8000) << 16;
        uint magnitude = (uint)(stored & 0x7FFF) << 13;
        uint isSpecial = (uint)((LargestFinite - (int)magnitude) >> 31);     // all ones for infinity and NaN
        uint bits = Interop.FloatAsInt(Interop.IntAsFloat(magnitude) * Interop.IntAsFloat(TwoToThe112));
        return Interop.IntAsFloat(bits | sign | (isSpecial & 0x7F80_0000));
    }
}
