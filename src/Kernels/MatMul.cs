using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Matrix product with a weight matrix: y = x · Wᵀ.</summary>
/// <remarks>
/// <para>Shapes: x [T, K]; w [N, K] of any weight type; y [T, N]. Here K is the summed width and N the number of outputs.</para>
/// <para>Launch: which kernel runs is decided by <see cref="Variant"/>; see <see cref="MatVecKernels"/> and
/// <see cref="TiledKernels"/> for theirs.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: at T = 1 every weight is read once for two operations: memory-bound. At larger T a block of weights
/// stays in cache for all tokens: 2·T operations per weight, soon compute-bound.</para>
/// <para>Numerics: weights are widened exactly, products and sums are float32 with fused multiply-adds, in a fixed order:
/// |error| ≤ (⌈K/warp⌉ + log₂ warp + 2 + ⌈K/1024⌉) · 2⁻²⁴ · Σ|x·w|.</para>
/// <para>Source: any linear algebra text; why the tiles have their shapes is said with each kernel.</para>
/// </remarks>
public sealed class MatMul(Accelerator accelerator, Tuning? tuning = null)
{
    /// <summary>Longest run of rows that one warp takes; longer ones gain nothing and spread worse.</summary>
    private const int MaxRowsPerWarp = 16;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    // Kernels are compiled when a model first needs their weight type.
    private Launches<float>? _float32;
    private Launches<ushort>? _float16;
    private Launches<ushort>? _bfloat16;

    /// <summary>The ways to multiply.</summary>
    public enum Variant
    {
        /// <summary>One token, short rows: a warp makes its outputs one after the other.</summary>
        RowByRow,

        /// <summary>One token, long rows: a warp makes eight outputs at once.</summary>
        EightRows,

        /// <summary>Many tokens: a warp makes tiles of four outputs × two tokens.</summary>
        Tiled,
    }

    /// <summary>Which kernel runs; what was measured stands with the kernels.</summary>
    public static Variant Choose(int tokens, int columns, Tuning tuning) => tokens switch
    {
        1 when columns <= tuning.CachedColumns => Variant.RowByRow,
        1 => Variant.EightRows,
        _ => Variant.Tiled,
    };

    public void Run(AcceleratorStream stream, View x_TK, WeightMatrix w_NK, View y_TN)
    {
        int tokens = ProductShapes.Tokens(nameof(MatMul), x_TK.Length, w_NK.Rows, w_NK.Columns, y_TN.Length);
        if (tokens == 0)
            return;

        switch (w_NK.Type)
        {
            case WeightType.Float32:
                Run(stream, _float32 ??= Launches<float>.Load<Float32Format>(accelerator), x_TK, w_NK, y_TN, tokens);
                break;
            case WeightType.Float16:
                Run(stream, _float16 ??= Launches<ushort>.Load<Float16Format>(accelerator), x_TK, w_NK, y_TN, tokens);
                break;
            default:
                Run(stream, _bfloat16 ??= Launches<ushort>.Load<BFloat16Format>(accelerator), x_TK, w_NK, y_TN, tokens);
                break;
        }
    }

    private void Run<TStored>(AcceleratorStream stream, Launches<TStored> launches, View x_TK, WeightMatrix w_NK, View y_TN, int tokens)
        where TStored : unmanaged
    {
        ArrayView<TStored> w = w_NK.Data.Cast<TStored>();
        int rows = w_NK.Rows;
        switch (Choose(tokens, w_NK.Columns, _tuning))
        {
            case Variant.RowByRow:
                int rowsPerWarp = Math.Clamp(rows / (4 * _tuning.TargetWarps), 1, MaxRowsPerWarp);
                launches.RowByRow(stream, Config((rows + rowsPerWarp - 1) / rowsPerWarp), x_TK, w, y_TN, rows, w_NK.Columns, rowsPerWarp);
                break;
            case Variant.EightRows:
                launches.EightRows(stream, Config((rows + MatVecKernels.RowsPerTile - 1) / MatVecKernels.RowsPerTile), x_TK, w, y_TN, rows, w_NK.Columns);
                break;
            default:
                int tokensPerWarp = TokensPerWarp(rows, tokens);
                long blocks = TiledKernels.RowBlocks(rows) * (long)((tokens + tokensPerWarp - 1) / tokensPerWarp);
                launches.Tiled(stream, Config(blocks), x_TK, w, y_TN, tokens, rows, w_NK.Columns, tokensPerWarp);
                break;
        }
    }

    private KernelConfig Config(long warps) => new(_tuning.GroupsFor(warps), _tuning.GroupSize);

    /// <summary>All tokens, so that weights are read once, unless that leaves part of the device idle.</summary>
    private int TokensPerWarp(int rows, int tokens)
    {
        int blocks = TiledKernels.RowBlocks(rows);
        int parts = Math.Clamp(_tuning.TargetWarps / blocks, 1, (tokens + TiledKernels.TokensPerTile - 1) / TiledKernels.TokensPerTile);
        int share = (tokens + parts - 1) / parts;
        return (share + TiledKernels.TokensPerTile - 1) / TiledKernels.TokensPerTile * TiledKernels.TokensPerTile;
    }

    /// <summary>The kernels of one weight type.</summary>
    private sealed class Launches<TStored>
        where TStored : unmanaged
    {
        public required Action<AcceleratorStream, KernelConfig, View, ArrayView<TStored>, View, int, int, int> RowByRow { get; init; }
        public required Action<AcceleratorStream, KernelConfig, View, ArrayView<TStored>, View, int, int> EightRows { get; init; }
        public required Action<AcceleratorStream, KernelConfig, View, ArrayView<TStored>, View, int, int, int, int> Tiled { get; init; }

        public static Launches<TStored> Load<TFormat>(Accelerator accelerator)
            where TFormat : unmanaged, IWeightFormat<TStored> => new()
            {
                RowByRow = accelerator.LoadKernel<View, ArrayView<TStored>, View, int, int, int>(MatVecKernels.RowByRowKernel<TFormat, TStored>),
                EightRows = accelerator.LoadKernel<View, ArrayView<TStored>, View, int, int>(MatVecKernels.EightRowsKernel<TFormat, TStored>),
                Tiled = accelerator.LoadKernel<View, ArrayView<TStored>, View, int, int, int, int>(TiledKernels.Kernel<TFormat, TStored>),
            };
    }
}
