namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>Barriers and the like: a thread waits until all others of its warp or group are in the same operation.</content>
internal sealed unsafe partial class DebugGroup
{
    /// <summary>Waits until all threads of the warp that have not ended are in the same operation.</summary>
    public void MeetWarp(LogicalThread thread, string operation)
    {
        ThrowIfAborted();
        ref Warp warp = ref _warps[thread.WarpIndex];
        thread.State = ThreadState.AtWarp;
        thread.Operation = operation;
        warp.Runnable--;
        warp.Waiting++;
        ReleaseWarp(thread.WarpIndex);
        Yield(thread);
    }

    /// <summary>Waits until all threads of the group are in the same operation.</summary>
    public void MeetGroup(LogicalThread thread, string operation)
    {
        ThrowIfAborted();
        thread.State = ThreadState.AtGroup;
        thread.Operation = operation;
        _warps[thread.WarpIndex].Runnable--;
        _atGroup++;
        ReleaseGroup();
        Yield(thread);
    }

    /// <summary>Counts a thread that comes to the next group meeting with a predicate that holds.</summary>
    public void Count() => _count++;

    /// <summary>Gets the number of threads counted at the last group meeting; it stays until all have read it.</summary>
    public int Counted { get; private set; }

    private void ReleaseWarp(int index)
    {
        ref Warp warp = ref _warps[index];
        if (warp.Waiting == 0 || warp.Waiting < warp.Alive)
            return;
        Span<LogicalThread> lanes = Lanes(index);
        string? operation = null;
        foreach (LogicalThread lane in lanes)
        {
            if (lane.State != ThreadState.AtWarp)
                continue;
            if (operation is not null && operation != lane.Operation)
                return;
            operation = lane.Operation;
        }

        Release(lanes, ThreadState.AtWarp);
        warp.Runnable += warp.Waiting;
        warp.Waiting = 0;
    }

    private void ReleaseGroup()
    {
        if (_atGroup < _takingPart || !SameOperation())
            return;
        Release(_threads, ThreadState.AtGroup);
        Counted = _count;
        _atGroup = _count = 0;
        _currentWarp = 0;
        for (int i = 0; i < _warps.Length; i++)
            _warps[i].Runnable = _warps[i].Alive;
    }

    private bool SameOperation()
    {
        string? operation = null;
        foreach (LogicalThread thread in _threads)
        {
            if (thread.State != ThreadState.AtGroup)
                continue;
            if (operation is not null && operation != thread.Operation)
                return false;
            operation = thread.Operation;
        }

        return true;
    }

    private static void Release(Span<LogicalThread> threads, ThreadState state)
    {
        foreach (LogicalThread thread in threads)
        {
            if (thread.State == state)
                thread.State = ThreadState.Ready;
        }
    }

    private Span<LogicalThread> Lanes(int warp) =>
        _threads.AsSpan(warp * WarpSize, Math.Min(WarpSize, _threads.Length - warp * WarpSize));

    /// <summary>The threads of one warp.</summary>
    private struct Warp
    {
        /// <summary>Those that have not ended.</summary>
        public int Alive;

        /// <summary>Those that can run.</summary>
        public int Runnable;

        /// <summary>Those that wait for the warp.</summary>
        public int Waiting;
    }
}
