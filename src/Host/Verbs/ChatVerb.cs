using System.CommandLine;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tokenization;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Verbs;

using Engine = GemmaIlgpu.Engine.Engine;

/// <summary>A conversation, a line at a time. The KV cache keeps the turns so far, so each turn costs only its own tokens.</summary>
internal sealed class ChatVerb : Verb
{
    private const string Commands = """
        /reset   forget the conversation
        /stats   speed of the last answer, and how full the context is
        /help    this list
        /quit    leave (so does Ctrl-D)
        Ctrl-C stops an answer; at the prompt it leaves.
        """;

    private readonly ModelArguments _model = new();
    private readonly SamplingArguments _sampling = new();

    public override string Name => "chat";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma chat",
        "gemma chat --model ./gemma-2-2b-it --temperature 0.7",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Talk with the model; /help lists the commands inside.");
        _sampling.AddTo(command);
        _model.AddTo(command);
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        using Engine engine = Load(parsed, console);
        Talk(engine, parsed, console);
        _model.Conclude(engine, parsed, console);
        return ExitCodes.Success;
    }

    private void Talk(Engine engine, ParseResult parsed, HostConsole console)
    {
        SamplingOptions sampling = _sampling.Read(parsed, engine.DefaultSampling);
        using Generator generator = engine.CreateGenerator();
        Conversation conversation = new(generator, Answers.RequireTokenizer(engine), engine.Config);
        bool talks = _model.Talks(parsed, console);
        if (talks && console.InputIsTerminal)
            console.Error.WriteLine("Type a message, or /help.");

        Answer? last = null;
        ulong turn = 0;
        while (ReadLine(console) is string line)
        {
            switch (line.Trim())
            {
                case "":
                    break;
                case "/quit" or "/exit":
                    return;
                case "/reset":
                    conversation.Reset();
                    last = null;
                    break;
                case "/help":
                    console.Error.WriteLine(Commands);
                    break;
                case "/stats":
                    console.Error.WriteLine(last?.Describe(sampling) ?? "There is no answer yet.");
                    console.Error.WriteLine($"{generator.TokenIds.Count} of {engine.ContextLength} tokens of context used.");
                    break;
                case string command when command.StartsWith('/'):
                    console.Error.WriteLine($"There is no command {command.Split(' ')[0]}; /help lists them.");
                    break;
                default:
                    // A seed of its own for each turn, or every answer would draw the same numbers.
                    last = AnswerTo(line, conversation, sampling with { Seed = unchecked(sampling.Seed + turn++) }, engine, console);
                    break;
            }
        }
        if (console.InputIsTerminal)
            console.Error.WriteLine();
    }

    private Engine Load(ParseResult parsed, HostConsole console)
    {
        using Interrupt interrupt = console.StartInterruptible();
        return _model.Load(parsed, console, interrupt.Token);
    }

    private static string? ReadLine(HostConsole console)
    {
        if (console.InputIsTerminal)
            console.Error.Write("> ");
        return console.In.ReadLine();
    }

    private static Answer? AnswerTo(string message, Conversation conversation, SamplingOptions sampling, Engine engine, HostConsole console)
    {
        int[] ids = conversation.NextTurn(message);
        if (conversation.Tokens + ids.Length >= engine.ContextLength)
        {
            console.Error.WriteLine($"This message needs {ids.Length} tokens, and {engine.ContextLength - conversation.Tokens} of {engine.ContextLength} are left; /reset starts anew.");
            return null;
        }
        using Interrupt interrupt = console.StartInterruptible();
        Answer answer = Answers.Stream(conversation.Generator, ids, sampling, console, interrupt.Token);
        console.Out.WriteLine();
        if (answer.Stop == StopReason.ContextFull)
            console.Error.WriteLine("The context is full; /reset starts anew.");
        return answer;
    }
}
