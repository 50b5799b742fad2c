using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>Views, buffers and page-locked memory on the host.</summary>
internal sealed class ViewTests
{
    private Context _context = null!;
    private Accelerator _accelerator = null!;

    [SetUp]
    public void Open()
    {
        _context = Context.Create(builder => builder.DebugCpu());
        _accelerator = _context.GetPreferredDevice(preferCPU: true).CreateAccelerator(_context);
    }

    [TearDown]
    public void Close()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    [Test]
    public void Parts_of_views_show_the_same_memory()
    {
        using var buffer = _accelerator.Allocate1D([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        ArrayView<int> view = buffer.View;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(view.SubView(3)[0], Is.EqualTo(3));
            Assert.That(view.SubView(3, 2).Length, Is.EqualTo(2));
            Assert.That(view.SubView(10).Length, Is.Zero);
            Assert.That(() => view.SubView(11), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => view.SubView(5, 6), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => view.SubView(1, long.MaxValue), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => view[10], Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Index 10 is outside a view of length 10"));
            Assert.That(() => view[-1L], Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(view.VariableView(4).Value, Is.EqualTo(4));
            Assert.That(view.VariableView(4).SubView<byte>(1).Value, Is.Zero);
            Assert.That(ArrayView<int>.Empty.IsValid, Is.False);
            Assert.That(ArrayView<int>.Empty.HasNoData(), Is.True);
            Assert.That(view.HasData(), Is.True);
            Assert.That(view.GetAccelerator(), Is.SameAs(_accelerator));
            Assert.That(view.LengthInBytes, Is.EqualTo(40));
            Assert.That(new ArrayView<short>(((IArrayView)view).Buffer, 2, 3)[0], Is.EqualTo(1));
        }
    }

    [Test]
    public void Casts_reinterpret_the_bytes()
    {
        using var buffer = _accelerator.Allocate1D([1f, 2f, 3f]);
        ArrayView<float> view = buffer.View;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(view.Cast<uint>()[1], Is.EqualTo(0x40000000u));
            Assert.That(view.Cast<byte>().Length, Is.EqualTo(12));
            Assert.That(view.Cast<long>().Length, Is.EqualTo(1));
            Assert.That(buffer.View.Cast<float, ushort>().Extent.X, Is.EqualTo(6));
        }

        using var table = _accelerator.Allocate2DDenseY<float>(new LongIndex2D(3, 4));
        ArrayView2D<ushort, Stride2D.DenseY> halves = table.View.Cast<float, ushort>();
        table.View[2, 3] = 1f;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(halves.Extent, Is.EqualTo(new LongIndex2D(3, 8)));
            Assert.That(halves[2, 7], Is.EqualTo(0x3F80));
        }
    }

    [Test]
    public void Strided_views_place_elements([Values(0, 64)] int alignment)
    {
        using MemoryBuffer2D<int, Stride2D.DenseX> x = alignment == 0
            ? _accelerator.Allocate2DDenseX<int>(new LongIndex2D(5, 3))
            : _accelerator.Allocate2DPitchedX<int>(new LongIndex2D(5, 3), alignment);
        using MemoryBuffer2D<int, Stride2D.DenseY> y = alignment == 0
            ? _accelerator.Allocate2DDenseY<int>(new LongIndex2D(5, 3))
            : _accelerator.Allocate2DPitchedY<int>(new LongIndex2D(5, 3), alignment);
        var data = new int[5, 3];
        for (int i = 0; i < 15; i++)
            data[i / 3, i % 3] = i;
        x.CopyFromCPU(data);
        y.CopyFromCPU(data);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(x.GetAsArray2D(), Is.EqualTo(data));
            Assert.That(y.GetAsArray2D(), Is.EqualTo(data));
            Assert.That(x.View.Stride.YStride, Is.EqualTo(alignment == 0 ? 5 : 16));
            Assert.That(y.View.Stride.XStride, Is.EqualTo(alignment == 0 ? 3 : 16));
            Assert.That(x.View.AsTransposed()[2, 4], Is.EqualTo(data[4, 2]));
            Assert.That(x.View.SubView(new Index2D(1, 1), new Index2D(2, 2))[1, 1], Is.EqualTo(data[2, 2]));
            Assert.That(y.View.AsGeneral()[3, 2], Is.EqualTo(data[3, 2]));
            Assert.That(y.View.AsGeneral().GetAsArray2D(), Is.EqualTo(data));
            Assert.That(() => x.View[5, 0], Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => y.View[0, 3], Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => x.View.SubView(new Index2D(4, 0), new Index2D(2, 1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Three_dimensions_come_back([Values] bool zFirst)
    {
        var data = new float[2, 3, 4];
        for (int i = 0; i < 24; i++)
            data[i / 12, i / 4 % 3, i % 4] = i;
        if (zFirst)
        {
            using var buffer = _accelerator.Allocate3DDenseZY(data);
            Assert.That(buffer.GetAsArray3D(), Is.EqualTo(data));
        }
        else
        {
            using var buffer = _accelerator.Allocate3DDenseXY(data);
            Assert.That(buffer.GetAsArray3D(), Is.EqualTo(data));
            Assert.That(buffer.View.AsTransposed()[3, 2, 1], Is.EqualTo(data[1, 2, 3]));
        }
    }

    [Test]
    public void One_dimension_can_be_seen_as_more()
    {
        using var buffer = _accelerator.Allocate1D(Enumerable.Range(0, 24).ToArray());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(buffer.View.As2DDenseXView(new LongIndex2D(6, 4))[1, 2], Is.EqualTo(13));
            Assert.That(buffer.View.As2DDenseYView(new LongIndex2D(6, 4))[1, 2], Is.EqualTo(6));
            Assert.That(buffer.View.As3DDenseXYView(new LongIndex3D(2, 3, 4))[1, 2, 3], Is.EqualTo(23));
            Assert.That(buffer.View.As3DDenseZYView(new LongIndex3D(2, 3, 4))[1, 0, 1], Is.EqualTo(13));
            Assert.That(buffer.View.AsGeneral(new Stride1D.General(2)).SubView(2, 3)[1], Is.EqualTo(6));
        }
    }

    [Test]
    public void Alignment_splits_views([Values(16, 64, 512)] int alignment, [Values(0, 1, 5)] int skip)
    {
        using var buffer = _accelerator.Allocate1D<float>(1000);
        ArrayView<float> view = ((ArrayView<float>)buffer.View).SubView(skip);
        (ArrayView<float> prefix, ArrayView<float> main) = view.AlignTo(alignment);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((long)main.LoadEffectiveAddressAsPtr() % alignment, Is.Zero);
            Assert.That(prefix.Length + main.Length, Is.EqualTo(view.Length));
            Assert.That(prefix.LengthInBytes, Is.LessThan(alignment));
            Assert.That((long)buffer.NativePtr % 64, Is.Zero, "allocations begin at cache lines");
            Assert.That(() => main.AsAligned(alignment), Throws.Nothing);
            Assert.That(() => main.SubView(1).AsAligned(alignment), Throws.InvalidOperationException);
        }
    }

    [Test]
    public void Borrowed_memory_is_not_copied()
    {
        int[] memory = GC.AllocateArray<int>(4, pinned: true);
        using (CPUMemoryBuffer buffer = CPUMemoryBuffer.Create(_accelerator, Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0), 4, sizeof(int)))
        {
            ArrayView<int> view = buffer.AsArrayView<int>(1, 2);
            view[1] = 42;
            Assert.That(() => buffer.AsArrayView<int>(3, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }

        Assert.That(memory[2], Is.EqualTo(42));
    }

    [Test]
    public void Page_locked_memory_goes_both_ways()
    {
        using var buffer = _accelerator.Allocate1D<int>(4);
        using PageLockedArray1D<int> source = _accelerator.AllocatePageLocked1D<int>(4);
        for (int i = 0; i < 4; i++)
            source[i] = i + 1;
        buffer.View.CopyFromPageLockedAsync(_accelerator.DefaultStream, source);
        using PageLockedArray1D<int> target = buffer.View.GetAsPageLocked1D();
        Assert.That(target.GetArray(), Is.EqualTo(new[] { 1, 2, 3, 4 }));

        int[] pinned = GC.AllocateArray<int>(4, pinned: true);
        using (PageLockScope<int> scope = _accelerator.CreatePageLockFromPinned(pinned))
            buffer.View.CopyToPageLockedAsync(scope);
        Assert.That(pinned, Is.EqualTo(new[] { 1, 2, 3, 4 }));

        using var table = _accelerator.Allocate2DDenseY<int>(new LongIndex2D(2, 3));
        using PageLockedArray2D<int> rows = _accelerator.AllocatePageLocked2D<int>(new LongIndex2D(2, 3));
        rows[1, 2] = 5;
        table.View.CopyFromPageLockedAsync(rows);
        Assert.That(table.View[1, 2], Is.EqualTo(5));
        Assert.That(rows.GetArray()[1, 2], Is.EqualTo(5));
    }

    [Test]
    public void Disposed_things_refuse_work()
    {
        var buffer = _accelerator.Allocate1D<int>(4);
        ArrayView<int> view = buffer.View;
        buffer.Dispose();
        buffer.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(buffer.IsDisposed, Is.True);
            Assert.That(() => buffer.View, Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(() => view.CopyFromCPU(new int[1]), Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(() => view.GetAsArray(), Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(() => view.MemSetToZero(), Throws.InstanceOf<ObjectDisposedException>());
        }

        var kept = _accelerator.Allocate1D<int>(4);
        Assert.That(_accelerator.NumberChildObjects, Is.GreaterThan(0));
        _accelerator.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => kept.View, Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(() => _accelerator.Allocate1D<int>(4), Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(() => _accelerator.CreateStream(), Throws.InstanceOf<ObjectDisposedException>());
        }
    }

    [Test]
    public void Wrong_sizes_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => _accelerator.Allocate1D<int>(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => _accelerator.Allocate1D<long>(long.MaxValue / 4), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => _accelerator.Allocate2DDenseX<int>(new LongIndex2D(-1, 4)), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => _accelerator.Allocate2DPitchedX<int>(new LongIndex2D(1, 4), 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => CpuDevices.Debug(3), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("power of two"));
            Assert.That(() => CpuDevices.Simd(100), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("128, 256 and 512"));
        }
    }

    [Test]
    public void Devices_are_what_their_names_say()
    {
        using Context context = Context.CreateDefault();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(context.GetPreferredDevice(preferCPU: false).GetCpuKind(), Is.EqualTo(CpuAcceleratorKind.Simd));
            Assert.That(CPUDevice.Nvidia.GetCpuKind(), Is.EqualTo(CpuAcceleratorKind.Debug));
            Assert.That(CPUDevice.Nvidia.WarpSize, Is.EqualTo(32));
            Assert.That(CPUDevice.GetDevice(CPUDeviceKind.LegacyAMD).WarpSize, Is.EqualTo(64));
            Assert.That(CpuDevices.Debug(8), Is.EqualTo(CpuDevices.Debug(warpSize: 8)).And.Not.EqualTo(CpuDevices.Simd(256)));
            Assert.That(CpuDevices.Simd(256).WarpSize, Is.EqualTo(8));
            Assert.That(context.GetCPUDevices(), Has.Count.EqualTo(1));
        }

        using CPUAccelerator accelerator = context.CreateCPUAccelerator(0);
        var text = new StringWriter();
        accelerator.PrintInformation(text);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(accelerator.GetCpuKind(), Is.EqualTo(CpuAcceleratorKind.Simd));
            Assert.That(accelerator.AcceleratorType, Is.EqualTo(AcceleratorType.CPU));
            Assert.That(accelerator.MaxNumThreadsPerGroup, Is.EqualTo(1024));
            Assert.That(text.ToString(), Does.Contain($"Warp size:                       {accelerator.WarpSize}"));
            Assert.That(() => accelerator.AddProfilingMarker(), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Profiling"));
        }
    }
}
