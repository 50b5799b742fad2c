using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GemmaIlgpu.Host.Measurement;

/// <summary>
/// How fast this machine reads memory it has not in a cache: the ceiling of decoding, which reads every weight once
/// for each token. Every thread sums its own part of one large buffer with vector loads.
/// </summary>
internal static unsafe class MemoryBandwidth
{
    private const int Passes = 6;

    /// <summary>At least 1 GiB, so that even a large last-level cache holds only a small share of it.</summary>
    private const long BufferBytes = 1L << 30;

    /// <summary>Bytes per second of the best pass: the others were disturbed by something else.</summary>
    public static double Measure(int threads)
    {
        void* buffer = NativeMemory.AlignedAlloc((nuint)BufferBytes, 4096);
        try
        {
            // Touch first, in the threads that will read, so that pages exist and lie near their reader.
            ForEachPart(buffer, threads, static part => { NativeMemory.Fill(part.Start, (nuint)part.Bytes, 1); return 0; });
            double best = 0;
            for (int pass = 0; pass < Passes; pass++)
            {
                long start = Stopwatch.GetTimestamp();
                long sum = ForEachPart(buffer, threads, Sum);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (sum == 0)
                    throw new InvalidOperationException("The bandwidth measurement read zeros where it wrote ones.");
                best = Math.Max(best, BufferBytes / seconds);
            }
            return best;
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
        }
    }

    private readonly record struct Part(nint Address, long Bytes)
    {
        public byte* Start => (byte*)Address;
    }

    private static long ForEachPart(void* buffer, int threads, Func<Part, long> work)
    {
        long size = BufferBytes / threads / 4096 * 4096;
        long[] results = new long[threads];
        Thread[] workers = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            int index = i;
            Part part = new((nint)((byte*)buffer + i * size), i == threads - 1 ? BufferBytes - (threads - 1) * size : size);
            workers[i] = new Thread(() => results[index] = work(part));
            workers[i].Start();
        }
        foreach (Thread worker in workers)
            worker.Join();
        return results.Sum();
    }

    // Four independent sums: additions must not be what limits the loads.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Sum(Part part)
    {
        Vector<long> a = default, b = default, c = default, d = default;
        int width = Vector<long>.Count;
        long* p = (long*)part.Start;
        long* end = p + part.Bytes / sizeof(long) / (4 * width) * (4 * width);
        for (; p < end; p += 4 * width)
        {
            a += *(Vector<long>*)p;
            b += *(Vector<long>*)(p + width);
            c += *(Vector<long>*)(p + 2 * width);
            d += *(Vector<long>*)(p + 3 * width);
        }
        return Vector.Sum(a + b + c + d);
    }
}
