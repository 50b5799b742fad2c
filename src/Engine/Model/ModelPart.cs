using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Planning;
using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Kernels.Fast;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Model;

/// <summary>The layers that one device computes, with the working memory of a chunk; on one device of a model the tables as well.</summary>
internal sealed class ModelPart : IDisposable
{
    private readonly ModelConfig _config;
    private readonly ModelWeights _weights;
    private readonly Activations _activations;
    private readonly TransformerLayer[] _layers;
    private readonly FusedLayers? _fused;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _localFrequencies, _globalFrequencies;
    private MemoryBuffer1D<float, Stride1D.Dense>? _logits;

    /// <param name="device">The device.</param>
    /// <param name="config">The shape.</param>
    /// <param name="share">What it computes.</param>
    /// <param name="weights">Weights of that share on the device; disposed with this.</param>
    /// <param name="chunk">Tokens computed at once at most.</param>
    /// <param name="kernels">Which kernels are wanted.</param>
    public ModelPart(OpenDevice device, ModelConfig config, DeviceShare share, ModelWeights weights, int chunk, KernelChoice kernels)
    {
        Device = device;
        Share = share;
        _config = config;
        _weights = weights;
        Operations = new Operations(device.Accelerator, kernels);
        _activations = new Activations(device.Accelerator, config, chunk);
        _layers = [.. weights.Layers.Select((layer, i) => new TransformerLayer(config, Operations, layer, config.LayerKinds[share.FirstLayer + i], weights.NormOffset))];
        _localFrequencies = Upload(RopeFrequencies.Inverse(config.HeadDim, config.LocalRopeBase, scale: 1f));
        _globalFrequencies = Upload(RopeFrequencies.Inverse(config.HeadDim, config.GlobalRopeBase, config.GlobalRopeScale));
        _fused = FusedLayers.TryCreate(config, Operations, weights.Layers, share.FirstLayer, _localFrequencies.View, _globalFrequencies.View, weights.NormOffset);
    }

    public OpenDevice Device { get; }

    public DeviceShare Share { get; }

    public Operations Operations { get; }

    /// <summary>Whether single tokens go through the fused kernels.</summary>
    public bool FusesDecoding => _fused is not null;

    private AcceleratorStream Stream => Operations.Stream;

    private TableWeights Tables => _weights.Tables ?? throw new InvalidOperationException($"{Share.Name} does not hold the tables.");

    /// <summary>The working memory of a chunk of tokens, the first at a position.</summary>
    /// <param name="tokens">How many.</param>
    /// <param name="firstPosition">The position.</param>
    /// <param name="ids">The tokens, where they are to be embedded.</param>
    public ChunkViews Begin(int tokens, int firstPosition, ReadOnlySpan<int> ids) => _activations.Begin(tokens, firstPosition, ids);

    /// <summary>Makes the residual stream of a chunk's token ids.</summary>
    public void Embed(ChunkViews chunk)
    {
        Operations.Embed(chunk.Ids, Tables.Embedding, chunk.Residual, scale: (float)Math.Sqrt(_config.EmbedDim));
    }

    /// <summary>Replaces the residual stream of a chunk by what follows this part's layers.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="cache">Keys and values of the text.</param>
    /// <param name="afterLayer">Is told each layer that is done, if anybody wants to know.</param>
    public void RunLayers(ChunkViews chunk, KvCache cache, Action<int>? afterLayer)
    {
        if (_fused is not null && chunk.Tokens == 1 && afterLayer is null)
        {
            _fused.Run(chunk, layer => cache[Share.FirstLayer + layer]);
            return;
        }

        Operations.Rope.Tables(Stream, chunk.FirstPosition, chunk.Tokens, _localFrequencies.View, chunk.LocalRope.Cos, chunk.LocalRope.Sin);
        if (_config.HasTwoRopes)
            Operations.Rope.Tables(Stream, chunk.FirstPosition, chunk.Tokens, _globalFrequencies.View, chunk.GlobalRope.Cos, chunk.GlobalRope.Sin);
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer].Run(chunk, cache[Share.FirstLayer + layer]);
            afterLayer?.Invoke(Share.FirstLayer + layer);
        }
    }

    /// <summary>As <see cref="RunLayers"/> for one token by the fused kernels, as a recording where it is not the first.</summary>
    /// <param name="chunk">The token.</param>
    /// <param name="cache">Keys and values of the text.</param>
    /// <param name="whole">Whether the embedding and the logits are part of it.</param>
    public void RunStep(ChunkViews chunk, KvCache cache, bool whole) => cache.RecordingOf(this).Run(() =>
    {
        if (whole)
            Embed(chunk);
        RunLayers(chunk, cache, afterLayer: null);
        if (whole)
            ComputeLogits(chunk, 0, 1);
    });

    /// <summary>Logits of one token that <see cref="ComputeLogits"/> left, [V].</summary>
    public ArrayView<float> LastLogits => _logits!.View.SubView(0, _config.VocabularySize);

    /// <summary>Applies the final norm to some rows of the residual stream.</summary>
    /// <returns>Those rows of <see cref="ChunkViews.Normed"/>.</returns>
    public ArrayView<float> NormaliseFinal(ChunkViews chunk, int row, int rows)
    {
        long offset = (long)row * _config.EmbedDim, length = (long)rows * _config.EmbedDim;
        ArrayView<float> normed = chunk.Normed.SubView(offset, length);
        Operations.RmsNorm.Run(Stream, chunk.Residual.SubView(offset, length), Tables.FinalNorm, normed, _config.RmsNormEpsilon, _weights.NormOffset);
        return normed;
    }

    /// <summary>The logits of some rows, [rows, V], valid until the next call.</summary>
    public ArrayView<float> ComputeLogits(ChunkViews chunk, int row, int rows)
    {
        long length = (long)rows * _config.VocabularySize;
        if (_logits is null || _logits.Length < length)
        {
            _logits?.Dispose();
            _logits = Device.Accelerator.Allocate1D<float>(length);
        }

        ArrayView<float> logits = _logits.View.SubView(0, length);
        if (rows == 1 && Tables.Output.Fused is { } output && Operations.Table.Fuses(output, afterNorm: true))
        {
            long offset = (long)row * _config.EmbedDim;
            Operations.Fused.RunNorm(
                Stream,
                new ResidualInputs(
                    chunk.Residual.SubView(offset, _config.EmbedDim), default, default, Tables.FinalNorm, chunk.Normed.SubView(offset, _config.EmbedDim),
                    _config.RmsNormEpsilon, _weights.NormOffset),
                _config.FinalSoftcap, (output, logits));
            return logits;
        }

        Operations.Multiply(NormaliseFinal(chunk, row, rows), (Tables.Output, logits));
        if (_config.FinalSoftcap > 0)
            Operations.Softcap.Run(Stream, logits, _config.FinalSoftcap);
        return logits;
    }

    private MemoryBuffer1D<float, Stride1D.Dense> Upload(float[] values)
    {
        MemoryBuffer1D<float, Stride1D.Dense> buffer = Device.Accelerator.Allocate1D<float>(values.Length);
        buffer.View.CopyFromCPU(Stream, values);
        return buffer;
    }

    public void Dispose()
    {
        _localFrequencies.Dispose();
        _globalFrequencies.Dispose();
        _logits?.Dispose();
        _activations.Dispose();
        Operations.Dispose();
        _weights.Dispose();
    }
}
