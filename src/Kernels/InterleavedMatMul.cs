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
    private readonly QuantisedActivations _activations = new(accelerator, tuning);

    private Action<AcceleratorStream, KernelConfig, IntegerActivations, ArrayView<ushort>, ArrayView<int>, View, int, int, int>? _matVec;
    private Action<AcceleratorStream, KernelConfig, IntegerActivations, ArrayView<ushort>, ArrayView<int>, View, int, int, int, int, int>? _tiled;

    /// <summary>Rounds x [T, K]; the result stays valid until the next call.</summary>
    public IntegerActivations Round(AcceleratorStream stream, View x_TK) => _activations.Run(stream, x_TK, split: true);

    /// <summary>y [T, N] = x [T, K] · Wᵀ.</summary>
    public void Run(AcceleratorStream stream, View x_TK, InterleavedMatrix w_NK, View y_TN)
    {
        ProductShapes.Tokens(nameof(InterleavedMatMul), x_TK.Length, w_NK.Rows, w_NK.Columns, y_TN.Length);     // before x is rounded
        Run(stream, Round(stream, x_TK), w_NK, y_TN);
    }

    /// <summary>y [T, N] = x [T, K] · Wᵀ with activations rounded before.</summary>
    public void Run(AcceleratorStream stream, IntegerActivations x, InterleavedMatrix w_NK, View y_TN)
    {
        int tokens = ProductShapes.Tokens(nameof(InterleavedMatMul), x.Upper_TK.Length * 4, w_NK.Rows, w_NK.Columns, y_TN.Length);

        // Tiles hold whole groups only; a matrix with other rows goes token by token.
        int tileRows = QuantisedTiled.RowsPerWarp(_tuning.WarpSize);
        if (tokens >= QuantisedMatMul.MinTiledTokens && w_NK.Rows % tileRows == 0)
            RunTiled(stream, x, w_NK, y_TN, tokens, w_NK.Rows / tileRows);
        else
            RunByToken(stream, x, w_NK, y_TN, tokens);
    }

    public void Dispose() => _activations.Dispose();

    private void RunByToken(AcceleratorStream stream, IntegerActivations x, InterleavedMatrix w_NK, View y_TN, int tokens)
    {
        _matVec ??= accelerator.LoadKernel<IntegerActivations, ArrayView<ushort>, ArrayView<int>, View, int, int, int>(InterleavedKernels.MatVecKernel);
        int rows = w_NK.Rows, groups = (rows + _tuning.WarpSize - 1) / _tuning.WarpSize;
        int groupsPerWarp = Math.Clamp(groups / (4 * _tuning.TargetWarps), 1, MaxGroupsPerWarp);
        var config = new KernelConfig(_tuning.GroupsFor((groups + groupsPerWarp - 1) / groupsPerWarp), _tuning.GroupSize);
        for (int token = 0; token < tokens; token++)
        {
            _matVec(
                stream, config, x.Token(token, w_NK.Columns), w_NK.Scales, w_NK.Words, y_TN.SubView((long)token * rows, rows),
                rows, w_NK.Columns / IBlockFormat.Block, groupsPerWarp);
        }
    }

    private void RunTiled(AcceleratorStream stream, IntegerActivations x, InterleavedMatrix w_NK, View y_TN, int tokens, int tiles)
    {
        _tiled ??= accelerator.LoadKernel<IntegerActivations, ArrayView<ushort>, ArrayView<int>, View, int, int, int, int, int>(InterleavedKernels.TiledKernel);
        (KernelConfig config, int share) = QuantisedTiled.Split(_tuning, tiles, tokens);
        _tiled(stream, config, x, w_NK.Scales, w_NK.Words, y_TN, tokens, tiles, w_NK.Rows, w_NK.Columns, share);
    }
}
