using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Activations as whole numbers of 8 bits, for weights of 4 bits.</summary>
public readonly struct ByteVectors
{
    /// <summary>[T, K / 4] quads of neighbours.</summary>
    public readonly ArrayView<int> Quads_TK;

    /// <summary>[T, K / 32] what the numbers of a block are multiplied by.</summary>
    public readonly View Scales_TB;

    /// <summary>[T, K / 32] −8 times the sum of a block's numbers: the levels of Q4_0 are 8 more than they stand for.</summary>
    public readonly ArrayView<int> Offsets_TB;

    internal ByteVectors(ArrayView<int> quads_TK, View scales_TB, ArrayView<int> offsets_TB)
    {
        Quads_TK = quads_TK;
        Scales_TB = scales_TB;
        Offsets_TB = offsets_TB;
    }
}

/// <summary>Rounds activations to 8 bits, with one scale for every 32 of them.</summary>
/// <remarks>
/// <para>Shapes: x [T, K], K a multiple of 32; see <see cref="ByteVectors"/> for what comes out.</para>
/// <para>Launch, shared memory, traffic: as <see cref="QuantisedActivations"/>.</para>
/// <para>Numerics: scale = largest magnitude / 127, numbers rounded to the nearest: |error| ≤ scale / 2, 0.4 % of the
/// block's largest value, where a weight of 4 bits errs by 6 %. A block with NaN or infinity gets such a scale. Blocks
/// below 10⁻³⁰ become zeros.</para>
/// <para>Source: the activations that ggml multiplies quantised weights by (Q8_0 blocks).</para>
/// </remarks>
public sealed class ByteActivations(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly Scratch _levels = new(accelerator), _scales = new(accelerator), _offsets = new(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, ArrayView<sbyte>, View, ArrayView<int>> _launch =
        accelerator.LoadKernel<View, ArrayView<sbyte>, View, ArrayView<int>>(Kernel);

    /// <summary>Bytes that the rounded form of so many values takes.</summary>
    public static long Bytes(long values) => values + (values / IBlockFormat.Block * 2 * sizeof(float));

    /// <summary>Rounds x; the result stays valid until the next call.</summary>
    public ByteVectors Run(AcceleratorStream stream, View x_TK)
    {
        if (x_TK.Length % IBlockFormat.Block != 0)
            throw new ArgumentException($"ByteActivations: x has {x_TK.Length} values; whole blocks of {IBlockFormat.Block} are needed.");
        int blocks = checked((int)(x_TK.Length / IBlockFormat.Block));
        ArrayView<int> quads = _levels.Get(x_TK.Length / 4).Cast<int>();
        View scales = _scales.Get(blocks);
        ArrayView<int> offsets = _offsets.Get(blocks).Cast<int>();
        if (blocks > 0)
        {
            long warps = (blocks + QuantisedActivations.BlocksPerWarp - 1) / QuantisedActivations.BlocksPerWarp;
            _launch(stream, new KernelConfig(_tuning.GroupsFor(warps), _tuning.GroupSize), x_TK, quads.Cast<sbyte>(), scales, offsets);
        }

        return new ByteVectors(quads, scales, offsets);
    }

    public void Dispose()
    {
        _levels.Dispose();
        _scales.Dispose();
        _offsets.Dispose();
    }

    public static void Kernel(View x_K, ArrayView<sbyte> levels_K, View scales_B, ArrayView<int> offsets_B)
    {
        int warp = Warp.WarpSize;
        int lane = Warp.LaneIdx;
        int first = Elementwise.GlobalWarp() * QuantisedActivations.BlocksPerWarp;
        int end = XMath.Min(first + QuantisedActivations.BlocksPerWarp, scales_B.IntLength);
        for (int block = first; block < end; block++)
        {
            // 1. The largest magnitude. Lanes behind the end of a block (wide warps) look at its last value again.
            int start = block * IBlockFormat.Block;
            float largest = 0f;
            for (int step = 0; step < IBlockFormat.Block; step += warp)
                largest = XMath.Max(largest, XMath.Abs(x_K[start + step + XMath.Min(lane, IBlockFormat.Block - 1)]));
            largest = WarpReduce.Max(largest);
            float inverse = largest < 1e-30f ? 0f : 127f / largest;

            // 2. The numbers and their sum.
            float sum = 0f;
            for (int step = 0; step < IBlockFormat.Block; step += warp)
            {
                if (warp <= IBlockFormat.Block || lane < IBlockFormat.Block)
                {
                    float level = XMath.RoundToEven(x_K[start + step + lane] * inverse);
                    levels_K[start + step + lane] = (sbyte)(int)level;
                    sum += level;
                }
            }

            sum = WarpReduce.Sum(sum);
            scales_B[block] = Warp.Broadcast(largest < 1e-30f ? 0f : largest / 127f, 0);
            offsets_B[block] = Warp.Broadcast(-8 * (int)sum, 0);
        }
    }
}
