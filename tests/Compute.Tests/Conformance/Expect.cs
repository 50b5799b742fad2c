using System.Runtime.CompilerServices;
using System.Text;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Comparisons whose messages say where and on which device.</summary>
public static class Expect
{
    /// <summary>Same length and same bits in every element; one NaN is as good as another.</summary>
    public static void Same<T>(T[] expected, T[] actual, Func<int, string> describe, string device)
        where T : unmanaged
    {
        var wrong = new List<int>();
        for (int i = 0; i < Math.Min(expected.Length, actual.Length); i++)
            if (!SameBits(expected[i], actual[i]))
                wrong.Add(i);
        Report(expected, actual, wrong, describe, device);
    }

    /// <summary>Same length, and every element within a number of steps between neighbouring floats, or within an absolute error.</summary>
    public static void Near(double[] expected, float[] actual, double ulps, Func<int, string> describe, string device, double absolute = 0)
    {
        var wrong = new List<int>();
        for (int i = 0; i < Math.Min(expected.Length, actual.Length); i++)
            if (!(Error(expected[i], actual[i]) <= ulps) && !(Math.Abs(expected[i] - actual[i]) <= absolute))
                wrong.Add(i);
        Report([.. expected], [.. actual.Select(x => (double)x)], wrong, i => $"{describe(i)} ({Error(expected[i], actual[i]):G4} steps off)", device);
    }

    /// <inheritdoc cref="Near(double[], float[], double, Func{int, string}, string, double)"/>
    public static void Near(double[] expected, double[] actual, double ulps, Func<int, string> describe, string device, double absolute = 0)
    {
        var wrong = new List<int>();
        for (int i = 0; i < Math.Min(expected.Length, actual.Length); i++)
            if (!(Error(expected[i], actual[i]) <= ulps) && !(Math.Abs(expected[i] - actual[i]) <= absolute))
                wrong.Add(i);
        Report(expected, actual, wrong, i => $"{describe(i)} ({Error(expected[i], actual[i]):G4} steps off)", device);
    }

    /// <summary>Distance to the exact value in units of the last place of a float.</summary>
    public static double Error(double exact, float value)
    {
        if (double.IsNaN(exact) || float.IsNaN(value))
            return double.IsNaN(exact) && float.IsNaN(value) ? 0 : double.PositiveInfinity;
        if (value == (float)exact)
            return 0;
        if (float.IsInfinity(value) || double.IsInfinity(exact))
            return double.PositiveInfinity;
        double magnitude = Math.Max(Math.Abs(exact), Math.ScaleB(1, -126));
        return Math.Abs(value - exact) / Math.ScaleB(1, Math.Min(Math.ILogB(magnitude), 127) - 23);
    }

    /// <summary>Distance in units of the last place of a double.</summary>
    public static double Error(double exact, double value)
    {
        if (double.IsNaN(exact) || double.IsNaN(value))
            return double.IsNaN(exact) && double.IsNaN(value) ? 0 : double.PositiveInfinity;
        if (value == exact)
            return 0;
        if (double.IsInfinity(value) || double.IsInfinity(exact))
            return double.PositiveInfinity;
        double magnitude = Math.Max(Math.Abs(exact), Math.ScaleB(1, -1022));
        return Math.Abs(value - exact) / Math.ScaleB(1, Math.ILogB(magnitude) - 52);
    }

    private static bool SameBits<T>(T expected, T actual)
        where T : unmanaged
    {
        if (expected is float a && actual is float b)
            return (float.IsNaN(a) && float.IsNaN(b)) || BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b);
        if (expected is double c && actual is double d)
            return (double.IsNaN(c) && double.IsNaN(d)) || BitConverter.DoubleToInt64Bits(c) == BitConverter.DoubleToInt64Bits(d);
        if (expected is ILGPU.Half e && actual is ILGPU.Half f)
            return (ILGPU.Half.IsNaN(e) && ILGPU.Half.IsNaN(f)) || Unsafe.BitCast<ILGPU.Half, ushort>(e) == Unsafe.BitCast<ILGPU.Half, ushort>(f);
        return EqualityComparer<T>.Default.Equals(expected, actual);
    }

    private static void Report<T>(T[] expected, T[] actual, List<int> wrong, Func<int, string> describe, string device)
    {
        if (expected.Length != actual.Length)
            Assert.Fail($"{device}: {actual.Length} results instead of {expected.Length}.");
        if (wrong.Count == 0)
            return;
        var message = new StringBuilder($"{device}: {wrong.Count} of {expected.Length} wrong:");
        foreach (int i in wrong.Take(6))
            message.Append($"\n  {describe(i)}: expected {expected[i]}, got {actual[i]}");
        Assert.Fail(message.ToString());
    }
}
