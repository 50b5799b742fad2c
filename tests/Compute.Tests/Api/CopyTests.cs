using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>Copies between arrays, views, buffers and page-locked memory.</summary>
internal sealed class CopyTests
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
    public void An_array_goes_to_a_buffer_and_back()
    {
        float[] data = [1, 2, 3, 4, 5];
        using var buffer = _accelerator.Allocate1D<float>(data.Length);
        buffer.CopyFromCPU(data);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(data));
        buffer.View.SubView(1, 2).CopyFromCPU([20f, 30f]);
        Assert.That(buffer.View.GetAsArray1D(), Is.EqualTo(new[] { 1f, 20, 30, 4, 5 }));
        ArrayView<float> plain = buffer.View;
        plain.SubView(3).CopyFromCPU([40f, 50f]);
        var back = new float[2];
        plain.SubView(2, 2).CopyToCPU(back);
        Assert.That(back, Is.EqualTo(new[] { 30f, 40 }));
        buffer.MemSetToZero();
        Assert.That(buffer.GetAsArray1D(), Is.All.Zero);
        plain.MemSet(0xFF);
        Assert.That(buffer.GetAsArray1D(), Is.All.NaN);
    }

    [Test]
    public void An_element_of_a_disposed_buffer_is_refused()
    {
        var buffer = _accelerator.Allocate1D([1, 2, 3]);
        ArrayView<int> view = buffer.View;
        Assert.That(view[1], Is.EqualTo(2));
        buffer.Dispose();
        Assert.That(() => view[1], Throws.InstanceOf<ObjectDisposedException>().With.Message.Contains("3 elements of 4 bytes was used after it was disposed"));
    }

    [Test]
    public void Bytes_come_as_they_lie()
    {
        using var buffer = _accelerator.Allocate1D<ushort>([0x0201, 0x0403, 0x0605]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(buffer.GetRawData(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6 }));
            Assert.That(buffer.View.BaseView.SubView(1, 2).GetRawData(), Is.EqualTo(new byte[] { 3, 4, 5, 6 }));
            Assert.That(buffer.View.BaseView.GetRawData(_accelerator.DefaultStream, 3, 2), Is.EqualTo(new byte[] { 4, 5 }));
            Assert.That(buffer.GetRawData(6, 0), Is.Empty);
            Assert.That(buffer.View.GetContext(), Is.SameAs(_context));
            Assert.That(() => buffer.GetRawData(5, 2), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("2 bytes from 5"));
        }
    }

    [Test]
    public void Spans_and_references_can_be_copied()
    {
        using var buffer = _accelerator.Allocate1D<int>(4);
        ReadOnlySpan<int> source = [1, 2, 3, 4];
        buffer.View.CopyFromCPU(_accelerator.DefaultStream, source);
        buffer.View.BaseView.CopyFromCPU(source);
        int[] target = new int[3];
        buffer.View.BaseView.CopyToCPU(ref target[0], 3);
        Assert.That(target, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public void Whole_buffers_with_padded_rows_are_set_and_copied([Values] bool byRows)
    {
        if (byRows)
        {
            using var first = _accelerator.Allocate2DPitchedY<int>(new LongIndex2D(5, 3), 32);
            using var second = _accelerator.Allocate2DPitchedY<int>(new LongIndex2D(5, 3), 32);
            Check(first, second, buffer => buffer.View[4, 2]);
        }
        else
        {
            using var first = _accelerator.Allocate2DPitchedX<int>(new LongIndex2D(5, 3), 64);
            using var second = _accelerator.Allocate2DPitchedX<int>(new LongIndex2D(5, 3), 64);
            Check(first, second, buffer => buffer.View[4, 2]);
        }

        static void Check<TBuffer>(TBuffer first, TBuffer second, Func<TBuffer, int> last)
            where TBuffer : MemoryBuffer
        {
            first.MemSet(1);
            Assert.That(last(first), Is.EqualTo(0x01010101));
            first.CopyTo(second);
            Assert.That(last(second), Is.EqualTo(0x01010101));
            first.MemSetToZero();
            Assert.That(last(first), Is.Zero);
            second.CopyFrom(first);
            Assert.That(last(second), Is.Zero);
        }
    }

    [Test]
    public void Buffers_copy_to_buffers()
    {
        using var first = _accelerator.Allocate1D([1, 2, 3]);
        using var second = _accelerator.Allocate1D<int>(4);
        first.View.CopyTo(second.View.SubView(1, 3));
        Assert.That(second.GetAsArray1D(), Is.EqualTo(new[] { 0, 1, 2, 3 }));
        second.View.SubView(0, 3).CopyFrom(first.View);
        Assert.That(second.GetAsArray1D(), Is.EqualTo(new[] { 1, 2, 3, 3 }));
        Assert.That(() => second.View.CopyTo(first.View), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
