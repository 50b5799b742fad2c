#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using GemmaIlgpu.Host.Terminal;
using ILGPU;
using Spectre.Console;

namespace GemmaIlgpu.Host.Counting;

/// <summary>Counters for people and for programs.</summary>
internal static class CounterReport
{
    /// <summary>All that was counted of one kernel, and what it means.</summary>
    public static void WriteKernel(KernelCounters counters, IReadOnlyList<GpuModel> gpus, HostConsole console)
    {
        foreach ((string name, string value) in Lines(counters))
            console.Out.WriteLine($"{name,-18}{value}");
        console.Out.WriteLine();
        Table table = Tables.Create(console, "least time on", "compute", "memory", "memory, no caches", "bound by");
        foreach (int column in new[] { 1, 2, 3 })
            table.Columns[column].RightAligned();
        foreach (Roofline roof in gpus.Select(counters.On))
            table.AddRow(Markup.Escape(roof.Gpu.Name), Time(roof.ComputeSeconds), Time(roof.MemorySeconds), Time(roof.UncachedMemorySeconds), roof.IsMemoryBound ? "memory" : "arithmetic");
        Tables.Write(console, table);
        string[] advice = [.. CounterAdvice.For(counters)];
        console.Out.WriteLine();
        foreach (string sentence in advice.Length > 0 ? advice : ["Nothing stands out: loads and stores are coalesced, banks are free of conflicts, lanes are busy."])
            console.Out.WriteLine(sentence);
    }

    /// <summary>One row a kernel, those that move most first.</summary>
    public static void WriteKernels(IReadOnlyList<KernelCounters> kernels, GpuModel gpu, HostConsole console, TextWriter to)
    {
        string[] columns = ["kernel", "launches", "moved", "coalesced", "bank conflicts", "busy lanes", "operations", $"least time on {gpu.Name}"];
        Table table = Tables.Create(console, columns);
        foreach (TableColumn column in table.Columns.Skip(1))
            column.RightAligned();
        foreach (KernelCounters kernel in kernels.OrderByDescending(kernel => kernel.MovedBytes))
        {
            long used = kernel.GlobalLoads.UsedBytes + kernel.GlobalStores.UsedBytes + kernel.GlobalAtomics.UsedBytes;
            table.AddRow(
                Markup.Escape(kernel.Kernel), Quantity.Count(kernel.Launches), Quantity.Bytes(kernel.MovedBytes), Percent(kernel.MovedBytes == 0 ? 1 : (double)used / kernel.MovedBytes),
                Quantity.Count(kernel.SharedLoads.Conflicts + kernel.SharedStores.Conflicts), Percent(kernel.LaneUtilization), Quantity.Count(kernel.Flops), Time(kernel.On(gpu).Seconds));
        }

        Tables.Write(console, table, to);
    }

    /// <summary>The same for programs.</summary>
    public static object ToJson(KernelCounters counters, IReadOnlyList<GpuModel> gpus) => new
    {
        counters.Kernel,
        counters.Launches,
        Grid = Dimensions(counters.Grid),
        Group = Dimensions(counters.Group),
        counters.WarpSize,
        counters.Warps,
        counters.GlobalLoads,
        counters.GlobalStores,
        counters.GlobalAtomics,
        counters.SharedLoads,
        counters.SharedStores,
        counters.LocalRequests,
        counters.DistinctBytes,
        counters.MovedBytes,
        counters.Instructions,
        counters.LaneUtilization,
        counters.DivergentBranches,
        counters.Barriers,
        counters.Flops,
        counters.ArithmeticIntensity,
        Rooflines = gpus.Select(counters.On).Select(roof => new { Gpu = roof.Gpu.Name, roof.ComputeSeconds, roof.MemorySeconds, roof.UncachedMemorySeconds, roof.Seconds, roof.IsMemoryBound }),
        Advice = CounterAdvice.For(counters),
    };

    private static IEnumerable<(string Name, string Value)> Lines(KernelCounters c)
    {
        yield return ("launched", $"{Times(c.Launches, "time")}{(c.Launches > 1 ? ", the last" : "")} as {Shape(c.Grid)} groups of {Shape(c.Group)} threads, warps of {c.WarpSize}; {Times(c.Warps, "warp")} in all");
        yield return ("global loads", Traffic(c.GlobalLoads));
        yield return ("global stores", Traffic(c.GlobalStores));
        if (c.GlobalAtomics.Requests > 0)
            yield return ("global atomics", Traffic(c.GlobalAtomics));
        yield return ("shared loads", Shared(c.SharedLoads));
        yield return ("shared stores", Shared(c.SharedStores));
        if (c.LocalRequests > 0)
            yield return ("local memory", $"{Times(c.LocalRequests, "access", "accesses")} of arrays that are not in registers");
        yield return ("instructions", $"{Quantity.Count(c.Instructions.Total)} of warps: {Classes(c.Instructions)}");
        yield return ("lanes", $"{Percent(c.LaneUtilization)} busy; {Times(c.DivergentBranches, "branch", "branches")} separated a warp");
        yield return ("barriers", Quantity.Count(c.Barriers));
        yield return ("operations", $"{Quantity.Count(c.Flops)} on floats, {Quantity.Number(c.ArithmeticIntensity)} for each byte that must move");
        yield return ("bytes", $"{Quantity.Bytes(c.DistinctBytes)} must move, {Quantity.Bytes(c.MovedBytes)} do if caches keep nothing");
    }

    private static string Traffic(GlobalTraffic t) => t.Requests == 0 ? "none"
        : $"{Times(t.Requests, "request")}, {Times(t.Sectors, "sector")} of 32 bytes ({Quantity.Number(t.SectorsPerRequest)} each), {Times(t.Lines, "line")} of 128; {Percent(t.Efficiency)} of the bytes are used";

    private static string Shared(SharedTraffic t) => t.Requests == 0 ? "none"
        : $"{Times(t.Requests, "request")}, {Times(t.Passes, "pass", "passes")}, {(t.Conflicts == 0 ? "no" : Quantity.Count(t.Conflicts))} of them for bank conflicts";

    private static string Classes(InstructionCounts i) => string.Join(", ", new[]
    {
        (i.Integer, "integer"), (i.Float, "float"), (i.Special, "special"), (i.Conversion, "conversion"), (i.Select, "select"), (i.Memory, "memory"), (i.Exchange, "exchange"), (i.Branch, "branch"),
    }.Where(item => item.Item1 > 0).Select(item => $"{Quantity.Count(item.Item1)} {item.Item2}"));

    private static string Times(long count, string one, string? many = null) => $"{Quantity.Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    private static string Shape(Index3D size) => string.Join(" × ", Dimensions(size));

    private static int[] Dimensions(Index3D size) => size.Z > 1 ? [size.X, size.Y, size.Z] : size.Y > 1 ? [size.X, size.Y] : [size.X];

    private static string Percent(double part) => Quantity.Number(100 * part) + " %";

    private static string Time(double seconds) => seconds < 1e-6 ? $"{Quantity.Number(seconds * 1e9)} ns" : seconds < 1e-3 ? $"{Quantity.Number(seconds * 1e6)} µs" : Quantity.Seconds(TimeSpan.FromSeconds(seconds));
}
#endif
