using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Runtime;

/// <summary>A process compiles a kernel once for each vector width, however many accelerators and kernel objects there are.</summary>
internal sealed class CompileOnceTests
{
    private const int Length = 64;      // whole warps of every width: one variant does

    private static void First(ArrayView<int> x) => x[Grid.IdxX * Group.DimX + Group.IdxX] += 1;

    private static void Second(ArrayView<int> x) => x[Grid.IdxX * Group.DimX + Group.IdxX] += 2;

    private static void Third(ArrayView<int> x) => x[Grid.IdxX * Group.DimX + Group.IdxX] += 3;

    private static void Fourth(ArrayView<int> x, SpecializedValue<int> amount) => x[Grid.IdxX * Group.DimX + Group.IdxX] += amount.Value;

    [Test]
    public void Accelerators_with_equal_vectors_share_a_kernel()
    {
        int before = CpuDevices.Compilations;
        Run(First, vectorBits: 128, threads: 1, times: 3);
        Run(First, vectorBits: 128, threads: 2, times: 1);
        Assert.That(CpuDevices.Compilations - before, Is.EqualTo(1));

        Run(First, vectorBits: 256, threads: 1, times: 1);
        Assert.That(CpuDevices.Compilations - before, Is.EqualTo(2), "another width is other code");
    }

    [Test]
    public void Threads_that_need_a_kernel_at_the_same_time_wait_for_one_compilation()
    {
        int before = CpuDevices.Compilations;
        using var start = new Barrier(8);
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            Run(Second, vectorBits: 128, threads: 1, times: 1);
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.That(CpuDevices.Compilations - before, Is.EqualTo(1));
    }

    [Test]
    public void Clearing_the_cache_forgets_and_leaves_loaded_kernels_working()
    {
        using Context context = Context.Create(builder => builder.Simd(vectorBits: 128, threads: 1));
        using Accelerator accelerator = context.Devices[0].CreateAccelerator(context);
        using MemoryBuffer1D<int, Stride1D.Dense> buffer = accelerator.Allocate1D<int>(Length);
        var loaded = accelerator.LoadKernel<ArrayView<int>>(Third);
        loaded(accelerator.DefaultStream, Config(accelerator), buffer.View);
        int before = CpuDevices.Compilations;
        accelerator.ClearCache(ClearCacheMode.Everything);
        loaded(accelerator.DefaultStream, Config(accelerator), buffer.View);
        Assert.That(CpuDevices.Compilations - before, Is.Zero);

        accelerator.LoadKernel<ArrayView<int>>(Third)(accelerator.DefaultStream, Config(accelerator), buffer.View);
        Assert.That(CpuDevices.Compilations - before, Is.EqualTo(1));
        Assert.That(buffer.GetAsArray1D(), Is.All.EqualTo(9));
    }

    [Test]
    public void Each_specialised_value_is_compiled_once()
    {
        int before = CpuDevices.Compilations;
        for (int round = 0; round < 2; round++)
        {
            using Context context = Context.Create(builder => builder.Simd(vectorBits: 128, threads: 1));
            using Accelerator accelerator = context.Devices[0].CreateAccelerator(context);
            using MemoryBuffer1D<int, Stride1D.Dense> buffer = accelerator.Allocate1D<int>(Length);
            var launch = accelerator.LoadKernel<ArrayView<int>, SpecializedValue<int>>(Fourth);
            foreach (int amount in new[] { 5, 6, 5 })
                launch(accelerator.DefaultStream, Config(accelerator), buffer.View, SpecializedValue.New(amount));
            Assert.That(buffer.GetAsArray1D(), Is.All.EqualTo(16));
        }

        Assert.That(CpuDevices.Compilations - before, Is.EqualTo(2));
    }

    private static void Run(Action<ArrayView<int>> kernel, int vectorBits, int threads, int times)
    {
        using Context context = Context.Create(builder => builder.Simd(vectorBits, threads));
        using Accelerator accelerator = context.Devices[0].CreateAccelerator(context);
        using MemoryBuffer1D<int, Stride1D.Dense> buffer = accelerator.Allocate1D<int>(Length);
        for (int i = 0; i < times; i++)
            accelerator.LoadKernel<ArrayView<int>>(kernel)(accelerator.DefaultStream, Config(accelerator), buffer.View);
        int[] values = buffer.GetAsArray1D();
        Assert.That(values, Is.All.EqualTo(values[0]).And.All.GreaterThanOrEqualTo(times));
    }

    private static KernelConfig Config(Accelerator accelerator) => new(Length / accelerator.WarpSize, accelerator.WarpSize);
}
