using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Runtime;

/// <summary>Loading and launching kernels of every kind, on both processor accelerators.</summary>
[TestFixtureSource(nameof(AllDevices))]
internal sealed class LaunchTests(string name)
{
    private static readonly Dictionary<string, CPUDevice> s_devices = new()
    {
        ["Debug"] = CpuDevices.Debug(),
        ["Simd"] = CpuDevices.Simd(threads: 2),
        ["Simd128"] = CpuDevices.Simd(vectorBits: 128, threads: 1),
    };

    public static IEnumerable<string> AllDevices => s_devices.Keys;

    private Context _context = null!;
    private Accelerator _accelerator = null!;

    [SetUp]
    public void Open()
    {
        _context = Context.Create(builder => builder.CPU(s_devices[name]).Profiling());
        _accelerator = _context.GetPreferredDevice(preferCPU: true).CreateAccelerator(_context);
    }

    [TearDown]
    public void Close()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    private static void Fill(Index1D index, ArrayView<int> result, int factor) => result[index] = index * factor;

    [Test]
    public void Auto_grouped_in_the_default_stream([Values(1, 7, 256, 5000)] int length)
    {
        using var buffer = _accelerator.Allocate1D<int>(length + 1);
        var launch = _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(Fill);
        launch(length, buffer.View, 3);
        _accelerator.Synchronize();
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, length).Select(i => 3 * i).Append(0)));
    }

    [Test]
    public void Auto_grouped_in_a_stream()
    {
        using var buffer = _accelerator.Allocate1D<int>(100);
        using AcceleratorStream stream = _accelerator.CreateStream();
        var launch = _accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<int>, int>(Fill);
        launch(stream, 100, buffer.View, 2);
        stream.Synchronize();
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 100).Select(i => 2 * i)));
    }

    [Test]
    public void Implicitly_grouped([Values(1, 3, 16, 100)] int groupSize)
    {
        using var buffer = _accelerator.Allocate1D<int>(50);
        _accelerator.LoadImplicitlyGroupedStreamKernel<Index1D, ArrayView<int>, int>(Fill, groupSize)(50, buffer.View, 2);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 50).Select(i => 2 * i)));
        buffer.MemSetToZero();
        _accelerator.LoadImplicitlyGroupedKernel<Index1D, ArrayView<int>, int>(Fill, groupSize)(_accelerator.DefaultStream, 50, buffer.View, 5);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 50).Select(i => 5 * i)));
    }

    private static void Fill2D(Index2D index, ArrayView2D<int, Stride2D.DenseX> result) => result[index] = index.X + 100 * index.Y;

    private static void Fill3D(Index3D index, ArrayView3D<int, Stride3D.DenseZY> result) =>
        result[index] = index.X + 100 * index.Y + 10_000 * index.Z;

    [Test]
    public void Two_and_three_dimensions()
    {
        using var flat = _accelerator.Allocate2DDenseX<int>(new LongIndex2D(19, 5));
        _accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseX>>(Fill2D)(flat.IntExtent, flat.View);
        int[,] result = flat.GetAsArray2D();
        using var deep = _accelerator.Allocate3DDenseZY<int>(new LongIndex3D(17, 3, 2));
        _accelerator.LoadAutoGroupedStreamKernel<Index3D, ArrayView3D<int, Stride3D.DenseZY>>(Fill3D)(deep.IntExtent, deep.View);
        int[,,] result3 = deep.GetAsArray3D();
        using (Assert.EnterMultipleScope())
        {
            for (int x = 0; x < 19; x++)
            {
                for (int y = 0; y < 5; y++)
                    Assert.That(result[x, y], Is.EqualTo(x + 100 * y));
            }

            for (int x = 0; x < 17; x++)
            {
                for (int y = 0; y < 3; y++)
                {
                    for (int z = 0; z < 2; z++)
                        Assert.That(result3[x, y, z], Is.EqualTo(x + 100 * y + 10_000 * z));
                }
            }
        }
    }

    private static void Explicit(ArrayView<long> result, long factor)
    {
        int thread = Grid.GlobalLinearIndex;
        result[thread] = thread * factor + Group.DimX;
    }

    [Test]
    public void Explicitly_grouped()
    {
        using var buffer = _accelerator.Allocate1D<long>(64);
        var expected = Enumerable.Range(0, 64).Select(i => i * 3L + 16);
        _accelerator.LoadStreamKernel<ArrayView<long>, long>(Explicit)(new KernelConfig(4, 16), buffer.View, 3);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(expected));
        buffer.MemSetToZero();
        _accelerator.LoadKernel<ArrayView<long>, long>(Explicit)(_accelerator.DefaultStream, (4, 16), buffer.View, 3);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(expected));
        buffer.MemSetToZero();
        _accelerator.Launch(Explicit, new KernelConfig(4, 16), (ArrayView<long>)buffer.View, 3L);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(expected));
    }

    private static void Dynamic(ArrayView<float> values)
    {
        ArrayView<float> shared = SharedMemory.GetDynamic<float>();
        shared[Group.IdxX] = values[Group.IdxX];
        Group.Barrier();
        values[Group.IdxX] = shared[shared.IntLength - 1 - Group.IdxX];
    }

    [Test]
    public void With_dynamic_shared_memory()
    {
        using var buffer = _accelerator.Allocate1D([1f, 2, 3, 4, 5, 6, 7, 8]);
        var config = new KernelConfig(1, 8, SharedMemoryConfig.RequestDynamic<float>(8));
        _accelerator.LoadStreamKernel<ArrayView<float>>(Dynamic)(config, buffer.View);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(new[] { 8f, 7, 6, 5, 4, 3, 2, 1 }));
    }

    private struct Settings
    {
        public byte Small;
        public bool Flag;
        public double Factor;
        public ArrayView<double> Data;
        public Inner Inner;
    }

    private struct Inner
    {
        public sbyte Negative;
        public ILGPU.Half Half;
    }

    private static void Structs(Index1D index, Settings settings, short offset) =>
        settings.Data[index] = settings.Flag
            ? settings.Small + settings.Factor * index + settings.Inner.Negative + (float)settings.Inner.Half + offset
            : 0;

    [Test]
    public void Structures_as_arguments()
    {
        using var buffer = _accelerator.Allocate1D<double>(20);
        var settings = new Settings { Small = 200, Flag = true, Factor = 0.5, Data = buffer.View, Inner = new() { Negative = -3, Half = (ILGPU.Half)1.5f } };
        _accelerator.LoadAutoGroupedStreamKernel<Index1D, Settings, short>(Structs)(20, settings, -1000);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 20).Select(i => 200 + 0.5 * i - 3 + 1.5 - 1000)));
    }

    private static void Specialized(Index1D index, ArrayView<int> result, SpecializedValue<int> count, SpecializedValue<long> step)
    {
        long sum = 0;
        for (int i = 0; i < count; i++)
            sum += step.Value;
        result[index] = (int)sum;
    }

    [Test]
    public void Specialised_values()
    {
        using var buffer = _accelerator.Allocate1D<int>(20);
        var launch = _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, SpecializedValue<int>, SpecializedValue<long>>(Specialized);
        for (int count = 0; count < 4; count++)
        {
            launch(20, buffer.View, SpecializedValue.New(count), SpecializedValue.New(5L));
            Assert.That(buffer.GetAsArray1D(), Is.All.EqualTo(5 * count));
        }
    }

    [Test]
    public void Lambdas_without_captured_variables()
    {
        using var buffer = _accelerator.Allocate1D<int>(20);
        var launch = _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>((index, view) => view[index] = index + 1);
        launch(20, buffer.View);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(Enumerable.Range(1, 20)));
        int captured = 7;
        Assert.That(
            () => _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>((index, view) => view[index] = captured),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("in Lambdas_without_captured_variables that is to be a kernel captures the variable captured; make it static"));
    }

    private static void Generic<T, TOperation>(Index1D index, ArrayView<T> values)
        where T : unmanaged
        where TOperation : struct, IOperation<T> =>
        values[index] = default(TOperation).Apply(values[index]);

    private interface IOperation<T>
    {
        T Apply(T value);
    }

    private readonly struct Twice : IOperation<float>
    {
        public float Apply(float value) => 2 * value;
    }

    [Test]
    public void Generic_kernels()
    {
        using var buffer = _accelerator.Allocate1D([1f, 2, 3]);
        _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>>(Generic<float, Twice>)(3, buffer.View);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(new[] { 2f, 4, 6 }));
    }

    [Test]
    public void By_method_and_boxed()
    {
        using var buffer = _accelerator.Allocate1D<int>(20);
        var method = ((Delegate)Fill).Method;
        Kernel kernel = _accelerator.LoadAutoGroupedKernel(method);
        kernel.Launch(_accelerator.DefaultStream, 20, (ArrayView<int>)buffer.View, 4);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 20).Select(i => 4 * i)));
        var launch = _accelerator.LoadAutoGroupedKernel<Action<AcceleratorStream, Index1D, ArrayView<int>, int>>(method);
        launch(_accelerator.DefaultStream, 20, buffer.View, 5);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 20).Select(i => 5 * i)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(launch.GetKernel().NumParameters, Is.EqualTo(2));
            Assert.That(new Action(() => { }).TryGetKernel(out _), Is.False);
        }
    }

    [Test]
    public void Wrong_launches_are_refused_in_a_sentence()
    {
        var buffer = _accelerator.Allocate1D<long>(64);
        var launch = _accelerator.LoadStreamKernel<ArrayView<long>, long>(Explicit);
        var fill = _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(Fill);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => launch((0, 16), buffer.View, 3), Throws.InstanceOf<ArgumentException>().With.Message.Contains("(0, 1, 1)"));
            Assert.That(() => launch((1, -1), buffer.View, 3), Throws.InstanceOf<ArgumentException>());
            Assert.That(() => launch((1, 4096), buffer.View, 3), Throws.InstanceOf<ArgumentException>().With.Message.Contains("4096"));
            Assert.That(() => fill(-1, ArrayView<int>.Empty, 3), Throws.InstanceOf<ArgumentException>().With.Message.Contains("-1"));
            Assert.That(() => fill(0, ArrayView<int>.Empty, 3), Throws.Nothing);
            Assert.That(
                () => _accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, ArrayView<int>>>(((Delegate)Explicit).Method),
                Throws.ArgumentException.With.Message.Contains("ArrayView<Int64>"));
        }

        ArrayView<long> view = buffer.View;
        buffer.Dispose();
        Assert.That(() => launch((1, 16), view, 3), Throws.InstanceOf<ObjectDisposedException>().With.Message.Contains("Explicit"));
        _accelerator.Dispose();
        Assert.That(() => launch((1, 16), default, 3), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Disposed_buffers_are_found_inside_structures_and_strided_views()
    {
        var buffer = _accelerator.Allocate1D<double>(20);
        var table = _accelerator.Allocate2DDenseX<int>(new LongIndex2D(4, 4));
        var settings = new Settings { Data = buffer.View };
        ArrayView2D<int, Stride2D.DenseX> view = table.View;
        buffer.Dispose();
        table.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => _accelerator.LoadAutoGroupedStreamKernel<Index1D, Settings, short>(Structs)(20, settings, 1),
                Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(
                () => _accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseX>>(Fill2D)(new Index2D(4, 4), view),
                Throws.InstanceOf<ObjectDisposedException>());
        }
    }

    [Test]
    public void Profiling_markers_measure_time()
    {
        ProfilingMarker start = _accelerator.AddProfilingMarker();
        Thread.Sleep(5);
        ProfilingMarker end = _accelerator.DefaultStream.AddProfilingMarker();
        end.Synchronize();
        Assert.That(end - start, Is.GreaterThan(TimeSpan.FromMilliseconds(3)));
    }
}
