using System.Reflection;
using GemmaIlgpu.Compute.Runtime;

namespace ILGPU.Runtime.CPU;

/// <summary>A kernel that is loaded on the processor.</summary>
public sealed class CPUKernel : Kernel
{
    private readonly CPUAccelerator _accelerator;

    internal CPUKernel(
        CPUAccelerator accelerator,
        MethodInfo method,
        bool implicitlyGrouped,
        int groupSize,
        KernelSpecialization specialization)
        : base(
            accelerator,
            method,
            implicitlyGrouped,
            groupSize,
            specialization,
            new KernelInfo(groupSize == 0 ? accelerator.Engine.AutoGroupSize : groupSize, accelerator.NumMultiprocessors))
    {
        _accelerator = accelerator;
        GroupSize = groupSize == 0 ? accelerator.Engine.AutoGroupSize : groupSize;
        accelerator.Engine.Prepare(this);
    }

    /// <summary>Gets the accelerator.</summary>
    public CPUAccelerator CPUAccelerator => _accelerator;

    /// <summary>Gets the threads of a group of an implicitly grouped launch.</summary>
    internal int GroupSize { get; }

    private protected override Delegate CreateLauncher(LauncherSignature signature) => _accelerator.Engine.CreateLauncher(this, signature);
}
