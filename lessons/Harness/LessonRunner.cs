using System.Diagnostics;
using ILGPU.Runtime;

namespace GemmaIlgpu.Lessons;

/// <summary>Climbs a lesson's ladder: each rung is checked first and timed second.</summary>
public static class LessonRunner
{
    private const int FewestLaunches = 5;
    private const int MostLaunches = 1000;
    private const double SecondsPerRung = 0.25;

    /// <summary>Runs every rung that is asked for and that the device can run.</summary>
    public static LessonResult Run(Lesson lesson, Accelerator accelerator, LessonRequest request)
    {
        Problem problem = lesson.Pose(request.Scale);
        bool countsHere = request.Counting?.Accelerator == accelerator;
        Problem? counted = request.Counting is null ? null : countsHere ? problem : lesson.Pose(request.CountedScale);
        List<RungResult> results = [];
        double? before = null;
        foreach (Rung rung in request.RungsOf(lesson))
        {
            request.Progress?.Invoke($"running {rung.Name}");
            RungResult result = Run(lesson, rung, problem, accelerator, request.Measure, countsHere ? request.Counting : null, before);
            if (counted is not null && !countsHere && result.Skipped is null)
            {
                request.Progress?.Invoke($"counting {rung.Name}");
                result = result with { Counters = Count(rung, counted, request.Counting!) };
            }

            before = result.Seconds ?? before;
            results.Add(result);
        }

        return new LessonResult(
            lesson.Number, lesson.Title, accelerator.Name, problem.Shape, problem.LeastBytes, problem.Operations,
            problem.Tolerance, problem.ToleranceReason, NameOf(lesson.Unit), counted?.Shape, request.Counting?.Accelerator.WarpSize ?? 0, results);
    }

    private static RungResult Run(
        Lesson lesson, Rung rung, Problem problem, Accelerator accelerator, bool measure, ILaunchCounting? counting, double? before)
    {
        using Workbench bench = new(accelerator);
        if (rung.WhyNot(bench) is string reason)
            return new RungResult(rung.Name, rung.Idea, reason, Correct: false, null, double.NaN, rung.Bytes(problem), null, null, null, []);

        Action launch = rung.Prepare(bench, problem);
        IReadOnlyList<KeyValuePair<string, double>> counters = [];
        if (counting is null)
            launch();
        else
            counters = counting.Count(launch);
        Judgement judgement = Judgement.Of(problem, bench.ReadResult());
        bool correct = judgement.Complaint is null;
        double? seconds = measure && correct ? Time(launch, accelerator) : null;
        double work = lesson.Unit == SpeedUnit.GigabytesPerSecond ? problem.LeastBytes : problem.Operations;
        return new RungResult(
            rung.Name, rung.Idea, null, correct, judgement.Complaint, judgement.LargestError, rung.Bytes(problem), seconds, work / 1e9 / seconds,
            before / seconds, counters);
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
