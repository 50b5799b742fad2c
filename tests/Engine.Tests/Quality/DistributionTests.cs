using FsCheck.Fluent;
using GemmaIlgpu.Engine.Quality;
using GemmaIlgpu.Engine.Tests.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Quality;

public sealed class DistributionTests
{
    // Probabilities 1/6, 1/3, 1/2. The logits are rounded to f32, which moves logarithms by up to 2⁻²⁵.
    private static readonly float[] s_sixths = [0f, MathF.Log(2), MathF.Log(3)];

    [Test]
    public void Probabilities_are_those_computed_by_hand()
    {
        Distribution distribution = new(s_sixths);
        Assert.That(distribution.LogProbability(0), Is.EqualTo(-Math.Log(6)).Within(1e-7));
        Assert.That(distribution.LogProbability(1), Is.EqualTo(-Math.Log(3)).Within(1e-7));
        Assert.That(distribution.LogProbability(2), Is.EqualTo(-Math.Log(2)).Within(1e-7));
        Assert.That(distribution.Best, Is.EqualTo(2));
    }

    [Test]
    public void Divergence_is_that_computed_by_hand()
    {
        Distribution sixths = new(s_sixths), thirds = new([7f, 7f, 7f]);
        Assert.That(sixths.DivergenceTo(thirds), Is.EqualTo(Math.Log(0.5) / 6 + Math.Log(1.5) / 2).Within(1e-7));
        Assert.That(thirds.DivergenceTo(sixths), Is.EqualTo((Math.Log(2) + Math.Log(2.0 / 3)) / 3).Within(1e-7));
    }

    [Test]
    public void Large_logits_do_not_overflow_and_impossible_tokens_count_nothing()
    {
        Distribution sure = new([3e38f, -3e38f, float.NegativeInfinity]), even = new([-1e30f, -1e30f, -1e30f]);
        Assert.That(sure.LogProbability(0), Is.Zero);
        Assert.That(sure.DivergenceTo(even), Is.EqualTo(Math.Log(3)).Within(1e-15));
        Assert.That(even.DivergenceTo(sure), Is.EqualTo(double.PositiveInfinity));
    }

    [Test]
    public void Divergence_is_zero_to_itself_and_never_negative() =>
        Properties.Hold(Gen.Zip(Logits(), Logits()), 200, pair =>
        {
            Distribution p = new(pair.Item1), q = new(pair.Item2);
            return p.DivergenceTo(p) == 0 && p.DivergenceTo(q) >= 0;
        });

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void Logits_that_are_no_numbers_are_refused(float logit) =>
        Assert.That(() => new Distribution([0f, logit]).Best, Throws.TypeOf<InputException>().With.Message.Contains("token 1"));

    private static FsCheck.Gen<float[]> Logits() => Gen.Choose(-40_000, 40_000).Select(number => number / 1000f).ArrayOf(50);
}
