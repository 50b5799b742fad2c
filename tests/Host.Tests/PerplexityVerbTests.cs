using System.Text.Json;

namespace GemmaIlgpu.Host.Tests;

public class PerplexityVerbTests
{
    private static string Text => Path.Combine(Gemma.DemoModel, "validation.txt");

    [Test]
    public void A_model_agrees_with_itself()
    {
        string json = Gemma.Output("perplexity", "--text", Text, "--chunk", "128", "--chunks", "2", "--baseline", Gemma.DemoModel, "--json");
        JsonElement report = JsonDocument.Parse(json).RootElement, baseline = report.GetProperty("baseline");
        Assert.That(report.GetProperty("scoredTokens").GetInt32(), Is.EqualTo(2 * 63));
        Assert.That(report.GetProperty("perplexity").GetProperty("value").GetDouble(), Is.InRange(20, 80));
        Assert.That(baseline.GetProperty("meanDivergence").GetProperty("value").GetDouble(), Is.Zero);
        Assert.That(baseline.GetProperty("topAgreement").GetProperty("value").GetDouble(), Is.EqualTo(1));
    }

    [Test]
    public void The_table_says_what_was_scored()
    {
        string table = Gemma.Output("perplexity", "--text", Text, "--chunk", "64", "--chunks", "1");
        Assert.That(table, Does.Contain("31 tokens scored, the second halves of 1 chunks of 64").And.Match(@"(?m)^perplexity \d+\.\d{4} ± \d"));
        Assert.That(table, Does.Not.Contain("divergence"));
    }

    [Test]
    public void What_cannot_be_done_gets_one_sentence()
    {
        using TemporaryFolder folder = new();
        string text = folder.File("short.txt");
        File.WriteAllText(text, "Too short.");
        Gemma.AssertComplains(Gemma.Run("perplexity", "--text", folder.File("none.txt")), ExitCodes.Failure, "none.txt");
        Gemma.AssertComplains(Gemma.Run("perplexity", "--text", text), ExitCodes.Failure, "a chunk of 512 needs");
        Gemma.AssertComplains(Gemma.Run("perplexity", "--text", Text, "--chunk", "3"), ExitCodes.Usage, "--chunk takes");
        Gemma.AssertComplains(Gemma.Run("perplexity"), ExitCodes.Usage, "--text");
    }
}
