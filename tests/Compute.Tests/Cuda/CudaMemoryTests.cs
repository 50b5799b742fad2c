using GemmaIlgpu.Compute.Runtime.Cuda;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Cuda;

/// <summary>Allocation, reuse in the order of streams, copies and fillings, over a driver that puts everything off.</summary>
internal sealed class CudaMemoryTests
{
    [Test]
    public void New_memory_is_zero_also_when_it_had_another_owner()
    {
        using var cuda = new FakeCuda();
        using (MemoryBuffer1D<int, Stride1D.Dense> first = cuda.Accelerator.Allocate1D<int>(1000))
        {
            Assert.That(first.GetAsArray1D(), Is.All.Zero);
            first.CopyFromCPU([.. Enumerable.Range(1, 1000)]);
            Assert.That(first.GetAsArray1D()[999], Is.EqualTo(1000));
        }

        using MemoryBuffer1D<int, Stride1D.Dense> second = cuda.Accelerator.Allocate1D<int>(1000);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second.GetAsArray1D(), Is.All.Zero);
            Assert.That(cuda.Driver.Calls("MemAlloc"), Is.EqualTo(1), "the second buffer takes the memory of the first");
        }
    }

    [Test]
    public void Freed_memory_is_not_cleared_before_earlier_readers_are_done()
    {
        using var cuda = new FakeCuda();
        using AcceleratorStream stream = cuda.Accelerator.CreateStream();
        using PageLockedArray1D<int> result = cuda.Accelerator.AllocatePageLocked1D<int>(256);
        using (MemoryBuffer1D<int, Stride1D.Dense> old = cuda.Accelerator.Allocate1D<int>(256))
        {
            old.View.CopyFromCPU(stream, [.. Enumerable.Range(5, 256)]);
            stream.Synchronize();
            old.View.CopyToPageLockedAsync(stream, result);     // still to come when the buffer is gone
        }

        using MemoryBuffer1D<int, Stride1D.Dense> next = cuda.Accelerator.Allocate1D<int>(256);
        Assert.That(next.GetAsArray1D(), Is.All.Zero);          // in the default stream, which clears first
        stream.Synchronize();
        Assert.That(result.GetArray(), Is.EqualTo(Enumerable.Range(5, 256)));
    }

    [Test]
    public void A_new_buffer_is_clear_in_streams_made_before_and_after()
    {
        using var cuda = new FakeCuda();
        using AcceleratorStream before = cuda.Accelerator.CreateStream();
        using MemoryBuffer1D<int, Stride1D.Dense> buffer = cuda.Accelerator.Allocate1D<int>(64);
        using AcceleratorStream after = cuda.Accelerator.CreateStream();
        Assert.That(buffer.View.GetAsArray1D(after), Is.All.Zero);
        Assert.That(buffer.View.GetAsArray1D(before), Is.All.Zero);
    }

    [Test]
    public void Launches_without_new_buffers_wait_for_nothing()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<int, Stride1D.Dense> buffer = cuda.Accelerator.Allocate1D<int>(64);
        buffer.MemSetToZero();
        int waits = cuda.Driver.Calls("StreamWaitEvent");
        for (int i = 0; i < 10; i++)
            buffer.MemSetToZero();
        Assert.That(cuda.Driver.Calls("StreamWaitEvent"), Is.EqualTo(waits));
    }

    [Test]
    public void An_empty_buffer_can_be()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<int, Stride1D.Dense> buffer = cuda.Accelerator.Allocate1D<int>(0);
        Assert.That(buffer.GetAsArray1D(), Is.Empty);
    }

    [Test]
    public void Sizes_are_rounded_to_classes_that_waste_little([Values(1, 511, 513, 1024, 5000, 300_000, 1 << 20, (1 << 20) + 1, 100_000_000)] long bytes)
    {
        long size = CudaMemoryPool.BlockSize(bytes);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(size, Is.GreaterThanOrEqualTo(bytes));
            Assert.That(size, Is.LessThanOrEqualTo(Math.Max(512, bytes + Math.Max(bytes / 4, 0) + 1)), "a quarter more at most");
            Assert.That(size % 128, Is.Zero, "device memory stays aligned");
            Assert.That(CudaMemoryPool.BlockSize(size), Is.EqualTo(size), "a class is its own class");
        }
    }

    [Test]
    public void Statistics_tell_what_is_used_and_what_waits()
    {
        using var cuda = new FakeCuda();
        MemoryBuffer first = cuda.Accelerator.AllocateRaw(4096, 1), second = cuda.Accelerator.AllocateRaw(4096, 1);
        first.Dispose();
        CudaMemoryStatistics statistics = cuda.Accelerator.GetMemoryStatistics();
        Assert.That(statistics, Is.EqualTo(new CudaMemoryStatistics(4096, 4096, 8192, 2, 2, 0)));
        second.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cuda.Accelerator.TrimMemory(), Is.EqualTo(8192));
            Assert.That(cuda.Accelerator.GetMemoryStatistics().ReservedBytes, Is.Zero);
            Assert.That(cuda.Accelerator.GetFreeMemory(), Is.EqualTo(cuda.Accelerator.MemorySize));
        }
    }

    [Test]
    public void Memory_that_waits_is_given_back_when_another_size_needs_it()
    {
        using var cuda = new FakeCuda(memoryPerDevice: 8 << 20);
        cuda.Accelerator.AllocateRaw(1000_000, 1).Dispose();
        using MemoryBuffer large = cuda.Accelerator.AllocateRaw((8 << 20) - 4096, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(large.LengthInBytes, Is.EqualTo((8 << 20) - 4096));
            Assert.That(cuda.Accelerator.GetMemoryStatistics().Trims, Is.EqualTo(1));
        }
    }

    [Test]
    public void No_more_than_an_eighth_of_the_device_waits()
    {
        using var cuda = new FakeCuda(memoryPerDevice: 64 << 20);
        MemoryBuffer[] buffers = [.. Enumerable.Range(0, 12).Select(_ => cuda.Accelerator.AllocateRaw(2 << 20, 1))];
        foreach (MemoryBuffer buffer in buffers)
            buffer.Dispose();
        Assert.That(cuda.Accelerator.GetMemoryStatistics().WaitingBytes, Is.EqualTo(8 << 20));
    }

    [Test]
    public void Out_of_memory_says_what_was_asked_what_is_free_and_what_to_do()
    {
        using var cuda = new FakeCuda(memoryPerDevice: 8 << 20);
        using MemoryBuffer some = cuda.Accelerator.AllocateRaw(2 << 20, 1);
        var failure = Assert.Throws<OutOfMemoryException>(() => cuda.Accelerator.AllocateRaw(7 << 20, 1));
        Assert.That(failure!.Message, Is.EqualTo(
            "Fake 0 has no memory for a buffer of 7.0 MiB (7340032 bytes): 6.0 MiB of 8.0 MiB are free, this program's buffers hold 2.0 MiB; "
            + "gemma plan shows what a model needs and what makes it fit: a shorter context, quantised weights, fewer layers on the device."));
        using MemoryBuffer still = cuda.Accelerator.AllocateRaw(5 << 20, 1);
    }

    [Test]
    public void Buffers_that_nobody_disposes_are_freed_by_the_garbage_collector()
    {
        using var cuda = new FakeCuda();
        Forget(cuda.Accelerator);
        for (int i = 0; i < 20 && cuda.Accelerator.GetMemoryStatistics().UsedBytes > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.That(cuda.Accelerator.GetMemoryStatistics().UsedBytes, Is.Zero);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget(CudaAccelerator accelerator) => accelerator.AllocateRaw(1000, 4);
    }

    [Test]
    public void Large_copies_arrive_whole([Values(0, 1, 65_535, 65_536, (8 << 20) - 1, (8 << 20) + 1, 30_000_001)] int bytes)
    {
        using var cuda = new FakeCuda(memoryPerDevice: 1L << 30);
        byte[] data = new byte[bytes];
        new Random(bytes).NextBytes(data);
        byte[] sent = [.. data];
        using MemoryBuffer1D<byte, Stride1D.Dense> buffer = cuda.Accelerator.Allocate1D<byte>(bytes);
        buffer.View.CopyFromCPU(sent);
        sent.AsSpan().Clear();      // the source may change as soon as the copy has returned
        Assert.That(buffer.GetAsArray1D().AsSpan().SequenceEqual(data), "the bytes that came back are those that were sent");
    }

    [Test]
    public void Copies_work_where_no_memory_can_be_locked()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<int, Stride1D.Dense> buffer = cuda.Accelerator.Allocate1D<int>(1 << 20);
        cuda.Driver.Fail("MemHostAlloc", CudaResult.OutOfMemory);
        int[] data = [.. Enumerable.Range(0, 1 << 20)];
        buffer.CopyFromCPU(data);
        Assert.That(buffer.GetAsArray1D().AsSpan().SequenceEqual(data), "the bytes that came back are those that were sent");
    }

    [Test]
    public void Page_locked_copies_do_not_wait_and_do_not_go_through_a_detour()
    {
        using var cuda = new FakeCuda();
        using PageLockedArray1D<int> source = cuda.Accelerator.AllocatePageLocked1D<int>(100_000), target = cuda.Accelerator.AllocatePageLocked1D<int>(100_000);
        Assert.That(source.GetArray(), Is.All.Zero);
        using MemoryBuffer1D<int, Stride1D.Dense> buffer = cuda.Accelerator.Allocate1D<int>(100_000);
        for (int i = 0; i < source.Length; i++)
            source[i] = i;
        int waits = cuda.Driver.Calls("StreamSynchronize");
        buffer.View.CopyFromPageLockedAsync(source);
        buffer.View.CopyToPageLockedAsync(target);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(target.GetArray(), Is.All.Zero, "nothing has been waited for");
            Assert.That(cuda.Driver.Calls("StreamSynchronize"), Is.EqualTo(waits));
            Assert.That(cuda.Driver.Calls("MemHostAlloc"), Is.EqualTo(2), "no staging memory");
        }

        cuda.Accelerator.DefaultStream.Synchronize();
        Assert.That(target.GetArray(), Is.EqualTo(Enumerable.Range(0, 100_000)));
    }

    [Test]
    public void Pinned_arrays_can_be_locked_and_let_go()
    {
        using var cuda = new FakeCuda();
        int[] data = GC.AllocateArray<int>(50_000, pinned: true);
        using (PageLockScope<int> scope = cuda.Accelerator.CreatePageLockFromPinned(data))
        using (PageLockScope<int> again = cuda.Accelerator.CreatePageLockFromPinned(data))
        using (MemoryBuffer1D<int, Stride1D.Dense> buffer = cuda.Accelerator.Allocate1D<int>(50_000))
        {
            data[^1] = 9;
            buffer.View.CopyFromPageLockedAsync(scope);
            cuda.Accelerator.Synchronize();
            data[^1] = 0;
            buffer.View.CopyToPageLockedAsync(again);
            cuda.Accelerator.Synchronize();
            Assert.That(data[^1], Is.EqualTo(9));
        }

        Assert.That(cuda.Driver.Live.Keys, Does.Not.Contain("page locks"));
    }

    [Test]
    public void Fillings_and_copies_within_the_device_keep_their_order()
    {
        using var cuda = new FakeCuda();
        using MemoryBuffer1D<byte, Stride1D.Dense> first = cuda.Accelerator.Allocate1D<byte>(100), second = cuda.Accelerator.Allocate1D<byte>(100);
        first.View.SubView(10, 80).MemSet(7);
        second.View.CopyFrom(first.View);
        first.MemSetToZero();
        byte[] expected = [.. Enumerable.Range(0, 100).Select(i => (byte)(i is >= 10 and < 90 ? 7 : 0))];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second.GetAsArray1D(), Is.EqualTo(expected));
            Assert.That(first.GetAsArray1D(), Is.All.Zero);
        }
    }
}
