#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Terminal;
using ILGPU;
using Spectre.Console;

namespace GemmaIlgpu.Host.Counting;

/// <summary>Counters for people and for programs.</summary>
internal static class CounterReport
{
    private const int MostPlaces = 8, MostCode = 60;

    /// <summary>All that was counted of one launch, where, and what it means.</summary>
    public static void WriteLaunch(LaunchTrace trace, IReadOnlyList<GpuModel> gpus, HostConsole console)
    {
        KernelCounters counters = trace.Counters;
        foreach ((string name, string value) in Lines(counters))
            console.Out.WriteLine($"{name,-18}{value}");
        console.Out.WriteLine();
        WritePlaces(trace, console);
        WriteRooflines(counters, gpus, console);
        string[] advice = [.. CounterAdvice.For(trace)];
        foreach (string sentence in advice.Length > 0 ? advice : ["Nothing stands out: no access moves much more than it needs, banks are free of conflicts, lanes are busy."])
            console.Out.WriteLine(sentence);
    }

    /// <summary>One row a kernel, those that move most first, and their sum.</summary>
    public static void WriteKernels(IReadOnlyList<KernelCounters> kernels, IReadOnlyList<GpuModel> gpus, HostConsole console, TextWriter to)
    {
        string[] columns = ["kernel", "launches", "moved", "sectors", "coalesced", "shared passes", "conflicts", "busy lanes", "operations", .. gpus.Select(gpu => $"least on {gpu.Name}")];
        IEnumerable<string[]> rows = kernels.OrderByDescending(kernel => kernel.MovedBytes).Select(kernel => Row(NameOf(kernel), [kernel], gpus));
        Tables.WriteWide(console, columns, [.. rows, Row("all", kernels, gpus)], to);
    }

    /// <summary>One kernel for programs.</summary>
    public static object ToJson(KernelCounters counters, IReadOnlyList<GpuModel> gpus) => new
    {
        Kernel = NameOf(counters),
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
        counters.AtomicCollisions,
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
    };

    /// <summary>Where one launch did it, for programs.</summary>
    public static object PlacesToJson(LaunchTrace trace) => new
    {
        Accesses = trace.Sites.Select(site => new
        {
            Place = site.Location?.ToString(),
            Kind = KindOf(site.Kind),
            Space = site.Space.ToString(),
            site.Memory,
            site.Requests,
            SectorsOrPasses = site.Units,
            WouldDo = site.LeastUnits,
        }),
        Lines = trace.Lines.Select(line => new { Place = line.Location.ToString(), line.Instructions, line.LaneInstructions, line.DivergentBranches }),
        Advice = CounterAdvice.For(trace),
    };

    /// <summary>"MatVecKernels.RowByRowKernel&lt;Float32Format, float&gt;".</summary>
    public static string NameOf(KernelCounters counters) => counters.Method is { IsGenericMethod: true } method
        ? $"{counters.Kernel}<{string.Join(", ", method.GetGenericArguments().Select(TypeNames.Short))}>"
        : counters.Kernel;

    private static void WritePlaces(LaunchTrace trace, HostConsole console)
    {
        if (trace.Sites.Count == 0)
            return;
        const int LeastCode = 16, CountsWidth = 48;     // three columns, and the gaps of all
        AccessPlace[] places = [.. AccessPlace.Of(trace)];
        int room = Math.Min(MostCode, Tables.Width(console, console.Out) - CountsWidth - places.Take(MostPlaces).Max(place => $"{place.Location}{KindOf(place.Kind)} {place.Memory}".Length));
        string[] columns = ["where", "access", "requests", "takes", "would do", .. room >= LeastCode ? ["code"] : (string[])[]];
        Table table = Tables.Create(console, columns);
        for (int column = 1; column < columns.Length; column++)
        {
            table.Columns[column].NoWrap();
            if (column is > 1 and < 5)
                table.Columns[column].RightAligned();
        }

        Dictionary<string, string[]?> files = [];
        foreach (AccessPlace place in places.Take(MostPlaces))
        {
            string[] code = room >= LeastCode ? [Markup.Escape(Tables.Cut(Code(trace, place.Location, files), room))] : [];
            table.AddRow([place.Location?.ToString() ?? "", Markup.Escape($"{KindOf(place.Kind)} {place.Memory}"), Quantity.Count(place.Requests), place.Space == AddressSpace.Global ? Times(place.Units, "sector") : Times(place.Units, "pass", "passes"), Quantity.Count(place.LeastUnits), .. code]);
        }

        Tables.Write(console, table);
        console.Out.WriteLine(places.Length > MostPlaces ? $"and {places.Length - MostPlaces} more with less; --json has all\n" : "");
    }

    private static string Code(LaunchTrace trace, SourceLocation? location, Dictionary<string, string[]?> files)
    {
        if (location is null || trace.Kernel.Method is null)
            return "";
        if (!files.TryGetValue(location.File, out string[]? lines))
            files[location.File] = lines = KernelSource.Lines(trace.Kernel.Method.Module, location.File);
        return lines?.ElementAtOrDefault(location.Line - 1)?.Trim() ?? "";
    }

    private static void WriteRooflines(KernelCounters counters, IReadOnlyList<GpuModel> gpus, HostConsole console)
    {
        Table table = Tables.Create(console, "least time on", "arithmetic", "memory", "memory, no caches", "bound by");
        foreach (int column in new[] { 1, 2, 3 })
            table.Columns[column].RightAligned();
        foreach (Roofline roof in gpus.Select(counters.On))
            table.AddRow(Markup.Escape(roof.Gpu.Name), Time(roof.ComputeSeconds), Time(roof.MemorySeconds), Time(roof.UncachedMemorySeconds), roof.IsMemoryBound ? "memory" : "arithmetic");
        Tables.Write(console, table);
        console.Out.WriteLine();
    }

    private static string[] Row(string name, IReadOnlyList<KernelCounters> kernels, IReadOnlyList<GpuModel> gpus)
    {
        long moved = kernels.Sum(kernel => kernel.MovedBytes), instructions = kernels.Sum(kernel => kernel.Instructions.Total * kernel.WarpSize);
        long used = kernels.Sum(kernel => kernel.GlobalLoads.UsedBytes + kernel.GlobalStores.UsedBytes + kernel.GlobalAtomics.UsedBytes);
        return
        [
            name, Count(kernel => kernel.Launches), Quantity.Bytes(moved),
            Count(kernel => kernel.GlobalLoads.Sectors + kernel.GlobalStores.Sectors + kernel.GlobalAtomics.Sectors), Percent(moved == 0 ? 1 : (double)used / moved),
            Count(kernel => kernel.SharedLoads.Passes + kernel.SharedStores.Passes), Count(kernel => kernel.SharedLoads.Conflicts + kernel.SharedStores.Conflicts),
            Percent(instructions == 0 ? 1 : (double)kernels.Sum(kernel => kernel.LaneInstructions) / instructions), Count(kernel => kernel.Flops),
            .. gpus.Select(gpu => Time(kernels.Sum(kernel => kernel.On(gpu).Seconds))),
        ];

        string Count(Func<KernelCounters, long> what) => Quantity.Count(kernels.Sum(what));
    }

    private static IEnumerable<(string Name, string Value)> Lines(KernelCounters c)
    {
        yield return ("launch", $"{Shape(c.Grid)} {(c.Grid.Size == 1 ? "group" : "groups")} of {Shape(c.Group)} threads, warps of {c.WarpSize}; {Times(c.Warps, "warp")} in all");
        yield return ("global loads", Traffic(c.GlobalLoads));
        yield return ("global stores", Traffic(c.GlobalStores));
        if (c.GlobalAtomics.Requests > 0)
            yield return ("global atomics", Traffic(c.GlobalAtomics));
        yield return ("shared loads", Shared(c.SharedLoads));
        yield return ("shared stores", Shared(c.SharedStores));
        if (c.AtomicCollisions > 0)
            yield return ("collisions", $"{Times(c.AtomicCollisions, "lane")} of atomic operations waited for another at the same address");
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
        : $"{Times(t.Requests, "request")}, {Times(t.Passes, "pass", "passes")}, {(t.Conflicts == 0 ? "none" : Quantity.Count(t.Conflicts))} of them for bank conflicts";

    private static string KindOf(IrOp op) => op switch { IrOp.Load => "load", IrOp.Store => "store", _ => "atomic" };

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
