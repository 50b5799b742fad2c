namespace GemmaIlgpu.CudaSimulator;

/// <summary>A made-up GPU.</summary>
/// <param name="Major">Compute capability, before the point.</param>
/// <param name="Minor">Compute capability, behind the point.</param>
public sealed record SimulatedDevice(int Major, int Minor)
{
    public string Name { get; init; } = $"Simulated GPU sm_{Major}{Minor}";

    public long MemoryBytes { get; init; } = 8L << 30;

    public int Multiprocessors { get; init; } = 4;

    public int MaximumThreads { get; init; } = 1024;

    /// <summary>Shared memory of a group without asking for more.</summary>
    public int SharedBytes { get; init; } = 48 << 10;

    /// <summary>Shared memory of a group that asks for it, as NVIDIA's table of compute capabilities has it.</summary>
    public int SharedBytesOnRequest => (Major, Minor) switch
    {
        (7, 0) or (7, 2) => 96 << 10,
        (7, _) => 64 << 10,
        (8, 0) or (8, 7) => 163 << 10,
        (8, _) => 99 << 10,
        (12, _) => 99 << 10,
        _ => 227 << 10,
    };

    public int SharedBytesOfMultiprocessor => SharedBytesOnRequest + (Major == 7 ? 0 : 1 << 10);

    public int MaximumThreadsOfMultiprocessor => (Major, Minor) switch
    {
        (7, 5) => 1024,
        (8, not (0 or 7)) or (12, _) => 1536,
        _ => 2048,
    };

    public static SimulatedDevice Volta { get; } = new(7, 0);

    public static SimulatedDevice Ampere { get; } = new(8, 0);

    public static SimulatedDevice Hopper { get; } = new(9, 0);
}

/// <summary>What the simulated driver has and how it behaves.</summary>
public sealed record SimulatorOptions
{
    public IReadOnlyList<SimulatedDevice> Devices { get; init; } = [SimulatedDevice.Ampere];

    /// <summary>As cuDriverGetVersion counts: 12040 is 12.4.</summary>
    public int DriverVersion { get; init; } = 12040;

    /// <summary>Whether a stream's work is done only when somebody waits for it, so that a missing wait shows;
    /// otherwise it is done at once.</summary>
    public bool Deferred { get; init; }

    /// <summary>Threads of this process that run groups.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Whether devices can reach each other's memory.</summary>
    public bool PeerAccess { get; init; } = true;

    /// <summary>Where what kernels print goes.</summary>
    public Action<string>? Output { get; init; }
}
