using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Products with an interleaved Q4_0 matrix: y = x · Wᵀ as <see cref="MatMul"/>; see <see cref="InterleavedKernels"/>.</summary>
public sealed class InterleavedMatMul(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    /// <summary>Longest run of row groups that one warp takes in turn.</summary>
    private const int MaxGroupsPerWarp = 8;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly ByteActivations _activations = new(accelerator, tuning);

    private Action<AcceleratorStream, KernelConfig, ArrayView<int>, View, ArrayView<int>, ArrayView<ushort>, ArrayView<int>, View, int, int, int>? _matVec;
    private Action<AcceleratorStream, KernelConfig, ByteVectors, ArrayView<ushort>, ArrayView<int>, View, int, int, int, int, int>? _tiled;

    /// <summary>Rounds x [T, K]; the result stays valid until the next call.</summary>
    public ByteVectors Round(AcceleratorStream stream, View x_TK) => _activations.Run(stream, x_TK);

    /// <summary>y [T, N] = x [T, K] · Wᵀ.</summary>
    public void Run(AcceleratorStream stream, View x_TK, InterleavedMatrix w_NK, View y_TN)
    {
        if (x_TK.Length % w_NK.Columns != 0)
            throw Mismatch(x_TK.Length, w_NK, y_TN);
        Run(stream, Round(stream, x_TK), w_NK, y_TN);
    }

    /// <summary>y [T, N] = x [T, K] · Wᵀ with activations rounded before.</summary>
    public void Run(AcceleratorStream stream, ByteVectors x, InterleavedMatrix w_NK, View y_TN)
    {
        long values = x.Quads_TK.Length * 4;
        int tokens = checked((int)(values / w_NK.Columns));
        if (values % w_NK.Columns != 0 || y_TN.Length != (long)tokens * w_NK.Rows)
            throw Mismatch(values, w_NK, y_TN);

        // Groups that are not whole need masks; one token at a time, they do not slow down the others.
        int whole = w_NK.Rows / _tuning.WarpSize;
        if (tokens > 1 && whole * _tuning.WarpSize == w_NK.Rows)
            RunTiled(stream, x, w_NK, y_TN, tokens, whole);
        else
            RunByToken(stream, x, w_NK, y_TN, tokens);
    }

    public void Dispose() => _activations.Dispose();

    private void RunByToken(AcceleratorStream stream, ByteVectors x, InterleavedMatrix w_NK, View y_TN, int tokens)
    {
        _matVec ??= accelerator.LoadKernel<ArrayView<int>, View, ArrayView<int>, ArrayView<ushort>, ArrayView<int>, View, int, int, int>(InterleavedKernels.MatVecKernel);
        int rows = w_NK.Rows, width = w_NK.Columns, blocks = width / IBlockFormat.Block;
        int groups = (rows + _tuning.WarpSize - 1) / _tuning.WarpSize;
        int groupsPerWarp = Math.Clamp(groups / (4 * _tuning.TargetWarps), 1, MaxGroupsPerWarp);
        var config = new KernelConfig(_tuning.GroupsFor((groups + groupsPerWarp - 1) / groupsPerWarp), _tuning.GroupSize);
        for (long token = 0; token < tokens; token++)
        {
            _matVec(
                stream, config, x.Quads_TK.SubView(token * width / 4, width / 4), x.Scales_TB.SubView(token * blocks, blocks),
                x.Offsets_TB.SubView(token * blocks, blocks), w_NK.Scales, w_NK.Words, y_TN.SubView(token * rows, rows), rows, blocks, groupsPerWarp);
        }
    }

    private void RunTiled(AcceleratorStream stream, ByteVectors x, InterleavedMatrix w_NK, View y_TN, int tokens, int groups)
    {
        _tiled ??= accelerator.LoadKernel<ByteVectors, ArrayView<ushort>, ArrayView<int>, View, int, int, int, int, int>(InterleavedKernels.TiledKernel);

        // All tokens, so that weights are read once, unless that leaves part of the device idle.
        const int together = InterleavedKernels.TokensPerTile;
        int parts = Math.Clamp(_tuning.TargetWarps / groups, 1, (tokens + together - 1) / together);
        int share = ((tokens + parts - 1) / parts + together - 1) / together * together;
        long warps = (long)groups * ((tokens + share - 1) / share);
        _tiled(
            stream, new KernelConfig(_tuning.GroupsFor(warps), _tuning.GroupSize), x, w_NK.Scales, w_NK.Words, y_TN,
            tokens, groups, w_NK.Rows, w_NK.Columns / IBlockFormat.Block, share);
    }

    private static ArgumentException Mismatch(long values, InterleavedMatrix w_NK, View y_TN) => new(
        $"InterleavedMatMul: x has {values} values, y {y_TN.Length}; with weights [{w_NK.Rows}, {w_NK.Columns}] they must be " +
        $"tokens × {w_NK.Columns} and tokens × {w_NK.Rows}.");
}
