using System.Reflection;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace GemmaIlgpu.Compute.Runtime.OpenCL;

/// <summary>A kernel that is loaded on an OpenCL device.</summary>
internal sealed class CLLoadedKernel : Kernel
{
    private const int UsualGroupSize = 256;

    private readonly CLAccelerator _accelerator;

    public CLLoadedKernel(CLAccelerator accelerator, MethodInfo method, bool implicitlyGrouped, int groupSize, KernelSpecialization specialization)
        : base(accelerator, method, implicitlyGrouped, groupSize, specialization,
            new KernelInfo(groupSize > 0 ? groupSize : Math.Min(UsualGroupSize, accelerator.MaxNumThreadsPerGroup), accelerator.NumMultiprocessors))
    {
        _accelerator = accelerator;
        // Complaints come when a kernel is loaded; the driver's own when it is first launched.
        if (!Parameters.Any(SpecializingLauncher.IsSpecialized))
            Source = accelerator.Compiler.Get(this, [], null).Code.Source;
    }

    /// <summary>Gets the program; empty for kernels with specialised values.</summary>
    public string Source { get; } = "";

    private protected override Delegate CreateLauncher(LauncherSignature signature) =>
        _accelerator.Compiler.CreateLauncher(this, signature, compiled => new CLLauncher(this, _accelerator, compiled.Code));
}
