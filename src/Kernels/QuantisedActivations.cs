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

    /// <summary>[T, K / 4] quads of the numbers' upper bytes, if asked for: number = 256 · upper + lower, both signed.</summary>
    public readonly ArrayView<int> Upper_TK;

    /// <summary>[T, K / 4] quads of the numbers' lower bytes, if asked for.</summary>
    public readonly ArrayView<int> Lower_TK;

    /// <summary>[T, K / 32] −8 times the sum of a block's numbers, if asked for: the levels of Q4_0 are 8 more than they stand for.</summary>
    public readonly ArrayView<int> Offsets_TB;

    internal IntegerActivations(
        ArrayView<int> pairs_TK, View scales32_TB, View scales16_TB, View sums32_TB, View sums16_TB,
        ArrayView<int> upper_TK, ArrayView<int> lower_TK, ArrayView<int> offsets_TB)
    {
        Upper_TK = upper_TK;
        Lower_TK = lower_TK;
        Offsets_TB = offsets_TB;
        Pairs_TK = pairs_TK;
        Scales32_TB = scales32_TB;
        Scales16_TB = scales16_TB;
        Sums32_TB = sums32_TB;
        Sums16_TB = sums16_TB;
    }

    /// <summary>The activations of one token of so many columns.</summary>
    public IntegerActivations Token(int token, int columns)
    {
        long first = token, blocks = columns / IBlockFormat.Block;
        return new IntegerActivations(
            Pairs_TK.SubView(first * columns / 2, columns / 2),
            Scales32_TB.SubView(first * blocks, blocks), Scales16_TB.SubView(2 * first * blocks, 2 * blocks),
            Sums32_TB.SubView(first * blocks, blocks), Sums16_TB.SubView(2 * first * blocks, 2 * blocks),
            Part(Upper_TK, first, columns / 4), Part(Lower_TK, first, columns / 4), Part(Offsets_TB, first, blocks));
    }

    private static ArrayView<int> Part(ArrayView<int> all, long token, long length) => all.Length == 0 ? all : all.SubView(token * length, length);
}

/// <summary>Rounds activations to 16 bits, with one scale for every 32 of them.</summary>
/// <remarks>
/// <para>Shapes: x [T, K], K a multiple of 32; see <see cref="IntegerActivations"/> for what comes out.</para>
/// <para>Launch: a warp takes up to <see cref="BlocksPerWarp"/> blocks of 32; lanes run along a block.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: 6.75 bytes and about 10 operations per value: nothing beside the weights that follow.</para>
/// <para>Numerics: scale = largest magnitude / 32639, numbers rounded to the nearest: |error| ≤ scale / 2, about 2⁻¹⁶ of
/// the block's largest value. 32639 is 127 · 256 + 127, the largest number that two signed bytes make.
/// A block with NaN or infinity gets such a scale, so its products are NaN. Blocks below 10⁻³⁰ become zeros. Sums are exact before their one rounding.</para>
/// <para>Source: integer products with one scale a block, as in ggml's Q8_0 activations, but of 16 bits: on x86 they
/// take as many instructions, and the activations stay 250 times more exact than the weights.</para>
/// </remarks>
public sealed class QuantisedActivations(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    /// <summary>Blocks of one warp.</summary>
    public const int BlocksPerWarp = 16;

    /// <summary>The number that a block's largest value becomes.</summary>
    public const float Largest = 32639f;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly Scratch _levels = new(accelerator), _scales32 = new(accelerator), _scales16 = new(accelerator), _sums32 = new(accelerator), _sums16 = new(accelerator);
    private readonly Scratch _upper = new(accelerator), _lower = new(accelerator), _offsets = new(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, ArrayView<short>, View, View, View, View> _launch =
        accelerator.LoadKernel<View, ArrayView<short>, View, View, View, View>(Kernel);

    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<short>, ArrayView<sbyte>, ArrayView<sbyte>, ArrayView<int>> _split =
        accelerator.LoadKernel<ArrayView<short>, ArrayView<sbyte>, ArrayView<sbyte>, ArrayView<int>>(SplitKernel);

    /// <summary>Bytes that the rounded form of so many values takes: numbers, scales and sums for groups of 32 and of 16; both bytes and offsets.</summary>
    public static long Bytes(long values, bool split) =>
        (values * (split ? 2 : 1) * sizeof(short)) + (values / IBlockFormat.Block * (split ? 7 : 6) * sizeof(float));

    /// <summary>Rounds x; the result stays valid until the next call.</summary>
    /// <param name="stream">Where to run.</param>
    /// <param name="x_TK">Values.</param>
    /// <param name="split">Whether the numbers are also wanted as upper and lower bytes.</param>
    public IntegerActivations Run(AcceleratorStream stream, View x_TK, bool split = false)
    {
        if (x_TK.Length % IBlockFormat.Block != 0)
            throw new ArgumentException($"QuantisedActivations: x has {x_TK.Length} values; whole blocks of {IBlockFormat.Block} are needed.");
        int blocks = checked((int)(x_TK.Length / IBlockFormat.Block));
        ArrayView<int> pairs = _levels.Get(x_TK.Length / 2).Cast<int>();
        View scales32 = _scales32.Get(blocks), scales16 = _scales16.Get(2L * blocks), sums32 = _sums32.Get(blocks), sums16 = _sums16.Get(2L * blocks);
        long quads = split ? x_TK.Length / 4 : 0;
        ArrayView<int> upper = _upper.Get(quads).Cast<int>(), lower = _lower.Get(quads).Cast<int>(), offsets = _offsets.Get(split ? blocks : 0).Cast<int>();
        if (blocks > 0)
        {
            var config = new KernelConfig(_tuning.GroupsFor((blocks + BlocksPerWarp - 1) / BlocksPerWarp), _tuning.GroupSize);
            _launch(stream, config, x_TK, pairs.Cast<short>(), scales32, scales16, sums32, sums16);
            if (split)
                _split(stream, config, pairs.Cast<short>(), upper.Cast<sbyte>(), lower.Cast<sbyte>(), offsets);
        }

        return new IntegerActivations(pairs, scales32, scales16, sums32, sums16, upper, lower, offsets);
    }

    public void Dispose()
    {
        _levels.Dispose();
        _scales32.Dispose();
        _scales16.Dispose();
        _sums32.Dispose();
        _sums16.Dispose();
        _upper.Dispose();
        _lower.Dispose();
        _offsets.Dispose();
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
        float inverse = largest < 1e-30f ? 0f : Largest / largest;
        float scale = largest < 1e-30f ? 0f : largest / Largest;

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

    /// <summary>Numbers into signed upper and lower bytes, and the sums of blocks times −8.</summary>
    public static void SplitKernel(ArrayView<short> levels_K, ArrayView<sbyte> upper_K, ArrayView<sbyte> lower_K, ArrayView<int> offsets_B)
    {
        int lane = Warp.LaneIdx;
        int first = Elementwise.GlobalWarp() * BlocksPerWarp;
        int end = XMath.Min(first + BlocksPerWarp, offsets_B.IntLength);
        for (int block = first; block < end; block++)
        {
            float sum = 0f;
            for (int step = 0; step < IBlockFormat.Block; step += Warp.WarpSize)
            {
                if (Warp.WarpSize <= IBlockFormat.Block || lane < IBlockFormat.Block)
                {
                    int at = (block * IBlockFormat.Block) + step + lane;
                    int level = levels_K[at];
                    lower_K[at] = (sbyte)level;
                    upper_K[at] = (sbyte)((level - (sbyte)level) >> 8);
                    sum += level;
                }
            }

            offsets_B[block] = Warp.Broadcast(-8 * (int)WarpReduce.Sum(sum), 0);
        }
    }
}
