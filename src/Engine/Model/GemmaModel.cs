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

/// <summary>The whole network: embedding, layers, final norm, logits, on one device or divided over several.</summary>
/// <remarks>
/// Holds the working memory of one chunk, so calls do not overlap: a lock lets several texts take turns. The residual
/// stream goes from part to part, T · D floats each time.
/// </remarks>
internal sealed class GemmaModel : IDisposable
{
    // 64 MiB of logits at once when every row is wanted: 65 rows of Gemma 2's vocabulary.
    private const int LogitBatchValues = 1 << 24;

    private readonly Lock _lock = new();
    private readonly IReadOnlyList<ModelPart> _parts;
    private readonly ModelPart _tables;
    private float[] _readBack = [];

    /// <param name="config">The shape.</param>
    /// <param name="parts">The layers in their order; disposed with this.</param>
    /// <param name="chunk">Tokens computed at once at most.</param>
    public GemmaModel(ModelConfig config, IReadOnlyList<ModelPart> parts, int chunk)
    {
        Config = config;
        Chunk = chunk;
        _parts = parts;
        _tables = parts.Single(part => part.Share.HasTables);
        LayerDevices = [.. parts.SelectMany(part => Enumerable.Repeat(part.Device.Accelerator, part.Share.Layers))];
    }

    public ModelConfig Config { get; }

    /// <summary>Tokens computed at once at most.</summary>
    public int Chunk { get; }

    /// <summary>Where each layer computes, and has its keys and values.</summary>
    public IReadOnlyList<Accelerator> LayerDevices { get; }

    /// <summary>Whether single tokens go through the fused kernels in every part.</summary>
    public bool FusesDecoding => _parts.All(part => part.FusesDecoding);

    /// <summary>Where logits are made, and so tokens chosen.</summary>
    public Accelerator LogitsDevice => _tables.Device.Accelerator;

    /// <summary>Appends at most a chunk of tokens to a text; hands the logits after the last one to a reader, if there is one.</summary>
    public void Forward(ReadOnlySpan<int> ids, KvCache cache, LogitsReader? reader)
    {
        lock (_lock)
        {
            if (ids.Length == 1 && reader is not null && _parts is [{ FusesDecoding: true } only])
            {
                int position = cache.Position;
                cache.Reserve(1);
                only.RunStep(only.Begin(1, position, ids), cache, whole: true);
                reader(only.Operations, only.LastLogits);
            }
            else
            {
                ChunkViews chunk = RunLayers(ids, cache, sink: null);
                reader?.Invoke(_tables.Operations, _tables.ComputeLogits(chunk, chunk.Tokens - 1, 1));
            }

            // Nothing may still be running when the caller reuses or frees what the kernels read.
            foreach (ModelPart part in _parts)
                part.Operations.Stream.Synchronize();
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
                Emit(sink, "hidden.final", first, _tables, _tables.NormaliseFinal(chunk, 0, chunk.Tokens));

            int batch = Math.Clamp(LogitBatchValues / Config.VocabularySize, 1, Chunk);
            for (int row = 0; row < chunk.Tokens; row += batch)
                Emit(sink, "logits", first + row, _tables, _tables.ComputeLogits(chunk, row, Math.Min(batch, chunk.Tokens - row)));

            cache.Advance(ids.Length);
        }
    }

    // The residual stream begins and ends where the tables are.
    private ChunkViews RunLayers(ReadOnlySpan<int> ids, KvCache cache, TraceSink? sink)
    {
        int first = cache.Position;
        cache.Reserve(ids.Length);
        ModelPart at = _tables;
        ChunkViews chunk = at.Begin(ids.Length, first, ids);
        at.Embed(chunk);
        if (sink is not null)
            Emit(sink, "hidden.embed", first, at, chunk.Residual);

        foreach (ModelPart part in _parts.Where(part => part.Share.Layers > 0))
        {
            chunk = Cross(chunk, at, part);
            at = part;
            if (chunk.Tokens == 1 && part.FusesDecoding && sink is null)
                part.RunStep(chunk, cache, whole: false);
            else
                part.RunLayers(chunk, cache, sink is null ? null : layer => Emit(sink, $"hidden.{layer}", first, part, chunk.Residual));
        }

        return Cross(chunk, at, _tables);
    }

    /// <summary>Carries the residual stream to another part's device.</summary>
    private ChunkViews Cross(ChunkViews chunk, ModelPart from, ModelPart to)
    {
        if (from == to)
            return chunk;
        ChunkViews there = to.Begin(chunk.Tokens, chunk.FirstPosition, ids: []);
        if (!Devices.TryCopyDirectly(from.Operations.Stream, chunk.Residual, to.Operations.Stream, there.Residual))
        {
            int length = chunk.Residual.IntLength;
            ReadBack(from, chunk.Residual);
            ((ArrayView1D<float, Stride1D.Dense>)there.Residual).CopyFromCPU(to.Operations.Stream, ref _readBack[0], length);
        }

        return there;
    }

    private void Emit(TraceSink sink, string tensor, int firstRow, ModelPart part, ArrayView<float> rows)
    {
        ReadBack(part, rows);
        sink(tensor, firstRow, _readBack.AsSpan(0, (int)rows.Length));
    }

    private void ReadBack(ModelPart part, ArrayView<float> rows)
    {
        if (_readBack.Length < rows.Length)
            _readBack = new float[rows.Length];
        ((ArrayView1D<float, Stride1D.Dense>)rows).CopyToCPU(part.Operations.Stream, ref _readBack[0], rows.Length);
        part.Operations.Stream.Synchronize();
    }

    public void Dispose()
    {
        foreach (ModelPart part in _parts)
            part.Dispose();
    }
}
