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

    // Kernels are compiled when a model first needs their kind of weights.
    private readonly Dictionary<Type, Launches> _launches = [];

    /// <summary>Whether these kernels can multiply by a matrix: rows that warps can read, and a vector that fits into shared memory where a norm precedes.</summary>
    public static bool Fits(Accelerator accelerator, FusedMatrix w_NK, bool afterNorm) =>
        w_NK.SuitsWarps(accelerator.WarpSize) &&
        (!afterNorm || ((long)w_NK.Columns * sizeof(float)) + SharedForSums <= accelerator.MaxSharedMemoryPerGroup);

    /// <summary>y_i = W_i · norm(next) for one to three matrices, next = residual + delta; see <see cref="ResidualNorm.Prepare"/>.</summary>
    public void RunNorm(AcceleratorStream stream, ResidualInputs inputs, float cap, params ReadOnlySpan<(FusedMatrix W_NK, View Y_N)> products)
    {
        if (products.Length is < 1 or > 3)
            throw new ArgumentException($"FusedProducts: {products.Length} products; there must be 1 to 3.");
        Check(inputs);
        int pairs = 0;
        foreach ((FusedMatrix w, View y) in products)
        {
            Check(w, inputs.Norm_D.Length, y, products[0].W_NK.Format, afterNorm: true);
            pairs += (w.Rows + 1) / 2;
        }

        (ArrayView<byte> w1, View y1) = products.Length > 1 ? (products[1].W_NK.Data, products[1].Y_N) : default;
        (ArrayView<byte> w2, View y2) = products.Length > 2 ? (products[2].W_NK.Data, products[2].Y_N) : default;
        For(products[0].W_NK.Format).Norm(stream, Config(pairs, inputs), inputs, products[0].W_NK.Data, w1, w2, products[0].Y_N, y1, y2, cap);
    }

    /// <summary>y = gelu(Gate · norm(next)) · (Up · norm(next)), next = residual + delta.</summary>
    public void RunNormGeGlu(AcceleratorStream stream, ResidualInputs inputs, FusedMatrix gate_FD, FusedMatrix up_FD, View y_F)
    {
        Check(inputs);
        Check(gate_FD, inputs.Norm_D.Length, y_F, gate_FD.Format, afterNorm: true);
        Check(up_FD, inputs.Norm_D.Length, y_F, gate_FD.Format, afterNorm: true);
        For(gate_FD.Format).GeGlu(stream, Config(gate_FD.Rows, inputs), inputs, gate_FD.Data, up_FD.Data, y_F);
    }

    /// <summary>y = W · x.</summary>
    public void Run(AcceleratorStream stream, View x_K, FusedMatrix w_NK, View y_N)
    {
        Check(w_NK, x_K.Length, y_N, w_NK.Format, afterNorm: false);
        For(w_NK.Format).Product(stream, new KernelConfig(Groups((w_NK.Rows + 1) / 2), _tuning.GroupSize), x_K, w_NK.Data, y_N);
    }

    // Twice the warps that fill the device: a multiprocessor holds 32 of these and prepares x once for each of its groups.
    private int Groups(int items) => Math.Min(_tuning.GroupsFor(items), _tuning.GroupsFor(2L * _tuning.TargetWarps));

    private KernelConfig Config(int items, in ResidualInputs inputs) =>
        new(Groups(items), _tuning.GroupSize, SharedMemoryConfig.RequestDynamic<float>(inputs.Norm_D.IntLength));

    private void Check(FusedMatrix w_NK, long width, View y_N, Type format, bool afterNorm)
    {
        if (w_NK.Columns != width || w_NK.Rows != y_N.Length || w_NK.Format != format || !Fits(accelerator, w_NK, afterNorm))
        {
            throw new ArgumentException(
                $"FusedProducts: {NameOf(w_NK.Format)} [{w_NK.Rows}, {w_NK.Columns}] at {w_NK.Data.LoadEffectiveAddressAsPtr():X} cannot multiply {width} values into " +
                $"{y_N.Length}; {NameOf(format)} [{y_N.Length}, {width}] are needed, of whole packets of 16 bytes at a multiple of 16 or of blocks with warps of 16, and room for x in shared memory.");
        }

        static string NameOf(Type rows) => rows.GetGenericArguments()[0].Name;
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

    private Launches For(Type format)
    {
        if (!_launches.TryGetValue(format, out Launches? launches))
            _launches[format] = launches = Load(format);
        return launches;
    }

    private Launches Load(Type format) =>
        format == typeof(PacketRows<Float32Packets>) ? Launches.Load<PacketRows<Float32Packets>>(accelerator) :
        format == typeof(PacketRows<Float16Packets>) ? Launches.Load<PacketRows<Float16Packets>>(accelerator) :
        format == typeof(PacketRows<BFloat16Packets>) ? Launches.Load<PacketRows<BFloat16Packets>>(accelerator) :
        format == typeof(BlockRows<Q8_0Format>) ? Launches.Load<BlockRows<Q8_0Format>>(accelerator) :
        format == typeof(BlockRows<Q4_0Format>) ? Launches.Load<BlockRows<Q4_0Format>>(accelerator) :
        format == typeof(BlockRows<Q4_1Format>) ? Launches.Load<BlockRows<Q4_1Format>>(accelerator) :
        format == typeof(BlockRows<Q5_0Format>) ? Launches.Load<BlockRows<Q5_0Format>>(accelerator) :
        format == typeof(BlockRows<Q5_1Format>) ? Launches.Load<BlockRows<Q5_1Format>>(accelerator) :
        format == typeof(BlockRows<Q2KFormat>) ? Launches.Load<BlockRows<Q2KFormat>>(accelerator) :
        format == typeof(BlockRows<Q3KFormat>) ? Launches.Load<BlockRows<Q3KFormat>>(accelerator) :
        format == typeof(BlockRows<Q4KFormat>) ? Launches.Load<BlockRows<Q4KFormat>>(accelerator) :
        format == typeof(BlockRows<Q5KFormat>) ? Launches.Load<BlockRows<Q5KFormat>>(accelerator) :
        format == typeof(BlockRows<Q6KFormat>) ? Launches.Load<BlockRows<Q6KFormat>>(accelerator) :
        throw new ArgumentException($"FusedProducts: {format.Name} are no rows of weights.");

    /// <summary>The kernels of one kind of weights.</summary>
    private sealed class Launches
    {
        public required Action<AcceleratorStream, KernelConfig, ResidualInputs, ArrayView<byte>, ArrayView<byte>, ArrayView<byte>, View, View, View, float> Norm { get; init; }
        public required Action<AcceleratorStream, KernelConfig, ResidualInputs, ArrayView<byte>, ArrayView<byte>, View> GeGlu { get; init; }
        public required Action<AcceleratorStream, KernelConfig, View, ArrayView<byte>, View> Product { get; init; }

        public static Launches Load<TRows>(Accelerator accelerator)
            where TRows : unmanaged, IDecodeRows => new()
            {
                Norm = accelerator.LoadKernel<ResidualInputs, ArrayView<byte>, ArrayView<byte>, ArrayView<byte>, View, View, View, float>(FusedKernels.NormProductsKernel<TRows>),
                GeGlu = accelerator.LoadKernel<ResidualInputs, ArrayView<byte>, ArrayView<byte>, View>(FusedKernels.NormGeGluKernel<TRows>),
                Product = accelerator.LoadKernel<View, ArrayView<byte>, View>(FusedKernels.ProductKernel<TRows>),
            };
    }
}
