using GemmaIlgpu.Compute;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Inspection.Samples;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Host.Tests;

/// <summary>Every kernel has a small launch of its own, in which nothing is wrong.</summary>
public sealed class KernelSampleTests
{
    public static IEnumerable<string> Runnable => KernelCatalog.All.Where(entry => KernelSamples.For(entry) is not null).Select(entry => entry.Name);

    [TestCaseSource(nameof(Runnable))]
    public void TheSampleLaunchesItsKernel(string name)
    {
        KernelEntry entry = KernelCatalog.Named(name).Single();
        using Context context = Context.Create(builder => builder.CountedCpu(warpSize: 32));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        KernelSamples.For(entry)!.Run(accelerator);
        KernelCounters counters = accelerator.GetCounters().Kernels.Single(kernel => kernel.Method == entry.Method);
        Assert.That(counters.GlobalStores.Sectors, Is.Positive);
    }

    /// <summary>Every sample in warps of 4 lanes, or the fewest that it works with, and of 32.</summary>
    public static IEnumerable<TestCaseData> Launches =>
        from name in Runnable
        from warpSize in new[] { Math.Max(4, KernelSamples.For(KernelCatalog.Named(name).Single())!.SmallestWarp), 32 }
        select new TestCaseData(name, warpSize);

    [TestCaseSource(nameof(Launches))]
    public void NothingIsWrongInIt(string name, int warpSize)
    {
        KernelSample sample = KernelSamples.For(KernelCatalog.Named(name).Single())!;
        using Context context = Context.Create(builder => builder.CheckedCpu(warpSize));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        Assert.That(() => sample.Run(accelerator), Throws.Nothing);
    }

    [Test]
    public void KernelsWithoutASampleSayWhy()
    {
        string[] without = [.. KernelCatalog.All.Where(entry => KernelSamples.For(entry) is null).Select(entry => entry.Family).Distinct()];
        Assert.That(without, Is.EquivalentTo(new[] { "FlashKernels", "TensorMatMulKernels", "TensorQuantisedKernels" }));
        Assert.That(KernelCatalog.All.Select(entry => (KernelSamples.For(entry) is null) == (KernelSamples.WhyNot(entry) is not null)), Is.All.True);
    }
}
