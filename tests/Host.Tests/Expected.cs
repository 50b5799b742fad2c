using System.Text.Json;

namespace GemmaIlgpu.Host.Tests;

/// <summary>models/demo/expected.json: what an independent implementation says about the demo model.</summary>
internal static class Expected
{
    /// <param name="Text">The prompt.</param>
    /// <param name="Ids">Its ids, from &lt;bos&gt; on.</param>
    /// <param name="GreedyIds">The 40 likeliest continuing tokens, with no end honoured.</param>
    /// <param name="GreedyText">Their text.</param>
    /// <param name="SmallestMargin">The least gap between the best and the second logit on the way.</param>
    public sealed record Prompt(string Text, int[] Ids, int[] GreedyIds, string GreedyText, double SmallestMargin)
    {
        public override string ToString() => Text;
    }

    public static IReadOnlyList<Prompt> Prompts { get; } = Read();

    private static Prompt[] Read()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Gemma.DemoModel, "expected.json")));
        return [.. file.RootElement.GetProperty("prompts").EnumerateArray().Select(prompt => new Prompt(
            prompt.GetProperty("prompt").GetString()!,
            Ids(prompt.GetProperty("ids")),
            Ids(prompt.GetProperty("greedy_ids")),
            prompt.GetProperty("greedy_text").GetString()!,
            prompt.GetProperty("smallest_margin").GetDouble()))];
    }

    private static int[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt32())];
}
