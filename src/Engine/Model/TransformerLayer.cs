using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Model;

/// <summary>One layer, read from top to bottom as in the diagram.</summary>
/// <remarks>
/// <code>
/// x ─┬─ norm ─ q,k,v ─ (QK-norm) ─ RoPE ─ attention ─ output ─ (post-norm) ─ + ─┬─ norm ─ gate,up ─ GeGLU ─ down ─ (post-norm) ─ + ─ x
///    └──────────────────────────────────────────────────────────────────────────┘└─────────────────────────────────────────────────┘
/// </code>
/// Post-norms since Gemma 2, QK-norm since Gemma 3. Sources: arXiv:2403.08295, arXiv:2408.00118, arXiv:2503.19786.
/// </remarks>
internal sealed class TransformerLayer
{
    private readonly ModelConfig _config;
    private readonly Operations _operations;
    private readonly LayerWeights _weights;
    private readonly AttentionKind _kind;
    private readonly AttentionShape _shape;
    private readonly float _normOffset;

    public TransformerLayer(ModelConfig config, Operations operations, LayerWeights weights, AttentionKind kind, float normOffset)
    {
        _normOffset = normOffset;
        _config = config;
        _operations = operations;
        _weights = weights;
        _kind = kind;
        _shape = Shape(config, kind);
    }

    /// <summary>What attention of such a layer looks like.</summary>
    public static AttentionShape Shape(ModelConfig config, AttentionKind kind) => new(
        config.QueryHeads, config.KvHeads, config.HeadDim, config.QueryScale, config.AttentionSoftcap,
        Window: kind == AttentionKind.Local ? config.SlidingWindow : 0);

    /// <summary>Replaces the residual stream of a chunk by what follows this layer.</summary>
    public void Run(ChunkViews chunk, LayerCache cache)
    {
        AddAttention(chunk, cache);
        AddFeedForward(chunk);
    }

    private void AddAttention(ChunkViews chunk, LayerCache cache)
    {
        AcceleratorStream stream = _operations.Stream;
        Normalise(chunk.Residual, _weights.AttentionNorm, chunk.Normed);
        _operations.Multiply(chunk.Normed, (_weights.Query, chunk.Query), (_weights.Key, chunk.Key), (_weights.Value, chunk.Value));
        if (_weights.QueryNorm is { } queryNorm && _weights.KeyNorm is { } keyNorm)
        {
            Normalise(chunk.Query, queryNorm, chunk.Query);
            Normalise(chunk.Key, keyNorm, chunk.Key);
        }

        RopeViews rope = _kind == AttentionKind.Local ? chunk.LocalRope : chunk.GlobalRope;
        _operations.Rope.Run(stream, chunk.Query, _config.QueryHeads, _config.HeadDim, rope.Cos, rope.Sin);
        _operations.Rope.Run(stream, chunk.Key, _config.KvHeads, _config.HeadDim, rope.Cos, rope.Sin);
        _operations.KvCacheWrite.Run(stream, chunk.Key, chunk.Value, cache.Keys, cache.Values, chunk.FirstPosition);

        _operations.Attend(_shape, chunk.Query, cache.Keys, cache.Values, chunk.Attended, chunk.FirstPosition, chunk.Tokens);
        _operations.Multiply(chunk.Attended, (_weights.Output, chunk.Projected));
        AddToResidual(chunk, _weights.PostAttentionNorm);
    }

    private void AddFeedForward(ChunkViews chunk)
    {
        AcceleratorStream stream = _operations.Stream;
        Normalise(chunk.Residual, _weights.FeedForwardNorm, chunk.Normed);
        _operations.Multiply(chunk.Normed, (_weights.Gate, chunk.Gate), (_weights.Up, chunk.Up));
        _operations.GeGlu.Run(stream, chunk.Gate, chunk.Up, chunk.Gate);
        _operations.Multiply(chunk.Gate, (_weights.Down, chunk.Projected));
        AddToResidual(chunk, _weights.PostFeedForwardNorm);
    }

    private void Normalise(ArrayView<float> x, ArrayView<float> weight, ArrayView<float> y) =>
        _operations.RmsNorm.Run(_operations.Stream, x, weight, y, _config.RmsNormEpsilon, _normOffset);

    private void AddToResidual(ChunkViews chunk, ArrayView<float>? postNorm)
    {
        if (postNorm is { } weight)
            _operations.RmsNorm.RunAdd(_operations.Stream, chunk.Projected, weight, chunk.Residual, _config.RmsNormEpsilon, _normOffset);
        else
            _operations.Add.Run(_operations.Stream, chunk.Projected, chunk.Residual);
    }
}
