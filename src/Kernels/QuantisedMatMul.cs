using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Products with, and rows of, a weight matrix stored in blocks: y = x · Wᵀ as <see cref="MatMul"/>.</summary>
/// <remarks>
/// One token expands weights in registers (<see cref="QuantisedKernels.MatVec"/>). Several tokens share one expansion
/// into device memory, which then goes through <see cref="MatMul"/>; for the few matrices that would need more than
/// <see cref="MaxExpandedBytes"/> for that, the output table above all, each token takes the way of one.
/// </remarks>
public sealed class QuantisedMatMul(Accelerator accelerator, MatMul matMul, Tuning? tuning = null) : IDisposable
{
    /// <summary>Largest expansion: holds every matrix of a layer up to Gemma 2 9B.</summary>
    public const long MaxExpandedBytes = 256L << 20;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly Scratch _expanded = new(accelerator);

    // Kernels are compiled when a model first needs their block type.
    private Launches? _q8, _q4;

    public void Run(AcceleratorStream stream, View x_TK, QuantisedMatrix w_NK, View y_TN)
    {
        long tokens = x_TK.Length / w_NK.Columns;
        if (x_TK.Length % w_NK.Columns != 0 || y_TN.Length != tokens * w_NK.Rows)
        {
            throw new ArgumentException(
                $"QuantisedMatMul: x has {x_TK.Length} values, y {y_TN.Length}; with weights [{w_NK.Rows}, {w_NK.Columns}] they must be " +
                $"tokens × {w_NK.Columns} and tokens × {w_NK.Rows}.");
        }

        Launches launches = For(w_NK.Type);
        ArrayView<ushort> halves = w_NK.Data.Cast<ushort>();
        long weights = (long)w_NK.Rows * w_NK.Columns;
        if (tokens > 1 && weights * sizeof(float) <= MaxExpandedBytes)
        {
            View expanded = _expanded.Get(weights);
            launches.Expand(stream, new KernelConfig(_tuning.GroupsFor(w_NK.Rows), _tuning.GroupSize), w_NK.Data, halves, expanded, w_NK.Rows, w_NK.Columns);
            matMul.Run(stream, x_TK, new WeightMatrix(expanded.Cast<byte>(), WeightType.Float32, w_NK.Rows, w_NK.Columns), y_TN);
            return;
        }

        int warps = (w_NK.Rows + QuantisedKernels.RowsPerWarp - 1) / QuantisedKernels.RowsPerWarp;
        var config = new KernelConfig(_tuning.GroupsFor(warps), _tuning.GroupSize);
        for (long token = 0; token < tokens; token++)
        {
            launches.MatVec(
                stream, config, x_TK.SubView(token * w_NK.Columns, w_NK.Columns), w_NK.Data, halves,
                y_TN.SubView(token * w_NK.Rows, w_NK.Rows), w_NK.Rows, w_NK.Columns);
        }
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
            ids_T, table_VD.Data, table_VD.Data.Cast<ushort>(), x_TD, tokens, width, scale);
    }

    public void Dispose() => _expanded.Dispose();

    private Launches For(BlockType type) => type == BlockType.Q8_0
        ? _q8 ??= Launches.Load<Q8Format>(accelerator)
        : _q4 ??= Launches.Load<Q4Format>(accelerator);

    /// <summary>The kernels of one block type.</summary>
    private sealed class Launches
    {
        public required Action<AcceleratorStream, KernelConfig, View, ArrayView<byte>, ArrayView<ushort>, View, int, int> MatVec { get; init; }
        public required Action<AcceleratorStream, KernelConfig, ArrayView<byte>, ArrayView<ushort>, View, int, int> Expand { get; init; }
        public required Action<AcceleratorStream, KernelConfig, ArrayView<int>, ArrayView<byte>, ArrayView<ushort>, View, int, int, float> Gather { get; init; }

        public static Launches Load<TFormat>(Accelerator accelerator)
            where TFormat : unmanaged, IBlockFormat => new()
            {
                MatVec = accelerator.LoadKernel<View, ArrayView<byte>, ArrayView<ushort>, View, int, int>(QuantisedKernels.MatVec<TFormat>),
                Expand = accelerator.LoadKernel<ArrayView<byte>, ArrayView<ushort>, View, int, int>(QuantisedKernels.Expand<TFormat>),
                Gather = accelerator.LoadKernel<ArrayView<int>, ArrayView<byte>, ArrayView<ushort>, View, int, int, float>(QuantisedKernels.Gather<TFormat>),
            };
    }
}
