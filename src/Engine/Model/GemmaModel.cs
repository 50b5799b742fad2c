using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Model;

/// <summary>Reads or changes the logits of one token while they are on the device.</summary>
/// <param name="operations">The kernels and their stream.</param>
/// <param name="logits">[V], after the cap; valid only during the call.</param>
internal delegate void LogitsReader(Operations operations, ArrayView<float> logits);

/// <summary>The whole network: embedding, layers, final norm, logits.</summary>
/// <remarks>
/// Holds the working memory of one chunk, so calls do not overlap: a lock lets several texts take turns.
/// </remarks>
internal sealed class GemmaModel : IDisposable
{
    // 64 MiB of logits at once when every row is wanted: 65 rows of Gemma 2's vocabulary.
    private const int LogitBatchValues = 1 << 24;

    private readonly Lock _lock = new();
    private readonly Accelerator _accelerator;
    private readonly ModelWeights _weights;
    private readonly Operations _operations;
    private readonly Activations _activations;
    private readonly TransformerLayer[] _layers;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _localFrequencies, _globalFrequencies;
    private MemoryBuffer1D<float, Stride1D.Dense> _logits;
    private float[] _readBack = [];

    /// <param name="accelerator">The device.</param>
    /// <param name="config">The shape.</param>
    /// <param name="weights">Weights on the device; disposed with this.</param>
    /// <param name="chunk">Tokens computed at once at most.</param>
    public GemmaModel(Accelerator accelerator, ModelConfig config, ModelWeights weights, int chunk)
    {
        _accelerator = accelerator;
        Config = config;
        Chunk = chunk;
        _weights = weights;
        _operations = new Operations(accelerator);
        _activations = new Activations(accelerator, config, chunk);
        _layers = [.. weights.Layers.Select((layer, i) => new TransformerLayer(config, _operations, layer, config.LayerKinds[i], weights.NormOffset))];
        _localFrequencies = Upload(RopeFrequencies.Inverse(config.HeadDim, config.LocalRopeBase, scale: 1f));
        _globalFrequencies = Upload(RopeFrequencies.Inverse(config.HeadDim, config.GlobalRopeBase, config.GlobalRopeScale));
        _logits = accelerator.Allocate1D<float>(config.VocabularySize);
    }

    public ModelConfig Config { get; }

    /// <summary>Tokens computed at once at most.</summary>
    public int Chunk { get; }

    /// <summary>Appends at most a chunk of tokens to a text; hands the logits after the last one to a reader, if there is one.</summary>
    public void Forward(ReadOnlySpan<int> ids, KvCache cache, LogitsReader? reader)
    {
        lock (_lock)
        {
            ChunkViews chunk = RunLayers(ids, cache, sink: null);
            if (reader is not null)
            {
                ComputeLogits(chunk, chunk.Tokens - 1, 1);
                reader(_operations, _logits.View.SubView(0, Config.VocabularySize));
            }

            // Nothing may still be running when the caller reuses or frees what the kernels read.
            _operations.Stream.Synchronize();
            cache.Advance(ids.Length);
        }
    }

    /// <summary>As <see cref="Forward"/>, handing out the logits of every token and the hidden states if wanted.</summary>
    public void Trace(ReadOnlySpan<int> ids, KvCache cache, bool withHidden, TraceSink sink)
    {
        lock (_lock)
        {
            int first = cache.Position;
            ChunkViews chunk = RunLayers(ids, cache, withHidden ? sink : null);
            if (withHidden)
            {
                NormaliseFinal(chunk, 0, chunk.Tokens);
                Emit(sink, "hidden.final", first, chunk.Normed);
            }

            int batch = Math.Clamp(LogitBatchValues / Config.VocabularySize, 1, Chunk);
            for (int row = 0; row < chunk.Tokens; row += batch)
            {
                int rows = Math.Min(batch, chunk.Tokens - row);
                ComputeLogits(chunk, row, rows);
                Emit(sink, "logits", first + row, _logits.View.SubView(0, (long)rows * Config.VocabularySize));
            }

            cache.Advance(ids.Length);
        }
    }

    private ChunkViews RunLayers(ReadOnlySpan<int> ids, KvCache cache, TraceSink? sink)
    {
        int first = cache.Position;
        cache.Reserve(ids.Length);
        ChunkViews chunk = _activations.Begin(ids);

        _operations.Rope.Tables(_operations.Stream, first, chunk.Tokens, _localFrequencies.View, chunk.LocalRope.Cos, chunk.LocalRope.Sin);
        if (Config.HasTwoRopes)
            _operations.Rope.Tables(_operations.Stream, first, chunk.Tokens, _globalFrequencies.View, chunk.GlobalRope.Cos, chunk.GlobalRope.Sin);
        _operations.Embed(chunk.Ids, _weights.Embedding, chunk.Residual, scale: (float)Math.Sqrt(Config.EmbedDim));
        if (sink is not null)
            Emit(sink, "hidden.embed", first, chunk.Residual);

        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer].Run(chunk, cache[layer], first);
            if (sink is not null)
                Emit(sink, $"hidden.{layer}", first, chunk.Residual);
        }

        return chunk;
    }

    private void NormaliseFinal(ChunkViews chunk, int row, int rows)
    {
        long offset = (long)row * Config.EmbedDim, length = (long)rows * Config.EmbedDim;
        _operations.RmsNorm.Run(
            _operations.Stream, chunk.Residual.SubView(offset, length), _weights.FinalNorm, chunk.Normed.SubView(offset, length),
            Config.RmsNormEpsilon, _weights.NormOffset);
    }

    // Leaves the logits of some rows at the start of _logits.
    private void ComputeLogits(ChunkViews chunk, int row, int rows)
    {
        long length = (long)rows * Config.VocabularySize;
        if (_logits.Length < length)
        {
            _logits.Dispose();
            _logits = _accelerator.Allocate1D<float>(length);
        }

        ArrayView<float> logits = _logits.View.SubView(0, length);
        NormaliseFinal(chunk, row, rows);
        ArrayView<float> normed = chunk.Normed.SubView((long)row * Config.EmbedDim, (long)rows * Config.EmbedDim);
        _operations.Multiply(normed, (_weights.Output, logits));
        if (Config.FinalSoftcap > 0)
            _operations.Softcap.Run(_operations.Stream, logits, Config.FinalSoftcap);
    }

    private void Emit(TraceSink sink, string tensor, int firstRow, ArrayView<float> rows)
    {
        if (_readBack.Length < rows.Length)
            _readBack = new float[rows.Length];
        ((ArrayView1D<float, Stride1D.Dense>)rows).CopyToCPU(_operations.Stream, ref _readBack[0], rows.Length);
        _operations.Stream.Synchronize();
        sink(tensor, firstRow, _readBack.AsSpan(0, (int)rows.Length));
    }

    private MemoryBuffer1D<float, Stride1D.Dense> Upload(float[] values)
    {
        MemoryBuffer1D<float, Stride1D.Dense> buffer = _accelerator.Allocate1D<float>(values.Length);
        buffer.View.CopyFromCPU(_operations.Stream, values);
        return buffer;
    }

    public void Dispose()
    {
        _localFrequencies.Dispose();
        _globalFrequencies.Dispose();
        _logits.Dispose();
        _activations.Dispose();
        _operations.Dispose();
        _weights.Dispose();
    }
}
