using GemmaIlgpu.Engine.Generation;

namespace GemmaIlgpu.Engine.Tests.Generation;

public class SamplerTests
{
    private static readonly SamplingOptions Plain = new() { TopK = 0, TopP = 1f, Seed = 1 };

    [Test]
    public void Zero_temperature_takes_the_first_of_the_likeliest()
    {
        Assert.That(new Sampler(SamplingOptions.Greedy).Sample([1f, 3f, 2f, 3f]), Is.EqualTo(1));
        Assert.That(new Sampler(Plain with { TopK = 1 }).Sample([1f, 3f, 2f, 3f]), Is.EqualTo(1));
    }

    [Test]
    public void Frequencies_follow_the_probabilities()
    {
        // softmax of ln(1, 2, 3, 4) is 0.1, 0.2, 0.3, 0.4; at temperature ½ the weights are squared: 1, 4, 9, 16 of 30.
        float[] logits = [0f, MathF.Log(2), MathF.Log(3), MathF.Log(4)];

        Assert.That(Frequencies(Plain, logits), Is.EqualTo(new[] { 0.1, 0.2, 0.3, 0.4 }).Within(0.015));
        Assert.That(Frequencies(Plain with { Temperature = 0.5f }, logits), Is.EqualTo(new[] { 1 / 30.0, 4 / 30.0, 9 / 30.0, 16 / 30.0 }).Within(0.015));
    }

    [TestCase(2, 1f, 0f, new[] { 0, 0, 3 / 7.0, 4 / 7.0 })]
    [TestCase(0, 0.4f, 0f, new[] { 0, 0, 0, 1.0 })]
    [TestCase(0, 0.41f, 0f, new[] { 0, 0, 3 / 7.0, 4 / 7.0 })]
    [TestCase(0, 1f, 0.49f, new[] { 0, 2 / 9.0, 3 / 9.0, 4 / 9.0 })]
    [TestCase(3, 0.8f, 0.6f, new[] { 0, 0, 3 / 7.0, 4 / 7.0 })]
    [TestCase(0, 0f, 0f, new[] { 0, 0, 0, 1.0 })]
    [TestCase(0, 1f, 1f, new[] { 0, 0, 0, 1.0 })]
    public void Filters_keep_the_likeliest(int topK, float topP, float minP, double[] expected)
    {
        float[] logits = [0f, MathF.Log(2), MathF.Log(3), MathF.Log(4.00001f)];

        Assert.That(Frequencies(Plain with { TopK = topK, TopP = topP, MinP = minP }, logits), Is.EqualTo(expected).Within(0.02));
    }

    [Test]
    public void Equal_logits_rank_by_id()
    {
        double[] frequencies = Frequencies(Plain with { TopK = 2 }, [5f, 1f, 5f, 5f, 5f]);

        Assert.That(frequencies, Is.EqualTo(new[] { 0.5, 0, 0.5, 0, 0 }).Within(0.03));
    }

    [Test]
    public void One_seed_gives_one_sequence()
    {
        int[] Draw(ulong seed) => [.. Draws(Plain with { Seed = seed }, [0f, 0.5f, 1f, 0.2f, 0.9f], 50)];

        int[] first = Draw(7);
        Assert.That(Draw(7), Is.EqualTo(first));
        Assert.That(Draw(8), Is.Not.EqualTo(first));
        // Pinned: a change here changes every user's seeded text.
        Assert.That(first[..8], Is.EqualTo(new[] { 4, 2, 0, 1, 4, 2, 4, 4 }));
    }

    [Test]
    public void The_random_sequence_is_splitmix64()
    {
        // First outputs for seed 0 as published with the reference implementation (Vigna, splitmix64.c).
        var random = new SeededRandom(0);

        Assert.That(random.NextBits(), Is.EqualTo(0xE220A8397B1DCDAF));
        Assert.That(random.NextBits(), Is.EqualTo(0x6E789E6AA1B965F4));
    }

    [Test]
    public void Penalties_act_on_what_came_before()
    {
        var repetition = new Sampler(SamplingOptions.Greedy with { RepetitionPenalty = 2f });
        repetition.SeePrompt(0);
        Assert.That(repetition.Sample([3f, 2f, -1f]), Is.EqualTo(1));       // 3/2 < 2
        Assert.That(repetition.Sample([-1f, -1f, -1.5f]), Is.EqualTo(2));   // −2, −2, −1.5

        var presence = new Sampler(SamplingOptions.Greedy with { PresencePenalty = 1f });
        presence.SeePrompt(0);
        Assert.That(presence.Sample([3f, 2.5f]), Is.EqualTo(0), "the prompt does not count");
        Assert.That(presence.Sample([3f, 2.5f]), Is.EqualTo(1));

        var frequency = new Sampler(SamplingOptions.Greedy with { FrequencyPenalty = 0.4f });
        Assert.That(Enumerable.Range(0, 4).Select(_ => frequency.Sample([1f, 0.5f])), Is.EqualTo(new[] { 0, 0, 1, 0 }));
    }

    [Test]
    public void A_large_vocabulary_is_ranked_like_a_small_one()
    {
        var random = new SeededRandom(3);
        float[] logits = [.. Enumerable.Range(0, 50_000).Select(_ => (float)(random.NextUnit() * 40))];
        int[] best = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).ThenBy(id => id).Take(20)];

        Assert.That(Draws(Plain with { TopK = 20, Temperature = 100f }, logits, 500).Distinct().Order(), Is.EqualTo(best.Order()));
    }

    [Test]
    public void Broken_logits_are_not_sampled() =>
        Assert.That(() => new Sampler(Plain).Sample([1f, float.NaN, 2f]), Throws.TypeOf<ModelFileException>().With.Message.Contains("Logit 1"));

    [Test]
    public void Options_are_checked_when_they_are_set()
    {
        Assert.That(() => new SamplingOptions { Temperature = float.NaN }, Throws.TypeOf<InputException>().With.Message.Contains("Temperature is NaN"));
        Assert.That(() => new SamplingOptions { Temperature = -1 }, Throws.TypeOf<InputException>());
        Assert.That(() => new SamplingOptions { TopK = -1 }, Throws.TypeOf<InputException>());
        Assert.That(() => new SamplingOptions { TopP = 1.01f }, Throws.TypeOf<InputException>().With.Message.EqualTo("TopP is 1.01; it must be between 0 and 1."));
        Assert.That(() => new SamplingOptions { MinP = float.NaN }, Throws.TypeOf<InputException>());
        Assert.That(() => new SamplingOptions { RepetitionPenalty = 0 }, Throws.TypeOf<InputException>());
        Assert.That(() => new SamplingOptions { PresencePenalty = float.PositiveInfinity }, Throws.TypeOf<InputException>());
        Assert.That(() => new SamplingOptions { MaxTokens = -1 }, Throws.TypeOf<InputException>());
        Assert.That(() => new SamplingOptions { StopStrings = ["a", ""] }, Throws.TypeOf<InputException>());
        Assert.That(() => SamplingOptions.Greedy with { TopP = float.NaN }, Throws.TypeOf<InputException>());
    }

    private static double[] Frequencies(SamplingOptions options, float[] logits)
    {
        const int Count = 20_000;
        var counts = new double[logits.Length];
        foreach (int id in Draws(options, logits, Count))
            counts[id] += 1.0 / Count;
        return counts;
    }

    private static IEnumerable<int> Draws(SamplingOptions options, float[] logits, int count)
    {
        var sampler = new Sampler(options);
        return Enumerable.Range(0, count).Select(_ => sampler.Sample(logits)).ToList();
    }
}
