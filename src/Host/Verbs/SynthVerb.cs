using System.CommandLine;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Writes a model of random weights in a real model's shape: nonsense to read, true to measure.</summary>
internal sealed class SynthVerb : Verb
{
    private static readonly Dictionary<string, TensorType> s_types = new()
    {
        ["bf16"] = TensorType.BF16,
        ["f16"] = TensorType.F16,
        ["f32"] = TensorType.F32,
    };

    private readonly Option<string> _like = new("--like")
    {
        Description = $"The size to imitate: {string.Join(", ", KnownModels.Names)}.",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string> _type = new("--type")
    {
        Description = "Type of the weights: bf16, f16 or f32.",
        HelpName = "TYPE",
        DefaultValueFactory = _ => "bf16",
        CustomParser = result =>
        {
            string type = result.Tokens[0].Value;
            if (!s_types.ContainsKey(type))
                result.AddError($"--type takes bf16, f16 or f32, not '{type}'.");
            return type;
        },
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The folder to create. It must not hold a model yet.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description = "A tokenizer.model to copy into the folder, so that 'run' works as well.",
        HelpName = "FILE",
    };

    private readonly Option<int?> _layers = Numbers.Whole("--layers", "Keep only this many layers.", 1, 1024);
    private readonly Option<ulong?> _seed = Numbers.Seed("The same seed gives the same file. Default: 0.");

    public override string Name => "synth";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma synth --like gemma-2-2b --type bf16 --out /tmp/random-2b",
        "gemma synth --like gemma-2-9b --layers 4 --out /tmp/random-9b-4-layers",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Write a model of random weights in the shape of a real size, for measurements.");
        Option[] options = [_like, _type, _out, _tokenizer, _layers, _seed];
        foreach (Option option in options)
            command.Add(option);
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        string like = parsed.GetValue(_like)!;
        if (!KnownModels.Names.Contains(like))
            throw new UsageException($"--like takes one of {string.Join(", ", KnownModels.Names)}, not '{like}'.");
        ModelConfig config = KnownModels.Get(like);
        if (parsed.GetValue(_layers) is int layers)
        {
            if (layers > config.Layers)
                throw new UsageException($"--layers is {layers}, but {like} has {config.Layers}.");
            config = config with { LayerKinds = [.. config.LayerKinds.Take(layers)] };
        }
        TensorType type = s_types[parsed.GetValue(_type)!];
        string directory = parsed.GetValue(_out)!;

        long size = ModelSynthesizer.SizeInBytes(config, type);
        using Interrupt interrupt = console.StartInterruptible();
        ProgressBar.Show(console, wanted: true, progress => ModelSynthesizer.Write(
            config, type, directory, parsed.GetValue(_seed) ?? 0, parsed.GetValue(_tokenizer), progress, interrupt.Token));
        console.Out.WriteLine($"{directory}: {like}, {config.Layers} layers, {Quantity.Count(config.ParameterCount)} random {parsed.GetValue(_type)} weights, {Quantity.Bytes(size)}");
        return ExitCodes.Success;
    }
}
