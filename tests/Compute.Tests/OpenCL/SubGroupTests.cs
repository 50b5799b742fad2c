using System.Reflection;
using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Tests.Conformance;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests;

/// <summary>Warps on devices that have sub-groups: by value where they are emulated, and the text that real ones get.</summary>
public sealed class SubGroupTests
{
    private static IEnumerable<TestCaseData> Cases =>
        from device in EmulatedSubGroups.Names
        from method in typeof(WarpTests).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
        where method.IsDefined(typeof(TestAttribute), inherit: false)
        from argument in method.GetParameters().Length == 0 ? [null] : new object?[] { 64, 256 }
        select new TestCaseData(device, method.Name, argument);

    [TestCaseSource(nameof(Cases))]
    public void Emulated_sub_groups_pass_the_conformance_tests_of_warps(string device, string test, object? argument)
    {
        MethodInfo method = typeof(WarpTests).GetMethod(test)!;
        try
        {
            method.Invoke(new WarpTests(device), argument is null ? [] : [argument]);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
        }
    }

    [TestCase(OpenCLShuffles.Khronos, "sub_group_shuffle(", "cl_khr_subgroup_shuffle")]
    [TestCase(OpenCLShuffles.Intel, "intel_sub_group_shuffle(", "cl_intel_subgroups")]
    [TestCase(OpenCLShuffles.LocalMemory, "sub_group_barrier(CLK_LOCAL_MEM_FENCE);", "cl_khr_subgroups")]
    public void Shuffles_are_those_of_the_device(OpenCLShuffles shuffles, string call, string extension)
    {
        OpenCLKernel kernel = Compile(new OpenCLTarget { Shuffles = shuffles, WarpSize = 16, RequiresSubGroupSize = shuffles == OpenCLShuffles.Intel });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(kernel.Source, Does.Contain(call));
            Assert.That(kernel.Source, Does.Contain($"#pragma OPENCL EXTENSION {extension} : enable"));
            Assert.That(kernel.Source.Contains("intel_reqd_sub_group_size(16)", StringComparison.Ordinal), Is.EqualTo(shuffles == OpenCLShuffles.Intel));
            Assert.That(kernel.ScratchBytesPerThread, Is.EqualTo(shuffles == OpenCLShuffles.LocalMemory ? 8 : 0));
        }
    }

    [Test]
    public void Without_sub_groups_a_thread_exchanges_with_itself()
    {
        OpenCLKernel kernel = Compile(OpenCLTarget.Generic);
        Assert.That(kernel.Source, Does.Not.Contain("sub_group").And.Not.Contain("shuffle"));
    }

    private static OpenCLKernel Compile(OpenCLTarget target) => OpenCLCompiler.Compile(
        KernelFrontend.Translate(((Action<ArrayView<int>, int>)Kernel).Method, KernelKind.Explicit), target);

    private static void Kernel(ArrayView<int> data, int delta)
    {
        int i = Group.IdxX;
        data[i] = Warp.ShuffleDown(data[i], delta) + Warp.Broadcast(data[i], 0);
    }
}
