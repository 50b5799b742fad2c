#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Lessons;

/// <summary>Counts what launches do on a GPU with warps of a certain width: sectors, banks, lanes, barriers, operations.</summary>
public sealed class CountedLaunches : ILaunchCounting, IDisposable
{
    private readonly Context _context;

    /// <summary>Opens the counting device.</summary>
    /// <param name="warpSize">Lanes of a warp.</param>
    public CountedLaunches(int warpSize = 32)
    {
        _context = Context.Create(builder => builder.CountedCpu(warpSize));
        Accelerator = _context.CreateCPUAccelerator(0);
    }

    /// <inheritdoc/>
    public Accelerator Accelerator { get; }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, double>> Count(Action launch)
    {
        CounterLog log = Accelerator.GetCounters();
        log.Clear();
        launch();
        Accelerator.Synchronize();
        KernelCounters all = log.Total;
        if (all.Launches == 0)
            return [];
        long used = all.GlobalLoads.UsedBytes + all.GlobalStores.UsedBytes + all.GlobalAtomics.UsedBytes;
        return
        [
            new("launches", all.Launches),
            new("kB moved", all.MovedBytes / 1e3),
            new("% of it used", 100.0 * used / Math.Max(1, all.MovedBytes)),
            new("bank conflicts", all.SharedLoads.Conflicts + all.SharedStores.Conflicts),
            new("barriers", all.Barriers),
            new("% of lanes busy", 100 * all.LaneUtilization),
            new("instructions", all.Instructions.Total),
            new("operations", all.Flops),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Accelerator.Dispose();
        _context.Dispose();
    }
}
#endif
