using System.Text.RegularExpressions;
using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Says what a fault means: who did what, why, and what to do.</summary>
internal static partial class FaultTeacher
{
    /// <summary>Explains a fault.</summary>
    public static Verdict Explain(Attempt attempt, Trial trial, KernelFaultException fault)
    {
        Verdict verdict = fault switch
        {
            { Kind: KernelFaultKind.OutOfBounds, Access: { } access } => BoundsTeacher.Explain(attempt, trial, fault, access),
            { Kind: KernelFaultKind.Race, Access: { } access, Other: { } other } => RaceTeacher.Explain(attempt, trial, fault, access, other),
            { Kind: KernelFaultKind.NotAllThreads } => MissedMeeting(fault),
            { Kind: KernelFaultKind.NotWritten, Access: { } access } => NobodyWrote(attempt, trial, fault, access),
            { Kind: KernelFaultKind.DivisionByZero } => new(Standing.Wrong, $"{Who(trial, fault)} divides an integer by 0.") { Explanation = ["Integers have no infinity; a GPU gives anything. Look at what the divisor is in this launch."] },
            { Kind: KernelFaultKind.NoEnd } => Endless(attempt, trial, fault),
            _ => new(Standing.Wrong, $"{Who(trial, fault)} {Rest(fault.Message)}"),
        };
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
        return quote >= 0 ? memory[(quote + 1)..].TrimEnd('\'') : memory.StartsWith("a part of ", StringComparison.Ordinal) || memory.StartsWith("a view of ", StringComparison.Ordinal) ? memory[10..] : memory;
    }

    private static Verdict MissedMeeting(KernelFaultException fault)
    {
        string operation = fault.Operation!;
        bool ofWarp = operation.StartsWith("Warp.", StringComparison.Ordinal);
        string places = string.Join("; ", fault.Places.Select(place => $"{(place.Threads == 1 ? "1 is" : $"{place.Threads} are")} {PlaceLine().Replace(place.Where, "in line $1$2")}"));
        string headline = $"Only some threads of {(ofWarp ? "a warp" : "the group")} reach {operation}(){(places.Length == 0 ? "" : $": {places}")}.";
        string why = ofWarp
            ? "All lanes of a warp have to take part in a shuffle: a lane that is not there has no value to give."
            : "A barrier waits for every thread of the group; on a GPU these threads would wait for ever.";
        return new(Standing.Wrong, headline)
        {
            Explanation = [why, $"So {operation}() must not stand in an if, behind a return, or in a loop, that only some threads come to. A thread with nothing to do goes along with a value that changes nothing, such as 0 for a sum."],
        };
    }

    private static Verdict NobodyWrote(Attempt attempt, Trial trial, KernelFaultException fault, KernelFaultAccess access)
    {
        string memory = access.Memory, variable = Quoted(memory);
        long element = access.Element;
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

    [GeneratedRegex(@"at (?:[\w.]+ \(\S+:(\d+)\)|\S+:(\d+))")]
    private static partial Regex PlaceLine();
}
