using System.Reflection;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Inspection.Samples;
using GemmaIlgpu.Lessons;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Host.Tests;

/// <summary>The lessons' kernels, and the reader's own, are found by name and can be launched by whatever looks into kernels.</summary>
public class LessonKernelTests
{
    private static IEnumerable<string> Names => KernelCatalog.OfLessons.Select(entry => entry.Name);

    [TestCaseSource(nameof(Names))]
    public void A_kernel_of_a_lesson_is_launched_by_its_sample(string name)
    {
        KernelEntry entry = KernelCatalog.Require(name).Single();
        if (KernelSamples.For(entry) is not { } sample)
        {
            Assert.That(KernelSamples.WhyNot(entry), Does.Contain("runs on CUDA devices only"));
            Assert.That(entry.Name, Is.EqualTo("FragmentKernels.TensorCore"));
            return;
        }

        using Context context = Context.Create(builder => builder.CountedCpu());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        sample.Run(accelerator);
        MethodInfo?[] launched = [.. accelerator.GetCounters().Kernels.Select(kernel => kernel.Method)];
        Assert.That(launched, Has.Member(entry.Method));
    }

    [Test]
    public void Every_class_of_kernels_is_there()
    {
        IEnumerable<string> classes = typeof(Lesson).Assembly.GetTypes().Where(type => type.Name.EndsWith("Kernels", StringComparison.Ordinal) || type.Name.EndsWith("Kernel", StringComparison.Ordinal) || type.Name.EndsWith("Mine", StringComparison.Ordinal)).Select(type => type.Name);
        Assert.That(KernelCatalog.OfLessons.Select(entry => entry.Family).Distinct(), Is.EquivalentTo(classes.Where(name => name != nameof(LessonKernels))));
        Assert.That(Gemma.Output("kernels", "count", "ReductionMine"), Does.StartWith("ReductionMine.Kernel: lesson 03, values [1,003], sum [1]"));
    }
}
