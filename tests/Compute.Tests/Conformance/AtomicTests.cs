using ILGPU;
using ILGPU.AtomicOperations;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Read-modify-write operations by many threads on the same memory.</summary>
public sealed class AtomicTests(string device) : ConformanceTests(device)
{
    private const int Threads = 500;

    [Test] public void Int_operations()
    {
        int[] actual = Run([0, -1, 0, 0, int.MaxValue, int.MinValue, 0, 0], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(IntKernel)(Threads, view));
        int[] e = [0, -1, 0, 0, int.MaxValue, int.MinValue, 0, 0];
        for (int i = 0; i < Threads; i++)
        {
            e[0] += i; e[1] &= ~(1 << (i % 20)); e[2] |= 1 << (i % 30); e[3] ^= i; e[4] = Math.Min(e[4], i - 250); e[5] = Math.Max(e[5], i - 250); e[6 + i % 2] += 3;
        }
        Same(e, actual);
    }

    private static void IntKernel(Index1D i, ArrayView<int> data)
    {
        Atomic.Add(ref data[0], i);
        Atomic.And(ref data[1], ~(1 << (i % 20)));
        Atomic.Or(ref data[2], 1 << (i % 30));
        Atomic.Xor(ref data[3], i);
        Atomic.Min(ref data[4], i - 250);
        Atomic.Max(ref data[5], i - 250);
        Atomic.Add(ref data[6 + i % 2], 3);
    }

    [Test] public void Uint_operations()
    {
        uint[] actual = Run([0u, ~0u, 0u, 0u, ~0u, 0u], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<uint>>(UintKernel)(Threads, view));
        uint[] e = [0u, ~0u, 0u, 0u, ~0u, 0u];
        for (uint i = 0; i < Threads; i++)
        {
            e[0] += i * 100_000_000; e[1] &= ~(1u << (int)(i % 20)); e[2] |= 1u << (int)(i % 32); e[3] ^= i << 20; e[4] = Math.Min(e[4], i * 17_000_001 + 3); e[5] = Math.Max(e[5], i * 17_000_001);
        }
        Same(e, actual);
    }

    private static void UintKernel(Index1D index, ArrayView<uint> data)
    {
        uint i = (uint)index.X;
        Atomic.Add(ref data[0], i * 100_000_000);
        Atomic.And(ref data[1], ~(1u << (int)(i % 20)));
        Atomic.Or(ref data[2], 1u << (int)(i % 32));
        Atomic.Xor(ref data[3], i << 20);
        Atomic.Min(ref data[4], i * 17_000_001 + 3);
        Atomic.Max(ref data[5], i * 17_000_001);
    }

    [Test] public void Long_operations()
    {
        long[] start = [0, -1, 0, 0, long.MaxValue, long.MinValue];
        long[] actual = Run(start, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<long>>(LongKernel)(Threads, view));
        long[] e = [.. start];
        for (int i = 0; i < Threads; i++)
        {
            e[0] += i * 10_000_000_000L; e[1] &= ~(1L << (i % 60)); e[2] |= 1L << (i % 63); e[3] ^= (long)i << 40; e[4] = Math.Min(e[4], (i - 250) * 10_000_000_000L); e[5] = Math.Max(e[5], (i - 250) * 10_000_000_000L);
        }
        Same(e, actual);
    }

    private static void LongKernel(Index1D i, ArrayView<long> data)
    {
        Atomic.Add(ref data[0], i * 10_000_000_000L);
        Atomic.And(ref data[1], ~(1L << (i % 60)));
        Atomic.Or(ref data[2], 1L << (i % 63));
        Atomic.Xor(ref data[3], (long)i.X << 40);
        Atomic.Min(ref data[4], (i - 250) * 10_000_000_000L);
        Atomic.Max(ref data[5], (i - 250) * 10_000_000_000L);
    }

    [Test] public void Ulong_operations()
    {
        ulong[] start = [0, ulong.MaxValue, 0, ulong.MaxValue, 0];
        ulong[] actual = Run(start, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<ulong>>(UlongKernel)(Threads, view));
        ulong[] e = [.. start];
        for (uint i = 0; i < Threads; i++)
        {
            e[0] += i * 10_000_000_000ul; e[1] &= ~(1ul << (int)(i % 60)); e[2] ^= (ulong)i << 40; e[3] = Math.Min(e[3], i * 36_000_000_000_000_000ul + 1); e[4] = Math.Max(e[4], i * 36_000_000_000_000_000ul);
        }
        Same(e, actual);
    }

    private static void UlongKernel(Index1D index, ArrayView<ulong> data)
    {
        uint i = (uint)index.X;
        Atomic.Add(ref data[0], i * 10_000_000_000ul);
        Atomic.And(ref data[1], ~(1ul << (int)(i % 60)));
        Atomic.Xor(ref data[2], (ulong)i << 40);
        Atomic.Min(ref data[3], i * 36_000_000_000_000_000ul + 1);
        Atomic.Max(ref data[4], i * 36_000_000_000_000_000ul);
    }

    [Test] public void Float_and_double_operations()
    {
        float[] floats = Run([0f, 1e30f, -1e30f], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>>(FloatKernel)(Threads, view));
        Same([Threads * (Threads - 1) / 2 * 0.5f, -12.5f, 12.45f], [floats[0], floats[1], MathF.Round(floats[2], 4)]);
        double[] doubles = Run([0.0, 1e300, -1e300], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<double>>(DoubleKernel)(Threads, view));
        Same([Threads * (Threads - 1) / 2 * 0.25, -250.0, 249.0], doubles);
    }

    private static void FloatKernel(Index1D i, ArrayView<float> data)
    {
        Atomic.Add(ref data[0], i * 0.5f);      // sums of halves below 2²³ are exact in any order
        Atomic.Min(ref data[1], (i - 250) * 0.05f);
        Atomic.Max(ref data[2], (i - 250) * 0.05f);
    }

    private static void DoubleKernel(Index1D i, ArrayView<double> data)
    {
        Atomic.Add(ref data[0], i * 0.25);
        Atomic.Min(ref data[1], i - 250.0);
        Atomic.Max(ref data[2], i - 250.0);
    }

    [Test] public void Old_values_are_a_permutation()
    {
        int[] actual = Run(new int[Threads + 1], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(TicketKernel)(Threads, view));
        Same(Inputs.Range(Threads), [.. actual.Skip(1).Order()]);
    }

    private static void TicketKernel(Index1D i, ArrayView<int> data) => data[i + 1] = Atomic.Add(ref data[0], 1);

    [Test] public void Compaction_by_divergent_threads()
    {
        int[] data = Inputs.Random(Threads, 100, 2);
        using var input = Accelerator.Allocate1D(data);
        int[] actual = Run(new int[Threads + 1], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(CompactKernel)(Threads, input.View, view));
        int[] kept = [.. data.Where(x => x % 3 == 0)];
        Assert.That(actual[0], Is.EqualTo(kept.Length), DeviceName);
        Same([.. kept.Order()], [.. actual.Skip(1).Take(kept.Length).Order()]);
    }

    private static void CompactKernel(Index1D i, ArrayView<int> input, ArrayView<int> output)
    {
        if (input[i] % 3 != 0)
            return;
        int at = Atomic.Add(ref output[0], 1);
        output[at + 1] = input[i];
    }

    [Test] public void Histogram_in_shared_memory()
    {
        int[] data = Inputs.Random(3000, 16, 5);
        using var input = Accelerator.Allocate1D(data);
        int[] actual = Run(new int[16], view => Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(HistogramKernel)((5, 96), input.View, view));
        Same([.. Enumerable.Range(0, 16).Select(bin => data.Count(x => x == bin))], actual);
    }

    private static void HistogramKernel(ArrayView<int> input, ArrayView<int> bins)
    {
        ArrayView<int> local = SharedMemory.Allocate<int>(16);
        if (Group.IdxX < 16)
            local[Group.IdxX] = 0;
        Group.Barrier();
        for (int i = Grid.GlobalIndex.X; i < input.IntLength; i += Grid.DimX * Group.DimX)
            Atomic.Add(ref local[input[i]], 1);
        Group.Barrier();
        if (Group.IdxX < 16)
            Atomic.Add(ref bins[Group.IdxX], local[Group.IdxX]);
    }

    [Test] public void Exchange_keeps_every_value_once()
    {
        int[] actual = Run(new int[Threads + 2], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(ExchangeKernel)(Threads, view));
        Same(Inputs.Range(Threads + 1), [.. actual.Take(Threads + 1).Order()]);
    }

    // Slot 0 holds the last value put there, the others what their thread took out.
    private static void ExchangeKernel(Index1D i, ArrayView<int> data) => data[i + 1] = Atomic.Exchange(ref data[0], i + 1);

    [Test] public void Compare_exchange_loop()
    {
        long[] actual = Run([1L], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<long>>(CasKernel)(60, view));
        long expected = 1;
        for (int i = 0; i < 60; i++)
            expected = expected * 3 % 1_000_003;
        Same([expected], actual);
    }

    private static void CasKernel(Index1D i, ArrayView<long> data)
    {
        long old = data[0], assumed;
        do
        {
            assumed = old;
            old = Atomic.CompareExchange(ref data[0], assumed, assumed * 3 % 1_000_003);
        }
        while (old != assumed);
    }

    [Test] public void Claims_by_compare_exchange()
    {
        int[] actual = Run([.. Enumerable.Repeat(-1, 40)], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(ClaimKernel)(200, view));
        Assert.That(actual, Has.All.InRange(0, 199), DeviceName);
        Same(Inputs.Range(40), [.. actual.Select((owner, slot) => owner % 40)]);
    }

    private static void ClaimKernel(Index1D i, ArrayView<int> slots) => Atomic.CompareExchange(ref slots[i % 40], -1, i);

    private struct Multiply : IAtomicOperation<float>
    {
        public readonly float Operation(float current, float value) => current * value;
    }

    [Test] public void Own_operation()
    {
        float[] actual = Run([1f, 1f], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>>(OwnKernel)(20, view));
        Same([1024f, 1024f], actual);
    }

    private static void OwnKernel(Index1D i, ArrayView<float> data) => Atomic.MakeAtomic(ref data[i % 2], 2f, default(Multiply), default(CompareExchangeFloat));

    [Test] public void Spin_free_flags_between_groups()
    {
        int[] actual = Run(new int[3], view => Accelerator.LoadStreamKernel<ArrayView<int>>(LastGroupKernel)((37, 9), view));
        Same([37, 1, 37 * 9], actual);
    }

    // The last group to finish sees the counts of all others.
    private static void LastGroupKernel(ArrayView<int> data)
    {
        Atomic.Add(ref data[2], 1);
        Group.Barrier();
        if (Group.IsFirstThread)
        {
            MemoryFence.DeviceLevel();
            if (Atomic.Add(ref data[0], 1) == Grid.DimX - 1 && data[2] == Grid.DimX * Group.DimX)
                data[1] = 1;
        }
    }
}
