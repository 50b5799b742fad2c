using System.Collections.Concurrent;
using System.Globalization;

namespace GemmaIlgpu.Kernels.Tests;

/// <summary>Comparison of a kernel's result with what was expected, with a message that nearly diagnoses a failure.</summary>
public static class TensorAssert
{
    /// <summary>Half an ulp of float32: the largest relative error of one rounding.</summary>
    public const double Rounding = 1.0 / (1 << 24);

    private static readonly ConcurrentDictionary<string, (double Error, double Share)> Worst = new();

    /// <summary>Largest error and largest share of the allowed error seen so far, per subject.</summary>
    public static IEnumerable<string> Observed => Worst.OrderBy(w => w.Key)
        .Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Key}: largest error {w.Value.Error:E1}, at most {w.Value.Share:P0} of what is allowed"));

    /// <summary>Every value within <paramref name="tolerance"/> times its expected magnitude (plus the smallest normal float).</summary>
    public static void CloseRelative(IReadOnlyList<double> expected, float[] actual, double tolerance, int[] shape, string subject, TestDevice device) =>
        Close(expected, actual, [.. expected.Select(e => (Math.Abs(e) * tolerance) + 1.2e-38)], shape, subject, device);

    /// <summary>Every value within the same absolute <paramref name="tolerance"/>.</summary>
    public static void Close(IReadOnlyList<double> expected, float[] actual, double tolerance, int[] shape, string subject, TestDevice device) =>
        Close(expected, actual, [.. expected.Select(_ => tolerance)], shape, subject, device);

    /// <summary>Every value within its own absolute tolerance.</summary>
    public static void Close(IReadOnlyList<double> expected, float[] actual, double[] tolerances, int[] shape, string subject, TestDevice device)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Count), $"{subject} on {device}: wrong length");
        Assert.That(shape.Aggregate(1L, (a, b) => a * b), Is.EqualTo(expected.Count), $"{subject}: the shape [{string.Join(", ", shape)}] does not fit");

        int outside = 0, worst = -1;
        double worstShare = 1;
        double largestError = 0, largestShare = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);
            bool equal = expected[i] == actual[i];              // also for infinities
            double share = equal ? 0 : error / tolerances[i];
            if (!equal && !(error <= tolerances[i]))            // NaN is never within a tolerance
            {
                outside++;
                double rank = double.IsNaN(share) ? double.PositiveInfinity : share;
                if (worst < 0 || rank > worstShare)
                    (worst, worstShare) = (i, rank);
            }
            else if (!equal)
            {
                largestError = Math.Max(largestError, error);
                largestShare = Math.Max(largestShare, share);
            }
        }

        Worst.AddOrUpdate(subject.Split(" of ")[0], (largestError, largestShare), (_, w) => (Math.Max(w.Error, largestError), Math.Max(w.Share, largestShare)));
        if (outside > 0)
        {
            Assert.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"{subject} on {device}: {outside:N0} of {actual.Length:N0} outside {tolerances[worst]:E1}, worst at [{Position(worst, shape)}]: expected {expected[worst]:G9}, got {actual[worst]:G9}."));
        }
    }

    private static string Position(int index, int[] shape)
    {
        var position = new int[shape.Length];
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            position[axis] = index % shape[axis];
            index /= shape[axis];
        }

        return string.Join(", ", position);
    }
}
