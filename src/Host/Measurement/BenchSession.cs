using System.Diagnostics;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Planning;

namespace GemmaIlgpu.Host.Measurement;

using Engine = GemmaIlgpu.Engine.Engine;

/// <summary>Takes single measurements of a loaded model, in any order. Random tokens stand for the text: they cost the same time.</summary>
internal sealed class BenchSession(Engine engine) : IDisposable
{
    private readonly Generator _generator = engine.CreateGenerator();
    private readonly int[] _text = RandomText(engine.Config, engine.ContextLength);
    private long _peak;

    /// <summary>The most tokens that <see cref="Decode"/> can decode after a context; negative when there is no room at all.</summary>
    public static long Room(int contextLength, int context) => (long)contextLength - context - 1;

    /// <summary>Seconds from an empty cache to the first token after a prompt of this length.</summary>
    public double Prefill(int length, CancellationToken cancellation)
    {
        if (length > engine.ContextLength)
            throw new UsageException($"A prompt of {length} tokens exceeds the context of {engine.ContextLength}.");
        _generator.Reset();
        return Time(_text.AsSpan(0, length), 1, cancellation);
    }

    /// <summary>Seconds for so many tokens, one after the other, when the cache holds a context before the first. Filling it is not timed.</summary>
    public double Decode(int context, int tokens, CancellationToken cancellation)
    {
        if (tokens > Room(engine.ContextLength, context))
            throw new UsageException($"{context} tokens, one to go on from and {tokens} more exceed the context of {engine.ContextLength}.");
        int kept = _generator.KeepPrefix(_text.AsSpan(0, context + 1).ToArray());
        if (kept < context)
            _generator.Prefill(_text.AsSpan(kept, context - kept), cancellation);
        return Time(_text.AsSpan(context, 1), tokens, cancellation);
    }

    /// <summary>
    /// Bytes per second at which a token's weights could be read: by plain vector loads on all threads for what a processor
    /// holds, by a kernel for what a device holds. Divided over several, each part at its own speed, one after the other.
    /// </summary>
    public double ReadMemory(int threads)
    {
        // The buffer of the measurement is not the model's.
        _peak = PeakResidentBytes();
        double bytes = 0, seconds = 0;
        foreach (DeviceShare share in engine.Split.Shares)
        {
            bytes += share.WeightBytes;
            seconds += share.WeightBytes / (share.Capacity.Device.IsProcessor ? MemoryBandwidth.Measure(threads) : engine.ReadDeviceMemory(share));
        }

        Machine.ForgetPeak();
        return bytes / seconds;
    }

    /// <summary>The largest resident set so far, without the memory measurement's buffer where the system can forget it.</summary>
    public long PeakResidentBytes() => _peak > 0 && !Machine.CanForgetPeak ? _peak : Math.Max(_peak, Machine.PeakResidentBytes());

    /// <summary>Weight bytes that one decoded token reads. An embedding table of its own is only looked up in; a tied one is the output product's matrix.</summary>
    public long BytesPerToken()
    {
        ModelConfig config = engine.Config;
        long unread = config.TiedEmbedding ? 0 : (long)config.VocabularySize * config.EmbedDim;
        return (long)((decimal)engine.WeightBytes * (config.ParameterCount - unread) / config.ParameterCount);
    }

    private double Time(ReadOnlySpan<int> ids, int tokens, CancellationToken cancellation)
    {
        SamplingOptions sampling = SamplingOptions.Greedy with { MaxTokens = tokens, StopAtEndOfText = false };
        int[] prompt = ids.ToArray();
        long start = Stopwatch.GetTimestamp();
        int count = _generator.Generate(prompt, sampling, cancellation).Count(token => token.Id >= 0);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        cancellation.ThrowIfCancellationRequested();
        if (count != tokens)
            throw new InvalidOperationException($"The run gave {count} tokens instead of {tokens}.");
        return seconds;
    }

    private static int[] RandomText(ModelConfig config, int length)
    {
        Random random = new(1);
        int[] ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(config.VocabularySize))];
        ids[0] = config.BosId;
        return ids;
    }

    public void Dispose() => _generator.Dispose();
}
