namespace GemmaIlgpu.Compute;

/// <summary>A GPU as the roofline model sees it. Numbers are the vendors' own peaks; nothing is measured here.</summary>
/// <param name="Name">The name.</param>
/// <param name="PeakFlops">Floating-point operations per second, binary32, without tensor cores.</param>
/// <param name="BytesPerSecond">Bandwidth of the memory.</param>
/// <param name="Source">Where the numbers stand.</param>
public sealed record GpuModel(string Name, double PeakFlops, double BytesPerSecond, string Source)
{
    /// <summary>Gets the known GPUs.</summary>
    public static IReadOnlyList<GpuModel> All { get; } =
    [
        new("H100 SXM", 67e12, 3.35e12, "NVIDIA H100 data sheet"),
        new("H200 SXM", 67e12, 4.8e12, "NVIDIA H200 data sheet"),
        new("RTX 4090", 82.6e12, 1008e9, "NVIDIA Ada GPU architecture paper"),
        new("RX 7900 XTX", 61.4e12, 960e9, "AMD product page"),
        new("Arc A770", 17.2e12, 560e9, "Intel ARK: 4,096 FP32 lanes at 2.1 GHz, 256 bits at 17.5 Gbit/s"),
        new("Iris Xe", 2.07e12, 68.3e9, "Intel ARK, Core i7-1185G7: 96 units of 8 lanes at 1.35 GHz, two channels of LPDDR4x-4266"),
    ];

    /// <summary>Finds a GPU by a part of its name.</summary>
    /// <exception cref="ArgumentException">There is none, or there are several.</exception>
    public static GpuModel Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        GpuModel[] found = [.. All.Where(gpu => gpu.Name.Contains(name, StringComparison.OrdinalIgnoreCase))];
        return found.Length == 1 ? found[0]
            : throw new ArgumentException($"'{name}' names {found.Length} of the known GPUs; they are {string.Join(", ", All.Select(gpu => gpu.Name))}.");
    }
}

/// <summary>The least time that a launch takes on a GPU (Williams, Waterman and Patterson 2009, "Roofline").</summary>
/// <param name="Gpu">The GPU.</param>
/// <param name="Flops">Floating-point operations.</param>
/// <param name="LeastBytes">Bytes that must move if caches keep all.</param>
/// <param name="MostBytes">Bytes that move if caches keep nothing.</param>
public sealed record Roofline(GpuModel Gpu, long Flops, long LeastBytes, long MostBytes)
{
    /// <summary>Gets the time to compute.</summary>
    public double ComputeSeconds => Flops / Gpu.PeakFlops;

    /// <summary>Gets the time to move the bytes that must move.</summary>
    public double MemorySeconds => LeastBytes / Gpu.BytesPerSecond;

    /// <summary>Gets the time to move all bytes if caches keep nothing.</summary>
    public double UncachedMemorySeconds => MostBytes / Gpu.BytesPerSecond;

    /// <summary>Gets the least time: computing and moving overlap, launches do not.</summary>
    public double Seconds { get; init; } = Math.Max(Flops / Gpu.PeakFlops, LeastBytes / Gpu.BytesPerSecond);

    /// <summary>Gets whether the memory decides.</summary>
    public bool IsMemoryBound => MemorySeconds >= ComputeSeconds;
}
