using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Frontend;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace GemmaIlgpu.Compute.Tests;

/// <summary>Devices, memory, queues and errors of the OpenCL runtime.</summary>
public sealed class OpenCLRuntimeTests
{
    private Context _context = null!;
    private CLAccelerator _accelerator = null!;

    [OneTimeSetUp]
    public void Open()
    {
        CLDevice device = OpenCLTestDevice.Get();
        _context = Context.Create(builder => builder.OpenCL(other => other.Equals(device)).Profiling());
        _accelerator = _context.CreateCLAccelerator(0);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _accelerator?.Dispose();
        _context?.Dispose();
    }

    [Test]
    public void A_device_says_what_it_is()
    {
        CLDevice device = _accelerator.Device;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_accelerator.AcceleratorType, Is.EqualTo(AcceleratorType.OpenCL));
            Assert.That(device.Name, Is.Not.Empty);
            Assert.That(device.PlatformName, Is.Not.Empty);
            Assert.That(device.MemorySize, Is.GreaterThan(1 << 20));
            Assert.That(device.MaxNumThreadsPerGroup, Is.GreaterThanOrEqualTo(64));
            Assert.That(device.MaxSharedMemoryPerGroup, Is.GreaterThanOrEqualTo(16 * 1024));
            Assert.That(device.NumMultiprocessors, Is.Positive);
            Assert.That(device.DeviceVersion >= CLDeviceVersion.CL12);
            Assert.That(int.IsPow2(device.WarpSize));
            Assert.That(device.HasExtension("cl_khr_byte_addressable_store") || device.DeviceVersion >= CLDeviceVersion.CL11);
        }
    }

    [Test]
    public void The_preferred_device_is_no_detour_to_the_processor()
    {
        using Context context = Context.CreateDefault();
        Assert.That(context.GetCLDevices().Count, Is.Positive);
        Device preferred = context.GetPreferredDevice(preferCPU: false);
        Assert.That(preferred is CLDevice { DeviceType: CLDeviceType.CL_DEVICE_TYPE_CPU }, Is.False);
    }

    [Test]
    public void An_absent_device_is_named_with_those_that_are_there() => Assert.That(
        () => _context.GetCLDevice(7),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("OpenCL device 7 of 1 was asked for").And.Message.Contains(_accelerator.Name));

    [Test]
    public void Barriers_need_whole_groups()
    {
        var launch = _accelerator.LoadImplicitlyGroupedStreamKernel<Index1D, ArrayView<int>>(Reverse, 8);
        using var buffer = _accelerator.Allocate1D<int>(24);
        launch(24, buffer.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(buffer.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 24).Select(i => i / 8 * 8 + 7 - i % 8)));
            Assert.That(() => launch(20, buffer.View), Throws.ArgumentException.With.Message.Contains("launched with 20 threads in groups of 8"));
        }
    }

    private static void Reverse(Index1D index, ArrayView<int> values)
    {
        var group = SharedMemory.Allocate<int>(8);
        group[Group.IdxX] = index;
        Group.Barrier();
        values[index] = group[7 - Group.IdxX];
    }

    [Test]
    public void New_memory_is_zero_and_copies_arrive()
    {
        using var buffer = _accelerator.Allocate1D<int>(1000);
        Assert.That(buffer.GetAsArray1D(), Is.All.Zero);
        int[] data = [.. Enumerable.Range(0, 1000)];
        buffer.CopyFromCPU(data);
        using var copy = _accelerator.Allocate1D<int>(400);
        copy.View.CopyFrom(_accelerator.DefaultStream, buffer.View.SubView(100, 400));
        Assert.That(copy.GetAsArray1D(), Is.EqualTo(data[100..500]));
        copy.MemSetToZero();
        Assert.That(copy.GetAsArray1D(), Is.All.Zero);
        copy.View.SubView(10, 5).AsContiguous().MemSet(_accelerator.DefaultStream, 0xFF);
        Assert.That(copy.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 400).Select(i => i is >= 10 and < 15 ? -1 : 0)));
    }

    [TestCase(10, 0)]
    [TestCase(0, 10)]
    public void Overlapping_copies_read_before_they_write(int from, int to)
    {
        int[] data = [.. Enumerable.Range(0, 100)];
        using var buffer = _accelerator.Allocate1D(data);
        buffer.View.SubView(to, 90).AsContiguous().CopyFrom(_accelerator.DefaultStream, buffer.View.SubView(from, 90).AsContiguous());
        int[] expected = [.. data];
        Array.Copy(data, from, expected, to, 90);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(expected));
    }

    [Test]
    public void Page_locked_memory_goes_there_and_back()
    {
        using var stream = _accelerator.CreateStream();
        using var host = _accelerator.AllocatePageLocked1D<float>(256);
        using var buffer = _accelerator.Allocate1D<float>(256);
        for (int i = 0; i < 256; i++)
            host.Span[i] = i * 0.5f;
        buffer.View.CopyFromPageLockedAsync(stream, host);
        _accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Double)(stream, 256, buffer.View);
        buffer.View.CopyToPageLockedAsync(stream, host);
        stream.Synchronize();
        Assert.That(host.Span.ToArray(), Is.EqualTo(Enumerable.Range(0, 256).Select(i => (float)i)));
    }

    private static void Double(Index1D i, ArrayView<float> data) => data[i] *= 2;

    [Test]
    public void Views_know_where_in_their_buffer_they_begin()
    {
        using var buffer = _accelerator.Allocate1D([.. Enumerable.Range(0, 64)]);
        using var sums = _accelerator.Allocate1D<int>(2);
        _accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>>(TwoParts)(
            (1, 1), buffer.View.SubView(3, 2).AsContiguous(), buffer.View.SubView(60, 4).AsContiguous(), default, sums.View);
        Assert.That(sums.GetAsArray1D(), Is.EqualTo(new[] { 3 + 4 + 60 + 61 + 62 + 63, 1 }));
    }

    private static void TwoParts(ArrayView<int> first, ArrayView<int> second, ArrayView<int> none, ArrayView<int> sums)
    {
        int sum = 0;
        for (int i = 0; i < first.IntLength; i++)
            sum += first[i];
        for (int i = 0; i < second.IntLength; i++)
            sum += second[i];
        for (int i = 0; i < none.IntLength; i++)
            sum += none[i];
        sums[0] = sum;
        sums[1] = none.IsValid ? 0 : 1;
    }

    [Test]
    public void Markers_measure_time()
    {
        using var buffer = _accelerator.Allocate1D<float>(1 << 20);
        var kernel = _accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Double);
        using ProfilingMarker start = _accelerator.AddProfilingMarker();
        kernel(_accelerator.DefaultStream, 1 << 20, buffer.View);
        using ProfilingMarker end = _accelerator.AddProfilingMarker();
        end.Synchronize();
        Assert.That(end - start, Is.GreaterThan(TimeSpan.Zero).And.LessThan(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public void A_buffer_that_is_too_large_is_refused_with_both_sizes()
    {
        long bytes = _accelerator.Device.MaxAllocationSize + 1;
        Assert.That(() => _accelerator.Allocate1D<byte>(bytes), Throws.TypeOf<OutOfMemoryException>()
            .With.Message.Contains($"{bytes} bytes was asked for").And.Message.Contains($"at most {bytes - 1} bytes at once"));
        Assert.That(_accelerator.Allocate1D<byte>(16).GetAsArray1D(), Is.All.Zero, "the accelerator goes on working");
    }

    [Test]
    public void A_program_that_does_not_build_is_reported_with_the_log()
    {
        var broken = new OpenCLKernel("Some.Kernel", "k", "__kernel void k() { nonsense; }", [], [], 0, 0, "-cl-std=CL1.2");
        Assert.That(() => _accelerator.NativeContext.CreateKernel(broken), Throws.TypeOf<KernelCompilationException>()
            .With.Message.StartsWith($"Kernel Some.Kernel cannot run on {_accelerator.Name}").And.Message.Contains("nonsense"));
    }

    [Test]
    public void Buffers_of_others_are_refused()
    {
        using Context context = Context.Create(builder => builder.Simd());
        using Accelerator other = context.Devices[0].CreateAccelerator(context);
        using var buffer = other.Allocate1D<float>(4);
        var kernel = _accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Double);
        Assert.That(() => kernel(_accelerator.DefaultStream, 4, buffer.View), Throws.ArgumentException.With.Message.Contains("which it cannot reach"));
    }

    [Test]
    public void Groups_that_are_too_large_are_refused()
    {
        using var buffer = _accelerator.Allocate1D<int>(4);
        var kernel = _accelerator.LoadStreamKernel<ArrayView<int>>(First);
        Assert.That(() => kernel((1, _accelerator.MaxNumThreadsPerGroup + 1), buffer.View), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static void First(ArrayView<int> data) => data[0] = 1;

    [Test]
    public void A_division_by_zero_stays_in_its_kernel_and_still_throws_in_ordinary_code()
    {
        using var buffer = _accelerator.Allocate1D([7, 0, -3, int.MinValue]);
        _accelerator.LoadStreamKernel<ArrayView<int>>(Divide)((1, 1), buffer.View);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(new[] { 0, 0, -3, int.MinValue }));
        int zero = buffer.GetAsArray1D()[1];
        Assert.That(() => 7 / zero, Throws.TypeOf<DivideByZeroException>());    // drivers install signal handlers, too
    }

    private static void Divide(ArrayView<int> data)
    {
        data[0] /= data[1];
        data[1] = data[0] % data[1];
        data[3] /= data[2] + 2;
    }

    [Test]
    public void Launches_from_several_threads_keep_their_arguments()
    {
        var kernel = _accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<int>, int>(Fill);
        Parallel.For(0, 8, number =>
        {
            using AcceleratorStream stream = _accelerator.CreateStream();
            using var buffer = _accelerator.Allocate1D<int>(100);
            for (int round = 0; round < 20; round++)
            {
                kernel(stream, 100, buffer.View, number * 100 + round);
                stream.Synchronize();
                Assert.That(buffer.GetAsArray1D(stream), Is.All.EqualTo(number * 100 + round));
            }
        });
    }

    private static void Fill(Index1D i, ArrayView<int> data, int value) => data[i] = value;

    [Test]
    public void Kernels_are_compiled_once_for_all_accelerators_of_a_device()
    {
        using var second = _accelerator.Device.CreateCLAccelerator(_context);
        Assert.That(second.NativeContext, Is.SameAs(_accelerator.NativeContext));
    }

    [Test]
    public void Fast_functions_are_near()
    {
        using Context context = Context.Create(builder => builder.Math(MathMode.Fast));
        using CLAccelerator fast = _accelerator.Device.CreateCLAccelerator(context);
        float[] input = [.. Enumerable.Range(-40, 81).Select(i => i * 0.1f)];
        using var buffer = fast.Allocate1D(input);
        fast.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Sigmoid)(fast.DefaultStream, input.Length, buffer.View);
        float[] actual = buffer.GetAsArray1D();
        // OpenCL leaves the error of native functions to the device; 2^-10 is what graphics processors keep within.
        for (int i = 0; i < input.Length; i++)
            Assert.That(actual[i], Is.EqualTo(1 / (1 + Math.Exp(-input[i]))).Within(0.1).Percent, $"at {input[i]}");
    }

    private static void Sigmoid(Index1D i, ArrayView<float> data) => data[i] = XMath.Rcp(1 + XMath.Exp(-data[i]));
}
