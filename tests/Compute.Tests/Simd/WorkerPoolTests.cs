using GemmaIlgpu.Compute.Runtime.Cpu;

namespace GemmaIlgpu.Compute.Tests.Simd;

public class WorkerPoolTests
{
    [TestCase(1)] [TestCase(2)] [TestCase(5)]
    public void Every_item_runs_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        foreach (int count in new[] { 0, 1, 2, threads, 17, 1000 })
        {
            var seen = new int[count];
            pool.Run(count, seen, static (state, _, from, to) =>
            {
                for (long i = from; i < to; i++)
                    Interlocked.Increment(ref ((int[])state)[i]);
            });
            Assert.That(seen, Is.All.EqualTo(1), $"{count} items");
        }
    }

    [Test]
    public void Launches_follow_each_other_while_workers_spin_and_after_they_sleep()
    {
        using var pool = new WorkerPool(3);
        long sum = 0;
        for (int round = 0; round < 300; round++)
        {
            if (round % 100 == 99)
                Thread.Sleep(5);
            pool.Run(10, this, (_, _, from, to) => Interlocked.Add(ref sum, to - from));
        }
        Assert.That(sum, Is.EqualTo(3000));
    }

    [Test]
    public void A_failure_reaches_the_caller_and_the_pool_goes_on()
    {
        using var pool = new WorkerPool(2);
        Assert.That(
            () => pool.Run(100, this, static (_, _, from, _) => throw new InvalidOperationException($"item {from}")),
            Throws.InvalidOperationException.With.Message.StartsWith("item"));
        int done = 0;
        pool.Run(100, this, (_, _, from, to) => Interlocked.Add(ref done, (int)(to - from)));
        Assert.That(done, Is.EqualTo(100));
    }

    [Test]
    public unsafe void Scratch_memory_is_aligned_and_grows()
    {
        using var scratch = new WorkerScratch();
        byte* small = scratch.Reserve(10);
        Assert.That((long)small % 64, Is.Zero);
        Assert.That((nint)scratch.Reserve(1000) == (nint)small, Is.True);
        byte* large = scratch.Reserve(10_000_000);
        large[9_999_999] = 1;
        Assert.That((long)large % 64, Is.Zero);
    }
}
