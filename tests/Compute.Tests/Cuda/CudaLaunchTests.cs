using GemmaIlgpu.Compute.Runtime.Cuda;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Cuda;

/// <summary>Loading and launching kernels, errors, and graphs, over a driver that notes what it is told.</summary>
internal sealed class CudaLaunchTests
{
    [Test]
    public void A_launch_hands_over_grid_group_and_arguments()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<float, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<float>(100);
        var scale = cuda.Accelerator.LoadKernel<ArrayView<float>, float, long>(Scale);
        scale(cuda.Accelerator.DefaultStream, new KernelConfig(new Index3D(4, 3, 2), new Index3D(32, 2, 1)), x.View.BaseView, 1.5f, -7L);
        FakeLaunch launch = cuda.Driver.Launches.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(launch.Grid, Is.EqualTo((4u, 3u, 2u)));
            Assert.That(launch.Group, Is.EqualTo((32u, 2u, 1u)));
            Assert.That(launch.Parameters[0], Is.EqualTo((long)x.NativePtr));
            Assert.That(launch.Parameters, Does.Contain(BitConverter.SingleToInt32Bits(1.5f)));
            Assert.That(launch.Parameters[^1], Is.EqualTo(-7L));
        }
    }

    [Test]
    public void An_implicit_launch_covers_its_extent_and_hands_it_over()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<float, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<float>(1000);
        var fill = cuda.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Fill);
        fill(cuda.Accelerator.DefaultStream, 1000, x.View.BaseView);
        FakeLaunch launch = cuda.Driver.Launches.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(launch.Grid.X * launch.Group.X, Is.GreaterThanOrEqualTo(1000));
            Assert.That(launch.Parameters[^3..], Is.EqualTo(new long[] { 1000, 1, 1 }));
        }
    }

    [Test]
    public void Kernels_are_loaded_once_for_each_set_of_specialised_values()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<float, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<float>(64);
        var add = cuda.Accelerator.LoadKernel<ArrayView<float>, SpecializedValue<int>>(AddSpecialized);
        foreach (int value in new[] { 3, 4, 3, 4, 3 })
            add(cuda.Accelerator.DefaultStream, new KernelConfig(1, 32), x.View.BaseView, SpecializedValue.New(value));
        Assert.That(cuda.Driver.Calls("ModuleLoadData"), Is.EqualTo(2));
    }

    [Test]
    public void More_than_48_KiB_of_shared_memory_are_asked_for()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<float, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<float>(64);
        var kernel = cuda.Accelerator.LoadKernel<ArrayView<float>>(UsesDynamic);
        kernel(cuda.Accelerator.DefaultStream, new KernelConfig(1, 32, SharedMemoryConfig.RequestDynamic<float>(4096)), x.View.BaseView);
        Assert.That(cuda.Driver.DynamicSharedAllowed, Is.Empty, "16 KiB come by themselves");
        kernel(cuda.Accelerator.DefaultStream, new KernelConfig(1, 32, SharedMemoryConfig.RequestDynamic<float>(25_000)), x.View.BaseView);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cuda.Driver.DynamicSharedAllowed.Values.Single(), Is.EqualTo(100_000));
            Assert.That(cuda.Driver.Launches[^1].DynamicSharedBytes, Is.EqualTo(100_000));
            Assert.That(cuda.Driver.Launches[^1].Parameters[^1], Is.EqualTo(100_000), "the kernel learns the length");
        }

        Assert.That(
            () => kernel(cuda.Accelerator.DefaultStream, new KernelConfig(1, 32, SharedMemoryConfig.RequestDynamic<float>(50_000)), x.View.BaseView),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("200000 bytes of dynamic shared memory; Fake 0 has 166912"));
    }

    [Test]
    public void A_kernel_with_more_shared_memory_than_the_device_has_is_refused_at_launch_not_before()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<float, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<float>(64);
        var kernel = cuda.Accelerator.LoadKernel<ArrayView<float>>(UsesTooMuch);
        Assert.That(
            () => kernel(cuda.Accelerator.DefaultStream, new KernelConfig(1, 32), x.View.BaseView),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("needs 200000 bytes of shared memory").And.Message.Contains("Fake 0 has 166912"));
    }

    [Test]
    public void Occupancy_chooses_the_group_size()
    {
        using var cuda = new FakeCuda();
        Kernel kernel = cuda.Accelerator.LoadAutoGroupedKernel(((Action<Index1D, ArrayView<float>>)Fill).Method, out KernelInfo? info);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cuda.Accelerator.EstimateGroupSize(kernel, out int groups), Is.EqualTo(256));
            Assert.That(groups, Is.EqualTo(8 * 4), "8 groups of 256 fill the 2048 threads of each of 4 multiprocessors");
            Assert.That(info!.MinGroupSize, Is.EqualTo(256));
            Assert.That(cuda.Accelerator.EstimateGroupSize(kernel, 0, 64, out _), Is.EqualTo(64));
        }
    }

    [Test]
    public void Views_that_a_kernel_cannot_reach_are_refused()
    {
        using FakeCuda cuda = new(), other = new();
        MemoryBuffer1D<float, Stride1D.Dense> gone = cuda.Accelerator.Allocate1D<float>(64);
        ArrayView<float> dead = gone.View.BaseView;
        gone.Dispose();
        using MemoryBuffer1D<float, Stride1D.Dense> strange = other.Accelerator.Allocate1D<float>(64);
        var fill = cuda.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Fill);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => fill(cuda.Accelerator.DefaultStream, 64, dead), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(
                () => fill(cuda.Accelerator.DefaultStream, 64, strange.View.BaseView),
                Throws.ArgumentException.With.Message.Contains("which it cannot reach"));
        }

        Assert.That(cuda.Driver.Launches, Is.Empty);
    }

    [Test]
    public void What_the_JIT_refuses_is_shown_with_its_line()
    {
        using var cuda = new FakeCuda();
        cuda.Driver.JitLog = "ptxas application ptx input, line 3; error   : Unknown symbol 'x'";
        cuda.Driver.Fail("ModuleLoadData", CudaResult.InvalidPtx);
        using MemoryBuffer1D<float, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<float>(64);
        var fill = cuda.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Fill);
        var failure = Assert.Throws<CudaException>(() => fill(cuda.Accelerator.DefaultStream, 64, x.View.BaseView));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(failure!.Error, Is.EqualTo("CUDA_ERROR_INVALID_PTX"));
            Assert.That(failure.Message, Does.StartWith("cuModuleLoadDataEx failed with error 218 (CUDA_ERROR_INVALID_PTX) for kernel CudaLaunchTests.Fill"));
            Assert.That(failure.Message, Does.Contain("Unknown symbol 'x'").And.Contain(">     3  "));
        }

        Assert.That(() => fill(cuda.Accelerator.DefaultStream, 64, x.View.BaseView), Throws.Nothing, "a second try gets a fresh answer");
    }

    [Test]
    public void A_launch_that_fails_names_call_error_and_kernel()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<float, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<float>(64);
        var fill = cuda.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Fill);
        cuda.Driver.Fail("LaunchKernel", CudaResult.LaunchOutOfResources);
        var failure = Assert.Throws<CudaException>(() => fill(cuda.Accelerator.DefaultStream, 64, x.View.BaseView));
        Assert.That(failure!.Message, Is.EqualTo(
            "cuLaunchKernel failed with error 701 (CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES) on Fake 0 for kernel CudaLaunchTests.Fill "
            + "with grid (1, 1, 1), group (64, 1, 1) and 0 bytes of dynamic shared memory, which takes 40 registers per thread and 0 bytes of static shared memory."));
        Assert.That(() => fill(cuda.Accelerator.DefaultStream, 64, x.View.BaseView), Throws.Nothing, "the device goes on working");
    }

    [Test]
    public void A_kernel_that_crashes_late_is_among_those_named()
    {
        using var driver = new FakeCudaDriver();
        using var context = Context.Create(builder => builder.Cuda(new CudaSystem(driver)));
        CudaAccelerator accelerator = context.CreateCudaAccelerator(0);
        MemoryBuffer1D<float, Stride1D.Dense> x = accelerator.Allocate1D<float>(64);
        var fill = accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Fill);
        var scale = accelerator.LoadKernel<ArrayView<float>, float, long>(Scale);
        scale(accelerator.DefaultStream, new KernelConfig(1, 32), x.View.BaseView, 1f, 0);
        accelerator.Synchronize();
        for (int i = 0; i < 3; i++)
            fill(accelerator.DefaultStream, 64, x.View.BaseView);
        driver.Crash(CudaResult.IllegalAddress);
        var failure = Assert.Throws<CudaException>(() => x.GetAsArray1D());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(failure!.Message, Does.StartWith("cuMemcpyDtoHAsync_v2 failed with error 700 (CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered) on Fake 0"));
            Assert.That(failure.Message, Does.Contain("CudaLaunchTests.Fill (3 times)").And.Contain("CUDA_LAUNCH_BLOCKING=1").And.Not.Contain("Scale"));
            Assert.That(() => fill(accelerator.DefaultStream, 64, x.View.BaseView), Throws.TypeOf<CudaException>().With.Message.Contains("cannot be used any more by this process, since an earlier call failed: cuMemcpyDtoHAsync_v2"));
            Assert.That(x.Dispose, Throws.Nothing);
            Assert.That(accelerator.Dispose, Throws.Nothing);
        }
    }

    [Test]
    public void A_graph_repeats_what_was_captured()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<int, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<int>(64);
        int runs = 0;
        cuda.Driver.Kernels["Increment"] = launch => runs += (int)launch.Parameters[2];
        var increment = cuda.Accelerator.LoadKernel<ArrayView<int>, int>(Increment);
        AcceleratorStream stream = cuda.Accelerator.DefaultStream;
        increment(stream, new KernelConfig(1, 32), x.View.BaseView, 0);     // loads the kernel
        using CudaGraph graph = CudaGraph.Capture(stream, () =>
        {
            increment(stream, new KernelConfig(1, 32), x.View.BaseView, 1);
            increment(stream, new KernelConfig(1, 32), x.View.BaseView, 10);
            x.MemSet(stream, 3);
        });
        stream.Synchronize();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(runs, Is.Zero, "capturing does nothing");
            Assert.That(graph.NodeCount, Is.EqualTo(3));
            Assert.That(graph.KernelCounts.Single(), Is.EqualTo(new KeyValuePair<string, int>("CudaLaunchTests.Increment", 2)));
        }

        using AcceleratorStream another = cuda.Accelerator.CreateStream();
        graph.Launch(stream);
        graph.Launch(another);
        cuda.Accelerator.Synchronize();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(runs, Is.EqualTo(22));
            Assert.That(x.GetAsArray1D(), Is.All.EqualTo(0x03030303));
        }
    }

    [Test]
    public void What_cannot_be_part_of_a_graph_is_refused_with_a_sentence()
    {
        using var cuda = new FakeCuda(profiling: true);
        CudaAccelerator accelerator = cuda.Accelerator;
        using AcceleratorStream other = accelerator.CreateStream();
        using MemoryBuffer1D<float, Stride1D.Dense> x = accelerator.Allocate1D<float>(64), y = accelerator.Allocate1D<float>(64);
        AcceleratorStream stream = accelerator.DefaultStream;
        var fill = accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Fill);
        using (Assert.EnterMultipleScope())
        {
            Refused(() => accelerator.Allocate1D<float>(10), "a buffer was allocated", "allocate it before the capture");
            Refused(stream.Synchronize, "A stream was synchronised", "synchronise after the graph was launched");
            Refused(accelerator.Synchronize, "The accelerator was synchronised");
            Refused(() => x.GetAsArray1D(), "copied to ordinary host memory");
            Refused(() => x.CopyFromCPU(new float[64]), "ordinary host memory was copied to the device");
            Refused(() => x.MemSetToZero(other), "another stream than the one that records");
            Refused(() => fill(stream, 64, x.View.BaseView), "kernel CudaLaunchTests.Fill was used for the first time", "do once what the graph shall do");
            Refused(() => accelerator.AddProfilingMarker(), "a profiling marker was added");
            Refused(() => accelerator.CreateStream(), "a stream was created");
            Refused(() => accelerator.AllocatePageLocked1D<float>(10), "page-locked memory was allocated");
            Refused(() => accelerator.TrimMemory(), "memory was given back");
            Refused(() => CudaGraph.Capture(stream, () => { }), "captures cannot contain captures");
        }

        // After all that the stream works as before.
        x.MemSet(1);
        Assert.That(x.View.Cast<float, byte>().GetAsArray1D(), Is.All.EqualTo(1));

        void Refused(Action action, params string[] parts)
        {
            var failure = Assert.Throws<InvalidOperationException>(() => CudaGraph.Capture(stream, action).Dispose());
            foreach (string part in parts)
                Assert.That(failure!.Message, Does.Contain(part));
        }
    }

    [Test]
    public void Copies_of_page_locked_memory_can_be_part_of_a_graph()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<int, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<int>(64);
        using PageLockedArray1D<int> source = cuda.Accelerator.AllocatePageLocked1D<int>(64), target = cuda.Accelerator.AllocatePageLocked1D<int>(64);
        AcceleratorStream stream = cuda.Accelerator.DefaultStream;
        using CudaGraph graph = CudaGraph.Capture(stream, () =>
        {
            x.View.CopyFromPageLockedAsync(stream, source);
            x.View.CopyToPageLockedAsync(stream, target);
        });
        foreach (int value in new[] { 4, 7 })
        {
            source.Span.Fill(value);
            graph.Launch(stream);
            stream.Synchronize();
            Assert.That(target.GetArray(), Is.All.EqualTo(value));
        }
    }

    [Test]
    public void Buffers_freed_during_a_capture_and_allocations_of_other_threads_do_no_harm()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<byte, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<byte>(64);
        MemoryBuffer1D<byte, Stride1D.Dense> gone = cuda.Accelerator.Allocate1D<byte>(64);
        AcceleratorStream stream = cuda.Accelerator.DefaultStream;
        MemoryBuffer1D<byte, Stride1D.Dense>? made = null;
        using CudaGraph graph = CudaGraph.Capture(stream, () =>
        {
            x.MemSet(stream, 5);
            gone.Dispose();
            var thread = new Thread(() => made = cuda.Accelerator.Allocate1D<byte>(64));
            thread.Start();
            thread.Join();
        });
        graph.Launch(stream);
        using (made)
        using (Assert.EnterMultipleScope())
        {
            Assert.That(made!.GetAsArray1D(), Is.All.Zero);
            Assert.That(x.GetAsArray1D(), Is.All.EqualTo(5));
        }
    }

    [Test]
    public void A_graph_whose_buffer_is_gone_is_not_launched()
    {
        using var cuda = new FakeCuda();
        MemoryBuffer1D<int, Stride1D.Dense> x = cuda.Accelerator.Allocate1D<int>(64);
        AcceleratorStream stream = cuda.Accelerator.DefaultStream;
        using CudaGraph graph = CudaGraph.Capture(stream, () => x.MemSetToZero(stream));
        x.Dispose();
        using MemoryBuffer1D<int, Stride1D.Dense> heir = cuda.Accelerator.Allocate1D<int>(64);  // in the same place
        Assert.That(() => graph.Launch(stream), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("keep all buffers of a graph until its last launch"));
    }

    [Test]
    public void A_capture_whose_action_fails_leaves_nothing_behind()
    {
        using var cuda = new FakeCuda();
        AcceleratorStream stream = cuda.Accelerator.DefaultStream;
        Assert.That(() => CudaGraph.Capture(stream, () => throw new FormatException("no")), Throws.TypeOf<FormatException>());
        Assert.That(() => stream.Synchronize(), Throws.Nothing);
    }

    [Test]
    public void Graphs_are_for_CUDA_streams()
    {
        using var context = Context.Create(builder => builder.DebugCpu());
        using Accelerator accelerator = context.GetPreferredDevice(true).CreateAccelerator(context);
        Assert.That(() => CudaGraph.Capture(accelerator.DefaultStream, () => { }), Throws.ArgumentException.With.Message.Contains("CUDA graphs are for streams of CUDA accelerators"));
    }

    private static void Scale(ArrayView<float> x, float factor, long offset) => x[Grid.GlobalIndex.X + offset] *= factor;

    private static void Fill(Index1D index, ArrayView<float> x) => x[index] = 1f;

    private static void Increment(ArrayView<int> x, int by) => x[Group.IdxX] += by;

    private static void AddSpecialized(ArrayView<float> x, SpecializedValue<int> value) => x[Group.IdxX] += value.Value;

    private static void UsesDynamic(ArrayView<float> x)
    {
        ArrayView<float> shared = SharedMemory.GetDynamic<float>();
        shared[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();
        x[Group.IdxX] = shared[0];
    }

    private static void UsesTooMuch(ArrayView<float> x)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(50_000);
        shared[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();
        x[Group.IdxX] = shared[0];
    }
}
