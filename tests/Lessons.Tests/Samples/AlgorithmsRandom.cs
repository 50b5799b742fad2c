using ILGPU;
using ILGPU.Algorithms.Random;
using ILGPU.Runtime;

namespace AlgorithmsRandom;

internal static class Program
{
    // How many of a thread's points in the unit square lie within the quarter of a circle.
    private static void Throw(Index1D index, RNGView<XorShift64Star> rng, ArrayView1D<int, Stride1D.Dense> hits, int throws)
    {
        int inside = 0;
        for (int i = 0; i < throws; i++)
        {
            float x = rng.NextFloat(), y = rng.NextFloat();
            if (x * x + y * y < 1)
                inside++;
        }

        Atomic.Add(ref hits[0], inside);
    }

    private static void Roll(Index1D index, ArrayView<int> eyes)
    {
        var own = new XorShift128((uint)index.X + 1, 2, 3, 4);
        int sum = 0;
        for (int i = 0; i < 100; i++)
            sum += own.Next() % 6 + 1;
        eyes[index] = sum;
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.Default().EnableAlgorithms());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);

        // A buffer of random numbers.
        using var rng = RNG.Create<XorShift128Plus>(accelerator, new Random(1));
        using var numbers = accelerator.Allocate1D<double>(10_000);
        rng.FillUniform(accelerator.DefaultStream, numbers.View);
        double[] all = numbers.GetAsArray1D();
        Console.WriteLine($"within [0, 1): {all.All(x => x is >= 0 and < 1)}, mean about a half: {Math.Abs(all.Average() - 0.5) < 0.02}");

        // Random numbers within a kernel.
        const int Threads = 4096, Throws = 100;
        using var threadRng = RNG.Create<XorShift64Star>(accelerator, new Random(2));
        using var hits = accelerator.Allocate1D<int>(1);
        hits.MemSetToZero();
        var kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, RNGView<XorShift64Star>, ArrayView1D<int, Stride1D.Dense>, int>(Throw);
        kernel(Threads, threadRng.GetView(accelerator.WarpSize), hits.View, Throws);
        double pi = 4.0 * hits.GetAsArray1D()[0] / (Threads * Throws);
        Console.WriteLine($"pi to 0.02: {Math.Abs(pi - Math.PI) < 0.02}");

        // A generator of a thread's own, with a state of its own.
        using var eyes = accelerator.Allocate1D<int>(1000);
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Roll)(1000, eyes.View);
        Console.WriteLine($"a die shows 3.5 on average: {Math.Abs(eyes.GetAsArray1D().Average() / 100 - 3.5) < 0.05}");
    }
}
