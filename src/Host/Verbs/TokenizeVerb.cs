using System.CommandLine;
using System.Globalization;
using GemmaIlgpu.Engine.Tokenization;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Text to token ids and back: one text for people, a file of JSON lines for scripts.</summary>
internal sealed class TokenizeVerb : Verb
{
    private static readonly Dictionary<string, SpecialTokens> s_treatments = new()
    {
        ["plain"] = SpecialTokens.Plain,
        ["hf"] = SpecialTokens.HuggingFace,
    };

    private readonly Argument<string?> _text = new("TEXT")
    {
        Description = "The text to cut, in quotes; '-' or a pipe reads it from standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description = "A tokenizer.model file. Default: the demo model's.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _jsonl = new("--jsonl")
    {
        Description = "Read lines of JSON: {\"text\": …}, {\"ids\": […]} or {\"messages\": […], \"add_generation_prompt\": true}.",
        HelpName = "IN",
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "Write the answers to --jsonl here, one line for each.",
        HelpName = "OUT",
    };

    private readonly Option<string> _special = new("--special")
    {
        Description = "What <bos> and its like mean in a text: 'plain', text as SentencePiece has it; 'hf', control tokens as Hugging Face has it.",
        HelpName = "HOW",
        DefaultValueFactory = _ => "plain",
        CustomParser = result =>
        {
            string how = result.Tokens[0].Value;
            if (!s_treatments.ContainsKey(how))
                result.AddError($"--special takes plain or hf, not '{how}'.");
            return how;
        },
    };

    public override string Name => "tokenize";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma tokenize \"Once upon a time\"",
        "gemma tokenize --tokenizer ./gemma-2-2b/tokenizer.model --jsonl texts.jsonl --out ids.jsonl",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Turn text into token ids, and back.");
        command.Add(_text);
        Option[] options = [_tokenizer, _jsonl, _out, _special];
        foreach (Option option in options)
            command.Add(option);
        command.Validators.Add(result =>
        {
            if ((result.GetValue(_jsonl) is null) != (result.GetValue(_out) is null))
                result.AddError("--jsonl and --out go together.");
            else if (result.GetValue(_jsonl) is not null && result.GetValue(_text) is not null)
                result.AddError("Give either a text or --jsonl, not both.");
        });
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        string file = parsed.GetValue(_tokenizer) ?? Path.Combine(ModelArguments.Resolve(null), "tokenizer.model");
        SpecialTokens special = s_treatments[parsed.GetValue(_special)!];
        if (parsed.GetValue(_jsonl) is string input)
        {
            if (!File.Exists(input))
                throw new IOException($"There is no file '{input}'.");
            TokenizeJsonl service = new(Tokenizer.Load(file), ChatTemplate.Gemma2, special);
            AtomicFile.Write(parsed.GetValue(_out)!, output => Answer(service, input, output));
        }
        else
        {
            string text = PromptReader.Read(parsed.GetValue(_text), console);
            Tokenizer tokenizer = Tokenizer.Load(file);
            Show(tokenizer.Encode(text, special: special), tokenizer, console);
        }
        return ExitCodes.Success;
    }

    private static void Answer(TokenizeJsonl service, string input, TextWriter output)
    {
        foreach (string line in File.ReadLines(input))
        {
            if (!string.IsNullOrWhiteSpace(line))
                output.WriteLine(service.ProcessLine(line));
        }
    }

    private static void Show(int[] ids, Tokenizer tokenizer, HostConsole console)
    {
        foreach (int id in ids)
            console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id,7}  {tokenizer.IdToPiece(id)}"));
        console.Error.WriteLine($"{ids.Length} tokens");
    }
}
