using FsCheck;
using FsCheck.Fluent;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Cuda;

/// <summary>Random programs of allocations, fillings, copies and disposals in several streams, over a driver that puts everything off.</summary>
internal sealed class CudaOrderTests
{
    private const int Streams = 3, Length = 200;

    /// <summary>One step: what to do, with which buffers, in which stream.</summary>
    private readonly record struct Step(int Kind, int First, int Second, int Stream, byte Value);

    private static readonly Gen<Step> s_step =
        from kind in Gen.Choose(0, 5)
        from first in Gen.Choose(0, 7)
        from second in Gen.Choose(0, 7)
        from stream in Gen.Choose(0, Streams - 1)
        from value in Gen.Choose(1, 255)
        select new Step(kind, first, second, stream, (byte)value);

    [Test]
    public void Every_buffer_holds_what_was_put_into_it_and_nothing_of_earlier_owners() =>
        Prop.ForAll(Gen.ListOf(s_step).ToArbitrary(), steps => Run([.. steps])).QuickCheckThrowOnFailure();

    [Test]
    public void Many_threads_allocate_use_and_free_at_the_same_time()
    {
        using var cuda = new FakeCuda();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            using AcceleratorStream stream = cuda.Accelerator.CreateStream();
            var random = new Random(thread);
            for (int i = 0; i < 60; i++)
            {
                using MemoryBuffer1D<byte, Stride1D.Dense> buffer = cuda.Accelerator.Allocate1D<byte>(random.Next(1, 3) * Length);
                Assert.That(buffer.View.GetAsArray1D(stream), Is.All.Zero);
                buffer.View.MemSet(stream, (byte)(thread + 1));
                if (i % 3 == 0)
                    Assert.That(buffer.View.GetAsArray1D(stream), Is.All.EqualTo(thread + 1));
            }
        });
    }

    // A buffer stays with one stream while it lives, since the programming model has no other order between streams.
    private static void Run(Step[] steps)
    {
        using var cuda = new FakeCuda();
        AcceleratorStream[] streams = [.. Enumerable.Range(0, Streams).Select(_ => cuda.Accelerator.CreateStream())];
        var buffers = new (MemoryBuffer1D<byte, Stride1D.Dense> Buffer, int Stream, byte Value)?[8];
        foreach (Step step in steps)
        {
            switch (step.Kind)
            {
                case 0 or 1 when buffers[step.First] is null:
                    buffers[step.First] = (cuda.Accelerator.Allocate1D<byte>(Length), step.Stream, 0);
                    break;
                case 2 when buffers[step.First] is { } filled:
                    filled.Buffer.View.MemSet(streams[filled.Stream], step.Value);
                    buffers[step.First] = filled with { Value = step.Value };
                    break;
                case 3 when buffers[step.First] is { } target && buffers[step.Second] is { } source && target.Stream == source.Stream:
                    target.Buffer.View.CopyFrom(streams[target.Stream], source.Buffer.View);
                    buffers[step.First] = target with { Value = source.Value };
                    break;
                case 4 when buffers[step.First] is { } old:
                    old.Buffer.Dispose();
                    buffers[step.First] = null;
                    break;
                case 5 when buffers[step.First] is { } read:
                    Assert.That(read.Buffer.View.GetAsArray1D(streams[read.Stream]), Is.All.EqualTo(read.Value));
                    break;
            }
        }

        foreach ((MemoryBuffer1D<byte, Stride1D.Dense> buffer, int stream, byte value) in buffers.OfType<(MemoryBuffer1D<byte, Stride1D.Dense>, int, byte)>())
            Assert.That(buffer.View.GetAsArray1D(streams[stream]), Is.All.EqualTo(value));
    }
}
