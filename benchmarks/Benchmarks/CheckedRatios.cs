using System.Diagnostics;
using GemmaIlgpu.Compute;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Benchmarks;

/// <summary>How many times slower kernels are on the Checked accelerator, which has one thread, than on Simd with one and with all.</summary>
internal static class CheckedRatios
{
    private const int Repetitions = 7;
    private const double LeastMilliseconds = 2, WarmUpMilliseconds = 600;

    /// <summary>Prints a table of the workloads whose names contain one of the words; of all if there are none.</summary>
    public static void Print(string[] words)
    {
        using var context = Context.Create(builder => builder.Simd(threads: 1).Simd().CheckedCpu());
        Accelerator[] devices = [.. Enumerable.Range(0, 3).Select(i => context.CreateCPUAccelerator(i))];
        Console.WriteLine("| | Checked (ms) | Simd, 1 thread (ms) | times | Simd, all threads (ms) | times |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        var ratios = new List<double>();
        foreach (CheckedWorkload workload in CheckedWorkloads.All.Where(workload => words.Length == 0 || words.Any(workload.Name.Contains)))
        {
            double[] times = Measure([.. devices.Select(workload.Prepare)]);
            double one = times[2] / times[0], all = times[2] / times[1];
            ratios.Add(one);
            Console.WriteLine(FormattableString.Invariant(
                $"| {workload.Name} | {times[2]:0.00} | {times[0]:0.000} | {one:0.0} | {times[1]:0.000} | {all:0.0} |"));
        }
        foreach (Accelerator device in devices)
            device.Dispose();
        Console.WriteLine(FormattableString.Invariant($"{ratios.Count(ratio => ratio > 50)} of {ratios.Count} above 50 times on one thread, the slowest {ratios.Max():0.0} times."));
    }

    // The shortest of several runs, which take turns so that a busy minute is busy for all.
    private static double[] Measure(Action[] launches)
    {
        int[] rounds = [.. launches.Select(Rounds)];
        double[] best = new double[launches.Length];
        Array.Fill(best, double.MaxValue);
        for (int repetition = 0; repetition < Repetitions; repetition++)
            for (int i = 0; i < launches.Length; i++)
                best[i] = Math.Min(best[i], Time(launches[i], rounds[i]) / rounds[i]);
        return best;
    }

    private static int Rounds(Action launch)
    {
        // The compilers of .NET and of the Checked accelerator work beside the kernel at first.
        long start = Stopwatch.GetTimestamp();
        do
            launch();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < WarmUpMilliseconds);
        double once = Time(launch, 1);
        return (int)Math.Clamp(Math.Ceiling(LeastMilliseconds / once), 1, 1000);
    }

    private static double Time(Action launch, int rounds)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < rounds; i++)
            launch();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
