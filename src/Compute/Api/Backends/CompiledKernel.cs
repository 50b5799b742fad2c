using ILGPU.Runtime;

namespace ILGPU.Backends;

/// <summary>A kernel that was compiled for an accelerator, and that accelerators of the same kind load without compiling it again.</summary>
public abstract class CompiledKernel
{
    private protected CompiledKernel(Kernel kernel)
    {
        Kernel = kernel;
    }

    /// <summary>Gets the context in which it was compiled.</summary>
    public Context Context => Kernel.Accelerator.Context;

    /// <summary>Gets the name of the method.</summary>
    public string Name => Kernel.Method.Name;

    /// <summary>Gets what is known about the kernel; null if nothing.</summary>
    public KernelInfo? Info => Kernel.Info;

    /// <summary>Gets what the compiler assumed.</summary>
    public KernelSpecialization Specialization => Kernel.Specialization;

    internal Kernel Kernel { get; }

    internal static CompiledKernel Of(Kernel kernel) => kernel switch
    {
        Runtime.Cuda.CudaKernel cuda => new PTX.PTXCompiledKernel(cuda),
        GemmaIlgpu.Compute.Runtime.OpenCL.CLLoadedKernel openCL => new OpenCL.CLCompiledKernel(openCL),
        _ => new CPUCompiledKernel(kernel),
    };

    private sealed class CPUCompiledKernel(Kernel kernel) : CompiledKernel(kernel);
}
