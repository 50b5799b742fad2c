using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Activations as whole numbers of 16 bits, which products with quantised weights multiply by.</summary>
public readonly struct IntegerActivations
{
    /// <summary>[T, K / 2] pairs of neighbours.</summary>
    public readonly ArrayView<int> Pairs_TK;

    /// <summary>[T, K / 32] what the numbers of a block are multiplied by.</summary>
    public readonly View Scales32_TB;

    /// <summary>[T, K / 16] the same, once for each half of a block.</summary>
    public readonly View Scales16_TB;

    /// <summary>[T, K / 32] scale times the sum of a block's numbers, for weights with a minimum per 32.</summary>
    public readonly View Sums32_TB;

    /// <summary>[T, K / 16] the same for each half of a block.</summary>
    public readonly View Sums16_TB;

    internal IntegerActivations(ArrayView<int> pairs_TK, View scales32_TB, View scales16_TB, View sums32_TB, View sums16_TB)
    {
        Pairs_TK = pairs_TK;
        Scales32_TB = scales32_TB;
        Scales16_TB = scales16_TB;
        Sums32_TB = sums32_TB;
        Sums16_TB = sums16_TB;
    }
}

/// <summary>Rounds activations to 16 bits, with one scale for every 32 of them.</summary>
/// <remarks>
/// <para>Shapes: x [T, K], K a multiple of 32; see <see cref="IntegerActivations"/> for what comes out.</para>
/// <para>Launch: a warp takes up to <see cref="BlocksPerWarp"/> blocks of 32; lanes run along a block.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: 6.75 bytes and about 10 operations per value: nothing beside the weights that follow.</para>
/// <para>Numerics: scale = largest magnitude / 32767, numbers rounded to the nearest: |error| ≤ scale / 2, 2⁻¹⁶ of the
/// block's largest value. A block with NaN or infinity gets such a scale, so its products are NaN. Blocks below 10⁻³⁰
/// become zeros. Sums are exact before their one rounding.</para>
/// <para>Source: integer products with one scale a block, as in ggml's Q8_0 activations, but of 16 bits: on x86 they
/// take as many instructions, and the activations stay 250 times more exact than the weights.</para>
/// </remarks>
public sealed class QuantisedActivations(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    /// <summary>Blocks of one warp.</summary>
    public const int BlocksPerWarp = 16;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly Scratch _levels = new(accelerator), _scales32 = new(accelerator), _scales16 = new(accelerator), _sums32 = new(accelerator), _sums16 = new(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, ArrayView<short>, View, View, View, View> _launch =
        accelerator.LoadKernel<View, ArrayView<short>, View, View, View, View>(Kernel);

    /// <summary>Bytes that the rounded form of so many values takes: numbers, scales and sums for groups of 32 and of 16.</summary>
    public static long Bytes(long values) => (values * sizeof(short)) + (values / IBlockFormat.Block * 6 * sizeof(float));

    /// <summary>Rounds x; the result stays valid until the next call.</summary>
    public IntegerActivations Run(AcceleratorStream stream, View x_TK)
    {
        if (x_TK.Length % IBlockFormat.Block != 0)
            throw new ArgumentException($"QuantisedActivations: x has {x_TK.Length} values; whole blocks of {IBlockFormat.Block} are needed.");
        int blocks = checked((int)(x_TK.Length / IBlockFormat.Block));
        ArrayView<int> pairs = _levels.Get(x_TK.Length / 2).Cast<int>();
        View scales32 = _scales32.Get(blocks), scales16 = _scales16.Get(2L * blocks), sums32 = _sums32.Get(blocks), sums16 = _sums16.Get(2L * blocks);
        if (blocks > 0)
        {
            long warps = (blocks + BlocksPerWarp - 1) / BlocksPerWarp;
            _launch(stream, new KernelConfig(_tuning.GroupsFor(warps), _tuning.GroupSize), x_TK, pairs.Cast<short>(), scales32, scales16, sums32, sums16);
        }

        return new IntegerActivations(pairs, scales32, scales16, sums32, sums16);
    }

    public void Dispose()
    {
        _levels.Dispose();
        _scales32.Dispose();
        _scales16.Dispose();
        _sums32.Dispose();
        _sums16.Dispose();
    }

    public static void Kernel(View x_K, ArrayView<short> levels_K, View scales32_B, View scales16_B, View sums32_B, View sums16_B)
    {
        int blocks = scales32_B.IntLength;
        int first = Elementwise.GlobalWarp() * BlocksPerWarp;
        int end = XMath.Min(first + BlocksPerWarp, blocks);
        for (int block = first; block < end; block++)
            RoundBlock(x_K, levels_K, scales32_B, scales16_B, sums32_B, sums16_B, block);
    }

    private static void RoundBlock(View x_K, ArrayView<short> levels_K, View scales32_B, View scales16_B, View sums32_B, View sums16_B, int block)
    {
        int warp = Warp.WarpSize;
        int lane = Warp.LaneIdx;
        int start = block * IBlockFormat.Block;

        // 1. The largest magnitude. Lanes behind the end of a block (wide warps) look at its last value again.
        float largest = 0f;
        for (int step = 0; step < IBlockFormat.Block; step += warp)
            largest = XMath.Max(largest, XMath.Abs(x_K[start + step + XMath.Min(lane, IBlockFormat.Block - 1)]));
        largest = WarpReduce.Max(largest);
        float inverse = largest < 1e-30f ? 0f : 32767f / largest;
        float scale = largest < 1e-30f ? 0f : largest / 32767f;

        // 2. The numbers, and their sums over both halves of the block.
        float lower = 0f, upper = 0f;
        for (int step = 0; step < IBlockFormat.Block; step += warp)
        {
            if (warp <= IBlockFormat.Block || lane < IBlockFormat.Block)
            {
                float level = XMath.RoundToEven(x_K[start + step + lane] * inverse);
                levels_K[start + step + lane] = (short)(int)level;
                bool inLower = warp <= 16 ? step < 16 : lane < 16;
                lower += inLower ? level : 0f;
                upper += inLower ? 0f : level;
            }
        }

        lower = WarpReduce.Sum(lower);
        upper = WarpReduce.Sum(upper);
        if (Warp.IsFirstLane)
        {
            scales32_B[block] = scale;
            scales16_B[2 * block] = scale;
            scales16_B[(2 * block) + 1] = scale;
            sums32_B[block] = scale * (lower + upper);
            sums16_B[2 * block] = scale * lower;
            sums16_B[(2 * block) + 1] = scale * upper;
        }
    }
}
