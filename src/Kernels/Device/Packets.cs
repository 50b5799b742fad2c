using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Sixteen bytes, the most that one thread of a GPU loads at once.</summary>
public struct Packet
{
    public int A;
    public int B;
    public int C;
    public int D;
}

/// <summary>
/// Weights sixteen bytes at a time. Kernels take the format as a type parameter, so one source serves every weight type
/// and the decoding is inlined.
/// </summary>
public interface IPacketFormat
{
    /// <summary>Weights of a packet: 4 or 8.</summary>
    static abstract int Weights { get; }

    /// <summary>
    /// sum + Σ w · x, in the order of the weights. The vector's values for the packet's first four weights begin at
    /// <paramref name="first"/>, for the others at <paramref name="second"/>.
    /// </summary>
    static abstract float Dot(Packet w, View x, int first, int second, float sum);
}

/// <summary>Four float32.</summary>
public readonly struct Float32Packets : IPacketFormat
{
    public static int Weights => 4;

    public static float Dot(Packet w, View x, int first, int second, float sum)
    {
        sum = Fma.MultiplyAdd(Interop.IntAsFloat((uint)w.A), x[first], sum);
        sum = Fma.MultiplyAdd(Interop.IntAsFloat((uint)w.B), x[first + 1], sum);
        sum = Fma.MultiplyAdd(Interop.IntAsFloat((uint)w.C), x[first + 2], sum);
        return Fma.MultiplyAdd(Interop.IntAsFloat((uint)w.D), x[first + 3], sum);
    }
}

/// <summary>Eight bfloat16: the upper half of an int is a float32 once the lower is cleared, the lower once shifted up.</summary>
public readonly struct BFloat16Packets : IPacketFormat
{
    public static int Weights => 8;

    public static float Dot(Packet w, View x, int first, int second, float sum)
    {
        sum = Two(w.A, x[first], x[first + 1], sum);
        sum = Two(w.B, x[first + 2], x[first + 3], sum);
        sum = Two(w.C, x[second], x[second + 1], sum);
        return Two(w.D, x[second + 2], x[second + 3], sum);
    }

    private static float Two(int pair, float x0, float x1, float sum)
    {
        sum = Fma.MultiplyAdd(Interop.IntAsFloat((uint)pair << 16), x0, sum);
        return Fma.MultiplyAdd(Interop.IntAsFloat((uint)pair & 0xFFFF_0000), x1, sum);
    }
}

/// <summary>Eight binary16.</summary>
public readonly struct Float16Packets : IPacketFormat
{
    public static int Weights => 8;

    public static float Dot(Packet w, View x, int first, int second, float sum)
    {
        sum = Two(w.A, x[first], x[first + 1], sum);
        sum = Two(w.B, x[first + 2], x[first + 3], sum);
        sum = Two(w.C, x[second], x[second + 1], sum);
        return Two(w.D, x[second + 2], x[second + 3], sum);
    }

    private static float Two(int pair, float x0, float x1, float sum)
    {
        sum = Fma.MultiplyAdd(Float16Format.ToFloat((ushort)pair), x0, sum);
        return Fma.MultiplyAdd(Float16Format.ToFloat((ushort)(pair >>> 16)), x1, sum);
    }
}
