using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using Half = ILGPU.Half;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>NaNs and infinities that come into being, beside those that were there before or that no lane asked for.</summary>
public sealed class BirthBugs(int warpSize) : PlantedFixture(warpSize)
{
    protected override CheckedOptions Options => new() { NaNs = true, Infinities = true, EqualWrites = true };

    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(Logarithm, 3, b.Of(2f, 1, 0)), ["thread (2, 0, 0): Log of 0 gives -infinity"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(LogarithmOfTwo, 2, b.Of(2f, -1)), ["Log2 of -1 gives NaN"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(Exponential, 3, b.Of(1f, 88, 89)), ["thread (2, 0, 0): Exp of 89 gives infinity"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(Power, 2, b.Of(2f, -2)), ["Pow of -2 and 0.5 gives NaN"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(ReciprocalRoot, 2, b.Of(4f, 0)), ["Rsqrt of 0 gives infinity"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(Arcsine, 2, b.Of(1f, 1.5f)), ["Asin of 1.5 gives NaN"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(Product, 2, b.Of(1e10f, 1e30f)), ["Mul of 1E+30 and 1E+30 gives infinity"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(Sum, 2, b.Of(1f, float.MaxValue)), ["gives infinity"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(Fused, 2, b.Of(1f, 1e20f)), ["Fma of 1E+20 and 1E+20 and 1 gives infinity"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(ZeroByZero, 2, b.Of(1f, 0)), ["Div of 0 and 0 gives NaN"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(RemainderOf, 2, b.Of(1f, 0)), ["Rem of 5 and 0 gives NaN"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(SineOfInfinity, 2, b.Of(1f, float.PositiveInfinity)), ["Sin of Infinity gives NaN"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<double>, ArrayView<float>>(Narrow, 2, b.Of(1e30, 1e300), b.Of(new float[2])), ["Conversion to float of 1E+300 gives infinity"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>, ArrayView<Half>>(ToHalf, 2, b.Of(65504f, -70000), b.Of(new Half[2])), ["Conversion to Half of -70000 gives -infinity"]);
        yield return Bug(b => b.Run(AtomicSum, (1, 4), b.Of(1e38f, 1e38f, 1e38f, 1e38f), b.Of(0f)), ["thread (3, 0, 0): Atomic.Add of ", "gives infinity"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<double>>(SquareRoot, 2, b.Of<double>(4, -4)), ["Sqrt of -4 gives NaN"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>, int>(MeanOfNothing, 1, b.Of(0f), 0), ["Div of 0 and 0 gives NaN"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(ConstantDivisor, 2, b.Floats(2)), ["Div of 1 and 0 gives infinity"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(ConstantRoot, 2, b.Floats(2)), ["Sqrt of -1 gives NaN"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<Half>>(ConstantHalf, 2, b.Of(new Half[2])), ["Conversion to Half of 70000 gives infinity"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(UnrolledPower, 2, b.Floats(2)), ["Mul of 9.999999E+31 and 10000000 gives infinity"]);
        yield return Bug(b => b.Run(SameFlag, (1, 8), b.Ints(8), b.Zeros(1)), ["race: writes element 0 of found, which thread"]);
    }

    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return Right(b => b.Auto<Index1D, ArrayView<float>>(SquareIfSmall, 4, b.Of(1f, 2, 1e30f, 3)));
        yield return Right(b => b.Auto<Index1D, ArrayView<float>, float>(ShareIfAny, 4, b.Of(1f, 2, 3, 4), 0));
        yield return Right(b => b.Auto<Index1D, ArrayView<float>, int>(MeanOfSome, 1, b.Of(0f), 0));
        yield return Right(b => b.Auto<Index1D, ArrayView<float>>(MaskedSoftmax, 4, b.Of(1f, 2, 3, 4)));
        yield return Right(b => b.Auto<Index1D, ArrayView<Half>, ArrayView<float>>(FromHalf, 2, b.Of(Half.PositiveInfinity, Half.NaN), b.Of(new float[2])));
        yield return Right(b => b.Auto<Index1D, ArrayView<float>>(Underflow, 2, b.Of(-200f, 1)));
        yield return Right(b => b.Auto<Index1D, ArrayView<float>>(ConstantLimits, 2, b.Floats(2)));
        yield return Right(b => b.Auto<Index1D, ArrayView<float>>(Limits, 2, b.Of(1f, 2)));
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    [TestCaseSource(nameof(Kernels))]
    public void Is_left_alone(Action<Bench> run) => Leaves(run);

    private static string Here([CallerFilePath] string path = "") => path;

    private static void Logarithm(Index1D i, ArrayView<float> x) =>
        x[i] = MathF.Log(x[i]);     // bug Logarithm

    private static void LogarithmOfTwo(Index1D i, ArrayView<float> x) =>
        x[i] = MathF.Log2(x[i]);    // bug LogarithmOfTwo

    private static void Exponential(Index1D i, ArrayView<float> x) =>
        x[i] = MathF.Exp(x[i]);     // bug Exponential

    private static void Power(Index1D i, ArrayView<float> x) =>
        x[i] = MathF.Pow(x[i], 0.5f);   // bug Power

    private static void ReciprocalRoot(Index1D i, ArrayView<float> x) =>
        x[i] = XMath.Rsqrt(x[i]);   // bug ReciprocalRoot

    private static void Arcsine(Index1D i, ArrayView<float> x) =>
        x[i] = MathF.Asin(x[i]);    // bug Arcsine

    private static void Product(Index1D i, ArrayView<float> x) =>
        x[i] = x[i] * x[i];     // bug Product

    private static void Sum(Index1D i, ArrayView<float> x) =>
        x[i] += x[i];   // bug Sum

    private static void Fused(Index1D i, ArrayView<float> x) =>
        x[i] = MathF.FusedMultiplyAdd(x[i], x[i], 1);   // bug Fused

    private static void ZeroByZero(Index1D i, ArrayView<float> x) =>
        x[i] = x[i] / x[i];     // bug ZeroByZero

    private static void RemainderOf(Index1D i, ArrayView<float> x) =>
        x[i] = 5 % x[i];    // bug RemainderOf

    private static void SineOfInfinity(Index1D i, ArrayView<float> x) =>
        x[i] = MathF.Sin(x[i]);     // bug SineOfInfinity

    private static void Narrow(Index1D i, ArrayView<double> x, ArrayView<float> y) =>
        y[i] = (float)x[i];     // bug Narrow

    private static void ToHalf(Index1D i, ArrayView<float> x, ArrayView<Half> y) =>
        y[i] = (Half)x[i];      // bug ToHalf

    private static void AtomicSum(ArrayView<float> x, ArrayView<float> sum) =>
        Atomic.Add(ref sum[0], x[Group.IdxX]);      // bug AtomicSum

    private static void SquareRoot(Index1D i, ArrayView<double> x) =>
        x[i] = Math.Sqrt(x[i]);     // bug SquareRoot

    private static void MeanOfNothing(Index1D i, ArrayView<float> x, int count)
    {
        float sum = 0;
        for (int k = 0; k < count; k++)
            sum += x[k];
        x[i] = sum / count;     // bug MeanOfNothing
    }

    // What the compiler could compute beforehand comes into being all the same.
    private static void ConstantDivisor(Index1D i, ArrayView<float> x)
    {
        float epsilon = 0;
        x[i] = 1 / epsilon;     // bug ConstantDivisor
    }

    private static void ConstantRoot(Index1D i, ArrayView<float> x)
    {
        float square = -1;
        x[i] = MathF.Sqrt(square);  // bug ConstantRoot
    }

    private static void ConstantHalf(Index1D i, ArrayView<Half> x)
    {
        float most = 70000;
        x[i] = (Half)most;      // bug ConstantHalf
    }

    private static void UnrolledPower(Index1D i, ArrayView<float> x)
    {
        float power = 1e4f;
        for (int k = 0; k < 6; k++)
            power *= 1e7f;      // bug UnrolledPower
        x[i] = power;
    }

    // On request only: two threads that write the same value.
    private static void SameFlag(ArrayView<int> x, ArrayView<int> found)
    {
        if (x[Group.IdxX] > 3)
            found[0] = 1;   // bug SameFlag
    }

    // The product is cheap enough to be computed for all and chosen from.
    private static void SquareIfSmall(Index1D i, ArrayView<float> x)
    {
        float value = x[i];
        x[i] = value < 1e15f ? value * value : value;
    }

    // The quotient is the same in every round, but there is a round only if the divisor is not zero.
    private static void ShareIfAny(Index1D i, ArrayView<float> x, float parts)
    {
        for (int k = 0; k < parts; k++)
            x[i] += 1 / parts;
    }

    private static void MeanOfSome(Index1D i, ArrayView<float> x, int count)
    {
        float sum = 0;
        for (int k = 0; k < count; k++)
            sum += x[k];
        x[i] = count > 0 ? sum / count : 0;
    }

    private static void MaskedSoftmax(Index1D i, ArrayView<float> x)
    {
        float most = float.NegativeInfinity;
        for (int k = 0; k <= i; k++)
            most = MathF.Max(most, x[k]);
        float score = i < 2 ? x[i] : float.NegativeInfinity;
        Group.Barrier();
        if (i == 0)
            x[i] = MathF.Exp(score - most);
    }

    private static void FromHalf(Index1D i, ArrayView<Half> x, ArrayView<float> y) => y[i] = x[i];

    private static void Underflow(Index1D i, ArrayView<float> x) => x[i] = MathF.Exp(x[i]);

    private static void ConstantLimits(Index1D i, ArrayView<float> x)
    {
        float least = float.NegativeInfinity, most = -least;
        x[i] = MathF.Min(most, MathF.Max(least, x[i])) + most * 2;
    }

    private static void Limits(Index1D i, ArrayView<float> x) => x[i] = x[i] > 1 ? float.PositiveInfinity : float.NaN;
}
