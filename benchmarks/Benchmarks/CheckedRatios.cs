using System.Diagnostics;
using GemmaIlgpu.Compute;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Benchmarks;

/// <summary>How many times slower kernels are on the Checked accelerator than on Simd, both with one thread and with all.</summary>
internal static class CheckedRatios
{
    private const int Repetitions = 7;
    private const double LeastMilliseconds = 2, WarmUpMilliseconds = 600;

    /// <summary>Prints a table of the workloads whose names contain one of the words; of all if there are none.</summary>
    public static void Print(string[] words)
    {
        using var context = Context.Create(builder => builder.Simd(threads: 1).Simd().CheckedCpu(threads: 1).CheckedCpu());
        Accelerator[] devices = [.. Enumerable.Range(0, 4).Select(i => context.CreateCPUAccelerator(i))];
        Console.WriteLine("| one thread, or all | Checked, 1 (ms) | Simd, 1 (ms) | times | Checked, all (ms) | Simd, all (ms) | times |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        var ratios = new List<(double One, double All)>();
        foreach (CheckedWorkload workload in CheckedWorkloads.All.Where(workload => words.Length == 0 || words.Any(workload.Name.Contains)))
        {
            double[] times = Measure([.. devices.Select(workload.Prepare)]);
            (double one, double all) = (times[2] / times[0], times[3] / times[1]);
            ratios.Add((one, all));
            Console.WriteLine(FormattableString.Invariant(
                $"| {workload.Name} | {times[2]:0.00} | {times[0]:0.000} | {one:0.0} | {times[3]:0.00} | {times[1]:0.000} | {all:0.0} |"));
        }
        foreach (Accelerator device in devices)
            device.Dispose();
        Console.WriteLine(FormattableString.Invariant(
            $"Of {ratios.Count} above 50 times: {ratios.Count(ratio => ratio.One > 50)} on one thread, {ratios.Count(ratio => ratio.All > 50)} on all; the slowest {ratios.Max(ratio => ratio.One):0.0} and {ratios.Max(ratio => ratio.All):0.0} times."));
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
