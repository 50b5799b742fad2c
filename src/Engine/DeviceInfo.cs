using GemmaIlgpu.Engine.Planning;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine;

/// <summary>One place where kernels can run.</summary>
/// <param name="Name">What `--device` takes: "cuda:0", "opencl:1", "simd", "debug".</param>
/// <param name="Description">The hardware and how it is used, for people.</param>
/// <param name="UnusableReason">Why it cannot be used here, or null when it can.</param>
public sealed record DeviceInfo(string Name, string Description, string? UnusableReason)
{
    public bool IsUsable => UnusableReason is null;

    /// <summary>Whether its memory is this machine's main memory, as a processor's is.</summary>
    public bool IsHost { get; init; } = true;

    /// <summary>Bytes of memory; 0 when unknown.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Multiprocessors, compute units or threads: parts that run groups at the same time. 0 when unknown.</summary>
    public int Multiprocessors { get; init; }

    /// <summary>Threads that run in step; 0 when unknown.</summary>
    public int WarpSize { get; init; }

    /// <summary>The driver and its version; null where there is none.</summary>
    public string? Driver { get; init; }

    /// <summary>Whether our own back ends for processors run it, in threads of this process.</summary>
    public bool IsProcessor => Devices.IsProcessorName(Name);

    /// <summary>"cuda" of "cuda:1".</summary>
    public string Kind => Name.Split(':')[0];
}

/// <summary>A context and its one accelerator, closed together.</summary>
/// <param name="context">Owned.</param>
/// <param name="accelerator">Owned.</param>
/// <param name="info">What is open, or null for a processor opened by hand.</param>
internal sealed class OpenDevice(Context context, Accelerator accelerator, DeviceInfo? info = null) : IDisposable
{
    public Accelerator Accelerator { get; } = accelerator;

    public DeviceInfo Info { get; } = info ?? new DeviceInfo("cpu", accelerator.Name, null);

    /// <summary>Whether its kernels read memory of this process as it is, so that a mapped file needs no copy.</summary>
    public bool SharesHostMemory { get; init; } = accelerator.AcceleratorType == AcceleratorType.CPU;

    /// <summary>Bytes that can be had now.</summary>
    public long FreeBytes => Info.IsHost ? MachineMemory.Read().Available : Devices.FreeMemory(Accelerator);

    public void Dispose()
    {
        Accelerator.Dispose();
        context.Dispose();
    }
}
