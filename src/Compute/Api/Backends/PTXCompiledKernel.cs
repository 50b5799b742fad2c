using ILGPU.Runtime.Cuda;

namespace ILGPU.Backends.PTX;

/// <summary>A kernel as PTX.</summary>
public sealed class PTXCompiledKernel : CompiledKernel
{
    private readonly CudaKernel _kernel;

    internal PTXCompiledKernel(CudaKernel kernel)
        : base(kernel)
    {
        _kernel = kernel;
    }

    /// <summary>Gets the PTX; empty for kernels with specialised values, which become PTX when the values are known.</summary>
    public string PTXAssembly => _kernel.Code?.Text ?? "";
}
