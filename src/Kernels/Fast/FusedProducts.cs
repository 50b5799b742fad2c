using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>
/// The products of decoding one token with what stands around them; see <see cref="FusedKernels"/>. No argument depends on
/// the position, so that a recorded step can be replayed.
/// </summary>
public sealed class FusedProducts(Accelerator accelerator, Tuning? tuning = null)
{
    /// <summary>Beside x, for the sums over warps.</summary>
    private const int SharedForSums = 2 * GroupReduce.MaxWarps * sizeof(float);

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    // Kernels are compiled when a model first needs their weight type.
    private Launches? _float32, _float16, _bfloat16;

    /// <summary>
    /// Whether these kernels can multiply by a matrix: whole packets in a row, at an address they can be loaded from, and
    /// of the width of a vector that fits into shared memory where a norm precedes.
    /// </summary>
    public static bool Fits(Accelerator accelerator, WeightMatrix w_NK, bool afterNorm) =>
        w_NK.Columns % WeightsPerPacket(w_NK.Type) == 0 &&
        w_NK.Data.LoadEffectiveAddressAsPtr() % PacketBytes == 0 &&
        (!afterNorm || ((long)w_NK.Columns * sizeof(float)) + SharedForSums <= accelerator.MaxSharedMemoryPerGroup);

    /// <summary>y_i = W_i · norm(next) for one to three matrices, next = residual + delta; see <see cref="ResidualNorm.Prepare"/>.</summary>
    public void RunNorm(AcceleratorStream stream, ResidualInputs inputs, float cap, params ReadOnlySpan<(WeightMatrix W_NK, View Y_N)> products)
    {
        if (products.Length is < 1 or > 3)
            throw new ArgumentException($"FusedProducts: {products.Length} products; there must be 1 to 3.");
        Check(inputs);
        int pairs = 0;
        foreach ((WeightMatrix w, View y) in products)
        {
            Check(w, inputs.Norm_D.Length, y, products[0].W_NK.Type, afterNorm: true);
            pairs += (w.Rows + 1) / 2;
        }

        (ArrayView<Packet> w1, View y1) = products.Length > 1 ? (Packets(products[1].W_NK), products[1].Y_N) : default;
        (ArrayView<Packet> w2, View y2) = products.Length > 2 ? (Packets(products[2].W_NK), products[2].Y_N) : default;
        For(products[0].W_NK.Type).Norm(stream, Config(pairs, inputs), inputs, Packets(products[0].W_NK), w1, w2, products[0].Y_N, y1, y2, cap);
    }

    /// <summary>y = gelu(Gate · norm(next)) · (Up · norm(next)), next = residual + delta.</summary>
    public void RunNormGeGlu(AcceleratorStream stream, ResidualInputs inputs, WeightMatrix gate_FD, WeightMatrix up_FD, View y_F)
    {
        Check(inputs);
        Check(gate_FD, inputs.Norm_D.Length, y_F, gate_FD.Type, afterNorm: true);
        Check(up_FD, inputs.Norm_D.Length, y_F, gate_FD.Type, afterNorm: true);
        For(gate_FD.Type).GeGlu(stream, Config(gate_FD.Rows, inputs), inputs, Packets(gate_FD), Packets(up_FD), y_F);
    }

    /// <summary>y = W · x.</summary>
    public void Run(AcceleratorStream stream, View x_K, WeightMatrix w_NK, View y_N)
    {
        Check(w_NK, x_K.Length, y_N, w_NK.Type, afterNorm: false);
        For(w_NK.Type).Product(stream, new KernelConfig(Groups((w_NK.Rows + 1) / 2), _tuning.GroupSize), x_K, Packets(w_NK), y_N);
    }

    private const int PacketBytes = 16;

    private static int WeightsPerPacket(WeightType type) => PacketBytes / WeightMatrix.BytesPerElement(type);

    private static ArrayView<Packet> Packets(WeightMatrix w_NK) => w_NK.Data.Cast<Packet>();

    // Twice the warps that fill the device: a multiprocessor holds 32 of these and prepares x once for each of its groups.
    private int Groups(int items) => Math.Min(_tuning.GroupsFor(items), _tuning.GroupsFor(2L * _tuning.TargetWarps));

    private KernelConfig Config(int items, in ResidualInputs inputs) =>
        new(Groups(items), _tuning.GroupSize, SharedMemoryConfig.RequestDynamic<float>(inputs.Norm_D.IntLength));

    private void Check(WeightMatrix w_NK, long width, View y_N, WeightType type, bool afterNorm)
    {
        if (w_NK.Columns != width || w_NK.Rows != y_N.Length || w_NK.Type != type || !Fits(accelerator, w_NK, afterNorm))
        {
            throw new ArgumentException(
                $"FusedProducts: {w_NK.Type} weights [{w_NK.Rows}, {w_NK.Columns}] at {w_NK.Data.LoadEffectiveAddressAsPtr():X} cannot multiply {width} values into " +
                $"{y_N.Length}; [{y_N.Length}, {width}] of type {type} is needed, whole packets of 16 bytes at a multiple of 16, and room for x in shared memory.");
        }
    }

    private static void Check(in ResidualInputs inputs)
    {
        long width = inputs.Norm_D.Length;
        if (width < 1 || inputs.Residual_D.Length != width || inputs.Next_D.Length != width ||
            (inputs.Delta_D.Length != 0 && inputs.Delta_D.Length != width) || (inputs.DeltaNorm_D.Length != 0 && inputs.DeltaNorm_D.Length != inputs.Delta_D.Length))
        {
            throw new ArgumentException(
                $"FusedProducts: residual {inputs.Residual_D.Length}, next {inputs.Next_D.Length}, norm {width}, delta {inputs.Delta_D.Length} and its norm " +
                $"{inputs.DeltaNorm_D.Length} values; all must be equal, the last two may be 0.");
        }

        if (inputs.Residual_D.LoadEffectiveAddressAsPtr() == inputs.Next_D.LoadEffectiveAddressAsPtr())
            throw new ArgumentException("FusedProducts: the new residual stream needs other memory than the old one, which slower groups still read.");
    }

    private Launches For(WeightType type) => type switch
    {
        WeightType.Float32 => _float32 ??= Launches.Load<Float32Packets>(accelerator),
        WeightType.Float16 => _float16 ??= Launches.Load<Float16Packets>(accelerator),
        _ => _bfloat16 ??= Launches.Load<BFloat16Packets>(accelerator),
    };

    /// <summary>The kernels of one weight type.</summary>
    private sealed class Launches
    {
        public required Action<AcceleratorStream, KernelConfig, ResidualInputs, ArrayView<Packet>, ArrayView<Packet>, ArrayView<Packet>, View, View, View, float> Norm { get; init; }
        public required Action<AcceleratorStream, KernelConfig, ResidualInputs, ArrayView<Packet>, ArrayView<Packet>, View> GeGlu { get; init; }
        public required Action<AcceleratorStream, KernelConfig, View, ArrayView<Packet>, View> Product { get; init; }

        public static Launches Load<TFormat>(Accelerator accelerator)
            where TFormat : unmanaged, IPacketFormat => new()
            {
                Norm = accelerator.LoadKernel<ResidualInputs, ArrayView<Packet>, ArrayView<Packet>, ArrayView<Packet>, View, View, View, float>(FusedKernels.NormProductsKernel<TFormat>),
                GeGlu = accelerator.LoadKernel<ResidualInputs, ArrayView<Packet>, ArrayView<Packet>, View>(FusedKernels.NormGeGluKernel<TFormat>),
                Product = accelerator.LoadKernel<View, ArrayView<Packet>, View>(FusedKernels.ProductKernel<TFormat>),
            };
    }
}
