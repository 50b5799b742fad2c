using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Says what a race means, and where a barrier is missing.</summary>
internal static class RaceTeacher
{
    public static Verdict Explain(Attempt attempt, Trial trial, KernelFaultException fault, KernelFaultAccess access, KernelFaultParty party)
    {
        string did = access.Did, other = party.Did, memory = access.Memory;
        int otherLine = party.Line;
        bool ownGroup = party.GroupIndex == fault.GroupIndex;
        (ILGPU.Index3D otherThread, ILGPU.Index3D otherGroup) = (party.ThreadIndex, party.GroupIndex);
        string at = otherLine == fault.Line || otherLine == 0 ? "in the same line" : $"in line {otherLine}";
        string headline = $"A race: {FaultTeacher.Name(trial, fault.GroupIndex, fault.ThreadIndex)} {did} element {access.Element} of {memory}, "
            + $"which {FaultTeacher.Name(trial, otherGroup, otherThread)} {other} {at}, and nothing says who comes first.";
        return new(Standing.Wrong, headline) { OtherLine = otherLine == fault.Line ? 0 : otherLine, Explanation = BeyondEdge(trial, memory, fault.GroupIndex, fault.ThreadIndex) ?? BeyondEdge(trial, memory, otherGroup, otherThread) ?? Advice(attempt, trial, fault, otherThread, otherLine, did, other, memory, ownGroup) };
    }

    // A thread to the right of a matrix comes to the next row's elements, which have an owner.
    private static string[]? BeyondEdge(Trial trial, string memory, ILGPU.Index3D group, ILGPU.Index3D thread)
    {
        int columns = trial.Find(memory) is OutputArgument output ? output.Columns : 0, x = (group.X * trial.Group.X) + thread.X;
        bool fits = columns > 0 && trial.Grid.X == (columns + trial.Group.X - 1) / trial.Group.X;      // threads are laid over this matrix, not over its transpose
        return !fits || trial.Group.Y == 1 || x < columns ? null
            : [$"{FaultTeacher.Name(trial, group, thread, capital: true)} stands at column {x}, and {memory} has {columns}: beyond the edge, which in memory is the next row. Threads outside do nothing, in either direction: column < columns as well as row < rows."];
    }

    private static string[] Advice(Attempt attempt, Trial trial, KernelFaultException fault, ILGPU.Index3D otherThread, int otherLine, string did, string other, string memory, bool ownGroup)
    {
        int line = fault.Line;
        bool bothWrite = did == "writes" && other == "writes", isShared = memory.Contains("shared", StringComparison.Ordinal);
        bool isUpdate = SourceView.IsUpdate(attempt, line);
        if (!isShared && isUpdate)
            return [$"Several threads change one element of {memory}: += is a read, an addition and a write, and another thread comes in between. Atomic.Add(ref {memory}[…], value) does it in one; or let one thread write what all have computed."];
        if (!isShared && bothWrite && trial.Find(memory) is OutputArgument { Columns: > 0 } matrix)
            return [$"Two threads have come to the same element. {memory} has rows of {matrix.Columns} elements: one row further is {matrix.Columns} elements further, so element (row, column) lies at row * {matrix.Columns} + column."];
        if (bothWrite && !ownGroup && fault.ThreadIndex == otherThread)
            return [$"Thread {fault.ThreadIndex.X} of both groups writes this element of {memory}: its index is the same in every group. Elements of the launch are counted by Grid.GlobalIndex.X, groups by Grid.IdxX."];
        if (bothWrite && !isShared && trial.Find(memory) is OutputArgument { Expected.Length: 1 } && trial.Groups > 1)
            return [$"Every thread overwrites what the others have written to {memory}. If each has a part of the result, Atomic.Add(ref {memory}[0], part) adds it to what is there; no other thread comes in between."];
        if (bothWrite)
            return [$"Several threads write the same element of {memory}. Let each have its own; or, if it is the result of all, let one thread alone write it: if ({(trial.GroupThreads > 1 ? "Group.IdxX" : "Grid.IdxX")} == 0), or Warp.LaneIdx == 0 for the result of a warp."];
        if (!ownGroup)
            return ["Groups run in any order, and at the same time, so no barrier can help: either each group writes elements of its own, or all change one with Atomic.Add."];
        if (isShared && attempt.Tree.GetText().ToString().Contains("Warp.Barrier(", StringComparison.Ordinal))
            return ["Warp.Barrier() waits for the threads of one warp only, and these are of two, or would be with narrower warps: a group needs Group.Barrier()."];
        if ((otherLine == line || otherLine == 0) && SourceView.IsInLoopWithoutBarrier(attempt, line))
            return [$"Each round reads what others wrote in the round before, and nobody waits for them: a Group.Barrier() is missing at the end of the loop's body, outside any if."];
        if (otherLine == line || otherLine == 0)
            return ["The line reads what another thread overwrites in the same line. Part it: read into a variable, Group.Barrier(), write, Group.Barrier()."];
        int first = Math.Min(line, otherLine), second = Math.Max(line, otherLine);
        if (SourceView.BarrierInIf(attempt, first, second) is > 0 and var within)
            return [$"The Group.Barrier() in line {within} stands in an if, so the threads for which that is false do not wait. A barrier belongs outside, where every thread of the group comes by."];
        bool onceMore = line < otherLine && SourceView.ShareLoop(attempt, line, otherLine);
        return onceMore
            ? [$"The loop comes round: line {line} of the next round meets line {otherLine} of the last, because some threads are faster. A Group.Barrier() is missing behind line {otherLine}, at the end of the loop's body."]
            : [$"A Group.Barrier() is missing between line {first} and line {second}: a thread may only read what others wrote once all have written, and only overwrite it once all have read."];
    }
}
