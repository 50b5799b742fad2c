using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Checked accelerators, with one thread or with several that share every launch, however small.</summary>
internal static class CheckedDevices
{
    private const int Sharing = 3;

    /// <summary>A context with one device.</summary>
    /// <param name="warpSize">Lanes of a warp.</param>
    /// <param name="options">What to look for.</param>
    /// <param name="shares">Whether threads share the groups.</param>
    public static Context Open(int warpSize, CheckedOptions? options, bool shares) => Context.Create(builder => builder.CPU(shares
        ? new CPUDevice(CpuDevices.Checked(warpSize, options, Sharing).Settings with { SharesAll = true })
        : CpuDevices.Checked(warpSize, options, threads: 1)));

    /// <summary>Gets the launches that threads shared, and in which nothing was wrong.</summary>
    public static long SharedLaunches(Accelerator accelerator) => ((CheckedEngine)((CPUAccelerator)accelerator).Engine).SharedLaunches;
}
