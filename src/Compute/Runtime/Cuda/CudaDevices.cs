using GemmaIlgpu.Compute.Runtime.Cuda;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute;

/// <summary>What the runtime has for NVIDIA devices beyond ILGPU's names.</summary>
public static class CudaDevices
{
    /// <summary>Gets the NVIDIA devices of this machine; none if it has no driver.</summary>
    public static IReadOnlyList<CudaDevice> All => CudaSystem.Default.Devices();

    /// <summary>Gets why there are no NVIDIA devices: one sentence without a full stop; null if there are.</summary>
    public static string? UnusableReason => CudaSystem.Default.Reason;

    /// <summary>Gets what an accelerator's allocator holds and did.</summary>
    public static CudaMemoryStatistics GetMemoryStatistics(this CudaAccelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return accelerator.Pool.Statistics;
    }

    /// <summary>Gives memory that was freed and waits for the next buffers back to the driver, so that other programs can have it.</summary>
    /// <returns>The bytes given back.</returns>
    public static long TrimMemory(this CudaAccelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        accelerator.ThrowIfDisposed();
        CudaCapture.Forbid("memory was given back to the driver", "do it before or after the capture");
        return accelerator.Pool.Trim();
    }

    /// <summary>Gets the PTX that a loaded kernel was compiled from; null if it has specialised values, which make it many.</summary>
    public static string? GetPtx(this CudaKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return kernel.Code?.Text;
    }

    /// <summary>Adds the devices of a driver.</summary>
    internal static Context.Builder Cuda(this Context.Builder builder, CudaSystem system)
    {
        builder.SelectedDevices.AddRange(system.Devices());
        return builder;
    }
}
