using System.CommandLine;
using System.Globalization;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Engine.Quality;
using GemmaIlgpu.Engine.Tokenization;
using GemmaIlgpu.Host.Measurement;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;
using Spectre.Console;

namespace GemmaIlgpu.Host.Verbs;

using Engine = GemmaIlgpu.Engine.Engine;

/// <summary>How well a model predicts a text, and what its quantisation lost against the original.</summary>
internal sealed class PerplexityVerb : Verb
{
    private const int DefaultChunk = 512;

    private readonly ModelArguments _model = new();
    private readonly Option<int?> _chunk = Numbers.Whole("--chunk", "Tokens of a chunk; the second half of each is scored. Default: 512, or the context.", 4, 1 << 20);
    private readonly Option<int?> _chunks = Numbers.Whole("--chunks", "Score only so many chunks. Default: the whole text.", 1);
    private readonly Option<bool> _json = new("--json") { Description = "Write JSON instead of a table." };

    private readonly Option<string> _text = new("--text")
    {
        Description = "The text, in UTF-8.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _baseline = new("--baseline")
    {
        Description = "A model to compare with, such as the original in bf16: Kullback-Leibler divergence and how often both find the same token likeliest.",
        HelpName = "DIR|FILE",
    };

    public override string Name => "perplexity";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma perplexity --text story.txt",
        "gemma perplexity --model gemma-2-2b-q4_k.gguf --baseline ./gemma-2-2b --text story.txt --chunk 512 --json",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Measure how well a model predicts a text, and how far it strays from a baseline.");
        Option[] options = [_text, _baseline, _chunk, _chunks, _json];
        foreach (Option option in options)
            command.Add(option);
        _model.AddTo(command);
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        string path = parsed.GetValue(_text)!;
        if (!File.Exists(path))
            throw new IOException($"There is no file '{path}'.");
        string text = File.ReadAllText(path);
        using Interrupt interrupt = console.StartInterruptible();
        using Engine model = _model.Load(parsed, console, interrupt.Token);
        using Engine? baseline = parsed.GetValue(_baseline) is string name ? _model.Load(name, parsed, console, interrupt.Token) : null;
        int[] ids = Encode(model, "model", text);
        if (baseline is not null && !Encode(baseline, "baseline", text).SequenceEqual(ids))
            throw new InputException("The baseline cuts the text into other tokens than the model; only models of the same vocabulary compare.");

        int chunk = parsed.GetValue(_chunk) ?? Math.Min(DefaultChunk, model.ContextLength);
        QualityReport report = ProgressBar.Show(console, _model.Talks(parsed, console), progress =>
            Perplexity.Measure(model, baseline, ids, chunk, parsed.GetValue(_chunks) ?? int.MaxValue, progress, interrupt.Token));
        if (parsed.GetValue(_json))
            console.Out.WriteLine(Json.Write(report, ("split", ShareFigure.Of(model.Split)), ("findings", _model.Findings(model, parsed))));
        else
            WriteTable(report, console);
        _model.Conclude(model, parsed, console);
        return ExitCodes.Success;
    }

    private static int[] Encode(Engine engine, string what, string text)
    {
        Tokenizer tokenizer = engine.Tokenizer ?? throw new InputException($"The {what} comes without a tokenizer, so the text cannot be cut into its tokens.");
        return tokenizer.Encode(text, addBos: true);
    }

    private static void WriteTable(QualityReport report, HostConsole console)
    {
        Table table = Tables.Create(console, "measure", "value");
        table.AddRow("text", $"{Quantity.Count(report.ScoredTokens)} tokens scored, the second halves of {report.Chunks} chunks of {report.ChunkLength}");
        table.AddRow("perplexity", Show(report.Perplexity));
        if (report.Baseline is BaselineReport baseline)
        {
            table.AddRow("perplexity of the baseline", Show(baseline.Perplexity));
            table.AddRow("KL divergence, mean", Show(baseline.MeanDivergence) + " nats");
            table.AddRow("KL divergence, median", Show(baseline.MedianDivergence));
            table.AddRow("KL divergence, 99 %", Show(baseline.Divergence99));
            table.AddRow("KL divergence, 99.9 %", Show(baseline.Divergence999));
            table.AddRow("KL divergence, largest", Show(baseline.LargestDivergence));
            table.AddRow("same likeliest token", string.Create(CultureInfo.InvariantCulture, $"{baseline.TopAgreement.Value:0.00 %} ± {baseline.TopAgreement.StandardError:0.00 %}"));
        }

        Tables.Write(console, table);
    }

    private static string Show(Estimate estimate) => $"{Show(estimate.Value)} ± {Show(estimate.StandardError)}";

    // Divergences span many magnitudes, so digits count from the first that is not 0.
    private static string Show(double value) => value == 0 ? "0" : value.ToString(Math.Abs(value) < 1e-3 ? "0.00e+0" : "0.0000", CultureInfo.InvariantCulture);
}
