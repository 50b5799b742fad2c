namespace GemmaIlgpu.Engine.Tests.Support;

/// <summary>Comparisons whose failures say where and how much.</summary>
internal static class TensorAssert
{
    /// <summary>Fails on a wrong length, on NaN, and on any difference above the tolerance; returns the largest difference.</summary>
    public static double Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, int width, string what)
    {
        if (expected.Length != actual.Length)
            Assert.Fail($"{what}: {actual.Length} values instead of {expected.Length}.");

        int outside = 0, worst = 0;
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            // Written so that NaN counts as outside.
            if (!(difference <= tolerance))
                outside++;
            if (!(difference <= largest))
                (largest, worst) = (difference, i);
        }

        if (outside > 0)
        {
            Assert.Fail($"{what}: {outside} of {expected.Length} outside {tolerance:g2}, worst at [{worst / width}, {worst % width}]: " +
                $"expected {expected[worst]}, got {actual[worst]} ({largest:g2} apart).");
        }

        return largest;
    }
}
