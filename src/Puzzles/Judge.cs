using System.Globalization;
using System.Text.RegularExpressions;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Puzzles;

/// <summary>Runs attempts: checked with warps of two widths, then counted.</summary>
public sealed class Judge : IDisposable
{
    /// <summary>More blocks than any launch of a puzzle needs, and few enough to wait for.</summary>
    private const long BlockLimit = 500_000;

    private const int CountedWarpSize = 32;

    private static readonly int[] s_warpSizes = [32, 4];

    private readonly Dictionary<int, (Context Context, Accelerator Accelerator)> _checked = [];
    private (Context Context, Accelerator Accelerator)? _counted;

    /// <summary>Compiles, runs and judges a file.</summary>
    public Verdict Check(Puzzle puzzle, string file, string source)
    {
        ArgumentNullException.ThrowIfNull(puzzle);
        using Attempt attempt = AttemptCompiler.Compile(file, source, puzzle.Name);
        Verdict verdict = Check(puzzle, attempt);
        // What was compiled of an attempt keeps it in memory, and the next check compiles anew.
        foreach ((Context context, _) in _counted is { } counted ? _checked.Values.Append(counted) : _checked.Values)
            context.ClearCache(ClearCacheMode.Everything);
        _counted?.Accelerator.GetCounters().Clear();
        return verdict;
    }

    /// <summary>Runs and judges an attempt.</summary>
    public Verdict Check(Puzzle puzzle, Attempt attempt)
    {
        ArgumentNullException.ThrowIfNull(puzzle);
        ArgumentNullException.ThrowIfNull(attempt);
        if ((Refusal(puzzle, attempt) ?? Initializers.Complaint(attempt)) is { } refusal)
            return refusal;
        int right = 0;
        try
        {
            foreach (int warpSize in s_warpSizes)
            {
                if (CheckWith(puzzle, attempt, warpSize, ref right) is { } verdict)
                    return warpSize == s_warpSizes[0] ? verdict : verdict with { Explanation = [.. verdict.Explanation, Teacher.OnlyNarrowWarps(s_warpSizes[0], warpSize)] };
            }
            (Goal[] goals, LaunchTrace? trace) = Count(puzzle, attempt);
            Goal? missed = goals.FirstOrDefault(goal => !goal.IsReached);
            return missed is null
                ? new Verdict(Standing.Solved, "solved") { LaunchesRight = right, Goals = goals }
                : new Verdict(Standing.Slow, "The result is right; the kernel costs more than it has to.") { LaunchesRight = right, Goals = goals, Explanation = [missed.Advice], Line = LineIn(attempt, trace is null ? null : missed.Culprit?.Invoke(trace)), Trial = puzzle.CountedTrial(), WarpSize = CountedWarpSize };
        }
        catch (Exception e) when (e is KernelCompilationException or InternalCompilerException or CapabilityNotSupportedException)
        {
            return new Verdict(Standing.DoesNotCompile, "This is C#, and no kernel: a GPU could not run it.") { Explanation = [e.Message], Line = LineIn(attempt, e.Message) };
        }
        catch (ArgumentException e)
        {
            // The launch was refused before a thread ran: too much shared memory, for one.
            return new Verdict(Standing.Wrong, "The kernel cannot be launched.") { Explanation = [e.Message.Split(" (Parameter", StringSplitOptions.None)[0]], LaunchesRight = right };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Context context, Accelerator accelerator) in _counted is { } counted ? _checked.Values.Append(counted) : _checked.Values)
        {
            accelerator.Dispose();
            context.Dispose();
        }
    }

    private static Verdict? Refusal(Puzzle puzzle, Attempt attempt)
    {
        if (attempt.Complaints.Count > 0)
            return new Verdict(Standing.DoesNotCompile, "The file does not compile yet.") { Complaints = attempt.Complaints, Line = attempt.Complaints[0].Line };
        Trial first = puzzle.Trials().First();
        if (attempt.Kernel is null)
            return new Verdict(Standing.DoesNotCompile, $"The file has no static method Kernel; it needs {Teacher.Signature(first)}.");
        return TrialRun.Fits(attempt.Kernel, first) ? null
            : new Verdict(Standing.DoesNotCompile, $"The host launches {Teacher.Signature(first)}; the parameters of Kernel have to stay as they were.");
    }

    private Verdict? CheckWith(Puzzle puzzle, Attempt attempt, int warpSize, ref int right)
    {
        Accelerator accelerator = CheckedWith(warpSize);
        Delegate launcher = TrialRun.Load(accelerator, attempt.Kernel!);
        foreach (Trial trial in puzzle.Trials().Where(trial => trial.WarpSize == 0 || trial.WarpSize == warpSize))
        {
            Verdict? verdict = null;
            try
            {
                // Once with outputs that nobody has written, which must not be read; once with marks, to see what stays unwritten.
                TrialRun.Run(accelerator, launcher, trial, marked: false);
                (float[][] outputs, string? changed) = TrialRun.Run(accelerator, launcher, trial, marked: true);
                verdict = !AllRight(trial, outputs) ? Teacher.Explain(puzzle, attempt, trial, warpSize, outputs, changed)
                    : changed is not null ? Teacher.Changed(attempt, changed) : null;
            }
            catch (KernelFaultException fault)
            {
                verdict = FaultTeacher.Explain(attempt, trial, fault);
            }
            if (verdict is not null)
                return verdict with { Trial = trial, WarpSize = warpSize, LaunchesRight = right };
            right++;
        }
        return null;
    }

    private static bool AllRight(Trial trial, float[][] outputs) =>
        trial.Outputs.Zip(outputs).All(pair => Enumerable.Range(0, pair.Second.Length).All(i => pair.First.IsRight(i, pair.Second[i])));

    private (Goal[] Goals, LaunchTrace? Trace) Count(Puzzle puzzle, Attempt attempt)
    {
        if (puzzle.CountedTrial() is not { } trial)
            return ([], null);
        _counted ??= Open(builder => builder.CountedCpu(CountedWarpSize));
        Accelerator accelerator = _counted.Value.Accelerator;
        CounterLog log = accelerator.GetCounters();
        log.Clear();
        log.KeepsTraces = true;
        TrialRun.Run(accelerator, TrialRun.Load(accelerator, attempt.Kernel!), trial, marked: false);
        return ([.. puzzle.Goals(log.Total, trial)], log.Traces.LastOrDefault());
    }

    private static int LineIn(Attempt attempt, SourceLocation? location) => location?.File == attempt.File ? location.Line : 0;

    // A kernel that cannot be translated says where in its sentence.
    private static int LineIn(Attempt attempt, string message) =>
        Regex.Match(message, Regex.Escape(Path.GetFileName(attempt.File)) + @":(\d+)") is { Success: true } place ? int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    private Accelerator CheckedWith(int warpSize)
    {
        if (!_checked.TryGetValue(warpSize, out var opened))
            _checked[warpSize] = opened = Open(builder => builder.CheckedCpu(warpSize, new CheckedOptions { BlockLimit = BlockLimit }));
        return opened.Accelerator;
    }

    private static (Context Context, Accelerator Accelerator) Open(Action<Context.Builder> build)
    {
        Context context = Context.Create(build);
        return (context, context.CreateCPUAccelerator(0));
    }
}
