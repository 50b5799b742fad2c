using System.Text.Json;

namespace GemmaIlgpu.Engine.Configuration;

/// <summary>Reads `config.json` of a Hugging Face folder and checks every field before it is used.</summary>
/// <remarks>
/// Understands model_type gemma, gemma2, gemma3_text and gemma3 (its text_config). Fields that a file leaves out have
/// the defaults of the `transformers` library, since its files list only what differs from them.
/// </remarks>
public static class ConfigReader
{
    public const string FileName = "config.json";

    private const long MaxBytes = 10_000_000;

    // Limits far above every published model; they keep products of sizes inside 64 bits and buffers plausible.
    internal const int MaxVocabulary = 1 << 22, MaxWidth = 1 << 17, MaxFeedForward = 1 << 20, MaxHeads = 1024, MaxHeadDim = 1024, MaxLayers = 1024, MaxContext = 1 << 24;

    /// <summary>Reads `config.json`, with the end ids of `generation_config.json` if that is there.</summary>
    /// <exception cref="ModelFileException">A file is missing or says something this engine cannot run.</exception>
    public static ModelConfig Read(string directory) => Read(directory, out _);

    /// <summary>Reads `config.json` and `generation_config.json`, if that is there.</summary>
    /// <exception cref="ModelFileException">A file is missing or says something this engine cannot run.</exception>
    public static ModelConfig Read(string directory, out GenerationConfig generation)
    {
        string path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            throw new ModelFileException($"{directory} holds no {FileName}. Is it a model folder in Hugging Face's layout?");
        ModelConfig config = Parse(JsonText.ReadFile(path, MaxBytes), path);

        string generationPath = Path.Combine(directory, GenerationConfig.FileName);
        generation = File.Exists(generationPath)
            ? GenerationConfig.Parse(JsonText.ReadFile(generationPath, MaxBytes), generationPath, config.VocabularySize)
            : GenerationConfig.None;
        return config with { EosIds = [.. config.EosIds.Union(generation.EosIds)] };
    }

    /// <summary>Parses and checks the text of a `config.json`.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="file">Name for messages.</param>
    public static ModelConfig Parse(ReadOnlyMemory<byte> json, string file)
    {
        using JsonDocument document = JsonText.ParseObject(json, file);
        JsonElement root = document.RootElement;
        var whole = new ConfigFields(file, root);
        string type = whole.Text("model_type") ?? throw new ModelFileException($"{file} has no model_type; it must be gemma, gemma2, gemma3_text or gemma3.");
        switch (type)
        {
            case "gemma": return ReadFamily(ModelFamily.Gemma1, whole);
            case "gemma2": return ReadFamily(ModelFamily.Gemma2, whole);
            case "gemma3_text": return ReadFamily(ModelFamily.Gemma3, whole);
            case "gemma3":
                JsonElement text = whole.Find("text_config") ?? throw new ModelFileException($"{file} has no text_config, which a gemma3 model needs.");
                if (text.ValueKind != JsonValueKind.Object)
                    throw whole.Wrong("text_config", text, "an object");
                return ReadFamily(ModelFamily.Gemma3, new ConfigFields(file, text, root));
            default:
                throw whole.Wrong("model_type", $"\"{JsonText.Shorten(type)}\"", "gemma, gemma2, gemma3_text or gemma3");
        }
    }

    private static ModelConfig ReadFamily(ModelFamily family, ConfigFields fields)
    {
        CheckUnsupported(fields);
        bool gemma3 = family == ModelFamily.Gemma3;

        int layers = fields.Int("num_hidden_layers", 1, MaxLayers, gemma3 ? 26 : null);
        int vocabulary = fields.Int("vocab_size", 1, MaxVocabulary, gemma3 ? 262_208 : null);
        int queryHeads = fields.Int("num_attention_heads", 1, MaxHeads, gemma3 ? 8 : null);
        int kvHeads = fields.Int("num_key_value_heads", 1, MaxHeads, gemma3 ? 4 : null);
        int headDim = fields.Int("head_dim", 2, MaxHeadDim, 256);
        if (queryHeads % kvHeads != 0)
            throw fields.Wrong("num_key_value_heads", $"{kvHeads}", $"a divisor of num_attention_heads, which is {queryHeads}");
        if (headDim % 2 != 0)
            throw fields.Wrong("head_dim", $"{headDim}", "even, because RoPE rotates pairs");

        IReadOnlyList<AttentionKind> kinds = ReadLayerKinds(family, layers, fields);
        bool hasLocal = kinds.Contains(AttentionKind.Local);
        double scalar = family == ModelFamily.Gemma1 ? headDim : fields.Number("query_pre_attn_scalar", 0, 1e6, 256);
        (double localBase, double globalBase, double globalScale) = RopeFields.Read(family, fields);

        return new ModelConfig
        {
            Family = family,
            VocabularySize = vocabulary,
            EmbedDim = fields.Int("hidden_size", 1, MaxWidth, gemma3 ? 2304 : null),
            FeedForwardDim = fields.Int("intermediate_size", 1, MaxFeedForward, gemma3 ? 9216 : null),
            QueryHeads = queryHeads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            LayerKinds = kinds,
            SlidingWindow = hasLocal ? fields.Int("sliding_window", 1, MaxContext, 4096) : 0,
            AttentionSoftcap = ReadCap(fields, "attn_logit_softcapping", family == ModelFamily.Gemma2 ? 50 : 0),
            FinalSoftcap = ReadCap(fields, "final_logit_softcapping", family == ModelFamily.Gemma2 ? 30 : 0),
            LocalRopeBase = (float)localBase,
            GlobalRopeBase = (float)globalBase,
            GlobalRopeScale = (float)globalScale,
            QueryScale = (float)(1 / Math.Sqrt(scalar)),
            RmsNormEpsilon = (float)fields.Number("rms_norm_eps", 0, 0.1, 1e-6),
            ContextLength = fields.Int("max_position_embeddings", 1, MaxContext, gemma3 ? 131_072 : 8192),
            BosId = fields.Int("bos_token_id", 0, vocabulary - 1, Math.Min(2, vocabulary - 1)),
            PadId = fields.Int("pad_token_id", 0, int.MaxValue, 0),
            EosIds = fields.Ids("eos_token_id", vocabulary),
            TiedEmbedding = fields.Flag("tie_word_embeddings", true),
        };
    }

    private static void CheckUnsupported(ConfigFields fields)
    {
        // Google's first files say hidden_act "gelu" and hidden_activation null, and mean the tanh form all the same.
        string? activation = fields.Text("hidden_activation");
        if (activation is not null and not "gelu_pytorch_tanh")
            throw fields.Wrong("hidden_activation", $"\"{JsonText.Shorten(activation)}\"", "gelu_pytorch_tanh");
        string? oldName = fields.Text("hidden_act");
        if (activation is null && oldName is not (null or "gelu" or "gelu_pytorch_tanh"))
            throw fields.Wrong("hidden_act", $"\"{JsonText.Shorten(oldName)}\"", "gelu_pytorch_tanh or gelu");
        if (fields.Flag("attention_bias", false))
            throw fields.Wrong("attention_bias", "true", "false: no Gemma has biases");
        if (fields.Flag("use_bidirectional_attention", false))
            throw fields.Wrong("use_bidirectional_attention", "true", "false: this engine generates text from left to right");
        if (fields.Find("quantization_config") is not null)
            throw fields.Wrong("quantization_config", "set", "absent: weights must be F32, F16 or BF16");
    }

    private static AttentionKind[] ReadLayerKinds(ModelFamily family, int layers, ConfigFields fields)
    {
        if (fields.Find("layer_types") is { } types)
        {
            if (types.ValueKind != JsonValueKind.Array || types.GetArrayLength() != layers)
                throw fields.Wrong("layer_types", types, $"a list with one entry for each of the {layers} layers");
            return [.. types.EnumerateArray().Select(entry => JsonText.TextOf(entry, "an entry of layer_types", FileName) switch
            {
                "sliding_attention" => AttentionKind.Local,
                "full_attention" => AttentionKind.Global,
                string other => throw fields.Wrong("an entry of layer_types", $"\"{JsonText.Shorten(other)}\"", "sliding_attention or full_attention"),
            })];
        }

        var kinds = new AttentionKind[layers];
        if (family == ModelFamily.Gemma1)
            return kinds;
        string name = fields.Find("sliding_window_pattern") is null ? "_sliding_window_pattern" : "sliding_window_pattern";
        int period = family == ModelFamily.Gemma2 ? 2 : fields.Int(name, 1, MaxLayers, 6);
        for (int layer = 0; layer < layers; layer++)
            kinds[layer] = (layer + 1) % period == 0 ? AttentionKind.Global : AttentionKind.Local;
        return kinds;
    }

    private static float ReadCap(ConfigFields fields, string name, double missing) =>
        fields.IsExplicitNull(name) ? 0f : (float)fields.Number(name, 0, 1e6, missing);
}
