using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Births of NaNs and infinities, which are reported on request.</summary>
internal sealed class BirthTests
{
    private static void Run(CheckedOptions options, Action<Index1D, ArrayView<float>> kernel, params float[] data)
    {
        using Context context = Context.Create(builder => builder.CheckedCpu(32, options));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var x = accelerator.Allocate1D(data);
        accelerator.LoadAutoGroupedStreamKernel(kernel)(data.Length, x.View);
    }

    private static void Root(Index1D i, ArrayView<float> x) => x[i] = MathF.Sqrt(x[i]);

    private static void Inverse(Index1D i, ArrayView<float> x) => x[i] = 1f / x[i];

    private static void Difference(Index1D i, ArrayView<float> x) => x[i] = x[i] - x[i] * 2f;

    private static void Twice(Index1D i, ArrayView<float> x) => x[i] = x[i] + x[i];

    [Test] public void A_root_of_a_negative_number_gives_birth_to_a_NaN()
    {
        Assert.That(() => Run(new() { NaNs = true }, Root, 1, 4, -9), Throws.TypeOf<KernelFaultException>()
            .With.Message.Contains("thread (2, 0, 0): Sqrt of -9 gives NaN (BirthTests.cs:"));
        Run(new() { NaNs = true }, Root, 1, 4, 9);
        Run(new(), Root, 1, 4, -9);
    }

    [Test] public void Infinity_minus_infinity_gives_birth_to_a_NaN() =>
        Assert.That(() => Run(new() { NaNs = true }, Difference, 1, float.PositiveInfinity), Throws.TypeOf<KernelFaultException>()
            .With.Message.Contains("gives NaN"));

    [Test] public void A_division_by_zero_gives_birth_to_an_infinity()
    {
        Assert.That(() => Run(new() { Infinities = true }, Inverse, 1, 2, 0, 4), Throws.TypeOf<KernelFaultException>()
            .With.Message.Contains("thread (2, 0, 0): Div of 1 and 0 gives infinity"));
        Run(new() { NaNs = true }, Inverse, 1, 2, 0, 4);
        Run(new() { Infinities = true }, Inverse, 1, 2, float.PositiveInfinity);
    }

    [Test] public void What_comes_in_as_NaN_or_infinity_is_no_birth() =>
        Run(new() { NaNs = true, Infinities = true }, Twice, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0);
}
