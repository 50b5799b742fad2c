using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>Products of many tokens with a quantised matrix on tensor cores; see <see cref="TensorQuantisedKernels"/>.</summary>
public sealed class TensorQuantisedMatMul(Accelerator accelerator)
{
    // Kernels are compiled when a model first needs their block type.
    private readonly Dictionary<BlockType, Action<AcceleratorStream, KernelConfig, ArrayView<ushort>, BlockData, View, int, int, int, int>> _launches = [];

    /// <summary>Whether the device has what the kernel needs; it takes every block type.</summary>
    public static bool Fits(Accelerator accelerator) => TensorDevices.HasTensorCores(accelerator, TensorQuantisedKernels.SharedBytes);

    /// <summary>y [T, N] = x [T, K] · Wᵀ with x rounded to bfloat16.</summary>
    public void Run(AcceleratorStream stream, ArrayView<ushort> x_TK, QuantisedMatrix w_NK, View y_TN)
    {
        int tokens = ProductShapes.Tokens(nameof(TensorQuantisedMatMul), x_TK.Length, w_NK.Rows, w_NK.Columns, y_TN.Length);
        if (!Fits(accelerator) || x_TK.LoadEffectiveAddressAsPtr() % TensorCore.ChunkBytes != 0 || y_TN.LoadEffectiveAddressAsPtr() % TensorCore.ChunkBytes != 0)
        {
            throw new ArgumentException(
                $"TensorQuantisedMatMul: {accelerator.Name}; a CUDA device of compute capability 8.0 or more is needed, x and y at multiples of 16 bytes. QuantisedMatMul runs on any device.");
        }

        if (tokens == 0)
            return;
        if (!_launches.TryGetValue(w_NK.Type, out var launch))
            _launches[w_NK.Type] = launch = Load(w_NK.Type);
        launch(stream, new KernelConfig(TensorMatMul.Groups(tokens, w_NK.Rows), TensorTile.Threads, SharedMemoryConfig.RequestDynamic<byte>(TensorQuantisedKernels.SharedBytes)),
            x_TK, new BlockData(w_NK.Data), y_TN, tokens, w_NK.Rows, w_NK.Columns, w_NK.RowHalves);
    }

    private Action<AcceleratorStream, KernelConfig, ArrayView<ushort>, BlockData, View, int, int, int, int> Load(BlockType type) => type switch
    {
        BlockType.Q8_0 => Load<Q8_0Format>(),
        BlockType.Q4_0 => Load<Q4_0Format>(),
        BlockType.Q4_1 => Load<Q4_1Format>(),
        BlockType.Q5_0 => Load<Q5_0Format>(),
        BlockType.Q5_1 => Load<Q5_1Format>(),
        BlockType.Q2K => Load<Q2KFormat>(),
        BlockType.Q3K => Load<Q3KFormat>(),
        BlockType.Q4K => Load<Q4KFormat>(),
        BlockType.Q5K => Load<Q5KFormat>(),
        BlockType.Q6K => Load<Q6KFormat>(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown block type."),
    };

    private Action<AcceleratorStream, KernelConfig, ArrayView<ushort>, BlockData, View, int, int, int, int> Load<TFormat>()
        where TFormat : unmanaged, IBlockFormat =>
        accelerator.LoadKernel<ArrayView<ushort>, BlockData, View, int, int, int, int>(TensorQuantisedKernels.Kernel<TFormat>);
}
