using GemmaIlgpu.Kernels.Device;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>Which kernels a user wants.</summary>
public enum KernelChoice
{
    /// <summary>Fast ones on GPUs, plain ones on processors, for which they were written.</summary>
    Auto,

    /// <summary>Those that every device runs, in plain C#: the judges of the others.</summary>
    Plain,

    /// <summary>Fast ones wherever they fit; on a processor that is for tests.</summary>
    Fast,
}

/// <summary>Which kernel computes what: the one place where shape, layer and device decide.</summary>
/// <remarks>
/// <code>
/// what                        tokens   fast kernel, and what it asks for                                   plain kernel
/// norm, query, key, value     1        FusedProducts: whole aligned packets, or blocks and warps of 16    RmsNorm, MatMul, QuantisedMatMul
/// norm, gate, up, activation  1        FusedProducts, the same                                             RmsNorm, MatMul, GeGlu
/// QK-norm, RoPE, cache write  1        DecodeHeads: together with FusedProducts                            RmsNorm, Rope, KvCacheWrite
/// attention                   1        DecodeAttention: 2, 4 or 8 columns of a head for each lane          AttentionDecode
/// product                     2 on     TensorMatMul: bf16, K a multiple of 8; 8.0 and up                   MatMul
/// product                     2 on     TensorQuantisedMatMul: every block type; 8.0 and up                 QuantisedMatMul
/// attention                   2 on     FlashAttention: heads of 64, 128, 256; 8.0 and up                   AttentionPrefill
/// </code>
/// Local and global layers take the same kernels: a window is an argument of both.
/// </remarks>
public sealed class KernelTable(Accelerator accelerator, KernelChoice choice = KernelChoice.Auto)
{
    /// <summary>Whether fast kernels are wanted here at all.</summary>
    public bool IsFast { get; } =
        choice == KernelChoice.Fast || (choice == KernelChoice.Auto && accelerator.AcceleratorType != AcceleratorType.CPU && accelerator.WarpSize >= NarrowestWarp);

    /// <summary>Fast kernels share rows out among lanes; OpenCL devices without sub-groups have warps of one.</summary>
    private const int NarrowestWarp = 8;

    /// <summary>Whether decoding can take the fused product with a matrix.</summary>
    public bool Fuses(FusedMatrix w_NK, bool afterNorm) => IsFast && FusedProducts.Fits(accelerator, w_NK, afterNorm);

    /// <summary>Whether decoding can take the attention that reads its position from memory.</summary>
    public bool DecodesAttention(int headDim) => IsFast && DecodeAttention.Fits(accelerator.WarpSize, headDim);

    /// <summary>Whether a product runs on tensor cores.</summary>
    public bool UsesTensorCores(long tokens, WeightMatrix w_NK) => IsFast && tokens > 1 && TensorMatMul.Fits(accelerator, w_NK);

    /// <summary>Whether a product with a quantised matrix runs on tensor cores.</summary>
    public bool UsesTensorCores(long tokens) => IsFast && tokens > 1 && TensorQuantisedMatMul.Fits(accelerator);

    /// <summary>Whether attention runs on tensor cores.</summary>
    public bool UsesFlashAttention(int tokens, int headDim) => IsFast && tokens > 1 && FlashAttention.Fits(accelerator, headDim);
}
