using GemmaIlgpu.Engine.Quality;

namespace GemmaIlgpu.Engine.Tests.Quality;

public sealed class QualityScoresTests
{
    [Test]
    public void Mean_and_error_are_those_computed_by_hand()
    {
        Estimate mean = Estimate.Mean([1, 2, 3, 4]);
        Assert.That(mean.Value, Is.EqualTo(2.5));
        Assert.That(mean.StandardError, Is.EqualTo(Math.Sqrt(1.25 / 3)).Within(1e-15));
        Assert.That(mean.Exponential().StandardError, Is.EqualTo(Math.Exp(2.5) * mean.StandardError).Within(1e-12));
        Assert.That(Estimate.Mean([7]), Is.EqualTo(new Estimate(7, 0)));
    }

    [Test]
    public void Sums_up_two_positions()
    {
        // The model thinks (1/4, 3/4), then (1/2, 1/2); the baseline twice (1/2, 1/2). Next come token 1 and token 0.
        float[] model = [0, MathF.Log(3), 5, 5], baseline = [0, 0, 1, 1];
        QualityScores scores = new();
        scores.Add(model.AsMemory(0, 2), baseline.AsMemory(0, 2), new[] { 1 });
        scores.Add(model.AsMemory(2, 2), baseline.AsMemory(2, 2), new[] { 0 });
        QualityReport report = scores.Report(4, 1);

        double divergence = 0.5 * Math.Log(2) + 0.5 * Math.Log(2.0 / 3);
        // ln 3 in f32 is off by up to 2⁻²⁴.
        Assert.That(report.ScoredTokens, Is.EqualTo(2));
        Assert.That(report.Perplexity.Value, Is.EqualTo(Math.Sqrt(4.0 / 3 * 2)).Within(1e-7));
        Assert.That(report.Baseline!.Perplexity.Value, Is.EqualTo(2).Within(1e-15));
        Assert.That(report.Baseline.MeanDivergence.Value, Is.EqualTo(divergence / 2).Within(1e-7));
        Assert.That(report.Baseline.LargestDivergence, Is.EqualTo(divergence).Within(1e-7));
        Assert.That(report.Baseline.TopAgreement.Value, Is.EqualTo(0.5), "of equals the first counts, so they differ at the first position");
    }

    [Test]
    public void Percentiles_are_values_of_the_nearest_rank()
    {
        // Against an even baseline over two tokens, logits (0, x) diverge by more the larger x is.
        QualityScores scores = new();
        float[] steps = [.. Enumerable.Range(1, 1000).Select(i => i / 100f)];
        double[] divergences = [.. steps.Select(x => new Distribution([0, 0]).DivergenceTo(new Distribution([0, x])))];
        foreach (float x in steps.Reverse())
            scores.Add(new[] { 0, x }, new float[2], new[] { 0 });

        BaselineReport report = scores.Report(4, 1).Baseline!;
        Assert.That(report.MedianDivergence, Is.EqualTo(divergences[499]));
        Assert.That(report.Divergence99, Is.EqualTo(divergences[989]));
        Assert.That(report.Divergence999, Is.EqualTo(divergences[998]));
        Assert.That(report.LargestDivergence, Is.EqualTo(divergences[999]));
    }

    [Test]
    public void Damaged_logits_are_one_complaint() =>
        Assert.That(() => new QualityScores().Add(new[] { 0, float.NaN, 0, 0 }, new[] { 0, 0 }), Throws.TypeOf<InputException>());
}
