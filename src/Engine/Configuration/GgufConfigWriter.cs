using GemmaIlgpu.Engine.Tokenization;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Configuration;

/// <summary>Configuration and tokenizer as GGUF metadata, the inverse of <see cref="GgufConfig"/> and <see cref="GgufVocabulary"/>.</summary>
internal static class GgufConfigWriter
{
    /// <summary>The metadata of a model that came as safetensors.</summary>
    public static Dictionary<string, object> ToMetadata(ModelConfig config, Tokenizer? tokenizer)
    {
        var metadata = new Dictionary<string, object> { ["general.architecture"] = GgufConfig.Architecture(config.Family) };
        AddShape(metadata, config);
        AddIds(metadata, config);
        if (tokenizer is null)
            metadata["tokenizer.ggml.model"] = "none";
        else
            AddVocabulary(metadata, config, tokenizer.Model);
        return metadata;
    }

    private static void AddShape(Dictionary<string, object> metadata, ModelConfig config)
    {
        string prefix = $"{GgufConfig.Architecture(config.Family)}.";
        metadata[$"{prefix}vocab_size"] = (uint)config.VocabularySize;
        metadata[$"{prefix}context_length"] = (uint)config.ContextLength;
        metadata[$"{prefix}embedding_length"] = (uint)config.EmbedDim;
        metadata[$"{prefix}block_count"] = (uint)config.Layers;
        metadata[$"{prefix}feed_forward_length"] = (uint)config.FeedForwardDim;
        metadata[$"{prefix}attention.head_count"] = (uint)config.QueryHeads;
        metadata[$"{prefix}attention.head_count_kv"] = (uint)config.KvHeads;
        metadata[$"{prefix}attention.key_length"] = (uint)config.HeadDim;
        metadata[$"{prefix}attention.value_length"] = (uint)config.HeadDim;
        metadata[$"{prefix}attention.layer_norm_rms_epsilon"] = config.RmsNormEpsilon;
        metadata[$"{prefix}attention.scale"] = config.QueryScale;
        metadata[$"{prefix}rope.freq_base"] = config.GlobalRopeBase;
        if (config.Family == ModelFamily.Gemma3)
            metadata[$"{prefix}rope.freq_base_swa"] = config.LocalRopeBase;
        if (config.GlobalRopeScale != 1)
        {
            metadata[$"{prefix}rope.scaling.type"] = "linear";
            metadata[$"{prefix}rope.scaling.factor"] = config.GlobalRopeScale;
        }

        if (config.LayerKinds.Contains(AttentionKind.Local))
            metadata[$"{prefix}attention.sliding_window"] = (uint)config.SlidingWindow;
        if (config.Family == ModelFamily.Gemma1)
            return;
        int period = config.Family == ModelFamily.Gemma2 ? 2 : 6;
        bool[] isLocal = [.. config.LayerKinds.Select(kind => kind == AttentionKind.Local)];
        if (!isLocal.SequenceEqual(Enumerable.Range(1, config.Layers).Select(layer => layer % period != 0)))
            metadata[$"{prefix}attention.sliding_window_pattern"] = isLocal;
        if (config.Family == ModelFamily.Gemma2 || config.AttentionSoftcap > 0)
            metadata[$"{prefix}attn_logit_softcapping"] = config.AttentionSoftcap;
        if (config.Family == ModelFamily.Gemma2 || config.FinalSoftcap > 0)
            metadata[$"{prefix}final_logit_softcapping"] = config.FinalSoftcap;
    }

    private static void AddIds(Dictionary<string, object> metadata, ModelConfig config)
    {
        metadata["tokenizer.ggml.bos_token_id"] = (uint)config.BosId;
        metadata["tokenizer.ggml.padding_token_id"] = (uint)Math.Clamp(config.PadId, 0, config.VocabularySize - 1);
        string[] names = ["eos", "eot"];
        foreach ((string name, int id) in names.Zip(config.EosIds))
            metadata[$"tokenizer.ggml.{name}_token_id"] = (uint)id;
    }

    private static void AddVocabulary(Dictionary<string, object> metadata, ModelConfig config, SentencePieceModel model)
    {
        // Readers want a piece for every row of the table.
        int spare = config.VocabularySize - model.Pieces.Count;
        IEnumerable<int> spareIds = Enumerable.Range(model.Pieces.Count, spare);
        metadata["tokenizer.ggml.model"] = "llama";
        metadata["tokenizer.ggml.pre"] = "default";
        metadata["tokenizer.ggml.tokens"] = (string[])[.. model.Pieces, .. spareIds.Select(id => $"[PAD{id}]")];
        metadata["tokenizer.ggml.scores"] = (float[])[.. model.Scores, .. spareIds.Select(_ => -10_000f)];
        metadata["tokenizer.ggml.token_type"] = (int[])[.. model.Types.Select(type => (int)type), .. spareIds.Select(_ => (int)PieceType.Unused)];
        metadata["tokenizer.ggml.unknown_token_id"] = (uint)model.UnkId;
        metadata["tokenizer.ggml.add_bos_token"] = true;
        metadata["tokenizer.ggml.add_eos_token"] = false;
        metadata["tokenizer.ggml.add_space_prefix"] = model.AddDummyPrefix;
        metadata["tokenizer.ggml.remove_extra_whitespaces"] = model.RemoveExtraWhitespaces;
    }
}
