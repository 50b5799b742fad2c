using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Kernels.Fast;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Model;

/// <summary>The layers of one part for a single new token on a GPU: what <see cref="TransformerLayer"/> does, in seven launches each.</summary>
/// <remarks>
/// <code>
/// residual, norm, query·key·value │ QK-norm, RoPE, cache │ attention │ merge │ output │ residual, norm, gate·up, GeGLU │ down
/// </code>
/// Each block leaves what it adds to the residual stream to the next, whose groups all need the sum anyway. Nothing that is
/// passed to a kernel changes from token to token but the contents of buffers, so a recorded step can be replayed.
/// </remarks>
internal sealed class FusedLayers
{
    private readonly ModelConfig _config;
    private readonly Operations _operations;
    private readonly IReadOnlyList<LayerWeights> _layers;
    private readonly AttentionShape[] _shapes;
    private readonly ArrayView<float>[] _frequencies;
    private readonly float _normOffset;

    private FusedLayers(
        ModelConfig config, Operations operations, IReadOnlyList<LayerWeights> layers, int firstLayer, ArrayView<float> localFrequencies,
        ArrayView<float> globalFrequencies, float normOffset)
    {
        _config = config;
        _operations = operations;
        _layers = layers;
        _normOffset = normOffset;
        AttentionKind[] kinds = [.. layers.Select((_, i) => config.LayerKinds[firstLayer + i])];
        _shapes = [.. kinds.Select(kind => TransformerLayer.Shape(config, kind))];
        _frequencies = [.. kinds.Select(kind => kind == AttentionKind.Local || !config.HasTwoRopes ? localFrequencies : globalFrequencies)];
    }

    /// <summary>These layers, or null when the device or one of the matrices asks for the plain kernels.</summary>
    public static FusedLayers? TryCreate(
        ModelConfig config, Operations operations, IReadOnlyList<LayerWeights> layers, int firstLayer, ArrayView<float> localFrequencies,
        ArrayView<float> globalFrequencies, float normOffset) =>
        operations.Table.DecodesAttention(config.HeadDim) && layers.All(layer => Fits(operations.Table, layer))
            ? new FusedLayers(config, operations, layers, firstLayer, localFrequencies, globalFrequencies, normOffset)
            : null;

    /// <summary>Replaces the residual stream of one token by what follows these layers.</summary>
    /// <param name="chunk">The token.</param>
    /// <param name="cacheOf">Keys and values of the n-th of these layers.</param>
    public void Run(ChunkViews chunk, Func<int, LayerCache> cacheOf)
    {
        AcceleratorStream stream = _operations.Stream;
        ArrayView<float> delta = default, deltaNorm = default;
        for (int i = 0; i < _layers.Count; i++)
        {
            LayerWeights layer = _layers[i];
            LayerCache cache = cacheOf(i);
            _operations.Fused.RunNorm(
                stream, Inputs(chunk.Residual, delta, deltaNorm, layer.AttentionNorm, chunk.Normed), cap: 0,
                (layer.Query.Fused!.Value, chunk.Query), (layer.Key.Fused!.Value, chunk.Key), (layer.Value.Fused!.Value, chunk.Value));
            _operations.DecodeHeads.Run(
                stream, chunk.Query, chunk.Key, chunk.Value, (layer.QueryNorm ?? default, layer.KeyNorm ?? default), _frequencies[i], chunk.Position,
                cache.Keys, cache.Values, _config.RmsNormEpsilon, _normOffset);
            _operations.DecodeAttention.Run(stream, _shapes[i], chunk.Query, cache.Keys, cache.Values, chunk.Attended, chunk.Position);
            _operations.Fused.Run(stream, chunk.Attended, layer.Output.Fused!.Value, chunk.Projected);

            _operations.Fused.RunNormGeGlu(
                stream, Inputs(chunk.Normed, chunk.Projected, layer.PostAttentionNorm ?? default, layer.FeedForwardNorm, chunk.Residual),
                layer.Gate.Fused!.Value, layer.Up.Fused!.Value, chunk.Gate);
            _operations.Fused.Run(stream, chunk.Gate, layer.Down.Fused!.Value, chunk.Projected);
            (delta, deltaNorm) = (chunk.Projected, layer.PostFeedForwardNorm ?? default);
        }

        if (deltaNorm.Length > 0)
            _operations.RmsNorm.RunAdd(stream, delta, deltaNorm, chunk.Residual, _config.RmsNormEpsilon, _normOffset);
        else if (delta.Length > 0)
            _operations.Add.Run(stream, delta, chunk.Residual);
    }

    private ResidualInputs Inputs(ArrayView<float> residual, ArrayView<float> delta, ArrayView<float> deltaNorm, ArrayView<float> norm, ArrayView<float> next) =>
        new(residual, delta, deltaNorm, norm, next, _config.RmsNormEpsilon, _normOffset);

    private static bool Fits(KernelTable table, LayerWeights layer) =>
        Fits(table, afterNorm: true, layer.Query, layer.Key, layer.Value) && Fits(table, afterNorm: true, layer.Gate, layer.Up) &&
        Fits(table, afterNorm: false, layer.Output) && Fits(table, afterNorm: false, layer.Down);

    // Matrices that one launch multiplies must be of one type.
    private static bool Fits(KernelTable table, bool afterNorm, params ReadOnlySpan<ModelMatrix> matrices)
    {
        foreach (ModelMatrix matrix in matrices)
        {
            if (matrix.Fused is not { } fused || fused.Format != matrices[0].Fused?.Format || !table.Fuses(fused, afterNorm))
                return false;
        }

        return true;
    }
}
