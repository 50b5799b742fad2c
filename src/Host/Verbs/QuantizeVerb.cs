using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;
using Spectre.Console;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Copies a model into a GGUF file with smaller weights.</summary>
internal sealed class QuantizeVerb : Verb
{
    private static readonly Dictionary<string, TensorType> s_types = new()
    {
        ["q8_0"] = TensorType.Q8_0,
        ["q4_0"] = TensorType.Q4_0,
        ["q4_k"] = TensorType.Q4K,
        ["q6_k"] = TensorType.Q6K,
        ["bf16"] = TensorType.BF16,
        ["f16"] = TensorType.F16,
        ["f32"] = TensorType.F32,
    };

    private readonly Argument<string> _in = new("IN") { Description = "Folder or GGUF file of the model." };
    private readonly Argument<string> _out = new("OUT") { Description = "The GGUF file to write." };

    private readonly Option<string> _type = new("--type")
    {
        Description = $"Type of the weights: {string.Join(", ", s_types.Keys)}.",
        HelpName = "TYPE",
        Required = true,
        CustomParser = result =>
        {
            string type = result.Tokens[0].Value;
            if (!s_types.ContainsKey(type))
                result.AddError($"--type takes {string.Join(", ", s_types.Keys)}, not '{type}'.");
            return type;
        },
    };

    private readonly Option<bool> _json = new("--json") { Description = "Write the report as JSON." };

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
        IReadOnlyList<ConvertedTensor> tensors = ProgressBar.Show(console, wanted: true, progress =>
            ModelConverter.Write(model, path, s_types[parsed.GetValue(_type)!], progress, interrupt.Token));

        if (parsed.GetValue(_json))
            console.Out.WriteLine(Json.Write(Document(path, tensors)));
        else
            WriteTable(path, tensors, clock.Elapsed, console);
        return ExitCodes.Success;
    }

    private static Dictionary<string, object?> Document(string path, IReadOnlyList<ConvertedTensor> tensors) => new()
    {
        ["file"] = path,
        ["bytes"] = new FileInfo(path).Length,
        ["tensors"] = tensors.Select(tensor => new Dictionary<string, object?>
        {
            ["name"] = tensor.Name,
            ["from"] = tensor.From.FileName(),
            ["to"] = tensor.To.FileName(),
            ["bytes"] = tensor.Bytes,
            ["relativeError"] = tensor.RelativeError,
            ["largestError"] = tensor.LargestError,
        }).ToArray(),
    };

    private static void WriteTable(string path, IReadOnlyList<ConvertedTensor> tensors, TimeSpan time, HostConsole console)
    {
        Table table = Tables.Create(console, "tensor", "from", "to", "size", "relative error", "largest error");
        foreach (TableColumn column in table.Columns.Skip(3))
            column.RightAligned();
        foreach (ConvertedTensor tensor in tensors)
        {
            table.AddRow(
                Markup.Escape(tensor.Name), tensor.From.FileName(), tensor.To.FileName(), Quantity.Bytes(tensor.Bytes),
                string.Create(CultureInfo.InvariantCulture, $"{tensor.RelativeError:0.00e+0}"),
                string.Create(CultureInfo.InvariantCulture, $"{tensor.LargestError:0.00e+0}"));
        }

        Tables.Write(console, table);
        console.Out.WriteLine();
        console.Out.WriteLine($"{path}: {Quantity.Bytes(new FileInfo(path).Length)} in {Quantity.Seconds(time)}");
    }
}
