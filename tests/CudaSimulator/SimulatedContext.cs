using GemmaIlgpu.Compute.Runtime.Cuda;
using GemmaIlgpu.PtxInterpreter;
using GemmaIlgpu.PtxInterpreter.Memory;

namespace GemmaIlgpu.CudaSimulator;

/// <summary>A device with its one context: memory, streams and the error that spoilt it.</summary>
internal sealed class SimulatedContext(SimulatedDevice device, int ordinal) : IDisposable
{
    public SimulatedDevice Device => device;

    public int Ordinal => ordinal;

    public nint Handle { get; set; }

    /// <summary>Each device's addresses lie apart, so that a pointer of one is never one of another.</summary>
    public DeviceMemory Memory { get; } = new(device.MemoryBytes, (ulong)(ordinal + 1) << 40);

    public List<SimulatedStream> Streams { get; } = [];

    public HashSet<SimulatedContext> Peers { get; } = [];

    /// <summary>The first error of a kernel: every later call on the context returns it.</summary>
    public CudaResult Sticky { get; set; }

    /// <summary>What the interpreter said about it.</summary>
    public string Fault { get; set; } = "";

    public void Spoil(PtxFaultException fault)
    {
        if (Sticky != CudaResult.Success)
            return;
        Fault = fault.Message;
        Sticky = fault.Kind switch
        {
            PtxFault.Address => CudaResult.IllegalAddress,
            PtxFault.Misaligned => CudaResult.MisalignedAddress,
            PtxFault.Endless => CudaResult.LaunchTimeout,
            _ => CudaResult.LaunchFailed,
        };
    }

    public void Dispose() => Memory.Dispose();
}

/// <summary>Work of a stream: carried out in order, when its time comes.</summary>
/// <param name="Run">Does it.</param>
/// <param name="Counts">Whether it is a node of a graph: a launch, a copy or a fill.</param>
internal sealed record Work(Action Run, bool Counts = true);

/// <summary>A stream: work that waits, or the graph that it records.</summary>
internal sealed class SimulatedStream(SimulatedContext context)
{
    public SimulatedContext Context => context;

    public Queue<Work> Waiting { get; } = new();

    /// <summary>The recording this stream takes part in, or null.</summary>
    public Capture? Capture { get; set; }
}

/// <summary>What streams record between begin and end of a capture.</summary>
internal sealed class Capture(SimulatedStream origin, int thread)
{
    public SimulatedStream Origin => origin;

    /// <summary>The thread that began it: its calls may break it, those of others not.</summary>
    public int Thread => thread;

    public List<Work> Nodes { get; } = [];

    public List<SimulatedStream> Streams { get; } = [origin];

    public bool Invalidated { get; set; }
}

internal sealed class SimulatedEvent(SimulatedContext context, bool timing)
{
    public SimulatedContext Context => context;

    public bool Timing => timing;

    /// <summary>The latest record: who waits from now on waits for this one, whatever is recorded later.</summary>
    public SimulatedRecord? Latest { get; set; }

    /// <summary>The stream with the latest record if that has not been reached, or null.</summary>
    public SimulatedStream? Pending => Latest is { Reached: false } ? Latest.Stream : null;

    public bool Recorded { get; set; }

    public Capture? Capture { get; set; }

    public long Time { get; set; }
}

/// <summary>One record of an event in a stream.</summary>
internal sealed class SimulatedRecord(SimulatedStream stream)
{
    public SimulatedStream Stream => stream;

    public bool Reached { get; set; }
}

internal sealed record SimulatedModule(SimulatedContext Context, PtxModule Ptx);

internal sealed class SimulatedFunction(SimulatedModule module, PtxEntry entry)
{
    public SimulatedModule Module => module;

    public PtxEntry Entry => entry;

    /// <summary>Dynamic shared memory that was asked for.</summary>
    public int MaximumDynamicShared { get; set; } = Math.Max(0, module.Context.Device.SharedBytes - entry.StaticSharedBytes);
}

internal sealed record SimulatedGraph(IReadOnlyList<Work> Nodes);

internal sealed record SimulatedExecutable(IReadOnlyList<Work> Nodes);
