using GemmaIlgpu.Compute.Runtime.OpenCL;

namespace ILGPU.Backends.OpenCL;

/// <summary>A kernel as OpenCL C.</summary>
public sealed class CLCompiledKernel : CompiledKernel
{
    private readonly CLLoadedKernel _kernel;

    internal CLCompiledKernel(CLLoadedKernel kernel)
        : base(kernel)
    {
        _kernel = kernel;
    }

    /// <summary>Gets the program; empty for kernels with specialised values, which become programs when the values are known.</summary>
    public string Source => _kernel.Source;
}
