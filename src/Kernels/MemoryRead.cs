using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels;

/// <summary>Reads memory as fast as the device can, for measuring: what decoding, which reads every weight once a token, is compared with.</summary>
/// <remarks>
/// <para>Shapes: source [16-byte packets]; sums [threads].</para>
/// <para>Launch: as many groups as the device runs at a time, each thread every so-many-th packet, so that neighbouring
/// threads read neighbouring packets; four loads of a thread are on their way at once.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: 16 bytes per packet read, 4 bytes per thread written; 4 additions per packet.</para>
/// <para>Numerics: whole numbers, modulo 2³².</para>
/// <para>Source: the read test of STREAM-like measurements, McCalpin 1995.</para>
/// </remarks>
public sealed class MemoryRead(Accelerator accelerator, Tuning? tuning = null)
{
    private const int GroupsPerMultiprocessor = 8;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<Packet>, ArrayView<int>> _launch =
        accelerator.LoadKernel<ArrayView<Packet>, ArrayView<int>>(Kernel);

    /// <summary>Sums that <see cref="Run"/> needs room for: one for each thread.</summary>
    public int Threads => Groups * _tuning.GroupSize;

    private int Groups => GroupsPerMultiprocessor * Math.Max(1, accelerator.NumMultiprocessors);

    /// <summary>Adds up the words of a buffer; the sums together are the sum of all words.</summary>
    public void Run(AcceleratorStream stream, ArrayView<Packet> source, ArrayView<int> sums)
    {
        if (sums.Length != Threads)
            throw new ArgumentException($"MemoryRead: sums has {sums.Length} values; one for each of {Threads} threads is needed.");
        _launch(stream, new KernelConfig(Groups, _tuning.GroupSize), source, sums);
    }

    public static void Kernel(ArrayView<Packet> source, ArrayView<int> sums)
    {
        int thread = (Grid.IdxX * Group.DimX) + Group.IdxX;
        long threads = (long)Grid.DimX * Group.DimX;
        int a = 0, b = 0, c = 0, d = 0;
        long i = thread;
        for (; i + (3 * threads) < source.Length; i += 4 * threads)
        {
            Packet first = source[i], second = source[i + threads], third = source[i + (2 * threads)], fourth = source[i + (3 * threads)];
            a += first.A + first.B + first.C + first.D;
            b += second.A + second.B + second.C + second.D;
            c += third.A + third.B + third.C + third.D;
            d += fourth.A + fourth.B + fourth.C + fourth.D;
        }

        for (; i < source.Length; i += threads)
            a += source[i].A + source[i].B + source[i].C + source[i].D;
        sums[thread] = a + b + c + d;
    }
}
