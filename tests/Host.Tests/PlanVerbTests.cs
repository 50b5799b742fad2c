using System.Text.Json;

namespace GemmaIlgpu.Host.Tests;

public class PlanVerbTests
{
    [Test]
    public void A_named_size_is_planned_part_by_part()
    {
        string text = Gemma.Output("plan", "--like", "gemma-2-2b", "--type", "q4_0", "--context", "8192", "--memory", "16GiB");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Match(@"(?m)^weights +1\.77 GB "));
            Assert.That(text, Does.Match(@"(?m)^KV cache +1\.34 GB f32, 13 layers of 8192 tokens, 13 of 4351$"));
            Assert.That(text, Does.Match(@"(?m)^total +3\.\d\d GB 17\.2 GB of 17\.2 GB are free$"));
            Assert.That(text, Does.Match(@"(?m)^simd +yes$").And.Match(@"(?m)^debug +yes$"));
            Assert.That(text, Does.Not.Contain("what would fit"));
        }
    }

    [Test]
    public void Json_adds_up_and_agrees_with_the_file()
    {
        JsonElement report = Report("--context", "300", "--batch", "32", "--sequences", "2");
        JsonElement bytes = report.GetProperty("bytes");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bytes.GetProperty("weights").GetInt64(), Is.EqualTo(2 * 3_371_712));
            Assert.That(report.GetProperty("totalBytes").GetInt64(), Is.EqualTo(bytes.EnumerateObject().Sum(part => part.Value.GetInt64())));
            Assert.That(report.GetProperty("type").GetString(), Is.EqualTo("BF16"));
            Assert.That(report.GetProperty("sequences").GetInt32(), Is.EqualTo(2));
            Assert.That(bytes.GetProperty("cache").GetInt64(), Is.EqualTo(2 * Report("--context", "300", "--batch", "32").GetProperty("bytes").GetProperty("cache").GetInt64()));
            Assert.That(report.GetProperty("devices").EnumerateArray().Where(device => device.GetProperty("holds").GetBoolean()).Select(device => device.GetProperty("name").GetString()), Is.SupersetOf(new[] { "simd", "debug" }));
            Assert.That(report.GetProperty("alternatives").GetArrayLength(), Is.Zero);
        }
    }

    [Test]
    public void What_does_not_fit_comes_with_what_would()
    {
        JsonElement report = Report("--like", "gemma-2-27b", "--memory", "40GB");
        long total = report.GetProperty("totalBytes").GetInt64();
        JsonElement[] alternatives = [.. report.GetProperty("alternatives").EnumerateArray()];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(total, Is.GreaterThan(40_000_000_000));
            Assert.That(report.GetProperty("devices").EnumerateArray().Single(device => device.GetProperty("name").GetString() == "simd").GetProperty("obstacle").GetString(), Does.Match(@"^[\d.]+ GB too little memory$"));
            Assert.That(alternatives.Select(plan => plan.GetProperty("type").GetString()), Does.Contain("Q8_0").And.Contain("Q4_0"));
            Assert.That(alternatives.Select(plan => plan.GetProperty("totalBytes").GetInt64()), Is.All.InRange(1, 40_000_000_000));
        }
        Assert.That(Gemma.Output("plan", "--like", "gemma-2-27b", "--memory", "40GB"), Does.Match(@"(?m)^Q8_0 +f32 +8,192 +3\d\.\d GB$"));
        Assert.That(Gemma.Output("plan", "--like", "gemma-2-2b", "--memory", "6.4GB"), Does.Match(@"(?m)^BF16 +q8 +8,192 +5\.\d\d GB$"));
        Assert.That(Gemma.Output("plan", "--like", "gemma-2-27b", "--memory", "1MB"), Does.Contain("however short the context"));
    }

    [Test]
    public void Weights_can_be_planned_as_another_type_before_they_are_converted()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("demo.gguf");
        Gemma.Output("quantize", Gemma.DemoModel, file, "--type", "q8_0");
        JsonElement foretold = Report("--type", "q8_0"), found = Report("--model", file);
        Assert.That(foretold.GetProperty("bytes").GetRawText(), Is.EqualTo(found.GetProperty("bytes").GetRawText()));
    }

    [TestCase("--like", "gemma-9-9b", "--like takes one of gemma-2b")]
    [TestCase("--type", "q9", "--type takes f32")]
    [TestCase("--context", "513", "was made for 512")]
    [TestCase("--memory", "lots", "--memory takes a size")]
    [TestCase("--memory", "-3GB", "--memory takes a size")]
    [TestCase("--sequences", "0", "--sequences takes a whole number from 1")]
    public void Bad_options_get_one_sentence(string option, string value, string about) =>
        Gemma.AssertComplains(Gemma.Run("plan", option, value), ExitCodes.Usage, about);

    [Test]
    public void A_missing_model_is_said_to_be_missing()
    {
        Gemma.AssertComplains(Gemma.Run("plan", "--model", "/nowhere/x.gguf"), ExitCodes.Failure, "There is no file /nowhere/x.gguf");
        Gemma.AssertComplains(Gemma.Run("plan", "--model", "x", "--like", "gemma-2b"), ExitCodes.Usage, "exclude each other");
    }

    private static JsonElement Report(params string[] args) => JsonDocument.Parse(Gemma.Output(["plan", .. args, "--json"])).RootElement;
}
