using System.Text.Json;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Configuration;

/// <summary>Writes a configuration as `config.json` in Hugging Face's spelling, the inverse of <see cref="ConfigReader"/>.</summary>
public static class ConfigWriter
{
    /// <summary>UTF-8 text of a `config.json`.</summary>
    public static byte[] ToJson(ModelConfig config, TensorType weights)
    {
        (string type, string architecture) = config.Family switch
        {
            ModelFamily.Gemma1 => ("gemma", "GemmaForCausalLM"),
            ModelFamily.Gemma2 => ("gemma2", "Gemma2ForCausalLM"),
            _ => ("gemma3_text", "Gemma3ForCausalLM"),
        };

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("architectures");
            json.WriteStringValue(architecture);
            json.WriteEndArray();
            json.WriteString("model_type", type);
            json.WriteNumber("vocab_size", config.VocabularySize);
            json.WriteNumber("hidden_size", config.EmbedDim);
            json.WriteNumber("intermediate_size", config.FeedForwardDim);
            json.WriteNumber("num_hidden_layers", config.Layers);
            json.WriteNumber("num_attention_heads", config.QueryHeads);
            json.WriteNumber("num_key_value_heads", config.KvHeads);
            json.WriteNumber("head_dim", config.HeadDim);
            json.WriteNumber("max_position_embeddings", config.ContextLength);
            json.WriteString("hidden_activation", "gelu_pytorch_tanh");
            json.WriteNumber("rms_norm_eps", config.RmsNormEpsilon);
            json.WriteNumber("rope_theta", config.GlobalRopeBase);
            if (config.Family != ModelFamily.Gemma1)
                WriteAttention(json, config);
            json.WriteNumber("bos_token_id", config.BosId);
            json.WriteNumber("pad_token_id", config.PadId);
            json.WriteStartArray("eos_token_id");
            foreach (int id in config.EosIds)
                json.WriteNumberValue(id);
            json.WriteEndArray();
            json.WriteBoolean("tie_word_embeddings", config.TiedEmbedding);
            json.WriteString("torch_dtype", weights switch { TensorType.BF16 => "bfloat16", TensorType.F16 => "float16", _ => "float32" });
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteAttention(Utf8JsonWriter json, ModelConfig config)
    {
        json.WriteNumber("query_pre_attn_scalar", Math.Round(1 / ((double)config.QueryScale * config.QueryScale), 3));
        WriteCap(json, "attn_logit_softcapping", config.AttentionSoftcap);
        WriteCap(json, "final_logit_softcapping", config.FinalSoftcap);
        if (config.SlidingWindow > 0)
            json.WriteNumber("sliding_window", config.SlidingWindow);
        json.WriteStartArray("layer_types");
        foreach (AttentionKind kind in config.LayerKinds)
            json.WriteStringValue(kind == AttentionKind.Local ? "sliding_attention" : "full_attention");
        json.WriteEndArray();
        if (config.Family != ModelFamily.Gemma3)
            return;
        json.WriteNumber("rope_local_base_freq", config.LocalRopeBase);
        if (config.GlobalRopeScale != 1)
        {
            json.WriteStartObject("rope_scaling");
            json.WriteString("rope_type", "linear");
            json.WriteNumber("factor", config.GlobalRopeScale);
            json.WriteEndObject();
        }
    }

    private static void WriteCap(Utf8JsonWriter json, string name, float cap)
    {
        if (cap == 0)
            json.WriteNull(name);
        else
            json.WriteNumber(name, cap);
    }
}
