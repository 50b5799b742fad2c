using GemmaIlgpu.Compute;
using GemmaIlgpu.Host.Counting;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Host.Tests;

/// <summary>What is said about kernels with one habit each that costs time on a GPU, and about those without.</summary>
public sealed class CounterAdviceTests
{
    private const int Warp = 32;

    [Test]
    public void FarApartReadsNameTheirLineAndTheDistance() => Assert.That(
        Advice(Strided, 8),
        Is.EqualTo(new[] { $"{Place(1)} moves 8.00 times the sectors that would do to read x, as neighbouring threads lie 32 bytes apart: let neighbouring threads read neighbouring elements." }));

    [TestCase(1)]
    public void NeighboursGetNoAdvice(int stride) => Assert.That(Advice(Strided, stride), Is.Empty);

    // One element for all lanes is one sector, whatever the share of its bytes.
    [TestCase(0)]
    public void OneElementForAllGetsNoAdvice(int stride) => Assert.That(Advice(Strided, stride), Is.Empty);

    // Row after row of 32 words begins in the same bank, one row each for 32 threads; 33 words do not.
    [Test]
    public void BankConflictsNameTheArrayAndTheDistance() => Assert.That(
        Advice(Tiled, 32),
        Has.Length.EqualTo(2).And.One.EqualTo($"{Place(2)} writes tile in 32 passes where 1 would do, as neighbouring threads lie 128 bytes apart and meet in the same banks: pad rows by an element, or change which thread takes which."));

    [TestCase(33)]
    [TestCase(1)]
    public void OtherDistancesAreFree(int stride) => Assert.That(Advice(Tiled, stride), Is.Empty);

    [Test]
    public void ThreadsThatAddToOnePlaceAreToldToSumFirst() =>
        Assert.That(Advice(AddAll, 0), Has.One.EqualTo("Threads of a warp change the same address 31 times, one after the other: sum up within the warp or the group, and let one thread change it."));

    [Test]
    public void SeparatedLanesNameTheBranch() =>
        Assert.That(Advice(EveryFourth, 4), Has.One.Contains("% of the lanes are idle in an average instruction").And.One.EndsWith($"most often at {Place(3)}."));

    [Test]
    public void GroupsThatDoNotFillWarpsAreNamed() =>
        Assert.That(Advice(Strided, 1, groupSize: 20), Is.EqualTo(new[] { "37.5 % of the lanes are idle in an average instruction, as groups of 20 do not fill warps of 32." }));

    private static void Strided(ArrayView<float> x, ArrayView<float> y, int stride)
    {
        int i = Group.IdxX;
        y[i] = x[i * stride];   // place 1
    }

    private static void Tiled(ArrayView<float> x, ArrayView<float> y, int stride)
    {
        ArrayView<float> tile = SharedMemory.Allocate<float>(Warp * (Warp + 1));
        tile[Group.IdxX * stride] = x[Group.IdxX];  // place 2
        Group.Barrier();
        y[Group.IdxX] = tile[Group.IdxX * stride];
    }

    private static void AddAll(ArrayView<float> x, ArrayView<float> y, int place) => Atomic.Add(ref y[place], x[Group.IdxX]);

    private static void EveryFourth(ArrayView<float> x, ArrayView<float> y, int part)
    {
        float sum = x[Group.IdxX];
        if (Group.IdxX % part == 0)  // place 3
        {
            for (int i = 0; i < 100; i++)
                sum = (sum * 0.5f) + i;
        }
        y[Group.IdxX] = sum;
    }

    private static string[] Advice(Action<ArrayView<float>, ArrayView<float>, int> kernel, int number, int groupSize = Warp)
    {
        using Context context = Context.Create(builder => builder.CountedCpu(Warp));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using MemoryBuffer1D<float, Stride1D.Dense> x = accelerator.Allocate1D<float>(Warp * Warp), y = accelerator.Allocate1D<float>(Warp);
        accelerator.GetCounters().KeepsTraces = true;
        accelerator.LoadStreamKernel(kernel)(new KernelConfig(1, groupSize), x.View.AsContiguous(), y.View.AsContiguous(), number);
        accelerator.Synchronize();
        return [.. CounterAdvice.For(accelerator.GetCounters().Traces.Single())];
    }

    // The line of this file that is marked so.
    private static string Place(int number, [System.Runtime.CompilerServices.CallerFilePath] string file = "")
    {
        int line = Array.FindIndex(File.ReadAllLines(file), text => text.EndsWith($"// place {number}", StringComparison.Ordinal));
        return $"{Path.GetFileName(file)}:{line + 1}";
    }
}
