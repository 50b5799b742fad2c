using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>Products of many tokens on tensor cores: y = x · Wᵀ; see <see cref="TensorMatMulKernels"/>.</summary>
public sealed class TensorMatMul(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly Scratch _rounded = new(accelerator);

    // Compiled when first used: only some devices have tensor cores.
    private Action<AcceleratorStream, KernelConfig, View, ArrayView<ushort>>? _round;
    private Action<AcceleratorStream, KernelConfig, ArrayView<ushort>, ArrayView<ushort>, View, int, int, int>? _multiply;

    /// <summary>Whether the kernel can multiply by a matrix: bfloat16, with rows that 16-byte copies can fetch.</summary>
    public static bool Fits(Accelerator accelerator, WeightMatrix w_NK) =>
        TensorDevices.HasTensorCores(accelerator, TensorMatMulKernels.SharedBytes) && w_NK.Type == WeightType.BFloat16 &&
        w_NK.Columns % TensorCore.ChunkValues == 0 && w_NK.Data.LoadEffectiveAddressAsPtr() % TensorCore.ChunkBytes == 0;

    /// <summary>x rounded to bfloat16, valid until the next call.</summary>
    public ArrayView<ushort> Round(AcceleratorStream stream, View x)
    {
        ArrayView<ushort> rounded = _rounded.Get((x.Length + 1) / 2).Cast<ushort>().SubView(0, x.Length);
        _round ??= accelerator.LoadKernel<View, ArrayView<ushort>>(RoundKernel);
        if (x.Length > 0)
            _round(stream, Elementwise.Config(_tuning, x.Length), x, rounded);
        return rounded;
    }

    /// <summary>y [T, N] = x [T, K] · Wᵀ with x rounded before.</summary>
    public void Run(AcceleratorStream stream, ArrayView<ushort> x_TK, WeightMatrix w_NK, View y_TN)
    {
        int tokens = ProductShapes.Tokens(nameof(TensorMatMul), x_TK.Length, w_NK.Rows, w_NK.Columns, y_TN.Length);
        if (!Fits(accelerator, w_NK) || x_TK.LoadEffectiveAddressAsPtr() % TensorCore.ChunkBytes != 0 || y_TN.LoadEffectiveAddressAsPtr() % TensorCore.ChunkBytes != 0)
        {
            throw new ArgumentException(
                $"TensorMatMul: {w_NK.Type} weights [{w_NK.Rows}, {w_NK.Columns}] on {accelerator.Name}; bfloat16 with a multiple of {TensorCore.ChunkValues} columns, everything at multiples " +
                "of 16 bytes, and a CUDA device of compute capability 8.0 or more are needed. MatMul takes any weights.");
        }

        if (tokens == 0)
            return;
        _multiply ??= accelerator.LoadKernel<ArrayView<ushort>, ArrayView<ushort>, View, int, int, int>(TensorMatMulKernels.Kernel);
        _multiply(stream, new KernelConfig(Groups(tokens, w_NK.Rows), TensorTile.Threads, SharedMemoryConfig.RequestDynamic<byte>(TensorMatMulKernels.SharedBytes)),
            x_TK, w_NK.Data.Cast<ushort>(), y_TN, tokens, w_NK.Rows, w_NK.Columns);
    }

    public void Dispose() => _rounded.Dispose();

    /// <summary>Tiles of 128 × 128 outputs.</summary>
    public static int Groups(int tokens, int rows) =>
        checked((tokens + TensorTile.Rows - 1) / TensorTile.Rows * ((rows + TensorTile.Rows - 1) / TensorTile.Rows));

    /// <summary>float32 to bfloat16, ties to even; one warp per run of 32 · warp values.</summary>
    public static void RoundKernel(View x, ArrayView<ushort> y)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        long start = Elementwise.Start();
        int count = Elementwise.Count(start, x.Length);
        int steps = count / warp;
        for (int step = 0; step < steps; step++)
        {
            long i = start + ((step * warp) + lane);
            y[i] = BFloat16Cache.FromFloat(x[i]);
        }

        int rest = (steps * warp) + lane;
        if (rest < count)
            y[start + rest] = BFloat16Cache.FromFloat(x[start + rest]);
    }
}
