using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>Kernels that are compiled first and loaded later.</summary>
public sealed class CompiledKernelTests
{
    private static readonly MethodInfo s_implicit = ((Action<Index1D, ArrayView<int>, int>)Fill).Method;
    private static readonly MethodInfo s_explicit = ((Action<ArrayView<int>, int>)FillGroups).Method;

    private static void Fill(Index1D index, ArrayView<int> values, int first) => values[index] = first + index;

    private static void FillGroups(ArrayView<int> values, int first) => values[Grid.GlobalIndex.X] = first + Group.IdxX;

    private static void FillSpecialized(Index1D index, ArrayView<int> values, SpecializedValue<int> first) => values[index] = first + index;

    private static void Refused(Index1D index, ArrayView<int> values) => values[index] = string.Concat("a", "b").Length;

    [Test] public void What_was_compiled_loads_on_another_accelerator_of_the_kind()
    {
        using Context context = Context.Create(builder => builder.CPU().CheckedCpu());
        using Accelerator one = context.Devices[0].CreateAccelerator(context), other = context.Devices[1].CreateAccelerator(context);
        CompiledKernel compiled = one.GetBackend().Compile(EntryPointDescription.FromImplicitlyGroupedKernel(s_implicit), default);
        Assert.That((compiled.Name, compiled.Context, compiled.Info is null), Is.EqualTo(("Fill", context, false)));
        using var buffer = other.Allocate1D<int>(5);
        using Kernel kernel = other.LoadImplicitlyGroupedKernel(compiled, 4, out KernelInfo? information);
        kernel.Launch(other.DefaultStream, 5, buffer.View, 7);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(new[] { 7, 8, 9, 10, 11 }));
        Assert.That(information?.MinGroupSize, Is.EqualTo(4));
        Assert.That(kernel.CompiledKernel.Name, Is.EqualTo("Fill"));
    }

    [Test] public void Assumptions_stay_with_what_was_compiled()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.Devices[0].CreateAccelerator(context);
        KernelSpecialization specialization = new(64, 1);
        CompiledKernel compiled = accelerator.CompileKernel(EntryPointDescription.FromExplicitlyGroupedKernel(s_explicit), specialization);
        Assert.That(compiled.Specialization, Is.EqualTo(specialization));
        Assert.That(accelerator.LoadKernel(compiled).Specialization, Is.EqualTo(specialization));
    }

    [Test] public void Another_grouping_and_mistakes_are_refused_with_a_sentence()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.Devices[0].CreateAccelerator(context);
        CompiledKernel @implicit = accelerator.CompileKernel(EntryPointDescription.FromImplicitlyGroupedKernel(s_implicit));
        CompiledKernel @explicit = accelerator.CompileKernel(EntryPointDescription.FromExplicitlyGroupedKernel(s_explicit));
        Assert.That(() => accelerator.LoadKernel(@implicit), Throws.InstanceOf<NotSupportedException>().With.Message.EqualTo(
            "CompiledKernelTests.Fill was compiled as an implicitly grouped kernel; load it with LoadAutoGroupedKernel or LoadImplicitlyGroupedKernel."));
        Assert.That(() => accelerator.LoadAutoGroupedKernel(@explicit), Throws.InstanceOf<NotSupportedException>().With.Message.EndsWith("load it with LoadKernel."));
        Assert.That(() => accelerator.LoadImplicitlyGroupedKernel(@implicit, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => accelerator.CompileKernel(default), Throws.InvalidOperationException.With.Message.StartsWith("The description names no method"));
        Assert.That(() => EntryPointDescription.FromImplicitlyGroupedKernel(s_explicit), Throws.InstanceOf<NotSupportedException>());
        Assert.That(() => accelerator.CompileKernel(EntryPointDescription.FromImplicitlyGroupedKernel(((Action<Index1D, ArrayView<int>>)Refused).Method)),
            Throws.InstanceOf<Exception>().With.Message.Contains("Refused"));
    }

    [Test] public void OpenCL_shows_its_program()
    {
        CLDevice device = OpenCLTestDevice.Get();
        using Context context = Context.Create(builder => builder.OpenCL(other => other.Equals(device)).CPU());
        using CLAccelerator accelerator = context.CreateCLAccelerator(0);
        var fill = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(Fill);
        Assert.That(fill.GetCompiledKernel(), Is.InstanceOf<CLCompiledKernel>().With.Property("Source").Contains("__kernel"));
        var special = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, SpecializedValue<int>>(FillSpecialized);
        Assert.That(((CLCompiledKernel)special.GetCompiledKernel()).Source, Is.Empty);
        using Accelerator processor = context.GetCPUDevice(0).CreateAccelerator(context);
        Assert.That(() => processor.LoadAutoGroupedKernel(fill.GetCompiledKernel()), Throws.InstanceOf<NotSupportedException>().With.Message.StartsWith(
            "CompiledKernelTests.Fill was compiled for OpenCL; "));
    }

    [Test] public void Cuda_shows_its_PTX()
    {
        using var cuda = new Cuda.FakeCuda();
        CompiledKernel compiled = cuda.Accelerator.CompileKernel(EntryPointDescription.FromImplicitlyGroupedKernel(s_implicit));
        Assert.That((compiled as PTXCompiledKernel)?.PTXAssembly, Does.Contain(".entry").And.EqualTo(((CudaKernel)cuda.Accelerator.LoadAutoGroupedKernel(compiled)).GetPtx()));
    }
}
