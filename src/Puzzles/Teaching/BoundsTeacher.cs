using System.Text.RegularExpressions;
using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Says why an index is outside.</summary>
internal static partial class BoundsTeacher
{
    public static Verdict Explain(Attempt attempt, Trial trial, KernelFaultException fault, Match match)
    {
        string memory = match.Groups["memory"].Value;
        long index = FaultTeacher.Parse(match.Groups["index"]), length = FaultTeacher.Parse(match.Groups["length"]);
        string variable = FaultTeacher.Quoted(memory);
        var access = SourceView.AccessOf(attempt, fault.Line, variable);
        string verb = access is null ? "goes to" : access.Value.IsWritten ? "writes" : "reads";
        string has = length switch { 0 => "which is empty", 1 => "which has one element, number 0", _ => $"which has {length} elements, 0 to {length - 1}" };
        return new(Standing.Wrong, $"{FaultTeacher.Who(trial, fault)} {verb} element {index} of {memory}, {has}.")
        {
            Explanation = [.. Why(attempt, trial, fault, variable, index, length, isShared: memory.Contains("shared", StringComparison.Ordinal)).Where(line => line.Length > 0)],
        };
    }

    private static IEnumerable<string> Why(Attempt attempt, Trial trial, KernelFaultException fault, string name, long index, long length, bool isShared)
    {
        bool isLine = trial.Group is { Y: 1, Z: 1 } && trial.Grid is { Y: 1, Z: 1 };
        long own = isShared ? fault.ThreadIndex.X : ((long)fault.GroupIndex.X * trial.Group.X) + fault.ThreadIndex.X;
        int columns = trial.Find(name) switch { InputArgument input => input.Columns, OutputArgument output => output.Columns, _ => 0 };
        if (index < 0)
            return [$"Elements are numbered from 0, so there is nothing at {index}: {(index == -1 ? "the first thread has no neighbour on its left" : "the first threads have nobody so far to their left")}. Ask before reading: index >= 0 ? … : 0f."];
        if (isShared)
            return [InShared(trial, name, own, index, length, ((long)fault.GroupIndex.X * trial.Group.X) + fault.ThreadIndex.X)];
        if (length == 0)
            return ["The host launched a group for nothing at all: even thread 0 has to ask whether there is work, if (i < …Length)."];
        if (columns > 0)
            return index == length && SourceView.LoopAt(attempt, fault.Line) is var (header, _) && header.Contains("<=", StringComparison.Ordinal)
                ? ["The loop goes one too far: it runs to <= where it should run to <."]
                : InMatrix(trial, fault, name, index, length, columns);
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
            return [$"With {Numbers.Of(length, "element")} the last is number {length - 1}. Does a loop run to <= where it should be <, is it an index + 1 at the end, or does this thread count wrongly? {Launched(trial)}"];
        return [isLine && own >= length ? Partial(trial, length) : "", $"Write down what the index is for this thread, step by step. {Launched(trial)}"];
    }

    private static string InShared(Trial trial, string name, long own, long index, long length, long global) =>
        own == index ? $"The group has {trial.GroupThreads} threads, and {name} has room for {length}."
        : index == global ? $"The index is the thread's number in the whole launch. Shared memory belongs to one group, every group has its own {name}: use Group.IdxX, from 0 to {trial.GroupThreads - 1}."
        : index == own + 1 ? $"Every thread takes its neighbour's element on the right, and thread {own} is the last in {name}. In a ring its neighbour is the first, (t + 1) % {length}; otherwise the memory needs one element more, or the thread has to ask."
        : $"{name} was allocated with {length} elements, and the index of this thread comes to {index}: what does the farthest thread need, in the first and in the last round?";

    // Whether a condition on the line, or just above it, lets a length itself through.
    private static bool LetsThrough(Attempt attempt, int line) =>
        new[] { line - 2, line - 1, line }.Any(at => attempt.LineAt(at) is { } text && OneTooFar().IsMatch(text));

    [GeneratedRegex(@"<=|>\s*\w+(\.\w+)?\s*\)\s*return|>\s*\w+(\.\w+)?\s*\)\s*$")]
    private static partial Regex OneTooFar();

    private static string Launched(Trial trial) => $"The host launches {Launch(trial)} for {trial.Description}.";

    private static string[] InMatrix(Trial trial, KernelFaultException fault, string name, long index, long length, int columns)
    {
        long x = ((long)fault.GroupIndex.X * trial.Group.X) + fault.ThreadIndex.X, y = ((long)fault.GroupIndex.Y * trial.Group.Y) + fault.ThreadIndex.Y;
        long rows = length / columns;
        string shape = $"{name} has {Numbers.Of(rows, "row")} of {Numbers.Of(columns, "column")}";
        if (trial.Group.Y > 1 && index == (y * columns) + x)
            return [$"{shape}; this thread stands at row {y}, column {x}, beyond the edge: groups of {trial.Group.X} × {trial.Group.Y} threads do not fit the matrix exactly. Threads outside do nothing, in either direction: column < columns as well as row < rows."];
        if (trial.Group.Y > 1 && index == (x * columns) + y)
            return [$"{shape}; the index is x · {columns} + y: row and column have changed places. The row is y, the column x, and element (row, column) lies at row · columns + column."];
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
