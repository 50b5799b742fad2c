using System.CommandLine;
using System.Globalization;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;
using Spectre.Console;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Shows what a model folder or GGUF file holds: configuration, tensors, sizes. Needs no device.</summary>
internal sealed class InspectVerb : Verb
{
    private readonly Argument<string?> _directory = new("MODEL")
    {
        Description = "Folder or GGUF file of the model. Default: the built-in demo model.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Write JSON instead of tables." };

    public override string Name => "inspect";

    public override IReadOnlyList<string> Examples => ["gemma inspect", "gemma inspect ./gemma-2-2b --json"];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Show a model's configuration, tensors and sizes.");
        command.Add(_directory);
        command.Add(_json);
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        using ModelFiles model = ModelFiles.Open(ModelArguments.Resolve(parsed.GetValue(_directory)));
        if (parsed.GetValue(_json))
            console.Out.WriteLine(Json.Write(Document(model)));
        else
            WriteTables(model, console);
        return ExitCodes.Success;
    }

    private static Dictionary<string, object?> Document(ModelFiles model) => new()
    {
        ["directory"] = model.Location,
        ["config"] = Describe(model.Config).ToDictionary(entry => entry.Name, entry => entry.Value),
        ["files"] = model.Files.Select(file => new Dictionary<string, object?> { ["name"] = file.Name, ["bytes"] = file.Bytes }).ToArray(),
        ["tensors"] = model.Tensors.Select(tensor => new Dictionary<string, object?>
        {
            ["name"] = tensor.Name,
            ["type"] = tensor.Type.FileName(),
            ["shape"] = tensor.Shape,
            ["bytes"] = tensor.Bytes,
        }).ToArray(),
        ["tensorBytes"] = model.Tensors.Sum(tensor => tensor.Bytes),
        ["parameters"] = model.Config.ParameterCount,
    };

    private static IEnumerable<(string Name, object? Value)> Describe(ModelConfig config) =>
    [
        ("family", config.Family.ToString()),
        ("layers", config.Layers),
        ("embedDim", config.EmbedDim),
        ("feedForwardDim", config.FeedForwardDim),
        ("queryHeads", config.QueryHeads),
        ("kvHeads", config.KvHeads),
        ("headDim", config.HeadDim),
        ("vocabularySize", config.VocabularySize),
        ("contextLength", config.ContextLength),
        ("slidingWindow", config.SlidingWindow),
        ("layerKinds", string.Concat(config.LayerKinds.Select(kind => kind == AttentionKind.Local ? 'L' : 'G'))),
        ("attentionSoftcap", config.AttentionSoftcap),
        ("finalSoftcap", config.FinalSoftcap),
        ("localRopeBase", config.LocalRopeBase),
        ("globalRopeBase", config.GlobalRopeBase),
        ("globalRopeScale", config.GlobalRopeScale),
        ("queryScale", config.QueryScale),
        ("rmsNormEpsilon", config.RmsNormEpsilon),
        ("bosId", config.BosId),
        ("eosIds", config.EosIds),
        ("padId", config.PadId),
        ("tiedEmbedding", config.TiedEmbedding),
    ];

    private static void WriteTables(ModelFiles model, HostConsole console)
    {
        Table settings = Tables.Create(console, "setting", "value");
        foreach ((string name, object? value) in Describe(model.Config))
            settings.AddRow(Markup.Escape(name), Markup.Escape(Show(value)));
        Tables.Write(console, settings);

        Table tensors = Tables.Create(console, "tensor", "type", "shape", "size");
        tensors.Columns[^1].RightAligned();
        foreach (TensorInfo tensor in model.Tensors)
            tensors.AddRow(Markup.Escape(tensor.Name), tensor.Type.FileName(), Markup.Escape(tensor.ShapeText), Quantity.Bytes(tensor.Bytes));
        console.Out.WriteLine();
        Tables.Write(console, tensors);

        console.Out.WriteLine();
        foreach ((string name, long bytes) in model.Files)
            console.Out.WriteLine($"{name}: {Quantity.Count(bytes)} bytes");
        console.Out.WriteLine(
            $"{Quantity.Count(model.Config.ParameterCount)} parameters in {model.Tensors.Count} tensors, {Quantity.Bytes(model.Tensors.Sum(tensor => tensor.Bytes))}");
    }

    private static string Show(object? value) => value switch
    {
        IEnumerable<int> numbers => string.Join(", ", numbers),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
