using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Products with, and rows of, a weight matrix stored in blocks: y = x · Wᵀ as <see cref="MatMul"/>.</summary>
/// <remarks>
/// Activations are rounded to 16-bit numbers (<see cref="QuantisedActivations"/>), once for all matrices that multiply the
/// same ones. One token, and a few, go through <see cref="QuantisedMatVec"/>, more through <see cref="QuantisedTiled"/>.
/// </remarks>
public sealed class QuantisedMatMul(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    /// <summary>From so many tokens on, unpacking for all of them costs less than reading the weights for each.</summary>
    public const int MinTiledTokens = 4;

    /// <summary>Longest run of rows that one warp takes in turn.</summary>
    private const int MaxRowsPerWarp = 64;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly QuantisedActivations _activations = new(accelerator, tuning);

    // Kernels are compiled when a model first needs their block type.
    private readonly Dictionary<BlockType, Launches> _launches = [];

    /// <summary>Rounds x [T, K]; the result stays valid until the next call.</summary>
    public IntegerActivations Round(AcceleratorStream stream, View x_TK) => _activations.Run(stream, x_TK);

    /// <summary>y [T, N] = x [T, K] · Wᵀ.</summary>
    public void Run(AcceleratorStream stream, View x_TK, QuantisedMatrix w_NK, View y_TN)
    {
        ProductShapes.Tokens(nameof(QuantisedMatMul), x_TK.Length, w_NK.Rows, w_NK.Columns, y_TN.Length);     // before x is rounded
        Run(stream, Round(stream, x_TK), w_NK, y_TN);
    }

    /// <summary>y [T, N] = x [T, K] · Wᵀ with activations rounded before.</summary>
    public void Run(AcceleratorStream stream, IntegerActivations x_TK, QuantisedMatrix w_NK, View y_TN)
    {
        int tokens = ProductShapes.Tokens(nameof(QuantisedMatMul), x_TK.Pairs_TK.Length * 2, w_NK.Rows, w_NK.Columns, y_TN.Length);
        if (tokens < MinTiledTokens)
            RunByToken(stream, x_TK, w_NK, y_TN, tokens);
        else
            RunTiled(stream, x_TK, w_NK, y_TN, tokens);
    }

    /// <summary>Token ids to table rows, times a factor, as <see cref="Embedding"/>.</summary>
    public void Gather(AcceleratorStream stream, ArrayView<int> ids_T, QuantisedMatrix table_VD, View x_TD, float scale)
    {
        int tokens = ids_T.IntLength, width = table_VD.Columns;
        if (x_TD.Length != (long)tokens * width)
            throw new ArgumentException($"QuantisedMatMul: x has {x_TD.Length} values; {tokens} tokens of width {width} need {(long)tokens * width}.");
        if (tokens == 0)
            return;
        For(table_VD.Type).Gather(
            stream, new KernelConfig(_tuning.GroupsFor(tokens), _tuning.GroupSize),
            ids_T, new BlockData(table_VD.Data), x_TD, tokens, width, table_VD.RowHalves, scale);
    }

    public void Dispose() => _activations.Dispose();

    // Rows from firstRow on, one token after the other.
    private void RunByToken(AcceleratorStream stream, IntegerActivations x, QuantisedMatrix w_NK, View y_TN, int tokens, int firstRow = 0)
    {
        Launches launches = For(w_NK.Type);
        int rows = w_NK.Rows - firstRow, width = w_NK.Columns;
        int rowsPerWarp = Math.Clamp(rows / (4 * _tuning.TargetWarps), 1, MaxRowsPerWarp);
        var config = new KernelConfig(_tuning.GroupsFor((rows + rowsPerWarp - 1) / rowsPerWarp), _tuning.GroupSize);
        long skipped = 2L * firstRow * w_NK.RowHalves;
        var data = new BlockData(w_NK.Data.SubView(skipped, w_NK.Data.Length - skipped));
        for (int token = 0; token < tokens; token++)
        {
            IntegerActivations one = x.Token(token, width);
            (View scales, View sums) = launches.GroupLength == 16 ? (one.Scales16_TB, one.Sums16_TB) : (one.Scales32_TB, one.Sums32_TB);
            View y = y_TN.SubView(((long)token * w_NK.Rows) + firstRow, rows);
            launches.MatVec(stream, config, one.Pairs_TK, scales, sums, data, y, rows, width, w_NK.RowHalves, rowsPerWarp);
        }
    }

    private void RunTiled(AcceleratorStream stream, IntegerActivations x, QuantisedMatrix w_NK, View y_TN, int tokens)
    {
        int tileRows = QuantisedTiled.RowsPerWarp(_tuning.WarpSize);
        int tiles = w_NK.Rows / tileRows;
        if (tiles > 0)
        {
            (KernelConfig config, int share) = QuantisedTiled.Split(_tuning, tiles, tokens);
            For(w_NK.Type).Tiled(stream, config, x, new BlockData(w_NK.Data), y_TN, tokens, tiles, w_NK.Rows, w_NK.Columns, w_NK.RowHalves, share);
        }

        if (tiles * tileRows < w_NK.Rows)
            RunByToken(stream, x, w_NK, y_TN, tokens, tiles * tileRows);
    }

    private Launches For(BlockType type)
    {
        if (!_launches.TryGetValue(type, out Launches? launches))
            _launches[type] = launches = Load(type);
        return launches;
    }

    private Launches Load(BlockType type) => type switch
    {
        BlockType.Q8_0 => Launches.Load<Q8_0Format>(accelerator),
        BlockType.Q4_0 => Launches.Load<Q4_0Format>(accelerator),
        BlockType.Q4_1 => Launches.Load<Q4_1Format>(accelerator),
        BlockType.Q5_0 => Launches.Load<Q5_0Format>(accelerator),
        BlockType.Q5_1 => Launches.Load<Q5_1Format>(accelerator),
        BlockType.Q2K => Launches.Load<Q2KFormat>(accelerator),
        BlockType.Q3K => Launches.Load<Q3KFormat>(accelerator),
        BlockType.Q4K => Launches.Load<Q4KFormat>(accelerator),
        BlockType.Q5K => Launches.Load<Q5KFormat>(accelerator),
        BlockType.Q6K => Launches.Load<Q6KFormat>(accelerator),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown block type."),
    };

    /// <summary>The kernels of one block type.</summary>
    private sealed class Launches
    {
        public required int GroupLength { get; init; }
        public required Action<AcceleratorStream, KernelConfig, ArrayView<int>, View, View, BlockData, View, int, int, int, int> MatVec { get; init; }
        public required Action<AcceleratorStream, KernelConfig, IntegerActivations, BlockData, View, int, int, int, int, int, int> Tiled { get; init; }
        public required Action<AcceleratorStream, KernelConfig, ArrayView<int>, BlockData, View, int, int, int, float> Gather { get; init; }

        public static Launches Load<TFormat>(Accelerator accelerator)
            where TFormat : unmanaged, IBlockFormat => new()
            {
                GroupLength = TFormat.GroupLength,
                MatVec = accelerator.LoadKernel<ArrayView<int>, View, View, BlockData, View, int, int, int, int>(QuantisedMatVec.Kernel<TFormat>),
                Tiled = accelerator.LoadKernel<IntegerActivations, BlockData, View, int, int, int, int, int, int>(QuantisedTiled.Kernel<TFormat>),
                Gather = accelerator.LoadKernel<ArrayView<int>, BlockData, View, int, int, int, float>(QuantisedGather.Kernel<TFormat>),
            };
    }
}
