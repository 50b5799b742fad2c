namespace GemmaIlgpu.Engine.Configuration;

/// <summary>The generations of Gemma, which differ in where they normalise and in how layers attend.</summary>
public enum ModelFamily
{
    /// <summary>Norms before attention and feed-forward; every layer attends to everything.</summary>
    Gemma1,

    /// <summary>Norms before and after; local and global layers alternate; scores and logits are softcapped.</summary>
    Gemma2,

    /// <summary>As Gemma 2 without caps; queries and keys are normalised; five local layers to one global, two RoPE bases.</summary>
    Gemma3,
}

/// <summary>Which keys a layer's queries see.</summary>
public enum AttentionKind
{
    /// <summary>Every key up to the query's own position.</summary>
    Global,

    /// <summary>The last <see cref="ModelConfig.SlidingWindow"/> keys, the query's own included.</summary>
    Local,
}

/// <summary>The shape and constants of one model. Immutable; built and checked by <see cref="ConfigReader"/> or <see cref="KnownModels"/>.</summary>
public sealed record ModelConfig
{
    public required ModelFamily Family { get; init; }

    /// <summary>V: rows of the embedding table, which is the output table as well.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>D: width of the residual stream (`hidden_size` in files).</summary>
    public required int EmbedDim { get; init; }

    /// <summary>F: inner width of the feed-forward part (`intermediate_size` in files).</summary>
    public required int FeedForwardDim { get; init; }

    /// <summary>N: query heads.</summary>
    public required int QueryHeads { get; init; }

    /// <summary>K: key/value heads; query head h reads KV head h / (N/K).</summary>
    public required int KvHeads { get; init; }

    /// <summary>H: width of one head. N·H need not be D.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Local or global, one entry for each layer.</summary>
    public required IReadOnlyList<AttentionKind> LayerKinds { get; init; }

    /// <summary>L: the number of layers.</summary>
    public int Layers => LayerKinds.Count;

    /// <summary>W: keys that a local layer sees, the query's own included; 0 when there is no local layer.</summary>
    public required int SlidingWindow { get; init; }

    /// <summary>Scores become cap·tanh(score/cap); 0 means no cap.</summary>
    public required float AttentionSoftcap { get; init; }

    /// <summary>Logits become cap·tanh(logit/cap); 0 means no cap.</summary>
    public required float FinalSoftcap { get; init; }

    /// <summary>RoPE frequency base of local layers.</summary>
    public required float LocalRopeBase { get; init; }

    /// <summary>RoPE frequency base of global layers.</summary>
    public required float GlobalRopeBase { get; init; }

    /// <summary>Positions of global layers are divided by this (Gemma 3 from 4B on: 8); 1 means not at all.</summary>
    public float GlobalRopeScale { get; init; } = 1f;

    /// <summary>Factor of the scores, query_pre_attn_scalar^−½.</summary>
    public required float QueryScale { get; init; }

    public required float RmsNormEpsilon { get; init; }

    /// <summary>The longest text the model was trained for (`max_position_embeddings`).</summary>
    public required int ContextLength { get; init; }

    public required int BosId { get; init; }

    /// <summary>Ids that end a text, from config.json and generation_config.json.</summary>
    public required IReadOnlyList<int> EosIds { get; init; }

    public required int PadId { get; init; }

    /// <summary>Whether the output table is the embedding table (always so in Google's files).</summary>
    public bool TiedEmbedding { get; init; } = true;

    /// <summary>Gemma 2 and 3 normalise the results of attention and feed-forward before adding them.</summary>
    public bool HasPostNorms => Family != ModelFamily.Gemma1;

    /// <summary>Gemma 3 normalises queries and keys before RoPE.</summary>
    public bool HasQueryKeyNorms => Family == ModelFamily.Gemma3;

    /// <summary>Gemma 3 rotates by other angles in global layers than in local ones.</summary>
    public bool HasTwoRopes => LocalRopeBase != GlobalRopeBase || GlobalRopeScale != 1f;

    /// <summary>Weights in the whole model.</summary>
    public long ParameterCount
    {
        get
        {
            long attention = 2L * QueryHeads * HeadDim * EmbedDim + 2L * KvHeads * HeadDim * EmbedDim;
            long norms = (HasPostNorms ? 4L : 2L) * EmbedDim + (HasQueryKeyNorms ? 2L * HeadDim : 0);
            long layer = attention + 3L * FeedForwardDim * EmbedDim + norms;
            return (TiedEmbedding ? 1L : 2L) * VocabularySize * EmbedDim + Layers * layer + EmbedDim;
        }
    }
}
