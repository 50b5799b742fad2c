using System.CommandLine;
using System.Diagnostics;
using GemmaIlgpu.Host.Measurement;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;
using Spectre.Console;

namespace GemmaIlgpu.Host.Verbs;

using Engine = GemmaIlgpu.Engine.Engine;

/// <summary>Measures prefill and decode, against what the machine's memory can deliver.</summary>
internal sealed class BenchVerb : Verb
{
    private const int ColdTokens = 8;

    private readonly ModelArguments _model = new();
    private readonly Option<int[]> _promptTokens = Numbers.Wholes("--prompt-tokens", "Lengths of the prompts. Default: 128, or half the context.", 1, 1 << 20);
    private readonly Option<int[]> _contexts = Numbers.Wholes("--contexts", "Tokens in the cache when decoding starts. Default: those of the prompts.", 1, 1 << 20);
    private readonly Option<int?> _tokens = Numbers.Whole("--tokens", "Tokens to decode. Default: 64, or what the context leaves.", 1, 1 << 20);
    private readonly Option<int?> _repetitions = Numbers.Whole("--repetitions", "Measured runs; the median counts. Default: 3.", 1, 1000);
    private readonly Option<bool> _json = new("--json") { Description = "Write JSON instead of a table." };

    private readonly Option<bool> _commands = new("--commands")
    {
        Description = "Take single measurements as standard input asks for them, one a line: 'prefill N', 'decode CONTEXT TOKENS', 'memory'. Each is answered by a line of JSON.",
    };

    public override string Name => "bench";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma bench",
        "gemma bench --model /tmp/random-2b --prompt-tokens 128,512 --contexts 128,2048 --tokens 32 --json",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Measure prefill and decode speed, memory bandwidth and peak memory.");
        Option[] options = [_promptTokens, _contexts, _tokens, _repetitions, _json, _commands];
        foreach (Option option in options)
            command.Add(option);
        _model.AddTo(command);
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        using Interrupt interrupt = console.StartInterruptible();
        long start = Stopwatch.GetTimestamp();
        using Engine engine = _model.Load(parsed, console, interrupt.Token);
        double loadSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using BenchSession session = new(engine);

        if (parsed.GetValue(_commands))
        {
            BenchCommands.Answer(engine, session, _model.Threads(parsed), console, interrupt.Token);
            return ExitCodes.Success;
        }

        BenchReport report = Measure(parsed, engine, session, loadSeconds, interrupt.Token);
        if (parsed.GetValue(_json))
            console.Out.WriteLine(Json.Write(report, ("findings", _model.Findings(engine, parsed))));
        else
            WriteTable(report, console);
        _model.Conclude(engine, parsed, console);
        return ExitCodes.Success;
    }

    private BenchReport Measure(ParseResult parsed, Engine engine, BenchSession session, double loadSeconds, CancellationToken cancellation)
    {
        int[] prompts = parsed.GetValue(_promptTokens) is { Length: > 0 } lengths ? lengths : [Math.Min(128, Math.Max(1, engine.ContextLength / 2))];
        int[] contexts = parsed.GetValue(_contexts) is { Length: > 0 } given ? given : prompts;
        long room = BenchSession.Room(engine.ContextLength, contexts.Max());
        int tokens = parsed.GetValue(_tokens) ?? (int)Math.Clamp(room, 1, 64);
        int repetitions = parsed.GetValue(_repetitions) ?? 3;
        // Before minutes of work, not after.
        if (prompts.Max() > engine.ContextLength || tokens > room)
            throw new UsageException($"Prompts of {prompts.Max()} tokens, or {contexts.Max()}, one to go on from and {tokens} more, exceed the context of {engine.ContextLength}.");

        // The first run compiles kernels and pulls the weights from disk; it is reported, not averaged.
        double cold = session.Prefill(prompts[0], cancellation);
        session.Decode(contexts[0], Math.Min(tokens, ColdTokens), cancellation);
        double[][] prefill = [.. prompts.Select(length => Repeat(() => session.Prefill(length, cancellation)))];
        double[][] decode = [.. contexts.Select(context => Repeat(() => session.Decode(context, tokens, cancellation)))];
        long peak = session.PeakResidentBytes();
        double memory = session.ReadMemory(_model.Threads(parsed)) / 1e9;
        long bytes = session.BytesPerToken();
        return new BenchReport
        {
            Model = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_model.Directory(parsed)))),
            Device = engine.DeviceName,
            Split = ShareFigure.Of(engine.Split),
            Machine = Machine.Describe(),
            Date = DateTime.UtcNow,
            Repetitions = repetitions,
            LoadSeconds = loadSeconds,
            FirstTokenColdSeconds = cold,
            Prefill = [.. prompts.Zip(prefill, (length, seconds) => PrefillFigure.Of(engine.Config, length, seconds))],
            Decode = [.. contexts.Zip(decode, (context, seconds) => DecodeFigure.Of(context, tokens, seconds, bytes, memory))],
            BytesPerToken = bytes,
            MemoryGigabytesPerSecond = memory,
            WeightBytes = engine.WeightBytes,
            PeakResidentBytes = peak,
        };

        double[] Repeat(Func<double> measure) => [.. Enumerable.Range(0, repetitions).Select(_ => measure())];
    }

    private static void WriteTable(BenchReport report, HostConsole console)
    {
        Table table = Tables.Create(console, report.Model, report.Device);
        table.AddRow("machine", Markup.Escape(report.Machine));
        foreach (ShareFigure share in report.Split)
            table.AddRow("runs on", Markup.Escape($"{share.Device} ({share.Description}): {(share.Layers == 0 ? "logits" : $"layers {share.FirstLayer} to {share.FirstLayer + share.Layers - 1}{(share.Logits ? " and logits" : "")}")}"));
        table.AddRow("load", Quantity.Seconds(TimeSpan.FromSeconds(report.LoadSeconds)));
        table.AddRow("first token, cold", Quantity.Seconds(TimeSpan.FromSeconds(report.FirstTokenColdSeconds)));
        foreach (PrefillFigure prefill in report.Prefill)
        {
            table.AddRow($"prefill of {prefill.PromptTokens}",
                $"{Quantity.Number(prefill.TokensPerSecond)} tokens/s, first token after {Quantity.Seconds(TimeSpan.FromSeconds(prefill.FirstTokenSeconds))}, {Quantity.Number(prefill.TeraflopsPerSecond)} TFLOP/s");
        }
        foreach (DecodeFigure decode in report.Decode)
        {
            table.AddRow($"decode after {decode.Context}",
                $"{Quantity.Number(decode.TokensPerSecond)} tokens/s (runs: {string.Join(", ", decode.Runs.Select(Quantity.Number))}), "
                + $"{Quantity.Number(decode.GigabytesPerSecond)} GB/s of weights, {Quantity.Number(100 * decode.ShareOfMemoryBandwidth)} % of the memory");
        }
        table.AddRow("memory", $"{Quantity.Number(report.MemoryGigabytesPerSecond)} GB/s measured; a token reads {Quantity.Bytes(report.BytesPerToken)}");
        table.AddRow("peak memory", $"{Quantity.Bytes(report.PeakResidentBytes)}, of which weights {Quantity.Bytes(report.WeightBytes)}");
        Tables.Write(console, table);
    }
}
