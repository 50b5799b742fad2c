using System.CommandLine;
using System.Globalization;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Verbs;

using Engine = GemmaIlgpu.Engine.Engine;

/// <summary>Writes what the model computes for given token ids, for comparison with other implementations.</summary>
internal sealed class LogitsVerb : Verb
{
    private readonly ModelArguments _model = new();
    private readonly Option<int?> _greedy = Numbers.Whole("--greedy", "Also write greedy.ids: this many likeliest tokens, continued with the cache.", 0, 1 << 20);

    private readonly Option<int[]> _ids = new("--ids")
    {
        Description = "Token ids, separated by commas.",
        HelpName = "N,N,…",
        Required = true,
        CustomParser = result =>
        {
            List<int> ids = [];
            foreach (string part in result.Tokens[0].Value.Split(','))
            {
                if (int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                    ids.Add(id);
                else
                {
                    result.AddError($"--ids takes whole numbers separated by commas, such as 2,17,5; '{part}' is none.");
                    break;
                }
            }
            return [.. ids];
        },
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The safetensors file to write: f32 logits [n, vocabulary], after the final softcap.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<bool> _hidden = new("--hidden")
    {
        Description = "Also write hidden.embed, hidden.0 … hidden.final: the residual stream after each layer.",
    };

    public override string Name => "logits";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma logits --ids 2,3806,735 --out logits.safetensors",
        "gemma logits --model ./gemma-2-2b --ids 2,17,5 --out all.safetensors --hidden --greedy 24 --device debug",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Write the logits of given token ids to a safetensors file.");
        command.Add(_ids);
        command.Add(_out);
        command.Add(_hidden);
        command.Add(_greedy);
        _model.AddTo(command);
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        int[] ids = parsed.GetValue(_ids)!;
        string path = parsed.GetValue(_out)!;
        AtomicFile.Check(path);
        using Interrupt interrupt = console.StartInterruptible();
        using Engine engine = _model.Load(parsed, console, interrupt.Token);
        foreach (int id in ids)
        {
            if (id >= engine.Config.VocabularySize)
                throw new UsageException($"--ids holds {id}, but this model knows the ids 0 to {engine.Config.VocabularySize - 1}.");
        }
        LogitsFile.Write(engine, ids, path, parsed.GetValue(_hidden), parsed.GetValue(_greedy) ?? 0, interrupt.Token);
        _model.Conclude(engine, parsed, console);
        return ExitCodes.Success;
    }
}
