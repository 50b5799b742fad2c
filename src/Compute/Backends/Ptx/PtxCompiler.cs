using System.Reflection;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>Writes kernels as PTX, NVIDIA's assembly language, which the driver compiles for the device.</summary>
public static class PtxCompiler
{
    /// <summary>Translates and compiles a kernel method.</summary>
    /// <param name="kernel">The method.</param>
    /// <param name="kind">Who computes the index.</param>
    /// <param name="specialized">Values of SpecializedValue parameters by position.</param>
    /// <param name="target">What to write for.</param>
    /// <param name="options">Choices; null for the usual ones.</param>
    /// <exception cref="KernelCompilationException">The kernel does something that a device cannot.</exception>
    public static PtxKernel Compile(MethodInfo kernel, KernelKind kind, IReadOnlyDictionary<int, object>? specialized, PtxTarget target, PtxOptions? options = null) =>
        Compile(KernelFrontend.Translate(kernel, kind, specialized, forPtx: true), target, options);

    /// <summary>Compiles a kernel, which is changed on the way.</summary>
    /// <param name="kernel">The kernel, optimised or not, translated with <c>forPtx</c>: otherwise inline PTX was left out.</param>
    /// <param name="target">What to write for.</param>
    /// <param name="options">Choices; null for the usual ones.</param>
    /// <param name="lines">Gets the source lines of each line of the text.</param>
    public static PtxKernel Compile(IrKernel kernel, PtxTarget target, PtxOptions? options = null, LineMap? lines = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(target);
        options ??= new();
        PtxLowering.Run(kernel, target, options);
        return new PtxEmitter(kernel, target, options, lines).Run();
    }
}
