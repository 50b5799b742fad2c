using System.Reflection;
using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.Cuda;

namespace ILGPU.Runtime.Cuda;

/// <summary>A kernel that is loaded on an NVIDIA device.</summary>
public sealed class CudaKernel : Kernel
{
    private readonly CudaAccelerator _accelerator;
    private readonly CudaFunction? _function;

    internal CudaKernel(CudaAccelerator accelerator, MethodInfo method, bool implicitlyGrouped, int groupSize, KernelSpecialization specialization)
        : base(accelerator, method, implicitlyGrouped, groupSize, specialization, info: null)
    {
        _accelerator = accelerator;

        // Kernels with specialised values are loaded when the values are known.
        if (Parameters.Any(SpecializingLauncher.IsSpecialized))
            return;
        _function = accelerator.Kernels.Load(this);
        int size = accelerator.Kernels.EstimateGroupSize(this, 0, accelerator.MaxNumThreadsPerGroup, out int groups);
        Info = new KernelInfo(groupSize == 0 ? size : groupSize, groups);
    }

    /// <summary>Gets the driver's handle of the module; 0 for kernels with specialised values, which have one for each set of them.</summary>
    public IntPtr ModulePtr => _function?.Module ?? 0;

    /// <summary>Gets the driver's handle of the kernel; 0 for kernels with specialised values, which have one for each set of them.</summary>
    public IntPtr FunctionPtr => _function?.Handle ?? 0;

    internal CudaFunction? Function => _function;

    private protected override Delegate CreateLauncher(LauncherSignature signature) => _accelerator.Kernels.CreateLauncher(this, signature);
}
