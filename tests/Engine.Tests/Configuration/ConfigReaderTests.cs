using System.Text;
using System.Text.Json.Nodes;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Tests.Support;

namespace GemmaIlgpu.Engine.Tests.Configuration;

public class ConfigReaderTests
{
    // As published for google/gemma-3-4b-it: the text part lists only what differs from the library's defaults.
    private const string Multimodal =
        """
        {"architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "eos_token_id": [1, 106],
         "text_config": {"hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text", "num_hidden_layers": 34,
                         "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024},
         "vision_config": {"hidden_size": 1152}}
        """;

    // The RoPE fields as newer versions of transformers write them.
    private const string NewSpelling =
        """
        {"model_type": "gemma3_text", "num_hidden_layers": 2, "layer_types": ["sliding_attention", "full_attention"], "sliding_window": 512,
         "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
                             "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}}}
        """;

    [Test]
    public void Reads_gemma_1_whose_gelu_means_the_tanh_form()
    {
        ModelConfig config = ConfigReader.Read(TestPaths.Golden("gemma1-mqa"));

        Assert.That(config.Family, Is.EqualTo(ModelFamily.Gemma1));
        Assert.That(config.LayerKinds, Is.All.EqualTo(AttentionKind.Global));
        Assert.That((config.EmbedDim, config.FeedForwardDim, config.QueryHeads, config.KvHeads, config.HeadDim), Is.EqualTo((64, 256, 4, 1, 16)));
        Assert.That((config.AttentionSoftcap, config.FinalSoftcap, config.QueryScale), Is.EqualTo((0f, 0f, 0.25f)));
    }

    [Test]
    public void Reads_gemma_2_whose_first_layer_is_local()
    {
        ModelConfig config = ConfigReader.Read(TestPaths.Golden("gemma2-27b-like"));

        Assert.That(config.LayerKinds, Is.EqualTo(new[] { AttentionKind.Local, AttentionKind.Global, AttentionKind.Local, AttentionKind.Global }));
        Assert.That((config.AttentionSoftcap, config.FinalSoftcap, config.SlidingWindow), Is.EqualTo((50f, 30f, 8)));
        Assert.That(config.QueryScale, Is.EqualTo(1 / MathF.Sqrt(12)).Within(1e-8f));
    }

    [Test]
    public void Reads_gemma_3_whose_every_sixth_layer_is_global()
    {
        ModelConfig config = ConfigReader.Read(TestPaths.Golden("gemma3-text"));

        Assert.That(config.LayerKinds.Select((kind, i) => (kind, i)).Where(layer => layer.kind == AttentionKind.Global).Select(layer => layer.i), Is.EqualTo(new[] { 5 }));
        Assert.That((config.LocalRopeBase, config.GlobalRopeBase, config.GlobalRopeScale), Is.EqualTo((1e4f, 1e6f, 1f)));
        Assert.That((config.AttentionSoftcap, config.FinalSoftcap), Is.EqualTo((0f, 0f)));
        Assert.That(config.HasQueryKeyNorms);
    }

    [Test]
    public void Fills_in_what_a_multimodal_file_leaves_out()
    {
        ModelConfig config = Parse(Multimodal);
        ModelConfig known = KnownModels.Get("gemma-3-4b");

        Assert.That(config with { LayerKinds = [], EosIds = [] }, Is.EqualTo(known with { LayerKinds = [], EosIds = [] }));
        Assert.That(config.LayerKinds, Is.EqualTo(known.LayerKinds));
        Assert.That(config.EosIds, Is.EqualTo(known.EosIds));
    }

    [Test]
    public void Reads_both_spellings_of_rope()
    {
        ModelConfig config = Parse(NewSpelling);

        Assert.That((config.LocalRopeBase, config.GlobalRopeBase, config.GlobalRopeScale), Is.EqualTo((1e4f, 1e6f, 8f)));
        Assert.That(config.LayerKinds, Is.EqualTo(new[] { AttentionKind.Local, AttentionKind.Global }));
    }

    [Test]
    public void Joins_what_the_generation_config_says()
    {
        ModelConfig config = ConfigReader.Read(TestPaths.Demo, out GenerationConfig generation);

        Assert.That(config.EosIds, Is.EqualTo(new[] { 1, 5 }));
        Assert.That((generation.Sampling.Temperature, generation.Sampling.TopK, generation.Sampling.TopP, generation.Sampling.MaxTokens), Is.EqualTo((0.7f, 40, 0.95f, 200)));
    }

    [Test]
    public void Known_sizes_have_the_published_number_of_parameters()
    {
        // Embedding and other parameters as in the technical reports' tables (arXiv:2403.08295, arXiv:2408.00118).
        Assert.That(KnownModels.Get("gemma-2b").ParameterCount, Is.EqualTo(2_506_172_416));
        Assert.That(KnownModels.Get("gemma-7b").ParameterCount, Is.EqualTo(8_537_680_896));
        Assert.That(KnownModels.Get("gemma-2-2b").ParameterCount, Is.EqualTo(2_614_341_888));
        Assert.That(KnownModels.Get("gemma-2-9b").ParameterCount, Is.EqualTo(9_241_705_984));
        Assert.That(KnownModels.Get("gemma-2-27b").ParameterCount, Is.EqualTo(27_227_128_320));
        Assert.That(KnownModels.Get("gemma-3-270m").ParameterCount, Is.EqualTo(268_098_176));
        Assert.That(KnownModels.Get("gemma-3-1b").ParameterCount, Is.EqualTo(999_885_952));
        Assert.That(() => KnownModels.Get("gemma-2-3b"), Throws.TypeOf<InputException>().With.Message.Contains("gemma-2-2b"));
    }

    [TestCase("model_type", "\"llama\"", "must be gemma, gemma2, gemma3_text or gemma3")]
    [TestCase("hidden_size", "-3", "hidden_size is -3; it must be a whole number between 1 and 131072")]
    [TestCase("hidden_size", "\"64\"", "hidden_size is \"64\"; it must be a whole number")]
    [TestCase("hidden_size", "64.5", "hidden_size is 64.5")]
    [TestCase("hidden_size", "1e300", "hidden_size is 1e300")]
    [TestCase("hidden_size", "null", "has no hidden_size")]
    [TestCase("head_dim", "15", "head_dim is 15; it must be even")]
    [TestCase("num_key_value_heads", "3", "num_key_value_heads is 3; it must be a divisor of num_attention_heads, which is 4")]
    [TestCase("rms_norm_eps", "0", "rms_norm_eps is 0; it must be a number above 0")]
    [TestCase("attn_logit_softcapping", "0", "must be a number above 0")]
    [TestCase("hidden_activation", "\"silu\"", "must be gelu_pytorch_tanh")]
    [TestCase("hidden_activation", "\"gelu\"", "must be gelu_pytorch_tanh")]
    [TestCase("attention_bias", "true", "no Gemma has biases")]
    [TestCase("attention_bias", "\"no\"", "must be true or false")]
    [TestCase("rope_scaling", "{\"rope_type\": \"yarn\", \"factor\": 2}", "rope_type is \"yarn\"; it must be linear or default")]
    [TestCase("rope_scaling", "{\"rope_type\": \"linear\", \"factor\": 2}", "only Gemma 3 scales positions")]
    [TestCase("layer_types", "[\"full_attention\"]", "one entry for each of the 6 layers")]
    [TestCase("eos_token_id", "512", "between 0 and 511")]
    [TestCase("eos_token_id", "[1, \"2\"]", "between 0 and 511")]
    [TestCase("quantization_config", "{}", "F32, F16 or BF16")]
    [TestCase("vocab_size", "99999999999", "between 1 and")]
    public void Refuses_with_one_sentence(string field, string value, string part)
    {
        JsonNode config = JsonNode.Parse(GoldenText("gemma2-gqa"))!;
        config[field] = JsonNode.Parse(value);

        Assert.That(() => Parse(config.ToJsonString()), Throws.TypeOf<ModelFileException>().With.Message.Contains(part).And.Message.Contains("config.json"));
    }

    [Test]
    public void Other_activations_need_a_clear_name()
    {
        JsonNode config = JsonNode.Parse(GoldenText("gemma1-mqa"))!;
        config["hidden_act"] = "silu";

        Assert.That(() => Parse(config.ToJsonString()), Throws.TypeOf<ModelFileException>().With.Message.Contains("hidden_act is \"silu\""));
    }

    [Test]
    public void Survives_ten_thousand_damaged_configurations()
    {
        string[] originals = [GoldenText("gemma1-mqa"), GoldenText("gemma2-gqa"), GoldenText("gemma3-text"), Multimodal, NewSpelling];
        Mutator.Outcome outcome = Mutator.Feed(originals, 12_000, bytes => ConfigReader.Parse(bytes, "config.json"));
        Assert.That(outcome.Refused, Is.GreaterThan(1_000), $"{outcome}");
        Assert.That(outcome.Accepted, Is.GreaterThan(500), $"{outcome}");

        string generation = """{"bos_token_id": 2, "eos_token_id": [1, 5], "do_sample": true, "top_k": 64, "top_p": 0.9, "temperature": 0.7, "min_p": 0.0, "max_new_tokens": 20}""";
        outcome = Mutator.Feed([generation], 10_000, bytes => GenerationConfig.Parse(bytes, "generation_config.json", 512));
        Assert.That(outcome.Refused, Is.GreaterThan(1_000), $"{outcome}");
        Assert.That(outcome.Accepted, Is.GreaterThan(500), $"{outcome}");
    }

    private static string GoldenText(string model) => File.ReadAllText(Path.Combine(TestPaths.Golden(model), "config.json"));

    private static ModelConfig Parse(string json) => ConfigReader.Parse(Encoding.UTF8.GetBytes(json), "config.json");
}
