using System.Globalization;
using System.Text.RegularExpressions;
using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Says what a fault means: who did what, why, and what to do.</summary>
internal static partial class FaultTeacher
{
    /// <summary>Explains a fault.</summary>
    public static Verdict Explain(Attempt attempt, Trial trial, KernelFaultException fault)
    {
        string what = fault.Message;
        Verdict verdict = Outside().Match(what) is { Success: true } outside ? BoundsTeacher.Explain(attempt, trial, fault, outside)
            : Race().Match(what) is { Success: true } race ? RaceTeacher.Explain(attempt, trial, fault, race)
            : what.Contains("not every thread of the", StringComparison.Ordinal) ? MissedMeeting(fault)
            : Unwritten().Match(what) is { Success: true } unwritten ? NobodyWrote(attempt, trial, fault, unwritten)
            : what.Contains("divided by the integer 0", StringComparison.Ordinal) ? new(Standing.Wrong, $"{Who(trial, fault)} divides an integer by 0.") { Explanation = ["Integers have no infinity; a GPU gives anything. Look at what the divisor is in this launch."] }
            : what.Contains("has not come to an end", StringComparison.Ordinal) || what.Contains("loop without an end", StringComparison.Ordinal) ? Endless(attempt, trial, fault)
            : new(Standing.Wrong, $"{Who(trial, fault)} {Rest(what)}");
        return verdict.Line > 0 ? verdict : verdict with { Line = fault.Line };
    }

    /// <summary>The thread of a fault, to begin a sentence.</summary>
    public static string Who(Trial trial, KernelFaultException fault) => Name(trial, fault.GroupIndex, fault.ThreadIndex, capital: true);

    /// <summary>A thread's name: one number where the launch has one dimension.</summary>
    public static string Name(Trial trial, ILGPU.Index3D group, ILGPU.Index3D thread, bool capital = false)
    {
        string word = capital ? "Thread" : "thread";
        string inGroup = trial.Group is { Y: 1, Z: 1 } ? $"{word} {thread.X}" : $"{word} (x {thread.X}, y {thread.Y})";
        return trial.Groups == 1 ? inGroup
            : trial.Grid is { Y: 1, Z: 1 } ? $"{inGroup} of group {group.X}" : $"{inGroup} of group (x {group.X}, y {group.Y})";
    }

    /// <summary>The variable of a memory: "shared memory 'tile'" is tile, "a part of x" is x.</summary>
    public static string Quoted(string memory)
    {
        int quote = memory.IndexOf('\'', StringComparison.Ordinal);
        return quote >= 0 ? memory[(quote + 1)..].TrimEnd('\'') : memory.StartsWith("a part of ", StringComparison.Ordinal) ? memory[10..] : memory;
    }

    /// <summary>A number in a message.</summary>
    public static long Parse(Group text) => long.Parse(text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static Verdict MissedMeeting(KernelFaultException fault)
    {
        bool ofWarp = fault.Message.Contains("of the warp", StringComparison.Ordinal);
        string operation = Meeting().Match(fault.Message).Groups[1].Value;
        string places = string.Join("; ", Place().Matches(fault.Message).Select(place =>
            $"{(place.Groups["count"].Success ? place.Groups["count"].Value + " are" : "1 is")} {PlaceLine().Replace(place.Groups["where"].Value, "in line $1$2")}"));
        string headline = $"Only some threads of {(ofWarp ? "a warp" : "the group")} reach {operation}(){(places.Length == 0 ? "" : $": {places}")}.";
        string why = ofWarp
            ? "All lanes of a warp have to take part in a shuffle: a lane that is not there has no value to give."
            : "A barrier waits for every thread of the group; on a GPU these threads would wait for ever.";
        return new(Standing.Wrong, headline)
        {
            Explanation = [why, $"So {operation}() must not stand in an if, behind a return, or in a loop, that only some threads come to. A thread with nothing to do goes along with a value that changes nothing, such as 0 for a sum."],
        };
    }

    private static Verdict NobodyWrote(Attempt attempt, Trial trial, KernelFaultException fault, Match match)
    {
        string memory = match.Groups["memory"].Value, variable = Quoted(memory);
        long element = Parse(match.Groups["element"]);
        bool isOutput = trial.Outputs.Any(output => output.Name == memory);
        bool isLocal = memory.StartsWith("local memory", StringComparison.Ordinal);
        string[] explanation = isLocal
            ? ["A thread's own memory is not 0 when it begins, it holds what another thread left there. Fill it first.",
                memory != variable && attempt.LineAt(fault.Line)?.Contains("Group.IdxX", StringComparison.Ordinal) == true || SourceView.HasBarrier(attempt) ? "If another thread was to fill it: LocalMemory is each thread's own, only SharedMemory is seen by the group." : ""]
            : isOutput && attempt.LineAt(fault.Line)?.Contains("Atomic.", StringComparison.Ordinal) == true
            ? [$"An atomic operation adds to what is there, and nobody has set {memory} to 0. Bring the values together in shared memory or by shuffles, and let one thread write the result with =."]
            : isOutput
            ? [$"{memory} is what the kernel has to fill; before that there is no telling what is in it, on a GPU the leavings of another program. Write with =, not with +=."]
            : [$"New memory is not zero on a GPU, it holds what another kernel left there. Which thread was to fill element {element}, and did it, in this launch of {trial.Description}?",
                variable == memory ? "" : "Threads without an element of their own have to write too, a 0 or whatever changes nothing; or this thread, beyond the edge, should not read."];
        return new(Standing.Wrong, $"{Who(trial, fault)} reads element {element} of {memory}, which {(isLocal ? "it has not written" : "nobody has written")}.") { Explanation = [.. explanation.Where(line => line.Length > 0)] };
    }

    private static Verdict Endless(Attempt attempt, Trial trial, KernelFaultException fault)
    {
        (string header, int line) = SourceView.LoopAt(attempt, fault.Line) ?? ("", fault.Line);
        string step = header.Contains("*=", StringComparison.Ordinal) ? " 0 times anything stays 0: does it start at 1?"
            : header.Contains("/=", StringComparison.Ordinal) && header.Contains(">= 0", StringComparison.Ordinal) ? " Halving ends at 0 and stays there: go on while it is > 0, not >= 0."
            : " What does its condition look at, and does that change each time round?";
        return new(Standing.Wrong, $"{Who(trial, fault)} does not come to an end: {(fault.Message.Contains("nothing changes", StringComparison.Ordinal) ? $"it goes round in the loop of line {line}, and nothing changes any more" : $"it is still in the loop of line {line} after half a million steps")}.") { Line = line, Explanation = [$"This loop never stops.{step}"] };
    }

    // What a fault that has no lesson says, without the place that is said otherwise.
    private static string Rest(string message)
    {
        int start = message.IndexOf("): ", StringComparison.Ordinal);
        string rest = start < 0 ? message : message[(start + 3)..];
        int place = rest.LastIndexOf(" (", StringComparison.Ordinal);
        return (place < 0 ? rest : rest[..place]) + ".";
    }

    [GeneratedRegex(@"index (?<index>-?\d+) is outside (?<memory>.+?) of length (?<length>\d+)")]
    private static partial Regex Outside();

    [GeneratedRegex(@"race: (?<did>reads|writes|changes atomically) element (?<element>-?\d+) of (?<memory>.+?), which thread \((?<x>\d+), (?<y>\d+), (?<z>\d+)\) (?:of group \((?<gx>\d+), (?<gy>\d+), (?<gz>\d+)\) )?(?<other>reads|writes|changes atomically)(?: \([^)]*:(?<line>\d+)\))?(?<own> with no barrier)?")]
    private static partial Regex Race();

    [GeneratedRegex(@"reads element (?<element>-?\d+) of (?<memory>.+?), which (?:nobody|the thread) has (?:not )?written")]
    private static partial Regex Unwritten();

    [GeneratedRegex(@"reached ([\w.]+):")]
    private static partial Regex Meeting();

    [GeneratedRegex(@"(?:(?<count>\d+) threads \((?:\(\d+, \d+, \d+\)(?:, )?|…)+\) are|thread \(\d+, \d+, \d+\) is) (?<where>.*?)(?=;| \([^()]*:\d+\); warps)")]
    private static partial Regex Place();

    [GeneratedRegex(@"at (?:[\w.]+ \(\S+:(\d+)\)|\S+:(\d+))")]
    private static partial Regex PlaceLine();
}
