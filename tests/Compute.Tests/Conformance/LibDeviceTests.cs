using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>NVIDIA's names of elementary functions, on every device.</summary>
public sealed class LibDeviceTests(string device) : ConformanceTests(device)
{
    [Test] public void Functions_are_those_of_the_class_library()
    {
        double[] actual = Run(new double[8 * 40], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<double>>(Kernel)(40, view));
        for (int i = 0; i < 40; i++)
        {
            float x = i / 8f - 2, y = x * x + 0.25f;
            double[] expected =
            [
                MathF.Cos(x), MathF.Exp(x) + MathF.Log(y), Math.Pow(10, x), MathF.Atan2(x, y), MathF.Round(x, MidpointRounding.AwayFromZero) * 10 + MathF.Round(x),
                Math.Clamp(x, 0, 1), 1 / MathF.Sqrt(y), Math.FusedMultiplyAdd(x, y, 1) + x % 0.75f,
            ];
            // The device's functions are within 4 units of the last place of float (docs/numerics.md), results are below 100.
            for (int k = 0; k < 8; k++)
                Assert.That(actual[i * 8 + k], Is.EqualTo(expected[k]).Within(2e-6 * Math.Max(1, Math.Abs(expected[k]))), $"{i} {k}");
        }
    }

    private static void Kernel(Index1D i, ArrayView<double> result)
    {
        float x = i / 8f - 2, y = x * x + 0.25f;
        result[i * 8] = LibDevice.Cos(x);
        result[i * 8 + 1] = LibDevice.FastExp(x) + LibDevice.Log(y);
        result[i * 8 + 2] = LibDevice.Exp10((double)x);
        result[i * 8 + 3] = LibDevice.Atan(x, y);
        result[i * 8 + 4] = LibDevice.Round(x) * 10 + LibDevice.Rint(x);
        result[i * 8 + 5] = LibDevice.Saturate(x);
        result[i * 8 + 6] = LibDevice.Rsqrt(y);
        result[i * 8 + 7] = LibDevice.FusedMultiplyAdd((double)x, y, 1) + LibDevice.Fmod(x, 0.75f);
    }
}
