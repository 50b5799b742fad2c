using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Configuration;

/// <summary>GGUF metadata to <see cref="ModelConfig"/> for the architectures gemma, gemma2 and gemma3.</summary>
/// <remarks>
/// Keys: docs/gguf.md of ggml-org/ggml. What the format has no key for is what llama.cpp assumes: the factor of the
/// scores (below), alternating layers, and Gemma 3's local RoPE base of 10,000.
/// </remarks>
public static class GgufConfig
{
    private static readonly Dictionary<string, ModelFamily> s_families = new()
    {
        ["gemma"] = ModelFamily.Gemma1,
        ["gemma2"] = ModelFamily.Gemma2,
        ["gemma3"] = ModelFamily.Gemma3,
    };

    /// <summary>The name of a family in GGUF files, which begins its keys.</summary>
    public static string Architecture(ModelFamily family) => s_families.First(entry => entry.Value == family).Key;

    /// <summary>Reads and checks the shape of a model.</summary>
    /// <exception cref="ModelFileException">The metadata says something this engine cannot run.</exception>
    public static ModelConfig Read(GgufReader file)
    {
        GgufMetadata metadata = file.Metadata;
        string architecture = metadata.Text("general.architecture")
            ?? throw new ModelFileException($"{file.FilePath} has no general.architecture; it must be gemma, gemma2 or gemma3.");
        if (!s_families.TryGetValue(architecture, out ModelFamily family))
            throw metadata.Wrong("general.architecture", architecture, "gemma, gemma2 or gemma3");
        if (metadata.Int("split.count", 0, int.MaxValue, 1) > 1)
            throw metadata.Wrong("split.count", metadata.Values["split.count"], "1: join the parts first, as with llama-gguf-split --merge");
        return Read(file, family, new Keys(metadata, architecture));
    }

    private static ModelConfig Read(GgufReader file, ModelFamily family, Keys keys)
    {
        GgufMetadata metadata = file.Metadata;
        bool gemma3 = family == ModelFamily.Gemma3;
        int layers = keys.Int("block_count", 1, ConfigReader.MaxLayers);
        int embedDim = keys.Int("embedding_length", 1, ConfigReader.MaxWidth);
        int queryHeads = keys.Int("attention.head_count", 1, ConfigReader.MaxHeads);
        int kvHeads = keys.Int("attention.head_count_kv", 1, ConfigReader.MaxHeads, queryHeads);
        int headDim = keys.Int("attention.key_length", 2, ConfigReader.MaxHeadDim, Math.Max(2, embedDim / queryHeads));
        if (queryHeads % kvHeads != 0)
            throw keys.Wrong("attention.head_count_kv", kvHeads, $"a divisor of attention.head_count, which is {queryHeads}");
        if (headDim % 2 != 0)
            throw keys.Wrong("attention.key_length", headDim, "even, because RoPE rotates pairs");
        if (keys.Int("attention.value_length", 2, ConfigReader.MaxHeadDim, headDim) is int valueDim && valueDim != headDim)
            throw keys.Wrong("attention.value_length", valueDim, $"{headDim}, as attention.key_length");

        int vocabulary = VocabularySize(file, keys);
        IReadOnlyList<AttentionKind> kinds = LayerKinds(family, layers, keys);
        double globalBase = keys.Number("rope.freq_base", 1, 1e12, gemma3 ? 1e6 : 1e4);
        // llama.cpp takes these shapes to be the 27B models, whose heads are narrower than their scores are scaled for.
        bool is27B = layers == (gemma3 ? 62 : 46) && family != ModelFamily.Gemma1;
        double scale = keys.Number("attention.scale", 0, 1e3, 1 / Math.Sqrt(is27B ? embedDim / queryHeads : headDim));
        int Id(string name, int missing) => metadata.Int($"tokenizer.ggml.{name}_token_id", 0, vocabulary - 1, Math.Min(missing, vocabulary - 1));

        return new ModelConfig
        {
            Family = family,
            VocabularySize = vocabulary,
            EmbedDim = embedDim,
            FeedForwardDim = keys.Int("feed_forward_length", 1, ConfigReader.MaxFeedForward),
            QueryHeads = queryHeads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            LayerKinds = kinds,
            SlidingWindow = kinds.Contains(AttentionKind.Local) ? keys.Int("attention.sliding_window", 1, ConfigReader.MaxContext, 4096) : 0,
            AttentionSoftcap = Cap(keys, "attn_logit_softcapping", family == ModelFamily.Gemma2 ? 50 : 0),
            FinalSoftcap = Cap(keys, "final_logit_softcapping", family == ModelFamily.Gemma2 ? 30 : 0),
            LocalRopeBase = (float)(gemma3 ? keys.Number("rope.freq_base_swa", 1, 1e12, 1e4) : globalBase),
            GlobalRopeBase = (float)globalBase,
            GlobalRopeScale = RopeScale(family, keys),
            QueryScale = (float)scale,
            RmsNormEpsilon = (float)keys.Number("attention.layer_norm_rms_epsilon", 0, 0.1),
            ContextLength = keys.Int("context_length", 1, ConfigReader.MaxContext),
            BosId = Id("bos", 2),
            PadId = Id("padding", 0),
            EosIds = [.. new[] { "eos", "eot" }.Where(name => metadata.Has($"tokenizer.ggml.{name}_token_id")).Select(name => Id(name, 1)).Distinct()],
            TiedEmbedding = !file.TryGet(WeightMap.GgufOutput, out _),
        };
    }

    // The table itself tells; its shape is checked against this like any other.
    private static int VocabularySize(GgufReader file, Keys keys)
    {
        if (file.TryGet("token_embd.weight", out TensorInfo table) && table.Shape.Count == 2 && table.Shape[0] <= ConfigReader.MaxVocabulary)
            return (int)table.Shape[0];
        return keys.Int("vocab_size", 1, ConfigReader.MaxVocabulary, Math.Max(1, file.Metadata.Texts("tokenizer.ggml.tokens")?.Length ?? 1));
    }

    private static AttentionKind[] LayerKinds(ModelFamily family, int layers, Keys keys)
    {
        var kinds = new AttentionKind[layers];
        if (family == ModelFamily.Gemma1)
            return kinds;
        const string Pattern = "attention.sliding_window_pattern";
        if (keys.Flags(Pattern) is { } isLocal)
        {
            if (isLocal.Length != layers)
                throw keys.Wrong(Pattern, isLocal, $"a period or an array of {layers} truth values");
            return [.. isLocal.Select(local => local ? AttentionKind.Local : AttentionKind.Global)];
        }

        int period = keys.Int(Pattern, 1, ConfigReader.MaxLayers, family == ModelFamily.Gemma2 ? 2 : 6);
        for (int layer = 0; layer < layers; layer++)
            kinds[layer] = (layer + 1) % period == 0 ? AttentionKind.Global : AttentionKind.Local;
        return kinds;
    }

    private static float RopeScale(ModelFamily family, Keys keys)
    {
        string type = keys.Text("rope.scaling.type") ?? "none";
        if (type == "none")
            return 1;
        if (type != "linear" || family != ModelFamily.Gemma3)
            throw keys.Wrong("rope.scaling.type", type, family == ModelFamily.Gemma3 ? "linear or none" : "none: only Gemma 3 scales positions");
        return (float)keys.Number("rope.scaling.factor", 0, 1e4, 1);
    }

    private static float Cap(Keys keys, string name, double missing) => keys.Has(name) ? (float)keys.Number(name, -double.Epsilon, 1e6) : (float)missing;

    /// <summary>The metadata of one architecture.</summary>
    private sealed class Keys(GgufMetadata metadata, string architecture)
    {
        public bool Has(string name) => metadata.Has(Key(name));

        public int Int(string name, int low, int high, int? missing = null) => metadata.Int(Key(name), low, high, missing);

        public double Number(string name, double low, double high, double? missing = null) => metadata.Number(Key(name), low, high, missing);

        public string? Text(string name) => metadata.Text(Key(name));

        public bool[]? Flags(string name) => metadata.Values.GetValueOrDefault(Key(name)) as bool[];

        public ModelFileException Wrong(string name, object value, string expected) => metadata.Wrong(Key(name), value, expected);

        private string Key(string name) => $"{architecture}.{name}";
    }
}
