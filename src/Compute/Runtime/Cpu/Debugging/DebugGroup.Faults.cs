using System.Diagnostics;
using System.Reflection;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

internal sealed unsafe partial class DebugGroup
{
    /// <summary>Gets a block of shared memory: the same for all threads that ask for the same type and length as their n-th.</summary>
    public void* SharedBlock(int order, Type type, int length, int elementSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        foreach (SharedAllocation allocation in _sharedAllocations)
        {
            if (allocation.Order == order && allocation.Type == type && allocation.Length == length)
                return (void*)allocation.Block;
        }

        void* block = _shared.Allocate((long)length * elementSize);
        _sharedAllocations.Add(new(order, type, length, (nint)block));
        return block;
    }

    private void ThrowIfAborted()
    {
        if (_fault is not null)
            throw new GroupAbortedException();
    }

    /// <summary>Notes what went wrong and lets all waiting threads unwind.</summary>
    private void Abort(Fault fault)
    {
        _fault ??= fault;
        for (int i = 0; i < _warps.Length; i++)
            _warps[i] = default;
        _alive = 0;
        foreach (LogicalThread thread in _threads)
        {
            if (thread.State == ThreadState.NotStarted)
                thread.State = ThreadState.Done;
            if (thread.State is ThreadState.AtWarp or ThreadState.AtGroup)
                thread.State = ThreadState.Ready;
            if (thread.State != ThreadState.Ready)
                continue;
            _alive++;
            _warps[thread.WarpIndex].Alive++;
            _warps[thread.WarpIndex].Runnable++;
        }
    }

    /// <summary>Describes who waits where, for a meeting that not all threads came to.</summary>
    private string DescribeWaiting()
    {
        IEnumerable<string> waiting = _threads
            .Where(thread => thread.State is ThreadState.AtWarp or ThreadState.AtGroup)
            .GroupBy(thread => thread.Operation)
            .Select(threads => $"{Names([.. threads])} {(threads.Count() == 1 ? "waits" : "wait")} at {threads.Key}");
        LogicalThread[] ended = [.. _threads.Where(thread => thread.State == ThreadState.Done)];
        string rest = ended.Length == 0 ? "" : $", and {Names(ended)} ended without reaching it";
        return $"not every thread reached the barrier: {string.Join(", ", waiting)}{rest}.";
    }

    private LogicalThread FirstWaiting() => _threads.First(thread => thread.State is ThreadState.AtWarp or ThreadState.AtGroup);

    private static string Names(LogicalThread[] threads)
    {
        const int most = 4;
        string names = string.Join(", ", threads.Take(most).Select(thread => thread.ToString()));
        return threads.Length == 1 ? $"thread {names}" : $"{threads.Length} threads ({names}{(threads.Length > most ? ", …" : "")})";
    }

    private string Describe(LogicalThread thread, Exception exception)
    {
        string what = exception is ViewAccessException access
            ? $"{access.What} is outside {NameOf(thread, access)} of length {access.Length}"
            : exception.Message.TrimEnd('.');
        return SourceOf(exception) is { } place ? $"{what} ({place})." : $"{what}.";
    }

    private string NameOf(LogicalThread thread, ViewAccessException access)
    {
        if (thread.IsLocal(access.Address))
            return "local memory";
        if (_shared.Contains(access.Address))
            return "shared memory";
        return Launch.NameOf(access.Address) ?? "a view";
    }

    /// <summary>Finds the file and line of the kernel's own code, which is the first frame outside this assembly.</summary>
    private static SourceLocation? SourceOf(Exception exception)
    {
        foreach (StackFrame frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            MethodBase? method = frame.GetMethod();
            if (method?.DeclaringType is not { } type || type.Assembly == typeof(DebugGroup).Assembly)
                continue;
            return frame.GetFileName() is { } file ? new SourceLocation(file, frame.GetFileLineNumber()) : null;
        }

        return null;
    }

    private sealed record SharedAllocation(int Order, Type Type, int Length, nint Block);

    /// <summary>What went wrong first.</summary>
    private sealed record Fault(LogicalThread? Thread, Exception? Exception)
    {
        public string Waiting { get; init; } = "";

        public LogicalThread? FirstWaiting { get; init; }

        public KernelFaultException ToException(DebugGroup group) =>
            Thread is not null && Exception is not null
                ? new(group.Launch.KernelName, group.GroupIndex, Thread.Index, group.Describe(Thread, Exception), Exception)
                {
                    WarpSize = group.Launch.WarpSize,
                    File = SourceOf(Exception)?.File,
                    Line = SourceOf(Exception)?.Line ?? 0,
                }
                : new(group.Launch.KernelName, group.GroupIndex, FirstWaiting?.Index ?? Index3D.Zero, Waiting, null) { WarpSize = group.Launch.WarpSize };
    }

    /// <summary>Unwinds threads that wait while another one failed.</summary>
    private sealed class GroupAbortedException : Exception;
}
