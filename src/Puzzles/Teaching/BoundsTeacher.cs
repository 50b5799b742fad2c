using System.Text.RegularExpressions;
using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Says why an index is outside.</summary>
internal static partial class BoundsTeacher
{
    public static Verdict Explain(Attempt attempt, Trial trial, KernelFaultException fault, KernelFaultAccess stopped)
    {
        string memory = stopped.Memory;
        long index = stopped.Element, length = stopped.Length;
        string variable = FaultTeacher.Quoted(memory);
        var access = SourceView.AccessOf(attempt, fault.Line, variable);
        bool? writes = SourceView.IsReferred(attempt, fault.Line, variable) ? true : access?.IsWritten;
        string verb = writes switch { null => "goes to", true when access?.IsWritten == false => "changes", true => "writes", false => "reads" };
        string has = length switch { 0 => "which is empty", 1 => "which has one element, number 0", _ => $"which has {length} elements, 0 to {length - 1}" };
        return new(Standing.Wrong, $"{FaultTeacher.Who(trial, fault)} {verb} element {index} of {memory}, {has}.")
        {
            Explanation = [.. Why(attempt, trial, fault, variable, index, length, memory.Contains("shared", StringComparison.Ordinal), writes).Where(line => line.Length > 0)],
        };
    }

    private static IEnumerable<string> Why(Attempt attempt, Trial trial, KernelFaultException fault, string name, long index, long length, bool isShared, bool? writes)
    {
        bool isLine = trial.Group is { Y: 1, Z: 1 } && trial.Grid is { Y: 1, Z: 1 };
        long own = isShared ? fault.ThreadIndex.X : ((long)fault.GroupIndex.X * trial.Group.X) + fault.ThreadIndex.X;
        int columns = trial.Find(name) switch { InputArgument input => input.Columns, OutputArgument output => output.Columns, _ => 0 };
        if (length == 0 && !isShared)
            return ["The host launched a group for nothing at all: even thread 0 has to ask whether there is work, if (i < …Length)."];
        if (index < 0 && writes == true)
            return [$"Elements are numbered from 0, so there is nothing at {index}{(isLine && index == own - 1 ? ": it is off by one, as thread 0's own element is number 0" : "")}."];
        if (index < 0)
            return [$"Elements are numbered from 0, so there is nothing at {index}: {(index == -1 ? "the first thread has no neighbour on its left" : "the first threads have nobody so far to their left")}. Ask before reading: index >= 0 ? … : 0f."];
        if (isShared)
            return [InShared(trial, name, own, index, length, ((long)fault.GroupIndex.X * trial.Group.X) + fault.ThreadIndex.X, writes)];
        if (ForSeveral(trial, name, length) is { } fewer)
            return [fewer];
        if (columns > 0)
            return index == length && SourceView.LoopAt(attempt, fault.Line) is var (header, _) && header.Contains("<=", StringComparison.Ordinal)
                ? ["The loop goes one too far: it runs to <= where it should run to <."]
                : InMatrix(attempt, trial, fault, name, index, length, columns);
        if (isLine && trial.Arguments.Any(argument => argument is OutputArgument output && output.Columns == length && output.Expected.Length == trial.Groups * length) && index % length == fault.ThreadIndex.X % length)
            return [$"{name} has one element for each column, and is the same for all rows: its index is the column alone, without the row's beginning."];
        if (index == trial.GroupThreads && fault.ThreadIndex.X == 0 && fault.GroupIndex.X == 0 && SourceView.MentionsMember(attempt, "Group", "DimX") && !SourceView.MentionsMember(attempt, "Group", "IdxX"))
            return ["Group.DimX is how many threads a group has, the same number for all of them. Which of them this one is says Group.IdxX."];
        if (isLine && index == own)
            return [Partial(trial, length), index == length && LetsThrough(attempt, fault.Line) ? "The condition lets one thread too many through: the last element is number Length - 1, so it has to be <, not <= (or a return at >=, not at >)." : $"Let the threads beyond do nothing: if (i < {name}.Length)."];
        if (isLine && index == own + 1 && index == length && length > 1)
            return ["It is off by one: every thread takes its neighbour's element on the right, and the last one has none. Is the + 1 meant? Then ask before."];
        if (isLine && trial.Groups > 1 && index == ((long)fault.ThreadIndex.X * trial.GroupThreads) + fault.GroupIndex.X)
            return ["Thread and group have changed places: before group g there are g whole groups of Group.DimX threads, so it is Grid.IdxX * Group.DimX + Group.IdxX."];
        if (isLine && fault.GroupIndex.X > 0 && (index - fault.ThreadIndex.X) % fault.GroupIndex.X == 0 && (index - fault.ThreadIndex.X) / fault.GroupIndex.X is > 0 and var stride && stride != trial.GroupThreads && own < length)
            return [$"The index is {fault.GroupIndex.X} * {stride} + {fault.ThreadIndex.X}, as if groups had {Numbers.Of(stride, "thread")}; in this launch they have {trial.GroupThreads}. Group.DimX says how many."];
        long x = ((long)fault.GroupIndex.X * trial.Group.X) + fault.ThreadIndex.X, y = ((long)fault.GroupIndex.Y * trial.Group.Y) + fault.ThreadIndex.Y;
        if (trial.Group.Y > 1 && (index == x || index == y))
            return [$"This thread stands at row {y}, column {x}, and the index is its {(index == x ? "column" : "row")}. Have row and column changed places, or does the thread stand beyond the edge, where it should do nothing?"];
        if (index == length)
            return [$"With {Numbers.Of(length, "element")} the last is number {length - 1}. {(SourceView.LoopAt(attempt, fault.Line) is null ? "Is it an index + 1 at the end, or" : "Does a loop run to <= where it should be <, is it an index + 1 at the end, or")} does this thread count wrongly? {Launched(trial)}"];
        return [isLine && own >= length ? Partial(trial, length) : "", $"Write down what the index is for this thread, step by step. {Launched(trial)}"];
    }

    private static string InShared(Trial trial, string name, long own, long index, long length, long global, bool? writes) =>
        own == index ? $"The group has {trial.GroupThreads} threads, and {name} has room for {length}."
        : index == global ? $"The index is the thread's number in the whole launch. Shared memory belongs to one group, every group has its own {name}: use Group.IdxX, from 0 to {trial.GroupThreads - 1}."
        : index == own + 1 && writes == true ? $"Each thread writes one element further than its own number, so the last of {trial.GroupThreads} needs room for {index + 1} elements; {name} has {length}."
        : global > own && index >= global - own && index <= global ? $"The index counts from the launch's first thread: this group's begin at {global - own}. Shared memory belongs to one group, every group has its own {name}: count with Group.IdxX, from 0 to {trial.GroupThreads - 1}."
        : index == own + 1 ? $"Every thread takes its neighbour's element on the right, and thread {own} is the last in {name}. Is it to be the one on the right? In a ring the last one's neighbour is the first, (t + 1) % {length}; otherwise the memory needs one element more, or the thread has to ask."
        : $"{name} was allocated with {length} elements, and the index of this thread comes to {index}: what does the farthest thread need, in the first and in the last round?";

    // An output with fewer elements than threads: one for each group or warp, or one for all.
    private static string? ForSeveral(Trial trial, string name, long length)
    {
        if (trial.Find(name) is not OutputArgument { Columns: 0 } || trial.Threads <= length)
            return null;
        if (trial.Owner is null)
            return length == 1 && trial.Arguments.Any(argument => argument is InputArgument { Data.Length: > 1 }) ? $"{name} is one number, the result of all {trial.Threads} threads together: it is number 0, whichever thread this is, and they have to take turns, Atomic.Add(ref {name}[0], …)." : null;
        if (length > 1 && trial.Owner(1) is > 1 and int threads)
            return $"{name} has one element for {threads} threads together: {(threads == trial.GroupThreads ? "a group's result belongs to element Grid.IdxX" : $"the result of threads 0 to {threads - 1} is element 0, that of the next {threads} element 1")}, and one thread writes it.";
        return length == 1 && trial.Owner(1) > 1 ? $"{name} has one element in this launch, number 0: one for {trial.Owner(1)} threads together. Threads beyond the elements of the input have no result of their own to write." : null;
    }

    // Whether a condition on the line, or just above it, lets a length itself through.
    private static bool LetsThrough(Attempt attempt, int line) =>
        new[] { line - 2, line - 1, line }.Any(at => attempt.LineAt(at) is { } text && OneTooFar().IsMatch(text));

    [GeneratedRegex(@"<=|>\s*\w+(\.\w+)?\s*\)\s*return|>\s*\w+(\.\w+)?\s*\)\s*$")]
    private static partial Regex OneTooFar();

    private static string Launched(Trial trial) => $"The host launches {Launch(trial)} for {trial.Description}.";

    private static string[] InMatrix(Attempt attempt, Trial trial, KernelFaultException fault, string name, long index, long length, int columns)
    {
        long x = ((long)fault.GroupIndex.X * trial.Group.X) + fault.ThreadIndex.X, y = ((long)fault.GroupIndex.Y * trial.Group.Y) + fault.ThreadIndex.Y;
        long rows = length / columns;
        string shape = $"{name} has {Numbers.Of(rows, "row")} of {Numbers.Of(columns, "column")}";
        string nothing = SourceView.HasBarrier(attempt) ? "Threads outside read and write nothing there, and where others count on their element they bring a 0; in either direction:" : "Threads outside do nothing, in either direction:";
        if (trial.Group.Y > 1 && index == (y * columns) + x)
            return [$"{shape}; this thread stands at row {y}, column {x}, beyond the edge: groups of {trial.Group.X} × {trial.Group.Y} threads do not fit the matrix exactly. {nothing} column < columns as well as row < rows."];
        if (trial.Group.Y > 1 && index == (x * columns) + y)
            return [$"{shape}; the index is x · {columns} + y: row and column have changed places. The row is y, the column x, and element (row, column) lies at row · columns + column."];
        if (trial.Group.Y == 1 && trial.Groups == rows && index == ((long)fault.GroupIndex.X * columns) + fault.ThreadIndex.X)
            return [$"{shape}; thread {fault.ThreadIndex.X} of a row's group goes to column {fault.ThreadIndex.X}, and there is no such column. With fewer columns than threads some threads have none: c < columns."];
        if (trial.Group.Y == 1 && trial.Groups == rows && index / columns == x && x != fault.GroupIndex.X)
            return [$"The row was to be {x}, the thread's number in the launch. But the host launches one group for each of {Numbers.Of(rows, "row")}: the row is Grid.IdxX, and the group's {trial.GroupThreads} threads share its columns."];
        return [$"{shape}, stored row after row: element (row, column) lies at row · {columns} + column, so {index} would be row {index / columns}, column {index % columns}.",
            index / columns >= rows && rows != columns ? "Is the stride right? One row further is as many elements further as a row has columns; or are there more threads than rows?" : ""];
    }

    private static string Partial(Trial trial, long length) => trial.Groups == 1
        ? $"The launch has more threads than there is work: {trial.GroupThreads} threads for {Numbers.Of(length, "element")}."
        : $"The last block is partial: {Launch(trial)} are {Numbers.Of(trial.Threads, "thread")} for {Numbers.Of(length, "element")}.";

    private static string Launch(Trial trial) => $"{trial.Groups} {(trial.Groups == 1 ? "group" : "groups")} of {Numbers.Of(trial.GroupThreads, "thread")}";
}
