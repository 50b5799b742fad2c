using GemmaIlgpu.Engine.Configuration;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>The file names of one layer's weights by their roles; null where the family has no such weight.</summary>
public sealed record LayerWeightNames(
    string AttentionNorm, string Query, string Key, string Value, string? QueryNorm, string? KeyNorm, string Output,
    string? PostAttentionNorm, string FeedForwardNorm, string Gate, string Up, string Down, string? PostFeedForwardNorm);

/// <summary>File name → role: the spellings of Hugging Face and GGUF files end here.</summary>
public sealed class WeightMap
{
    // Text-only files; multimodal Gemma 3 files as first published; the same as newer `transformers` write them.
    private static readonly string[] Prefixes = ["model.", "language_model.model.", "model.language_model."];

    private WeightMap(ModelConfig config, string prefix)
    {
        Embedding = $"{prefix}embed_tokens.weight";
        FinalNorm = $"{prefix}norm.weight";
        Output = config.TiedEmbedding ? Embedding : prefix == Prefixes[1] ? "language_model.lm_head.weight" : "lm_head.weight";
        Layers = [.. Enumerable.Range(0, config.Layers).Select(layer => NameLayer(config, $"{prefix}layers.{layer}."))];
    }

    private WeightMap(ModelConfig config)
    {
        Embedding = "token_embd.weight";
        FinalNorm = "output_norm.weight";
        Output = config.TiedEmbedding ? Embedding : GgufOutput;
        Layers = [.. Enumerable.Range(0, config.Layers).Select(layer => NameGgufLayer(config, $"blk.{layer}."))];
    }

    /// <summary>The output table of a GGUF file whose table is not the embedding's.</summary>
    public const string GgufOutput = "output.weight";

    /// <summary>[V, D].</summary>
    public string Embedding { get; }

    /// <summary>[D].</summary>
    public string FinalNorm { get; }

    /// <summary>[V, D]; the embedding table when that is shared.</summary>
    public string Output { get; }

    public IReadOnlyList<LayerWeightNames> Layers { get; }

    /// <summary>The map for a model that this program writes itself.</summary>
    public static WeightMap ForNewFile(ModelConfig config) => new(config, Prefixes[0]);

    /// <summary>The map for GGUF files, for which the order of <see cref="RequiredTensors"/> is the usual one as well.</summary>
    public static WeightMap ForGguf(ModelConfig config) => new(config);

    /// <summary>The map for given files.</summary>
    public static WeightMap For(ModelConfig config, ModelFiles files)
    {
        if (files.Gguf is not null)
            return ForGguf(config);
        foreach (string prefix in Prefixes)
        {
            if (files.TryGet($"{prefix}embed_tokens.weight", out _, out _))
                return new WeightMap(config, prefix);
        }

        throw new ModelFileException($"{files.Location} holds no {Prefixes[0]}embed_tokens.weight. Are these the weights of a Gemma model?");
    }

    /// <summary>Every tensor the model needs with its shape, in the order of computation.</summary>
    public IEnumerable<(string Name, long[] Shape)> RequiredTensors(ModelConfig config)
    {
        long d = config.EmbedDim, f = config.FeedForwardDim, h = config.HeadDim, v = config.VocabularySize;
        long queries = config.QueryHeads * h, keys = config.KvHeads * h;

        yield return (Embedding, [v, d]);
        foreach (LayerWeightNames layer in Layers)
        {
            yield return (layer.AttentionNorm, [d]);
            yield return (layer.Query, [queries, d]);
            yield return (layer.Key, [keys, d]);
            yield return (layer.Value, [keys, d]);
            if (layer.QueryNorm is not null)
                yield return (layer.QueryNorm, [h]);
            if (layer.KeyNorm is not null)
                yield return (layer.KeyNorm, [h]);
            yield return (layer.Output, [d, queries]);
            if (layer.PostAttentionNorm is not null)
                yield return (layer.PostAttentionNorm, [d]);
            yield return (layer.FeedForwardNorm, [d]);
            yield return (layer.Gate, [f, d]);
            yield return (layer.Up, [f, d]);
            yield return (layer.Down, [d, f]);
            if (layer.PostFeedForwardNorm is not null)
                yield return (layer.PostFeedForwardNorm, [d]);
        }

        yield return (FinalNorm, [d]);
        if (Output != Embedding)
            yield return (Output, [v, d]);
    }

    /// <summary>Checks that files hold what a configuration needs: names, shapes, element types, and no layers beyond.</summary>
    /// <exception cref="ModelFileException">Something is missing or contradicts the configuration.</exception>
    public static void Check(ModelConfig config, ModelFiles files)
    {
        WeightMap map = For(config, files);
        foreach ((string name, long[] shape) in map.RequiredTensors(config))
        {
            if (!files.TryGet(name, out _, out TensorInfo tensor))
                throw new ModelFileException($"{name} is missing in {files.Location}; a model of {config.Layers} layers needs it. Is the download complete and the config from the same model?");
            if (!tensor.Shape.SequenceEqual(shape))
                throw new ModelFileException($"{name} is {tensor.ShapeText}; this model needs [{string.Join(", ", shape)}]. Is the config from another size?");
            if (!BlockFormats.IsWeight(tensor.Type))
                throw new ModelFileException($"{name} is {tensor.Type.FileName()}; weights must be F32, F16 or BF16, or one of Q8_0 to Q6_K.");
            if (tensor.Type.IsQuantised() && tensor.Shape.Count == 1)
                throw new ModelFileException($"{name} is {tensor.Type.FileName()}; norms must be F32, F16 or BF16.");
        }

        string beyond = map.Layers[0].Query.Replace(".0.", $".{config.Layers}.", StringComparison.Ordinal);
        if (files.TryGet(beyond, out _, out _))
            throw new ModelFileException($"{beyond} is there, but {(files.Gguf is null ? ConfigReader.FileName : "the metadata")} says the model has {config.Layers} layers. Is the config from another size?");
    }

    private static LayerWeightNames NameLayer(ModelConfig config, string prefix)
    {
        string attention = $"{prefix}self_attn.", mlp = $"{prefix}mlp.";
        string? IfPost(string name) => config.HasPostNorms ? prefix + name : null;
        string? IfQueryKey(string name) => config.HasQueryKeyNorms ? attention + name : null;
        return new LayerWeightNames(
            AttentionNorm: $"{prefix}input_layernorm.weight",
            Query: $"{attention}q_proj.weight",
            Key: $"{attention}k_proj.weight",
            Value: $"{attention}v_proj.weight",
            QueryNorm: IfQueryKey("q_norm.weight"),
            KeyNorm: IfQueryKey("k_norm.weight"),
            Output: $"{attention}o_proj.weight",
            PostAttentionNorm: IfPost("post_attention_layernorm.weight"),
            // Gemma 1 calls the norm before its feed-forward part by the place, not by the purpose.
            FeedForwardNorm: prefix + (config.HasPostNorms ? "pre_feedforward_layernorm.weight" : "post_attention_layernorm.weight"),
            Gate: $"{mlp}gate_proj.weight",
            Up: $"{mlp}up_proj.weight",
            Down: $"{mlp}down_proj.weight",
            PostFeedForwardNorm: IfPost("post_feedforward_layernorm.weight"));
    }

    private static LayerWeightNames NameGgufLayer(ModelConfig config, string prefix)
    {
        string? IfPost(string name) => config.HasPostNorms ? prefix + name : null;
        string? IfQueryKey(string name) => config.HasQueryKeyNorms ? prefix + name : null;
        return new LayerWeightNames(
            AttentionNorm: $"{prefix}attn_norm.weight",
            Query: $"{prefix}attn_q.weight",
            Key: $"{prefix}attn_k.weight",
            Value: $"{prefix}attn_v.weight",
            QueryNorm: IfQueryKey("attn_q_norm.weight"),
            KeyNorm: IfQueryKey("attn_k_norm.weight"),
            Output: $"{prefix}attn_output.weight",
            PostAttentionNorm: IfPost("post_attention_norm.weight"),
            FeedForwardNorm: $"{prefix}ffn_norm.weight",
            Gate: $"{prefix}ffn_gate.weight",
            Up: $"{prefix}ffn_up.weight",
            Down: $"{prefix}ffn_down.weight",
            PostFeedForwardNorm: IfPost("post_ffw_norm.weight"));
    }
}
