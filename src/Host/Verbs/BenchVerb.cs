using System.CommandLine;
using System.Diagnostics;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Host.Measurement;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;
using Spectre.Console;

namespace GemmaIlgpu.Host.Verbs;

using Engine = GemmaIlgpu.Engine.Engine;

/// <summary>Measures prefill and decode, against what the machine's memory can deliver.</summary>
internal sealed class BenchVerb : Verb
{
    private readonly ModelArguments _model = new();
    private readonly Option<int?> _promptTokens = Numbers.Whole("--prompt-tokens", "Tokens of the prompt. Default: 128, or what the context leaves.", 1, 1 << 20);
    private readonly Option<int?> _tokens = Numbers.Whole("--tokens", "Tokens to decode after the first. Default: 64, or what the context leaves.", 1, 1 << 20);
    private readonly Option<int?> _repetitions = Numbers.Whole("--repetitions", "Measured runs; the median counts. Default: 3.", 1, 1000);
    private readonly Option<bool> _json = new("--json") { Description = "Write JSON instead of a table." };

    public override string Name => "bench";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma bench",
        "gemma bench --model /tmp/random-2b --prompt-tokens 128 --tokens 32 --repetitions 3 --json",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Measure prefill and decode speed, memory bandwidth and peak memory.");
        Option[] options = [_promptTokens, _tokens, _repetitions, _json];
        foreach (Option option in options)
            command.Add(option);
        _model.AddTo(command);
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        using Interrupt interrupt = console.StartInterruptible();
        BenchReport report = Measure(parsed, console, interrupt.Token);
        if (parsed.GetValue(_json))
            console.Out.WriteLine(Json.Write(report));
        else
            WriteTable(report, console);
        return ExitCodes.Success;
    }

    private BenchReport Measure(ParseResult parsed, HostConsole console, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using Engine engine = _model.Load(parsed, console, cancellation);
        double loadSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        // The first generated token comes with the prompt; the last one needs no slot.
        int promptTokens = parsed.GetValue(_promptTokens) ?? Math.Min(128, Math.Max(1, engine.ContextLength / 2));
        int tokens = parsed.GetValue(_tokens) ?? Math.Min(64, engine.ContextLength - promptTokens);
        int repetitions = parsed.GetValue(_repetitions) ?? 3;
        if (tokens < 1 || (long)promptTokens + tokens > engine.ContextLength)
            throw new UsageException($"{promptTokens} prompt tokens and {tokens} more exceed the context of {engine.ContextLength}.");

        int[] prompt = RandomPrompt(engine.Config, promptTokens);
        using Generator generator = engine.CreateGenerator();
        // The first run compiles kernels and pulls the weights from disk; it is reported, not averaged.
        Timing cold = Time(generator, prompt, Math.Min(tokens, 8), cancellation);
        Timing[] runs = [.. Enumerable.Range(0, repetitions).Select(_ => Time(generator, prompt, tokens, cancellation))];

        // Peak memory before the bandwidth measurement, which takes a large buffer of its own.
        long peak = Machine.PeakResidentBytes();
        double bandwidth = MemoryBandwidth.Measure(_model.Threads(parsed));
        double firstToken = Median(runs.Select(run => run.FirstToken));
        return new BenchReport
        {
            Model = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_model.Directory(parsed)))),
            Device = engine.DeviceName,
            Machine = Machine.Describe(),
            Date = DateTime.UtcNow,
            PromptTokens = promptTokens,
            DecodedTokens = tokens,
            Repetitions = repetitions,
            LoadSeconds = loadSeconds,
            FirstTokenColdSeconds = cold.FirstToken,
            TimeToFirstTokenSeconds = firstToken,
            PrefillTokensPerSecond = promptTokens / firstToken,
            DecodeTokensPerSecond = tokens / Median(runs.Select(run => run.Decode)),
            DecodeRuns = [.. runs.Select(run => tokens / run.Decode)],
            BytesPerToken = BytesPerToken(engine),
            MemoryGigabytesPerSecond = bandwidth / 1e9,
            WeightBytes = engine.WeightBytes,
            PeakResidentBytes = peak,
        };
    }

    /// <summary>Seconds to the first token, and from there to the last.</summary>
    private readonly record struct Timing(double FirstToken, double Decode);

    private static Timing Time(Generator generator, int[] prompt, int tokens, CancellationToken cancellation)
    {
        generator.Reset();
        SamplingOptions sampling = SamplingOptions.Greedy with { MaxTokens = tokens + 1, StopAtEndOfText = false };
        long start = Stopwatch.GetTimestamp(), first = 0, last = 0;
        int count = 0;
        foreach (GeneratedToken token in generator.Generate(prompt, sampling, cancellation))
        {
            if (token.Id < 0)
                continue;
            last = Stopwatch.GetTimestamp();
            if (count++ == 0)
                first = last;
        }
        cancellation.ThrowIfCancellationRequested();
        if (count != tokens + 1)
            throw new InvalidOperationException($"The run gave {count} tokens instead of {tokens + 1}.");
        return new Timing(Stopwatch.GetElapsedTime(start, first).TotalSeconds, Stopwatch.GetElapsedTime(first, last).TotalSeconds);
    }

    private static int[] RandomPrompt(ModelConfig config, int length)
    {
        Random random = new(1);
        int[] ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(config.VocabularySize))];
        ids[0] = config.BosId;
        return ids;
    }

    // An embedding table of its own is only looked up in; a tied one is the output product's matrix.
    private static long BytesPerToken(Engine engine)
    {
        ModelConfig config = engine.Config;
        long unread = config.TiedEmbedding ? 0 : (long)config.VocabularySize * config.EmbedDim;
        return (long)((decimal)engine.WeightBytes * (config.ParameterCount - unread) / config.ParameterCount);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static void WriteTable(BenchReport report, HostConsole console)
    {
        Table table = Tables.Create(console, report.Model, report.Device);
        table.AddRow("machine", Markup.Escape(report.Machine));
        table.AddRow("load", Quantity.Seconds(TimeSpan.FromSeconds(report.LoadSeconds)));
        table.AddRow("first token, cold", Quantity.Seconds(TimeSpan.FromSeconds(report.FirstTokenColdSeconds)));
        table.AddRow($"first token of {report.PromptTokens}", Quantity.Seconds(TimeSpan.FromSeconds(report.TimeToFirstTokenSeconds)));
        table.AddRow("prefill", $"{Quantity.Number(report.PrefillTokensPerSecond)} tokens/s");
        table.AddRow("decode", $"{Quantity.Number(report.DecodeTokensPerSecond)} tokens/s (runs: {string.Join(", ", report.DecodeRuns.Select(Quantity.Number))})");
        table.AddRow("decode reads", $"{Quantity.Bytes(report.BytesPerToken)} a token, {Quantity.Number(report.DecodeGigabytesPerSecond)} GB/s");
        table.AddRow("memory", $"{Quantity.Number(report.MemoryGigabytesPerSecond)} GB/s measured; decode uses {Quantity.Number(100 * report.ShareOfMemoryBandwidth)} %");
        table.AddRow("peak memory", $"{Quantity.Bytes(report.PeakResidentBytes)}, of which weights {Quantity.Bytes(report.WeightBytes)}");
        Tables.Write(console, table);
    }
}
