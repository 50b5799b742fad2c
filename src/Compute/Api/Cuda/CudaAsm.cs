using System.Diagnostics.CodeAnalysis;
using GemmaIlgpu.Compute.Api;

namespace ILGPU.Runtime.Cuda;

/// <summary>Inline PTX for kernels that run on CUDA.</summary>
/// <remarks>
/// <para>The text is a constant string. <c>%0</c>, <c>%1</c>, … stand for the arguments, <c>%%</c> for a percent sign, as in
/// <c>CudaAsm.Emit("mov.u32 %0, %%smid;", out int processor)</c>. It may hold several instructions; what it declares for
/// itself (registers, labels) belongs between braces, because a call may be inlined or unrolled more than once.</para>
/// <para>Types of the registers: <c>.pred</c> for bool, <c>.b16</c> for 8-bit and 16-bit integers and Half, <c>.b32</c> for 32-bit,
/// <c>.b64</c> for 64-bit integers, <c>.f32</c>, <c>.f64</c>. A constant argument is written out as a literal, except
/// between the braces of a vector operand. The statement has effects that the compiler does not know: it is never left out,
/// moved across other effects, or merged with another.</para>
/// <para><c>Emit</c> writes its first argument if that is <c>out</c> and reads the others; <c>EmitRef</c> takes
/// <see cref="Input{T}"/>, <see cref="Output{T}"/> and <see cref="Ref{T}"/> (read, then written) in any order.</para>
/// <para>Addresses: views and pointers are not arguments. Shared memory is reached by name: the first bytes of
/// <c>SharedMemory.GetDynamic</c> are at <c>__dyn_shared_alloca</c>, those of the n-th SharedMemory.Allocate (counted from 0 in the order of
/// compilation) at <c>__shared_alloca0</c>, <c>__shared_alloca1</c>, …, here as in ILGPU 1.5.3: <c>mov.u32 %0, __dyn_shared_alloca;</c> gives
/// the 32-bit address that ldmatrix and cp.async want, elements follow by arithmetic.</para>
/// <para>Ask <see cref="IsSupported"/> first. It is a constant of the compiled kernel, so that elsewhere nothing of the
/// branch remains.</para>
/// </remarks>
public static partial class CudaAsm
{
    /// <summary>Gets whether the kernel is being compiled for CUDA, so that inline PTX can be used.</summary>
    public static bool IsSupported
    {
        [DeviceIntrinsic("CudaAsm.IsSupported")]
        get => false;
    }

    /// <summary>Emits PTX without arguments.</summary>
    /// <param name="asm">The text.</param>
    [DeviceIntrinsic("CudaAsm.Emit")]
    public static void Emit(string asm) => Refuse(asm);

    [DoesNotReturn]
    private static void Refuse(string asm) => throw new NotSupportedException(
        $"Inline PTX (\"{asm.Trim()}\") runs on CUDA accelerators only; ask CudaAsm.IsSupported before CudaAsm.Emit.");
}
