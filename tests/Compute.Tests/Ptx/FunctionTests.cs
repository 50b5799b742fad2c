using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Tests.Conformance;

namespace GemmaIlgpu.Compute.Tests.Ptx;

/// <summary>The elementary functions that kernels get on CUDA, run here as the C# that they are.</summary>
internal sealed class FunctionTests
{
    // The worst over these inputs, in units of the last place, with a little room: the inputs are fixed, so the figures are too.
    private static readonly TestCaseData[] s_single =
    [
        Case("Exp", Functions32.Exp, Math.Exp, 2), Case("Exp2", Functions32.Exp2, x => Math.Pow(2, x), 2), Case("Log", Functions32.Log, Math.Log, 2),
        Case("Log2", Functions32.Log2, Math.Log2, 2), Case("Log10", Functions32.Log10, Math.Log10, 2.5), Case("Sin", Functions32.Sin, Math.Sin, 2),
        Case("Cos", Functions32.Cos, Math.Cos, 2), Case("Tan", Functions32.Tan, Math.Tan, 4), Case("Asin", Functions32.Asin, Math.Asin, 3),
        Case("Acos", Functions32.Acos, Math.Acos, 3), Case("Atan", Functions32.Atan, Math.Atan, 3), Case("Sinh", Functions32.Sinh, Math.Sinh, 3),
        Case("Cosh", Functions32.Cosh, Math.Cosh, 3), Case("Tanh", Functions32.Tanh, Math.Tanh, 2.5), Case("RoundAway", Functions32.RoundAway, x => Math.Round(x, MidpointRounding.AwayFromZero), 0),
    ];

    private static readonly TestCaseData[] s_double =
    [
        Case("Exp", Functions64.Exp, Math.Exp), Case("Exp2", Functions64.Exp2, x => Math.Pow(2, x)), Case("Log", Functions64.Log, Math.Log),
        Case("Log2", Functions64.Log2, Math.Log2), Case("Log10", Functions64.Log10, Math.Log10), Case("Sin", Functions64.Sin, Math.Sin),
        Case("Cos", Functions64.Cos, Math.Cos), Case("Tan", Functions64.Tan, Math.Tan), Case("Asin", Functions64.Asin, Math.Asin),
        Case("Acos", Functions64.Acos, Math.Acos), Case("Atan", Functions64.Atan, Math.Atan), Case("Sinh", Functions64.Sinh, Math.Sinh),
        Case("Cosh", Functions64.Cosh, Math.Cosh), Case("Tanh", Functions64.Tanh, Math.Tanh), Case("RoundAway", Functions64.RoundAway, x => Math.Round(x, MidpointRounding.AwayFromZero)),
    ];

    private static TestCaseData Case(string name, Func<float, float> function, Func<double, double> reference, double bound) =>
        new TestCaseData(function, reference, bound).SetArgDisplayNames(name);

    private static TestCaseData Case(string name, Func<double, double> function, Func<double, double> reference) =>
        new TestCaseData(function, reference).SetArgDisplayNames(name);

    private static readonly float[] s_special = [0f, -0f, 1f, -1f, 0.5f, -0.5f, 2f, 1e-45f, -1e-45f, 1e-38f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 100000f, 100001f, 1e30f, 8388607.5f];

    [TestCaseSource(nameof(s_single))]
    public void Of_32_bits(Func<float, float> function, Func<double, double> reference, double bound)
    {
        var random = new Random(1);
        float[] inputs = [.. s_special,
            .. Enumerable.Range(0, 200_000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))),
            .. Enumerable.Range(-50_000, 100_000).Select(i => i * 2.1e-3f), .. Enumerable.Range(-20_000, 40_000).Select(i => i * 5e-5f)];
        (double worst, float at) = inputs.Select(x => (Expect.Error(reference(x), function(x)), x)).MaxBy(pair => pair.Item1);
        Assert.That(worst, Is.LessThanOrEqualTo(bound), $"at {at:R}: {function(at):R} instead of {reference(at):R}");
    }

    // The library's functions are the reference here, each itself within one unit.
    [TestCaseSource(nameof(s_double))]
    public void Of_64_bits(Func<double, double> function, Func<double, double> reference)
    {
        var random = new Random(2);
        double[] inputs = [.. s_special.Select(x => (double)x), double.MaxValue, double.Epsilon, 1e-310, 1e300,
            .. Enumerable.Range(0, 50_000).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))),
            .. Enumerable.Range(-20_000, 40_000).Select(i => i * 2.1e-3), .. Enumerable.Range(-20_000, 40_000).Select(i => i * 5e-5)];
        (double worst, double at) = inputs.Select(x => (Expect.Error(reference(x), function(x)), x)).MaxBy(pair => pair.Item1);
        Assert.That(worst, Is.LessThanOrEqualTo(4), $"at {at:R}: {function(at):R} instead of {reference(at):R}");
    }

    // The double nearest to a multiple of pi/2 (Kahan 1983), where the library is 7 units off.
    [Test]
    public void Of_the_hardest_angle() =>
        Assert.That(Expect.Error(-4.68716592425462761112e-19, Functions64.Cos(6381956970095103.0 * Math.ScaleB(1, 797))), Is.LessThanOrEqualTo(1));

    [Test]
    public void Of_two_arguments()
    {
        var random = new Random(3);
        double[] values = [.. s_special.Select(x => (double)x), 3, -3, 1.5, 1e10, -2.5, .. Enumerable.Range(0, 120).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-4, 5)))];
        using (Assert.EnterMultipleScope())
        {
            foreach (double x in values)
            {
                foreach (double y in values)
                {
                    (float a, float b) = ((float)x, (float)y);
                    Near(Expect.Error(Math.Pow(a, b), Functions32.Pow(a, b)), "Pow32", a, b);
                    Near(Expect.Error(Math.Atan2(a, b), Functions32.Atan2(a, b)), "Atan232", a, b);
                    Near(Expect.Error(Math.Pow(x, y), Functions64.Pow(x, y)), "Pow64", x, y);
                    Near(Expect.Error(Math.Atan2(x, y), Functions64.Atan2(x, y)), "Atan264", x, y);
                    Same(a % b, Functions32.Rem(a, b), "Rem32", a, b);
                    Same(x % y, Functions64.Rem(x, y), "Rem64", x, y);
                    Same(MathF.IEEERemainder(a, b), Functions32.IeeeRemainder(a, b), "Ieee32", a, b);
                    Same(Math.IEEERemainder(x, y), Functions64.IeeeRemainder(x, y), "Ieee64", x, y);
                }
            }
        }

        static void Near(double error, string what, double x, double y)
        {
            if (!(error <= 4))
                Assert.Fail($"{what}({x:R}, {y:R}) is {error} units off");
        }

        static void Same(double expected, double actual, string what, double x, double y)
        {
            if (!expected.Equals(actual) || (expected == 0 && double.IsNegative(expected) != double.IsNegative(actual)))
                Assert.Fail($"{what}({x:R}, {y:R}) is {actual:R}, not {expected:R}");
        }
    }
}
