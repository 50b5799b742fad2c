using System.Diagnostics;
using ILGPU.Runtime;

namespace GemmaIlgpu.Lessons;

/// <summary>Climbs a lesson's ladder: each rung is checked first and timed second.</summary>
public static class LessonRunner
{
    private const int FewestLaunches = 5;
    private const int MostLaunches = 1000;
    private const double SecondsPerRung = 0.25;

    /// <summary>Runs every rung that the device can run.</summary>
    /// <param name="lesson">The lesson.</param>
    /// <param name="accelerator">Where.</param>
    /// <param name="scale">How large.</param>
    /// <param name="measure">Whether to time it.</param>
    /// <param name="counting">A device that counts, on which each rung runs once more at the small scale.</param>
    public static LessonResult Run(Lesson lesson, Accelerator accelerator, Scale scale, bool measure, ILaunchCounting? counting = null)
    {
        Problem problem = lesson.Pose(scale);
        Problem? counted = counting is null ? null : lesson.Pose(Scale.Small);
        List<RungResult> results = [];
        double? before = null;
        foreach (Rung rung in lesson.Rungs)
        {
            RungResult result = Run(lesson, rung, problem, accelerator, measure, before);
            if (counted is not null && result.Skipped is null)
                result = result with { Counters = Count(rung, counted, counting!) };
            before = result.Seconds ?? before;
            results.Add(result);
        }

        return new LessonResult(
            lesson.Number, lesson.Title, accelerator.Name, problem.Shape, problem.LeastBytes, problem.Operations,
            problem.Tolerance, problem.ToleranceReason, NameOf(lesson.Unit), results);
    }

    /// <summary>The largest distance between a result and what was expected; NaN if one is missing or not a number.</summary>
    public static double LargestError(double[] expected, float[] result)
    {
        if (result.Length != expected.Length)
            return double.NaN;
        double largest = 0;
        for (int i = 0; i < result.Length; i++)
        {
            double error = Math.Abs(result[i] - expected[i]);
            if (double.IsNaN(error))
                return double.NaN;
            largest = Math.Max(largest, error);
        }

        return largest;
    }

    private static RungResult Run(Lesson lesson, Rung rung, Problem problem, Accelerator accelerator, bool measure, double? before)
    {
        using Workbench bench = new(accelerator);
        if (rung.WhyNot(bench) is string reason)
            return new RungResult(rung.Name, rung.Idea, reason, Correct: false, double.NaN, rung.Bytes(problem), null, null, null, []);

        Action launch = rung.Prepare(bench, problem);
        launch();
        double error = LargestError(problem.Expected, bench.ReadResult());
        bool correct = error <= problem.Tolerance;     // false for NaN
        double? seconds = measure && correct ? Time(launch, accelerator) : null;
        double work = lesson.Unit == SpeedUnit.GigabytesPerSecond ? problem.LeastBytes : problem.Operations;
        return new RungResult(
            rung.Name, rung.Idea, null, correct, error, rung.Bytes(problem), seconds, work / 1e9 / seconds, before / seconds, []);
    }

    private static IReadOnlyList<KeyValuePair<string, double>> Count(Rung rung, Problem problem, ILaunchCounting counting)
    {
        using Workbench bench = new(counting.Accelerator);
        return rung.WhyNot(bench) is null ? counting.Count(rung.Prepare(bench, problem)) : [];
    }

    // The median: the first launches compile and warm caches, and others disturb a few of the rest.
    private static double Time(Action launch, Accelerator accelerator)
    {
        List<double> times = [];
        long begin = Stopwatch.GetTimestamp();
        do
        {
            long start = Stopwatch.GetTimestamp();
            launch();
            accelerator.Synchronize();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (times.Count < FewestLaunches
            || (times.Count < MostLaunches && Stopwatch.GetElapsedTime(begin).TotalSeconds < SecondsPerRung));
        times.Sort();
        return times[times.Count / 2];
    }

    private static string NameOf(SpeedUnit unit) => unit == SpeedUnit.GigabytesPerSecond ? "GB/s" : "GFLOP/s";
}
