using System.CommandLine;
using GemmaIlgpu.Host.Explorer;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Terminal;
using Spectre.Console;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Lists the kernels and prints one at any stage between its C# and what the device runs.</summary>
internal sealed class KernelsVerb : Verb
{
    private const string PtxPrefix = "ptx:";

    private static readonly Dictionary<string, Func<KernelEntry, string>> s_stages = new()
    {
        ["source"] = Source,
        ["il"] = KernelStages.Il,
        ["ir"] = KernelStages.Ir,
        ["simd"] = KernelStages.Simd,
        ["ptx"] = entry => KernelStages.Ptx(entry, "sm_80"),
        ["opencl"] = KernelStages.OpenCL,
    };

    private readonly Argument<string> _name = new("NAME") { Description = "A family such as RmsNorm, or one kernel as 'list' names it." };

    private readonly Option<string> _stage = new("--stage")
    {
        Description = $"What to print: {string.Join(", ", s_stages.Keys)}, or ptx:TARGET with sm_80, sm_90a or the like.",
        HelpName = "STAGE",
        DefaultValueFactory = _ => "source",
        CustomParser = result =>
        {
            string stage = result.Tokens[0].Value;
            if (!s_stages.ContainsKey(stage) && !IsPtxTarget(stage))
                result.AddError($"--stage takes {string.Join(", ", s_stages.Keys)} or ptx:TARGET (sm_80, sm_90a or the like), not '{stage}'.");
            return stage;
        },
    };

    public override string Name => "kernels";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma kernels list",
        "gemma kernels show RmsNorm --stage ir",
        "gemma kernels show RmsNorm --stage ptx:sm_90a",
        "gemma kernels count RmsNorm --gpu h100,4090",
        "gemma kernels count --assembly bin/Debug/net10.0/Mine.dll --kernel Kernels.Saxpy --length 1024",
        "gemma kernels explore RmsNorm",
        "gemma kernels explore --assembly bin/Debug/net10.0/Mine.dll",
        "gemma kernels step RmsNorm --warp 8",
        "gemma kernels step --assembly bin/Debug/net10.0/Mine.dll --kernel Kernels.Saxpy --set a=2.5",
        "gemma kernels step --assembly bin/Debug/net10.0/Mine.dll --kernel Kernels.Saxpy --host Program.Launch",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command list = new("list", "List the kernels by family.");
        list.SetAction(_ => List(console));
        Command show = new("show", "Print a kernel: its C# source, IL, IR, vector code, PTX or OpenCL C.");
        show.Add(_name);
        show.Add(_stage);
        show.SetAction(parsed => Show(parsed, console));
        Command command = new(Name, "Look into the kernels.");
        command.Add(list);
        command.Add(show);
        command.Add(new KernelsCountCommand().ToCommand(console));
        command.Add(new ExploreCommand().ToCommand(console));
        command.Add(new KernelsStepCommand().ToCommand(console));
        return command;
    }

    private static bool IsPtxTarget(string stage) =>
        stage.StartsWith(PtxPrefix, StringComparison.Ordinal) && KernelStages.IsPtxTarget(stage[PtxPrefix.Length..]);

    private static string Print(KernelEntry entry, string stage) =>
        s_stages.TryGetValue(stage, out Func<KernelEntry, string>? print) ? print(entry) : KernelStages.Ptx(entry, stage[PtxPrefix.Length..]);

    private static int List(HostConsole console)
    {
        Table table = Tables.Create(console, "kernel", "parameters");
        foreach (KernelEntry entry in KernelCatalog.All)
            table.AddRow(Markup.Escape(entry.Name), Markup.Escape(entry.Parameters));
        Tables.Write(console, table);
        return ExitCodes.Success;
    }

    private int Show(ParseResult parsed, HostConsole console)
    {
        string stage = parsed.GetValue(_stage)!;
        IEnumerable<KernelEntry> entries = KernelCatalog.Require(parsed.GetValue(_name)!);
        // Type arguments make no difference to the text before the front end.
        bool asWritten = stage is "source" or "il";
        if (asWritten)
            entries = entries.DistinctBy(entry => entry.SourceName);
        foreach (KernelEntry entry in entries)
        {
            console.Out.WriteLine($"// {(asWritten ? entry.SourceName : entry.Name)}, {stage}");
            console.Out.WriteLine(Print(entry, stage));
        }
        return ExitCodes.Success;
    }

    private static string Source(KernelEntry entry)
    {
        MethodSource source = KernelSource.Of(entry.Method);
        return $"// {source.File}, line {source.FirstLine}\n{source.Text}\n";
    }
}
