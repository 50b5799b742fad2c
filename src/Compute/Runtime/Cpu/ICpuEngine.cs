using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>One of the ways to run kernels on the processor.</summary>
internal interface ICpuEngine : IDisposable
{
    /// <summary>Gets the number of threads of a group when the accelerator chooses it.</summary>
    int AutoGroupSize { get; }

    /// <summary>Compiles a kernel as far as possible without arguments, so that complaints come when it is loaded.</summary>
    void Prepare(CPUKernel kernel);

    /// <summary>Makes a delegate that launches a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="signature">The type of the delegate and what its parameters are.</param>
    Delegate CreateLauncher(CPUKernel kernel, LauncherSignature signature);

    /// <summary>Allocates a buffer.</summary>
    CPUMemoryBuffer Allocate(CPUAccelerator owner, long length, int elementSize) => CPUMemoryBuffer.Create(owner, length, elementSize);

    /// <summary>Forgets compiled kernels.</summary>
    void ClearCache();
}

/// <summary>Makes the engine of a device.</summary>
internal static class CpuEngine
{
    /// <summary>Makes the engine of an accelerator's device.</summary>
    public static ICpuEngine Create(CPUAccelerator accelerator) => accelerator.Settings.Engine?.Invoke(accelerator) ?? accelerator.Settings.Kind switch
    {
        CpuAcceleratorKind.Debug => new DebugEngine(accelerator),
        CpuAcceleratorKind.Checked => new CheckedEngine(accelerator),
        CpuAcceleratorKind.Counted => new CountedEngine(accelerator),
        _ => new SimdEngine(accelerator),
    };
}
