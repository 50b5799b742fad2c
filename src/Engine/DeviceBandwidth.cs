using System.Diagnostics;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine;

/// <summary>How fast a device reads its own memory.</summary>
internal static class DeviceBandwidth
{
    private const long MostBytes = 2L << 30;        // far above any cache of a device

    private const int Passes = 8, LaunchesPerPass = 4;

    /// <summary>Bytes per second of the best pass, kernel starts included.</summary>
    public static double Measure(OpenDevice device)
    {
        Accelerator accelerator = device.Accelerator;
        AcceleratorStream stream = accelerator.DefaultStream;
        var read = new MemoryRead(accelerator);
        using MemoryBuffer1D<int, Stride1D.Dense> sums = accelerator.Allocate1D<int>(read.Threads);
        using MemoryBuffer1D<Packet, Stride1D.Dense> buffer = accelerator.Allocate1D<Packet>(Math.Min(MostBytes, device.FreeBytes / 4) / 16);
        buffer.View.BaseView.MemSet(stream, 1);
        read.Run(stream, buffer.View.BaseView, sums.View.BaseView);
        stream.Synchronize();
        double best = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int launch = 0; launch < LaunchesPerPass; launch++)
                read.Run(stream, buffer.View.BaseView, sums.View.BaseView);
            stream.Synchronize();
            best = Math.Max(best, LaunchesPerPass * buffer.LengthInBytes / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        int expected = unchecked((int)(buffer.Length * 4 * 0x01010101));
        int sum = sums.GetAsArray1D().Aggregate(0, (total, value) => unchecked(total + value));
        return sum == expected ? best : throw new InvalidOperationException($"The bandwidth measurement read {sum} where it wrote {expected}.");
    }
}
