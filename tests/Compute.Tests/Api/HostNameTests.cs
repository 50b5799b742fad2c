using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Tests.Conformance;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>Names of the host that programs call in passing: bound accelerators, peers, occupancy, settings of contexts.</summary>
internal sealed class HostNameTests
{
    private static readonly int[] s_fixed = [1, 2, 3];
    private static int[] s_table = [10, 20, 30];
    private static int s_scale = 2, s_seen;

    [Test]
    public void A_bound_accelerator_is_that_of_the_thread_until_the_scope_ends()
    {
        using var context = Context.Create(builder => builder.CPU().DebugCpu());
        using Accelerator first = context.Devices[0].CreateAccelerator(context), second = context.Devices[1].CreateAccelerator(context);
        Accelerator? before = Accelerator.Current;
        using (first.BindScoped())
        {
            using (ScopedAcceleratorBinding inner = second.DefaultStream.BindScoped())
            {
                Assert.That((Accelerator.Current, inner.OldAccelerator, inner.IsRecoverable), Is.EqualTo((second, first, true)));
                Accelerator? elsewhere = first;
                var thread = new Thread(() => elsewhere = Accelerator.Current);
                thread.Start();
                thread.Join();
                Assert.That(elsewhere, Is.Null);
            }
            Assert.That((Accelerator.Current, Accelerator.CurrentType), Is.EqualTo((first, AcceleratorType.CPU)));
            second.Bind();
            Assert.That(Accelerator.Current, Is.SameAs(second));
        }
        Assert.That(Accelerator.Current, Is.SameAs(before));
        if (before is null)
            Assert.That(() => Accelerator.CurrentType, Throws.InvalidOperationException.With.Message.Contains("Bind"));
    }

    [Test]
    public void Processors_reach_the_memory_of_each_other_and_of_nothing_else()
    {
        using var context = Context.Create(builder => builder.CPU().CheckedCpu());
        using Accelerator first = context.Devices[0].CreateAccelerator(context), second = context.Devices[1].CreateAccelerator(context);
        Accelerator gpu = TestDevices.Get("Ptx70");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.CanAccessPeer(second), first.EnablePeerAccess(second), first.HasPeerAccess(second)), Is.EqualTo((true, true, true)));
            Assert.That((first.EnableBidirectionalPeerAccess(second), first.DisablePeerAccess(second)), Is.EqualTo((true, false)));
            Assert.That((first.CanAccessPeer(gpu), gpu.CanAccessPeer(first), gpu.CanAccessPeer(gpu), gpu.EnableBidirectionalPeerAccess(first)), Is.EqualTo((false, false, true, false)));
        }
        using MemoryBuffer1D<int, Stride1D.Dense> data = first.Allocate1D([1, 2, 3]);
        second.LaunchAutoGrouped<Index1D, ArrayView<int>>(AddOne, second.DefaultStream, 3, data.View);
        second.Synchronize();
        Assert.That(data.GetAsArray1D(), Is.EqualTo(new[] { 2, 3, 4 }));
    }

    [Test]
    public void Occupancy_is_what_threads_and_shared_memory_leave()
    {
        Accelerator gpu = TestDevices.Get("Ptx90");
        using Kernel kernel = gpu.LoadKernel(typeof(HostNameTests).GetMethod(nameof(Explicit), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!);
        int threads = gpu.MaxNumThreadsPerMultiprocessor, shared = gpu.MaxSharedMemoryPerGroup;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(gpu.EstimateMaxActiveGroupsPerMultiprocessor(kernel, 256), Is.EqualTo(threads / 256));
            Assert.That(gpu.EstimateMaxActiveGroupsPerMultiprocessor(kernel, new Index2D(8, 8)), Is.EqualTo(threads / 64));
            Assert.That(gpu.EstimateMaxActiveGroupsPerMultiprocessor(kernel, 33), Is.EqualTo(threads / 64), "the second warp has one thread");
            Assert.That(gpu.EstimateMaxActiveGroupsPerMultiprocessor(kernel, 64, shared / 2), Is.EqualTo(2));
            Assert.That(gpu.EstimateMaxActiveGroupsPerMultiprocessor(kernel, 64, shared + 1), Is.Zero);
            Assert.That(gpu.EstimateMaxActiveGroupsPerMultiprocessor(kernel, gpu.MaxNumThreadsPerGroup + 1), Is.Zero);
            Assert.That(gpu.EstimateOccupancyPerMultiprocessor(kernel, 256), Is.EqualTo(1f));
            Assert.That(gpu.EstimateOccupancyPerMultiprocessor(kernel, 64, shared / 2), Is.EqualTo(128f / threads));
            Assert.That(gpu.EstimateGroupSize(kernel, size => size * 1024, out _) * 1024, Is.LessThanOrEqualTo(shared));
            Assert.That(() => gpu.EstimateMaxActiveGroupsPerMultiprocessor(kernel, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [TestCase("Simd")]
    [TestCase("Debug")]
    [TestCase("Checked")]
    public void Kernels_read_static_fields_that_can_change_if_the_context_lets_them(string device)
    {
        (s_scale, s_table) = (2, [10, 20, 30]);
        using (Context strict = Open(device, builder => builder))
        using (Accelerator accelerator = strict.Devices[0].CreateAccelerator(strict))
        {
            if (device != "Debug")      // which runs the method itself
            {
                Assert.That(() => accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Scaled),
                    Throws.InstanceOf<KernelCompilationException>().With.Message.Contains("s_scale"));
            }
        }
        using Context context = Open(device, builder => builder.StaticFields(StaticFieldMode.MutableStaticFields | StaticFieldMode.IgnoreStaticFieldStores).Arrays(ArrayMode.InlineMutableStaticArrays));
        using Accelerator open = context.Devices[0].CreateAccelerator(context);
        using MemoryBuffer1D<int, Stride1D.Dense> data = open.Allocate1D(new int[3]);
        open.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Scaled)(3, data.View);
        Assert.That(data.GetAsArray1D(), Is.EqualTo(new[] { 21, 42, 63 }));

        // Another context compiles it again, with what the fields hold then.
        (s_scale, s_table) = (3, [1, 2, 3]);
        using Context later = Open(device, builder => builder.StaticFields(StaticFieldMode.MutableStaticFields | StaticFieldMode.IgnoreStaticFieldStores).Arrays(ArrayMode.InlineMutableStaticArrays));
        using Accelerator again = later.Devices[0].CreateAccelerator(later);
        again.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Scaled)(3, data.View);
        Assert.That(data.GetAsArray1D(), Is.EqualTo(new[] { 4, 8, 12 }));
    }

    [Test]
    public void Each_permission_stands_for_itself()
    {
        using Context fields = Open("Simd", builder => builder.StaticFields(StaticFieldMode.MutableStaticFields));
        using Accelerator accelerator = fields.Devices[0].CreateAccelerator(fields);
        Assert.That(() => accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Scaled),
            Throws.InstanceOf<KernelCompilationException>().With.Message.Contains("s_table"));
        using Context arrays = Open("Simd", builder => builder.Arrays(ArrayMode.InlineMutableStaticArrays).StaticFields(StaticFieldMode.MutableStaticFields));
        using Accelerator other = arrays.Devices[0].CreateAccelerator(arrays);
        Assert.That(() => other.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Scaled),
            Throws.InstanceOf<KernelCompilationException>().With.Message.Contains("writes the static field"));
    }

    [Test]
    public void Settings_are_kept()
    {
        Context.Builder builder = Context.Create()
            .Caching(CachingMode.NoLaunchCaching).DebugSymbols(DebugSymbolsMode.Kernel).PageLocking(PageLockingMode.Aggressive)
            .LibDevice().LibDevice("nvvm.so", "libdevice.bc").CPU();
        using Context context = builder.ToContext();
        ContextProperties properties = context.Properties;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(properties.CachingMode, Is.EqualTo(CachingMode.NoLaunchCaching));
            Assert.That(properties.DebugSymbolsMode, Is.EqualTo(DebugSymbolsMode.Kernel));
            Assert.That(properties.PageLockingMode, Is.EqualTo(PageLockingMode.Aggressive));
            Assert.That((properties.StaticFieldMode, properties.ArrayMode), Is.EqualTo((StaticFieldMode.Default, ArrayMode.Default)));
        }
    }

    private static Context Open(string device, Func<Context.Builder, Context.Builder> settings) => Context.Create(builder => _ = device switch
    {
        "Debug" => settings(builder).DebugCpu(),
        "Checked" => settings(builder).CheckedCpu(),
        _ => settings(builder).CPU(),
    });

    private static void AddOne(Index1D i, ArrayView<int> data) => data[i]++;

    private static void Explicit(ArrayView<int> data) => data[Group.IdxX] = 1;

    private static void Scaled(Index1D i, ArrayView<int> data)
    {
        data[i] = s_scale * s_table[i] + s_fixed[i];
        s_seen = i;
    }
}
