using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Where the values of a vector lie that packets of weights are multiplied by.</summary>
/// <remarks>
/// The four values that belong to half h (0 or 1) of packet i begin at 4 · (i · step + h · jump). In memory they lie in
/// their order. In shared memory the first halves of all packets come before the second halves: then the lanes of a warp,
/// which hold neighbouring packets, read neighbouring sixteen bytes, and no two of a quarter warp meet in a bank.
/// </remarks>
public readonly struct VectorLayout
{
    public readonly int Step;
    public readonly int Jump;

    private VectorLayout(int step, int jump)
    {
        Step = step;
        Jump = jump;
    }

    /// <summary>In order, for packets of so many weights.</summary>
    public static VectorLayout InOrder(int weights) => new(weights / 4, 1);

    /// <summary>First halves, then second halves.</summary>
    public static VectorLayout InHalves(int packets) => new(1, packets);

    /// <summary>Where value d lies <see cref="InHalves"/> of packets of so many weights.</summary>
    public static int Place(int d, int weights, int packets) =>
        weights == 4 ? d : (4 * ((d >> 3) + (((d >> 2) & 1) * packets))) + (d & 3);
}

/// <summary>The inner loop of decoding: how a warp multiplies two rows of weights by the same vector.</summary>
/// <remarks>Kernels take it as a type parameter, so one source serves every kind of weights.</remarks>
public interface IDecodeRows
{
    /// <summary>Where value d of a vector of so many lies in shared memory.</summary>
    static abstract int Place(int d, int width);

    /// <summary>
    /// The dot products of a row of one matrix and a row of another with x; every lane gets both.
    /// <paramref name="placed"/> says whether x lies as <see cref="Place"/> has it or in its order.
    /// </summary>
    static abstract RowPair Dots(ArrayView<byte> first, int firstRow, ArrayView<byte> second, int secondRow, View x, int width, bool placed);
}

/// <summary>Rows of 16-byte packets: float32, binary16, bfloat16.</summary>
public readonly struct PacketRows<TFormat> : IDecodeRows
    where TFormat : unmanaged, IPacketFormat
{
    /// <summary>Packets of a row that a lane has on their way at a time; with two rows 128 bytes.</summary>
    private const int AtOnce = 4;

    public static int Place(int d, int width) => VectorLayout.Place(d, TFormat.Weights, width / TFormat.Weights);

    /// <remarks>Lanes take neighbouring packets, so that a warp reads 512 bytes in sequence.</remarks>
    public static RowPair Dots(ArrayView<byte> first, int firstRow, ArrayView<byte> second, int secondRow, View x, int width, bool placed)
    {
        int packets = width / TFormat.Weights;
        VectorLayout layout = placed ? VectorLayout.InHalves(packets) : VectorLayout.InOrder(TFormat.Weights);
        ArrayView<Packet> v = first.Cast<Packet>().AsAligned16(), w = second.Cast<Packet>().AsAligned16();
        View vector = x.AsAligned16();
        long firstAt = (long)firstRow * packets, secondAt = (long)secondRow * packets;
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int steps = packets / (AtOnce * warp);
        float a0 = 0f, a1 = 0f, b0 = 0f, b1 = 0f;
        for (int step = 0; step < steps; step++)
        {
            int i0 = (step * AtOnce * warp) + lane, i1 = i0 + warp, i2 = i1 + warp, i3 = i2 + warp;
            Packet v0 = v[firstAt + i0], v1 = v[firstAt + i1], v2 = v[firstAt + i2], v3 = v[firstAt + i3];
            Packet w0 = w[secondAt + i0], w1 = w[secondAt + i1], w2 = w[secondAt + i2], w3 = w[secondAt + i3];
            a0 = Dot(v0, vector, layout, i0, a0);
            b0 = Dot(w0, vector, layout, i0, b0);
            a1 = Dot(v1, vector, layout, i1, a1);
            b1 = Dot(w1, vector, layout, i1, b1);
            a0 = Dot(v2, vector, layout, i2, a0);
            b0 = Dot(w2, vector, layout, i2, b0);
            a1 = Dot(v3, vector, layout, i3, a1);
            b1 = Dot(w3, vector, layout, i3, b1);
        }

        for (int i = (steps * AtOnce * warp) + lane; i < packets; i += warp)
        {
            a0 = Dot(v[firstAt + i], vector, layout, i, a0);
            b0 = Dot(w[secondAt + i], vector, layout, i, b0);
        }

        RowPair sums;
        sums.First = WarpReduce.Sum(a0 + a1);
        sums.Second = WarpReduce.Sum(b0 + b1);
        return sums;
    }

    private static float Dot(Packet w, View x, VectorLayout layout, int packet, float sum) =>
        TFormat.Dot(w, x, 4 * packet * layout.Step, 4 * ((packet * layout.Step) + layout.Jump), sum);
}
