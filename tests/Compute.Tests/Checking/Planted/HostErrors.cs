using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Mistakes of the host around a Checked accelerator: one sentence each, and everything works afterwards.</summary>
public sealed class HostErrors(int warpSize, bool shares) : CheckedFixture(warpSize, shares)
{
    private static IEnumerable<TestCaseData> Mistakes()
    {
        yield return Case("Kernel of another accelerator", Elsewhere, typeof(ArgumentException), "HostErrors.Add was launched in a stream of another accelerator");
        yield return Case("Too many threads", b => b.Run<ArrayView<int>>(Explicit, (1, 4096), b.Ints(4)), typeof(ArgumentOutOfRangeException), "4096 threads per group");
        yield return Case("No threads", b => b.Run<ArrayView<int>>(Explicit, (1, 0), b.Ints(4)), typeof(ArgumentOutOfRangeException), "all dimensions must be at least 1");
        yield return Case("Negative extent", b => b.Auto<Index1D, ArrayView<int>>(Add, -3, b.Ints(4)), typeof(ArgumentOutOfRangeException), "must not be negative");
        yield return Case("Too much shared memory", b => b.Run<ArrayView<int>>(Explicit, new KernelConfig(1, 4, SharedMemoryConfig.RequestDynamic<int>(1 << 24)), b.Ints(4)),
            typeof(ArgumentOutOfRangeException), "dynamic shared memory");
        yield return Case("Copy of too much", b => b.Ints(4).CopyToCPU(new int[5]), typeof(ArgumentException), "5", "4");
        yield return Case("Copy from too much", b => b.Ints(4).CopyFromCPU(new int[5]), typeof(ArgumentException), "5", "4");
        yield return Case("Copy between lengths", b => b.Ints(4).CopyFrom(b.Ints(5)), typeof(ArgumentException), "20 bytes", "16 bytes");
        yield return Case("Part beyond the end", b => b.Ints(4).SubView(2, 3), typeof(Exception), "The range of 3 from 2", "4");
        yield return Case("Element beyond the end", b => b.Ints(4)[4] = 1, typeof(Exception), "Index 4", "4");
        yield return Case("Stream of another accelerator", OtherStream, typeof(ArgumentException), "in a stream of another accelerator");
        yield return Case("Disposed stream", DisposedStream, typeof(ObjectDisposedException), "HostErrors.Add was launched in a stream that has been disposed");
        yield return Case("Copy in a disposed stream", CopyInDisposedStream, typeof(ObjectDisposedException), "A stream of CPU", "was used after it was disposed");
        yield return Case("Buffer of a disposed accelerator", BufferOfDisposedAccelerator, typeof(ObjectDisposedException), "HostErrors.Add was launched with a buffer of 5 elements that has been disposed");
        yield return Case("Disposed buffer of another accelerator", DisposedBufferOfAnother, typeof(ObjectDisposedException), "HostErrors.Add was launched with a buffer of 5 elements that has been disposed");
        yield return Case("Kernel of a disposed accelerator", KernelOfDisposedAccelerator, typeof(ObjectDisposedException), "The accelerator CPU", "was used after it was disposed");
        yield return Case("Waiting for a disposed stream", WaitForDisposedStream, typeof(ObjectDisposedException), "A stream of CPU", "was used after it was disposed");
        yield return Case("Copy from a disposed accelerator", CopyFromDisposedAccelerator, typeof(ObjectDisposedException), "A buffer of 5 elements of 4 bytes was used after its accelerator, CPU");
        yield return Case("Element of a disposed buffer", ElementOfDisposedBuffer, typeof(ObjectDisposedException), "A buffer of 5 elements of 4 bytes was used after it was disposed");
        yield return Case("Element of a disposed page-locked array", ElementOfDisposedArray, typeof(ObjectDisposedException), "was used after it was disposed");
        yield return Case("Too much memory", TooMuchMemory, typeof(OutOfMemoryException), "There is no memory for a buffer of 281474976710656 bytes");
        yield return Case("Disposed buffer", DisposedBuffer, typeof(ObjectDisposedException), "disposed");
        yield return Case("Negative length", b => b.Accelerator.Allocate1D<int>(-1), typeof(ArgumentOutOfRangeException), "-1");
    }

    [TestCaseSource(nameof(Mistakes))]
    public void Is_one_sentence(Action<Bench> mistake, Type type, string[] texts)
    {
        using var bench = new Bench(Accelerator);
        Exception error = Assert.Catch(type, () => mistake(bench))!;
        using (Assert.EnterMultipleScope())
        {
            foreach (string text in texts)
                Assert.That(error.Message, Does.Contain(text));
            Assert.That(error.Message, Does.Not.Contain("0x").And.Not.Contain(" at GemmaIlgpu"));
        }
        ArrayView<int> x = bench.Ints(3);
        bench.Auto<Index1D, ArrayView<int>>(Add, 3, x);
        int[] result = new int[3];
        x.CopyToCPU(result);
        Assert.That(result, Is.EqualTo(new[] { 2, 3, 4 }));
    }

    private static TestCaseData Case(string name, Action<Bench> mistake, Type type, params string[] texts) =>
        new TestCaseData(mistake, type, texts).SetArgDisplayNames(name);

    private static void Add(Index1D i, ArrayView<int> x) => x[i] += 1;

    private static void Explicit(ArrayView<int> x) => x[Group.IdxX % 4] = 1;

    private static void Elsewhere(Bench b)
    {
        using var context = Context.Create(builder => builder.CheckedCpu(4));
        using Accelerator other = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        Kernel kernel = other.LoadAutoGroupedKernel(typeof(HostErrors).GetMethod(nameof(Add), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!);
        kernel.Launch(b.Accelerator.DefaultStream, new Index1D(3), b.Ints(3));
    }

    private static void OtherStream(Bench b)
    {
        using var context = Context.Create(builder => builder.CheckedCpu(4));
        using Accelerator other = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        b.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<int>>(Add)(other.DefaultStream, 3, b.Ints(3));
    }

    private static void DisposedStream(Bench b)
    {
        AcceleratorStream stream = b.Accelerator.CreateStream();
        stream.Dispose();
        b.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<int>>(Add)(stream, 3, b.Ints(3));
    }

    private static void WaitForDisposedStream(Bench b)
    {
        AcceleratorStream stream = b.Accelerator.CreateStream();
        stream.Dispose();
        stream.Synchronize();
    }

    private static void CopyFromDisposedAccelerator(Bench b)
    {
        Accelerator other = b.Accelerator.Device.CreateAccelerator(b.Accelerator.Context);
        MemoryBuffer1D<int, Stride1D.Dense> x = other.Allocate1D(new int[5]);
        other.Dispose();
        x.GetAsArray1D();
    }

    private static void ElementOfDisposedBuffer(Bench b)
    {
        MemoryBuffer1D<int, Stride1D.Dense> x = b.Accelerator.Allocate1D(new int[5]);
        ArrayView<int> view = x.View;
        x.Dispose();
        view[2] = 1;
    }

    private static void ElementOfDisposedArray(Bench b)
    {
        PageLockedArray1D<int> x = b.Accelerator.AllocatePageLocked1D<int>(5);
        x.Dispose();
        x[2] = 1;
    }

    // The garbage collector finds a buffer that never came to be.
    private static void TooMuchMemory(Bench b)
    {
        try
        {
            b.Accelerator.Allocate1D<long>(1L << 45);
        }
        finally
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static void CopyInDisposedStream(Bench b)
    {
        AcceleratorStream stream = b.Accelerator.CreateStream();
        stream.Dispose();
        b.Ints(3).CopyFromCPU(stream, [1, 2, 3]);
    }

    // Memory that was given back would be read and written.
    private static void BufferOfDisposedAccelerator(Bench b)
    {
        Accelerator other = b.Accelerator.Device.CreateAccelerator(b.Accelerator.Context);
        ArrayView<int> x = other.Allocate1D(new int[5]).View;
        other.Dispose();
        b.Auto<Index1D, ArrayView<int>>(Add, 5, x);
    }

    private static void DisposedBufferOfAnother(Bench b)
    {
        using Accelerator other = b.Accelerator.Device.CreateAccelerator(b.Accelerator.Context);
        MemoryBuffer1D<int, Stride1D.Dense> x = other.Allocate1D(new int[5]);
        ArrayView<int> view = x.View;
        x.Dispose();
        b.Auto<Index1D, ArrayView<int>>(Add, 5, view);
    }

    private static void KernelOfDisposedAccelerator(Bench b)
    {
        Accelerator other = b.Accelerator.Device.CreateAccelerator(b.Accelerator.Context);
        var add = other.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Add);
        other.Dispose();
        add(3, b.Ints(3));
    }

    private static void DisposedBuffer(Bench b)
    {
        MemoryBuffer1D<int, Stride1D.Dense> x = b.Accelerator.Allocate1D(new int[4]);
        x.Dispose();
        x.GetAsArray1D();
    }
}
