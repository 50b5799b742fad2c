using ILGPU;
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

/// <summary>The inner loop of decoding: one warp multiplies two rows of weights by the same vector.</summary>
public static class PacketRows
{
    /// <summary>Packets of a row that a lane has on their way at a time; with two rows 128 bytes.</summary>
    private const int AtOnce = 4;

    /// <summary>
    /// The dot products of two rows, each of <paramref name="packets"/> packets, with x; every lane gets both. Lanes take
    /// neighbouring packets, so that a warp reads 512 bytes in sequence.
    /// </summary>
    public static RowPair Dots<TFormat>(
        ArrayView<Packet> first, long firstAt, ArrayView<Packet> second, long secondAt, View x, VectorLayout layout, int packets)
        where TFormat : unmanaged, IPacketFormat
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int steps = packets / (AtOnce * warp);
        float a0 = 0f, a1 = 0f, b0 = 0f, b1 = 0f;
        for (int step = 0; step < steps; step++)
        {
            int i0 = (step * AtOnce * warp) + lane, i1 = i0 + warp, i2 = i1 + warp, i3 = i2 + warp;
            Packet v0 = first[firstAt + i0], v1 = first[firstAt + i1], v2 = first[firstAt + i2], v3 = first[firstAt + i3];
            Packet w0 = second[secondAt + i0], w1 = second[secondAt + i1], w2 = second[secondAt + i2], w3 = second[secondAt + i3];
            a0 = Dot<TFormat>(v0, x, layout, i0, a0);
            b0 = Dot<TFormat>(w0, x, layout, i0, b0);
            a1 = Dot<TFormat>(v1, x, layout, i1, a1);
            b1 = Dot<TFormat>(w1, x, layout, i1, b1);
            a0 = Dot<TFormat>(v2, x, layout, i2, a0);
            b0 = Dot<TFormat>(w2, x, layout, i2, b0);
            a1 = Dot<TFormat>(v3, x, layout, i3, a1);
            b1 = Dot<TFormat>(w3, x, layout, i3, b1);
        }

        for (int i = (steps * AtOnce * warp) + lane; i < packets; i += warp)
        {
            a0 = Dot<TFormat>(first[firstAt + i], x, layout, i, a0);
            b0 = Dot<TFormat>(second[secondAt + i], x, layout, i, b0);
        }

        RowPair sums;
        sums.First = WarpReduce.Sum(a0 + a1);
        sums.Second = WarpReduce.Sum(b0 + b1);
        return sums;
    }

    private static float Dot<TFormat>(Packet w, View x, VectorLayout layout, int packet, float sum)
        where TFormat : unmanaged, IPacketFormat =>
        TFormat.Dot(w, x, 4 * packet * layout.Step, 4 * ((packet * layout.Step) + layout.Jump), sum);
}
