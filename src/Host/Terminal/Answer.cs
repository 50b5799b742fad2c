using System.Diagnostics;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Host.Terminal;

using Engine = GemmaIlgpu.Engine.Engine;

/// <summary>What one generation gave and how long it took.</summary>
/// <param name="PromptTokens">Tokens that were new to the model.</param>
/// <param name="Tokens">Tokens generated.</param>
/// <param name="TimeToFirstToken">Prefill and the first draw.</param>
/// <param name="DecodeTime">From the first token to the last.</param>
/// <param name="Stop">Why it ended.</param>
internal sealed record Answer(int PromptTokens, int Tokens, TimeSpan TimeToFirstToken, TimeSpan DecodeTime, StopReason Stop)
{
    /// <summary>One line of figures: prompt, first token, speed, reason, seed.</summary>
    public string Describe(SamplingOptions sampling)
    {
        string speed = Tokens > 1 && DecodeTime > TimeSpan.Zero
            ? $" at {Quantity.Number((Tokens - 1) / DecodeTime.TotalSeconds)} tokens/s"
            : "";
        string seed = sampling.Temperature > 0 ? $", seed {sampling.Seed}" : "";
        return $"[{PromptTokens} prompt tokens, first token after {Quantity.Seconds(TimeToFirstToken)}, {Tokens} tokens{speed}; {Reason}{seed}]";
    }

    private string Reason => Stop switch
    {
        StopReason.EndOfText => "the model ended it",
        StopReason.MaxTokens => "--max-tokens reached",
        StopReason.StopString => "a stop string came",
        StopReason.ContextFull => "the context is full",
        _ => "stopped",
    };
}

/// <summary>Streams answers of a generator onto the console.</summary>
internal static class Answers
{
    public static Tokenizer RequireTokenizer(Engine engine) =>
        engine.Tokenizer ?? throw new ModelFileException("This model's folder has no tokenizer.model, so it cannot read or write text; 'gemma logits' works on token ids.");

    /// <summary>Prints the pieces as they come. Cancelling ends the answer, not the program.</summary>
    public static Answer Stream(Generator generator, IReadOnlyList<int> promptIds, SamplingOptions sampling, HostConsole console, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp(), first = start, last = start;
        int tokens = 0;
        StopReason stop = StopReason.Cancelled;
        try
        {
            foreach (GeneratedToken token in generator.Generate(promptIds, sampling, cancellation))
            {
                if (token.Id >= 0)
                {
                    last = Stopwatch.GetTimestamp();
                    if (tokens++ == 0)
                        first = last;
                }
                console.Out.Write(token.Text);
                stop = token.Stop ?? stop;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        return new Answer(promptIds.Count, tokens, Stopwatch.GetElapsedTime(start, first), Stopwatch.GetElapsedTime(first, last), stop);
    }
}
