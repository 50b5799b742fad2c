using GemmaIlgpu.Engine;
using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Planning;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Host.Terminal;
using GemmaIlgpu.Kernels.Device;
using Spectre.Console;

namespace GemmaIlgpu.Host.Measurement;

/// <summary>What <c>gemma plan</c> says: the parts of the plan, the devices, and other plans where this one does not fit.</summary>
/// <param name="Name">The model, for people.</param>
/// <param name="Plan">The plan asked for.</param>
/// <param name="Memory">What the machine has.</param>
/// <param name="Devices">Each device, and why it does not hold the model; null when it does.</param>
/// <param name="Split">Which layers run where.</param>
/// <param name="Alternatives">Plans that fit instead.</param>
internal sealed record PlanReport(
    string Name, MemoryPlan Plan, MachineMemory Memory, IReadOnlyList<(DeviceInfo Device, string? Obstacle)> Devices, LayerSplit Split, IReadOnlyList<MemoryPlan> Alternatives)
{
    public static PlanReport Make(string name, ModelOutline model, PlanOptions options, MachineMemory memory, IReadOnlyList<DeviceInfo> devices, LayerSplit split)
    {
        // Processors use the machine's own memory, so one plan and one list of alternatives do for all of them.
        Tuning tuning = GemmaIlgpu.Engine.Devices.TuningOf(devices.First(device => device.IsHost && device.IsUsable).Name);
        MemoryPlan plan = MemoryPlan.For(model, options, tuning);
        string? obstacle = plan.TotalBytes > memory.Available ? $"{Quantity.Bytes(plan.TotalBytes - memory.Available)} too little memory" : null;
        return new PlanReport(
            name, plan, memory, [.. devices.Select(device => (device, device.UnusableReason ?? (device.IsHost ? obstacle : Obstacle(device, model, options))))], split,
            obstacle is null ? [] : PlanSearch.Alternatives(plan, tuning, memory.Available));
    }

    private static string? Obstacle(DeviceInfo device, ModelOutline model, PlanOptions options)
    {
        long lacking = DevicePlans.Lacking(DevicePlans.CapacityOf(device.Name), model, options);
        return lacking == 0 ? null : $"{Quantity.Bytes(lacking)} too little free memory for all of it";
    }

    /// <summary>For <c>--json</c>.</summary>
    public Dictionary<string, object?> Document() => new()
    {
        ["model"] = Name,
        ["type"] = Plan.Model.MainType.FileName(),
        ["contextLength"] = Plan.Options.ContextLength,
        ["batch"] = Plan.Options.PrefillChunk,
        ["sequences"] = Plan.Options.Sequences,
        ["cacheType"] = CacheTypes.Name(Plan.Options.CacheType),
        ["bytes"] = Parts().ToDictionary(part => part.Key, part => part.Bytes),
        ["totalBytes"] = Plan.TotalBytes,
        ["memory"] = new Dictionary<string, long> { ["total"] = Memory.Total, ["available"] = Memory.Available },
        ["devices"] = Devices.Select(entry => new Dictionary<string, object?>
        {
            ["name"] = entry.Device.Name,
            ["holds"] = entry.Obstacle is null,
            ["obstacle"] = entry.Obstacle,
        }).ToArray(),
        ["split"] = ShareFigure.Of(Split),
        ["alternatives"] = Alternatives.Select(plan => new Dictionary<string, object?>
        {
            ["type"] = plan.Model.MainType.FileName(),
            ["cacheType"] = CacheTypes.Name(plan.Options.CacheType),
            ["contextLength"] = plan.Options.ContextLength,
            ["totalBytes"] = plan.TotalBytes,
        }).ToArray(),
    };

    public void WriteTables(HostConsole console)
    {
        Table parts = Tables.Create(console, Name, "size", "what it is");
        parts.Columns[1].RightAligned();
        foreach ((_, string name, long bytes, string what) in Parts())
            parts.AddRow(name, Quantity.Bytes(bytes), Markup.Escape(what));
        parts.AddRow("total", Quantity.Bytes(Plan.TotalBytes), Markup.Escape($"{Quantity.Bytes(Memory.Available)} of {Quantity.Bytes(Memory.Total)} are free"));
        Tables.Write(console, parts);

        console.Out.WriteLine();
        Table devices = Tables.Create(console, "device", "holds it", "why not");
        foreach ((DeviceInfo device, string? obstacle) in Devices)
            devices.AddRow(Markup.Escape(device.Name), obstacle is null ? "yes" : "no", Markup.Escape(obstacle ?? ""));
        Tables.Write(console, devices);

        console.Out.WriteLine();
        Table split = Tables.Create(console, "what runs where", "layers", "weights", "KV cache", "work", "total", "free");
        foreach (TableColumn column in split.Columns.Skip(1))
            column.RightAligned();
        foreach (DeviceShare share in Split.Shares)
        {
            string layers = share.Layers switch { 0 => "", 1 => $"{share.FirstLayer}", _ => $"{share.FirstLayer}-{share.FirstLayer + share.Layers - 1}" };
            split.AddRow(
                Markup.Escape(share.Name), share.HasTables ? $"{layers} and logits".TrimStart() : layers, Quantity.Bytes(share.WeightBytes), Quantity.Bytes(share.CacheBytes),
                Quantity.Bytes(share.WorkBytes), Quantity.Bytes(share.TotalBytes), Quantity.Bytes(share.Capacity.FreeBytes));
        }

        Tables.Write(console, split);
        if (Devices.Any(entry => entry.Obstacle is null))
            return;

        console.Out.WriteLine();
        if (Alternatives.Count == 0)
        {
            console.Out.WriteLine($"No type of weights fits {Quantity.Bytes(Memory.Available)}, however short the context.");
            return;
        }
        Table fits = Tables.Create(console, "what would fit", "cache", "context", "total");
        fits.Columns[2].RightAligned();
        fits.Columns[3].RightAligned();
        foreach (MemoryPlan plan in Alternatives)
            fits.AddRow(plan.Model.MainType.FileName(), CacheTypes.Name(plan.Options.CacheType), Quantity.Count(plan.Options.ContextLength), Quantity.Bytes(plan.TotalBytes));
        Tables.Write(console, fits);
    }

    private IEnumerable<(string Key, string Name, long Bytes, string What)> Parts()
    {
        ModelConfig config = Plan.Model.Config;
        IEnumerable<string> types = Plan.Model.Tensors.GroupBy(tensor => tensor.Type)
            .Select(group => (Type: group.Key, Bytes: group.Sum(tensor => tensor.Bytes)))
            .OrderByDescending(group => group.Bytes)
            .Select(group => $"{group.Type.FileName()} {Quantity.Bytes(group.Bytes)}");
        int locals = config.LayerKinds.Count(kind => kind == AttentionKind.Local);
        string texts = Plan.Options.Sequences == 1 ? "" : $"{Plan.Options.Sequences} texts, ";
        string slots = locals == 0
            ? $"{config.Layers} layers of {Plan.Options.ContextLength} tokens"
            : $"{config.Layers - locals} layers of {Plan.Options.ContextLength} tokens, {locals} of {Plan.LocalSlots}";
        yield return ("weights", "weights", Plan.WeightBytes, $"{Quantity.Count(config.ParameterCount)} in the file's own form: {string.Join(", ", types)}");
        yield return ("cache", "KV cache", Plan.CacheBytes, $"{CacheTypes.Name(Plan.Options.CacheType)}, {texts}{slots}");
        yield return ("activations", "activations", Plan.ActivationBytes, $"{Plan.Chunk} tokens at once, and the logits");
        yield return ("scratch", "scratch", Plan.ScratchBytes, "what kernels keep for themselves; norms as f32");
        yield return ("tokenizer", "tokenizer", Plan.TokenizerBytes, $"{Quantity.Count(Plan.Model.Pieces)} pieces");
        yield return ("runtime", "runtime", Plan.RuntimeBytes, ".NET, this program, compiled kernels; as measured");
    }
}
