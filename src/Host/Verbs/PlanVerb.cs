using System.CommandLine;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Planning;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Host.Measurement;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Says how much memory a model takes before it is there, which devices hold it, and what would fit if none does.</summary>
internal sealed class PlanVerb : Verb
{
    private static readonly Dictionary<string, TensorType> s_types = ModelOutline.WeightTypes.ToDictionary(type => type.FileName().ToLowerInvariant());

    private readonly Option<string?> _like = new("--like")
    {
        Description = $"A published size: {string.Join(", ", KnownModels.Names)}.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _model = new("--model", "-m")
    {
        Description = "Folder or GGUF file of a model. Default: the built-in demo model.",
        HelpName = "DIR|FILE",
    };

    private readonly Option<string?> _type = new("--type")
    {
        Description = $"Type of the weights: {string.Join(", ", s_types.Keys)}. Default: the file's own; bf16 with --like.",
        HelpName = "TYPE",
        CustomParser = result =>
        {
            string type = result.Tokens[0].Value.ToLowerInvariant();
            if (!s_types.ContainsKey(type))
                result.AddError($"--type takes {string.Join(", ", s_types.Keys)}, not '{result.Tokens[0].Value}'.");
            return type;
        },
    };

    private readonly Option<int?> _context = Numbers.Whole("--context", "Tokens of prompt and answer together. Default: the model's own, at most 8192.", 1, 1 << 20);
    private readonly Option<int?> _batch = Numbers.Whole("--batch", $"Prompt tokens computed at once. Default: {EngineOptions.DefaultPrefillChunk}, on a GPU {EngineOptions.DefaultGpuPrefillChunk}.", 1, EngineOptions.MaxPrefillChunk);
    private readonly Option<string> _cacheType = CacheTypeOption.Create();
    private readonly Option<int?> _sequences = Numbers.Whole("--sequences", "Texts at the same time, each with a cache of its own. Default: 1.", 1, 4096);
    private readonly Option<long?> _memory = Numbers.Bytes("--memory", "Plan for a machine with this much free memory instead of this one: 16GB, 32GiB.");
    private readonly DeviceArguments _devices = new();
    private readonly Option<bool> _json = new("--json") { Description = "Write JSON instead of tables." };

    public override string Name => "plan";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma plan --like gemma-2-9b --type q4_0 --context 4096",
        "gemma plan --model gemma-2-2b-q8_0.gguf --context 8192 --sequences 4 --json",
        "gemma plan --like gemma-3-27b --memory 32GB",
        "gemma plan --model ./gemma-2-9b --device cuda --gpu-layers 30",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Say how much memory a model takes, which devices hold it, and what would fit if none does.");
        Option[] options = [_like, _model, _type, _context, _batch, _cacheType, _sequences, _memory, _json];
        foreach (Option option in options)
            command.Add(option);
        _devices.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_like) is not null && result.GetValue(_model) is not null)
                result.AddError("--like and --model exclude each other.");
        });
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        (string name, ModelOutline model) = Outline(parsed);
        int trained = model.Config.ContextLength;
        int context = parsed.GetValue(_context) ?? Math.Min(trained, EngineOptions.DefaultContextLimit);
        if (context > trained)
            throw new UsageException($"--context is {context}; {name} was made for {trained} tokens.");
        PlanOptions options = new()
        {
            ContextLength = context,
            PrefillChunk = parsed.GetValue(_batch) ?? _devices.DefaultBatch(parsed),
            Sequences = parsed.GetValue(_sequences) ?? 1,
            CacheType = CacheTypes.Parse(parsed.GetValue(_cacheType)!),
        };
        MachineMemory memory = parsed.GetValue(_memory) is long bytes ? new MachineMemory(bytes, bytes) : MachineMemory.Read();
        LayerSplit split = Divide(parsed, model, options);
        PlanReport report = PlanReport.Make(name, model, options, memory, Devices.List(), split);
        if (parsed.GetValue(_json))
            console.Out.WriteLine(Json.Write(report.Document()));
        else
            report.WriteTables(console);
        return ExitCodes.Success;
    }

    private LayerSplit Divide(ParseResult parsed, ModelOutline model, PlanOptions options)
    {
        try
        {
            return DevicePlans.Divide(_devices.Names(parsed), _devices.GpuLayers(parsed), model, options);
        }
        catch (InputException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private (string Name, ModelOutline Model) Outline(ParseResult parsed)
    {
        TensorType? type = parsed.GetValue(_type) is string text ? s_types[text] : null;
        if (parsed.GetValue(_like) is string like)
        {
            if (!KnownModels.Names.Contains(like))
                throw new UsageException($"--like takes one of {string.Join(", ", KnownModels.Names)}, not '{like}'.");
            return (like, ModelOutline.Of(KnownModels.Get(like), type ?? TensorType.BF16));
        }

        using ModelFiles files = ModelFiles.Open(ModelArguments.Resolve(parsed.GetValue(_model)));
        ModelOutline own = ModelOutline.Of(files);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(files.Location)));
        return (name, type is null ? own : ModelOutline.Of(files.Config, type.Value) with { Pieces = own.Pieces });
    }
}
