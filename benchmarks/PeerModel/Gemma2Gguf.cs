using System.Globalization;
using System.Runtime.InteropServices;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Benchmarks.PeerModel;

/// <summary>Names and conventions of the "gemma2" architecture in GGUF files.</summary>
internal static class Gemma2Gguf
{
    // Hugging Face's name within a layer → GGUF's.
    private static readonly (string From, string To)[] s_layerTensors =
    [
        ("input_layernorm", "attn_norm"),
        ("self_attn.q_proj", "attn_q"),
        ("self_attn.k_proj", "attn_k"),
        ("self_attn.v_proj", "attn_v"),
        ("self_attn.o_proj", "attn_output"),
        ("post_attention_layernorm", "post_attention_norm"),
        ("pre_feedforward_layernorm", "ffn_norm"),
        ("mlp.gate_proj", "ffn_gate"),
        ("mlp.up_proj", "ffn_up"),
        ("mlp.down_proj", "ffn_down"),
        ("post_feedforward_layernorm", "post_ffw_norm"),
    ];

    public static void Write(ModelFiles model, string path)
    {
        ModelConfig config = model.Config;
        if (config.Family != ModelFamily.Gemma2)
            throw new NotSupportedException($"The model is {config.Family}; only Gemma 2 can be copied.");
        using FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20);
        using GgufWriter gguf = new(stream);
        AddConfig(gguf, config);
        AddVocabulary(gguf, config);
        AddTensor(gguf, model, "model.embed_tokens.weight", "token_embd.weight");
        AddTensor(gguf, model, "model.norm.weight", "output_norm.weight");
        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach ((string from, string to) in s_layerTensors)
                AddTensor(gguf, model, $"model.layers.{layer}.{from}.weight", $"blk.{layer}.{to}.weight");
        }
        gguf.Finish();
    }

    private static void AddConfig(GgufWriter gguf, ModelConfig config)
    {
        gguf.Add("general.architecture", "gemma2");
        gguf.Add("general.name", "copied for a measurement");
        gguf.Add("gemma2.context_length", (uint)config.ContextLength);
        gguf.Add("gemma2.embedding_length", (uint)config.EmbedDim);
        gguf.Add("gemma2.block_count", (uint)config.Layers);
        gguf.Add("gemma2.feed_forward_length", (uint)config.FeedForwardDim);
        gguf.Add("gemma2.attention.head_count", (uint)config.QueryHeads);
        gguf.Add("gemma2.attention.head_count_kv", (uint)config.KvHeads);
        gguf.Add("gemma2.attention.key_length", (uint)config.HeadDim);
        gguf.Add("gemma2.attention.value_length", (uint)config.HeadDim);
        gguf.Add("gemma2.attention.layer_norm_rms_epsilon", config.RmsNormEpsilon);
        gguf.Add("gemma2.attention.sliding_window", (uint)config.SlidingWindow);
        gguf.Add("gemma2.attn_logit_softcapping", config.AttentionSoftcap);
        gguf.Add("gemma2.final_logit_softcapping", config.FinalSoftcap);
    }

    // Only ids are measured, so any vocabulary of the right size will do: the control tokens, the bytes, then made-up words.
    private static void AddVocabulary(GgufWriter gguf, ModelConfig config)
    {
        const int Control = 3, Byte = 6, Normal = 1, FirstByte = 4;
        string[] tokens = new string[config.VocabularySize];
        int[] types = new int[tokens.Length];
        for (int id = 0; id < tokens.Length; id++)
        {
            bool isByte = id is >= FirstByte and < FirstByte + 256;
            tokens[id] = id switch
            {
                0 => "<pad>",
                1 => "<eos>",
                2 => "<bos>",
                3 => "<unk>",
                _ => isByte ? $"<0x{id - FirstByte:X2}>" : string.Create(CultureInfo.InvariantCulture, $"▁w{id}"),
            };
            types[id] = id < FirstByte ? Control : isByte ? Byte : Normal;
        }
        gguf.Add("tokenizer.ggml.model", "llama");
        gguf.Add("tokenizer.ggml.tokens", tokens);
        gguf.Add("tokenizer.ggml.scores", [.. tokens.Select((_, id) => -(float)id)]);
        gguf.Add("tokenizer.ggml.token_type", types);
        gguf.Add("tokenizer.ggml.padding_token_id", 0u);
        gguf.Add("tokenizer.ggml.eos_token_id", 1u);
        gguf.Add("tokenizer.ggml.bos_token_id", 2u);
        gguf.Add("tokenizer.ggml.unknown_token_id", 3u);
        gguf.Add("tokenizer.ggml.add_bos_token", true);
        gguf.Add("tokenizer.ggml.add_space_prefix", false);
    }

    private static void AddTensor(GgufWriter gguf, ModelFiles model, string from, string to)
    {
        if (!model.TryGet(from, out ITensorFile reader, out TensorInfo tensor))
            throw new IOException($"The model has no tensor {from}.");
        if (tensor.Shape.Count == 1)
        {
            // GGUF stores the norms' factors themselves, 1 + w, and in f32.
            float[] factors = [.. reader.ReadFloats(tensor).Select(w => 1 + w)];
            gguf.AddTensor(to, tensor.Shape, GgufTensorType.F32, 4L * factors.Length, stream => stream.Write(MemoryMarshal.AsBytes<float>(factors)));
            return;
        }
        GgufTensorType type = tensor.Type switch
        {
            TensorType.BF16 => GgufTensorType.BF16,
            TensorType.F16 => GgufTensorType.F16,
            TensorType.F32 => GgufTensorType.F32,
            _ => throw new IOException($"{from} has the type {tensor.Type}."),
        };
        gguf.AddTensor(to, tensor.Shape, type, tensor.Bytes, stream => stream.Write(reader.Bytes(tensor)));
    }
}
