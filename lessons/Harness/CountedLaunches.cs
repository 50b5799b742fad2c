#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Lessons;

/// <summary>Counts what launches do on a GPU with warps of a certain width: sectors, banks, lanes, barriers, operations.</summary>
public sealed class CountedLaunches : ILaunchCounting, IDisposable
{
    private readonly Context? _context;

    /// <summary>Opens the counting device.</summary>
    /// <param name="warpSize">Lanes of a warp.</param>
    public CountedLaunches(int warpSize = 32)
    {
        _context = Context.Create(builder => builder.CountedCpu(warpSize));
        Accelerator = _context.CreateCPUAccelerator(0);
    }

    /// <summary>Counts on a counting device that is open already, and stays open.</summary>
    public CountedLaunches(Accelerator counted) => Accelerator = counted;

    /// <inheritdoc/>
    public Accelerator Accelerator { get; }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, double>> Count(Action launch)
    {
        KernelCounters total = Accelerator.GetCounters().Total;
        double[] before = Sums(total);
        launch();
        Accelerator.Synchronize();
        double[] sums = [.. Sums(total).Zip(before, (after, earlier) => after - earlier)];
        if (sums[0] == 0)
            return [];
        return
        [
            new("launches", sums[0]),
            new("bytes moved", sums[1]),
            new("% of it used", 100 * sums[2] / Math.Max(1, sums[1])),
            new("distinct bytes", sums[3]),
            new("bank conflicts", sums[4]),
            new("barriers", sums[5]),
            new("% of lanes busy", 100 * sums[6] / (sums[7] * Accelerator.WarpSize)),
            new("instructions", sums[7]),
            new("operations", sums[8]),
        ];
    }

    // What grows with each launch; others may want to read the whole log in the end.
    private static double[] Sums(KernelCounters all) =>
    [
        all.Launches, all.MovedBytes, all.GlobalLoads.UsedBytes + all.GlobalStores.UsedBytes + all.GlobalAtomics.UsedBytes, all.DistinctBytes,
        all.SharedLoads.Conflicts + all.SharedStores.Conflicts, all.Barriers, all.LaneInstructions, all.Instructions.Total, all.Flops,
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_context is null)
            return;
        Accelerator.Dispose();
        _context.Dispose();
    }
}
#endif
