using System.CommandLine;
using System.Diagnostics;
using GemmaIlgpu.Engine.Planning;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Copies a model into a GGUF file with smaller weights.</summary>
internal sealed class QuantizeVerb : Verb
{
    private static readonly Dictionary<string, TensorType> s_types = ModelOutline.WeightTypes.ToDictionary(type => type.FileName().ToLowerInvariant());

    private readonly Argument<string> _in = new("IN") { Description = "Folder or GGUF file of the model." };
    private readonly Argument<string> _out = new("OUT") { Description = "The GGUF file to write." };

    private readonly Option<string> _type = new("--type")
    {
        Description = $"Type of the weights: {string.Join(", ", s_types.Keys)}.",
        HelpName = "TYPE",
        Required = true,
        CustomParser = result =>
        {
            string type = result.Tokens[0].Value.ToLowerInvariant();
            if (!s_types.ContainsKey(type))
                result.AddError($"--type takes {string.Join(", ", s_types.Keys)}, not '{result.Tokens[0].Value}'.");
            return type;
        },
    };

    private readonly Option<bool> _json = new("--json") { Description = "Write the report as JSON, with every tensor." };

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "A line for every tensor instead of one for each kind." };

    public override string Name => "quantize";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma quantize ./gemma-2-2b gemma-2-2b-q4_k.gguf --type q4_k",
        "gemma quantize gemma-2-2b-q4_k.gguf gemma-2-2b-bf16.gguf --type bf16",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Copy a model into a GGUF file with another type of weights, and report what that lost.");
        command.Add(_in);
        command.Add(_out);
        command.Add(_type);
        command.Add(_json);
        command.Add(_verbose);
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        string path = parsed.GetValue(_out)!;
        if (path.Length == 0)
            throw new UsageException("OUT is a file; its name is empty.");
        AtomicFile.Check(path);
        using ModelFiles model = ModelFiles.Open(ModelArguments.Resolve(parsed.GetValue(_in)));
        using Interrupt interrupt = console.StartInterruptible();
        Stopwatch clock = Stopwatch.StartNew();
        TensorType type = s_types[parsed.GetValue(_type)!];
        IReadOnlyList<ConvertedTensor> tensors = ProgressBar.Show(console, wanted: true, progress =>
            ModelConverter.Write(model, path, type, progress, interrupt.Token));

        if (parsed.GetValue(_json))
        {
            console.Out.WriteLine(Json.Write(QuantizeReport.Document(path, type, tensors)));
            return ExitCodes.Success;
        }

        if (parsed.GetValue(_verbose))
            QuantizeReport.WriteEveryTensor(tensors, console);
        else
            QuantizeReport.WriteKinds(tensors, console);
        console.Out.WriteLine();
        if (QuantizeReport.Exceptions(type, model, tensors) is string exceptions)
            console.Out.WriteLine(exceptions);
        console.Out.WriteLine($"{path}: {Quantity.Bytes(new FileInfo(path).Length)} in {Quantity.Seconds(clock.Elapsed)}");
        return ExitCodes.Success;
    }
}
