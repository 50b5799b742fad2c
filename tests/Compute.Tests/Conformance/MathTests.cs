using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>The functions of MathF, Math, XMath and IntrinsicMath against double precision. A step is the distance between
/// neighbouring numbers of the type.</summary>
public sealed partial class MathTests(string device) : ConformanceTests(device)
{
    // Vector forms of the elementary functions are within 2 steps by their makers' word; chained ones get a little more.
    private const double Elementary = 4;

    private static readonly float[] s_floats = [.. Inputs.Floats<float>(), .. Enumerable.Range(-200, 400).Select(i => i * 0.05f), .. Enumerable.Range(-60, 120).Select(i => i * 1.7f), 1e-6f, 1e5f, 12345.678f, 1e-40f];
    private static readonly float[] s_unit = [.. Enumerable.Range(-100, 201).Select(i => i * 0.01f), 2f, -2f, float.NaN, 0.99999994f, -0f, 1e-20f];
    private static readonly float[] s_positive = [.. Enumerable.Range(0, 300).Select(i => MathF.Pow(1.35f, i - 150)), 0f, 1f, 10f, 100f, 1000f, 2f, 4f, 1024f, float.PositiveInfinity, float.NaN, 1e-40f, -1f];

    private static readonly double[] s_doubles = [.. Inputs.Floats<double>(), .. Enumerable.Range(-200, 400).Select(i => i * 0.05), .. Enumerable.Range(-60, 120).Select(i => i * 1.7)];

    [Test] public void Square_root() => Exact<FSqrt>(s_floats, x => MathF.Sqrt(x));

    [Test] public void Rounding_functions() => Check<FRounding, float, Rounded>(s_floats);

    [Test] public void Rounding_functions_in_double() => Check<DRounding, double, RoundedD>(s_doubles);

    [Test] public void Exponential() => Near<FExp>(s_floats, Math.Exp, Elementary);

    [Test] public void Exponential_of_two() => Near<FExp2>(s_floats, x => Math.Pow(2, x), Elementary);

    [Test] public void Logarithm() => Near<FLog>(s_positive, Math.Log, Elementary);

    [Test] public void Logarithm_of_base_two() => Near<FLog2>(s_positive, Math.Log2, Elementary);

    [Test] public void Logarithm_of_base_ten() => Near<FLog10>(s_positive, Math.Log10, Elementary);

    [Test] public void Sine() => Near<FSin>(s_floats, Math.Sin, Elementary);

    [Test] public void Cosine() => Near<FCos>(s_floats, Math.Cos, Elementary);

    [Test] public void Tangent() => Near<FTan>(s_floats, Math.Tan, Elementary);

    [Test] public void Arc_sine() => Near<FAsin>(s_unit, Math.Asin, Elementary);

    [Test] public void Arc_cosine() => Near<FAcos>(s_unit, Math.Acos, Elementary);

    [Test] public void Arc_tangent() => Near<FAtan>(s_floats, Math.Atan, Elementary);

    [Test] public void Hyperbolic_sine() => Near<FSinh>(s_floats, Math.Sinh, Elementary);

    [Test] public void Hyperbolic_cosine() => Near<FCosh>(s_floats, Math.Cosh, Elementary);

    [Test] public void Hyperbolic_tangent() => Near<FTanh>(s_floats, Math.Tanh, Elementary);

    [Test] public void Reciprocals() => Near<FRcp>(s_floats, x => 1 / x, Elementary);

    [Test] public void Reciprocal_square_root() => Near<FRsqrt>(s_positive, x => 1 / Math.Sqrt(x), Elementary);

    [Test] public void Power()
    {
        (float[] bases, float[] exponents) = Inputs.Pairs([0f, 1f, 2f, 0.5f, 3.7f, 10f, 100.25f, 1e-3f, -2f, -1f, float.PositiveInfinity, float.NaN], [0f, 1f, 2f, 3f, -1f, -2f, 0.5f, 0.3333f, 7.25f, 10f, float.PositiveInfinity, float.NaN]);
        Near<FPow>(bases, exponents, Math.Pow, Elementary);
    }

    [Test] public void Arc_tangent_of_two()
    {
        (float[] y, float[] x) = Inputs.Pairs([0f, -0f, 1f, -1f, 0.3f, -20f, 1e10f, float.PositiveInfinity, float.NaN], [0f, -0f, 1f, -1f, 0.7f, -3f, 1e-10f, float.NegativeInfinity]);
        Near<FAtan2>(y, x, Math.Atan2, Elementary);
    }

    [Test] public void Two_argument_functions()
    {
        (float[] a, float[] b) = Inputs.Pairs(Inputs.Floats<float>(), Inputs.Floats<float>());
        Check<FMinMax, float, float, MinMax>(a, b);
        (double[] c, double[] d) = Inputs.Pairs(Inputs.Floats<double>(), Inputs.Floats<double>());
        Check<DMinMax, double, double, MinMaxD>(c, d);
    }

    [Test] public void Fused_multiply_add()
    {
        (float[] a, float[] b) = Inputs.Pairs(Inputs.Floats<float>(), Inputs.Floats<float>());
        Check<FFma, float, float, float>(a, b);
    }

    [Test] public void Classification() => Check<FClass, float, int>(s_floats);

    [Test] public void Classification_in_double() => Check<DClass, double, int>(s_doubles);

    [Test] public void Double_elementary_functions()
    {
        NearD<DExp>(s_doubles, Math.Exp);
        NearD<DLog>([.. s_positive.Select(x => (double)x)], Math.Log);
        NearD<DSin>(s_doubles, Math.Sin);
        NearD<DCos>(s_doubles, Math.Cos);
        NearD<DTan>(s_doubles, Math.Tan);
        NearD<DTanh>(s_doubles, Math.Tanh);
        NearD<DAtan>(s_doubles, Math.Atan);
        NearD<DSqrt>(s_doubles, Math.Sqrt);
        NearD<DPow>([.. s_positive.Select(x => (double)x)], x => Math.Pow(x, 1.5));
        NearD<DLog10>([.. s_positive.Select(x => (double)x)], Math.Log10);
        NearD<DRsqrt>([.. s_positive.Select(x => (double)x)], x => 1 / Math.Sqrt(x));
    }

    [Test] public void Sine_and_cosine_together()
    {
        using var values = Accelerator.Allocate1D(s_floats);
        using var results = Accelerator.Allocate1D<float>(s_floats.Length * 2);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(SinCosKernel)(s_floats.Length, values.View, results.View);
        Accelerator.Synchronize();
        float[] actual = results.GetAsArray1D();
        Expect.Near([.. s_floats.Select(x => Math.Sin(x)), .. s_floats.Select(x => Math.Cos(x))], actual, Elementary, i => $"SinCos({s_floats[i % s_floats.Length]})", DeviceName);
    }

    private static void SinCosKernel(Index1D i, ArrayView<float> values, ArrayView<float> results)
    {
        XMath.SinCos(values[i], out float sin, out float cos);
        results[i] = sin;
        results[i + values.IntLength] = cos;
    }

    private void Exact<TFunction>(float[] values, Func<float, float> reference)
        where TFunction : struct, IFunction<float, float> =>
        Expect.Same([.. values.Select(reference)], Map<TFunction, float, float>(values), i => $"{typeof(TFunction).Name}({values[i]:R})", DeviceName);

    private void Near<TFunction>(float[] values, Func<double, double> reference, double steps)
        where TFunction : struct, IFunction<float, float> =>
        Expect.Near([.. values.Select(x => reference(x))], Map<TFunction, float, float>(values), steps, i => $"{typeof(TFunction).Name}({values[i]:R})", DeviceName);

    private void Near<TFunction>(float[] first, float[] second, Func<double, double, double> reference, double steps)
        where TFunction : struct, IFunction<float, float, float> =>
        Expect.Near([.. first.Zip(second, (a, b) => reference(a, b))], Map<TFunction, float, float, float>(first, second), steps, i => $"{typeof(TFunction).Name}({first[i]:R}, {second[i]:R})", DeviceName);

    private void NearD<TFunction>(double[] values, Func<double, double> reference)
        where TFunction : struct, IFunction<double, double> =>
        Expect.Near([.. values.Select(reference)], Map<TFunction, double, double>(values), Elementary, i => $"{typeof(TFunction).Name}({values[i]:R})", DeviceName);
}
