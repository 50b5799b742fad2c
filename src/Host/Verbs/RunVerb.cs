using System.CommandLine;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tokenization;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Verbs;

using Engine = GemmaIlgpu.Engine.Engine;

/// <summary>Continues a text, or answers it as a chat's first message, and streams what comes.</summary>
internal sealed class RunVerb : Verb
{
    private readonly ModelArguments _model = new();
    private readonly SamplingArguments _sampling = new();

    private readonly Argument<string?> _prompt = new("PROMPT")
    {
        Description = "The text to go on from, in quotes; '-' or a pipe reads it from standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _raw = new("--raw") { Description = "Continue the prompt as it stands (the default)." };
    private readonly Option<bool> _chat = new("--chat") { Description = "Put the prompt into the model's chat template, as a user's message." };

    public override string Name => "run";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma run \"Once upon a time\"",
        "gemma run --model ./gemma-2-2b-it --chat \"Why is the sky blue?\" --temperature 0.7 --seed 1",
        "cat letter.txt | gemma run --max-tokens 100 --stop \"THE END\" > answer.txt",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Generate text from a prompt. Sampling options left out come from the model's generation_config.json.");
        command.Add(_prompt);
        command.Add(_raw);
        command.Add(_chat);
        _sampling.AddTo(command);
        _model.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_raw) && result.GetValue(_chat))
                result.AddError("--raw and --chat exclude each other.");
        });
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        string prompt = PromptReader.Read(parsed.GetValue(_prompt), console);
        using Interrupt interrupt = console.StartInterruptible();
        using Engine engine = _model.Load(parsed, console, interrupt.Token);
        Tokenizer tokenizer = Answers.RequireTokenizer(engine);
        SamplingOptions sampling = _sampling.Read(parsed, engine.DefaultSampling);

        using Generator generator = engine.CreateGenerator();
        bool chat = parsed.GetValue(_chat);
        int[] ids = chat
            ? new Conversation(generator, tokenizer, engine.Config).NextTurn(prompt)
            : tokenizer.Encode(prompt, addBos: true);
        // A continuation is read together with its beginning; in a pipe only what the model wrote counts.
        if (!chat && console.OutputIsTerminal)
            console.Out.Write(prompt);
        Answer answer = Answers.Stream(generator, ids, sampling, console, interrupt.Token);
        console.Out.WriteLine();
        if (_model.Talks(parsed, console))
            console.Error.WriteLine(answer.Describe(sampling));
        _model.Conclude(engine, parsed, console);
        return answer.Stop == StopReason.Cancelled ? ExitCodes.Cancelled : ExitCodes.Success;
    }
}
