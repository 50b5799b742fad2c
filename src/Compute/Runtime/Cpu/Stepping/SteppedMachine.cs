using System.Numerics;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;
using ILGPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>What the machine has just done.</summary>
internal enum StepKind
{
    /// <summary>One instruction, or the way from one block to another.</summary>
    Instruction,

    /// <summary>The active lanes of a warp are at the beginning of a statement.</summary>
    Statement,

    /// <summary>A group has begun.</summary>
    GroupBegin,

    /// <summary>All threads of the group have met.</summary>
    Meeting,

    /// <summary>All threads of a group have returned.</summary>
    GroupEnd,

    /// <summary>Nothing: all groups have ended.</summary>
    End,

    /// <summary>Nothing: what comes next is a mistake of the kernel.</summary>
    Fault,
}

/// <summary>One thing that happened.</summary>
/// <param name="Kind">What.</param>
/// <param name="Warp">The number of the warp that did it.</param>
/// <param name="Statement">The statement that begins; -1 if none does.</param>
internal readonly record struct StepEvent(StepKind Kind, int Warp = -1, int Statement = -1);

/// <summary>Runs one launch an instruction at a time, checked, forwards and backwards. The time is the number of things that have
/// happened; what happens again, after going back, is the same as the first time.</summary>
internal sealed unsafe partial class SteppedMachine : IDisposable
{
    private enum Phase { BeforeGroup, InGroup, AfterAll }

    private readonly Checker _checker;
    private readonly byte[] _kinds;
    private Phase _phase;
    private int _current;
    private readonly int[] _lastStatements;
    private readonly List<long> _groupStarts = [];
    private long _pendingTime = -1;

    public SteppedMachine(LockstepProgram program, in LockstepLaunch launch, CheckedMemory memory, CheckedOptions options, WorkerScratch scratch, bool keepsHistory)
    {
        (Program, Launch, Memory, KeepsHistory) = (program, launch, memory, keepsHistory);
        _checker = new Checker(program, launch, memory, options);
        Group = new LockstepGroup(program, launch, scratch, new SteppedObserver(this, _checker));
        new Span<byte>(Group.Shared, checked((int)Group.SharedBytes)).Clear();      // not as on a GPU, but the same every time
        _written = new ulong[keepsHistory ? Group.ScratchBytes / 64 + 1 : 0];
        _kinds = [.. program.Values.Select(value => (byte)(value?.Op ?? 0))];
        _lastStatements = new int[Group.WarpCount * program.Lanes];
        _separators = new int[Group.WarpCount][];
        for (int i = 0; i < Group.WarpCount; i++)
            _separators[i] = new int[program.Lanes * program.Lanes];
        _phase = launch.Groups > 0 ? Phase.BeforeGroup : Phase.AfterAll;
    }

    public LockstepProgram Program { get; }

    public LockstepLaunch Launch { get; }

    public CheckedMemory Memory { get; }

    public LockstepGroup Group { get; }

    public bool KeepsHistory { get; }

    public IReadOnlyList<IrStatement> Statements => Program.Kernel.Statements;

    /// <summary>Gets how many things have happened.</summary>
    public long Time { get; private set; }

    /// <summary>Gets the latest time there has been.</summary>
    public long Frontier { get; private set; }

    /// <summary>Gets whether what happens next has happened before.</summary>
    public bool IsReplaying => Time < Frontier;

    /// <summary>Gets the number of the group that runs.</summary>
    public long GroupNumber { get; private set; }

    /// <summary>Gets the time when the group that runs, or ran last, began.</summary>
    public long GroupStart => _groupStarts.FindLast(start => start <= Time);

    /// <summary>Gets the kernel's mistake, once it is known.</summary>
    public KernelFaultException? Fault { get; private set; }

    /// <summary>Gets the time of the mistake.</summary>
    public long FaultTime { get; private set; } = -1;

    /// <summary>Gets whether the mistake comes next.</summary>
    public bool IsAtFault => Fault is not null && Time == FaultTime;

    /// <summary>Gets whether all groups have ended.</summary>
    public bool HasEnded => _phase == Phase.AfterAll;

    /// <summary>Gets whether a group runs.</summary>
    public bool IsInGroup => _phase == Phase.InGroup;

    /// <summary>Gets the number of the warp whose turn it is.</summary>
    public int CurrentWarp => _current;

    /// <summary>Does the next thing.</summary>
    public StepEvent Advance()
    {
        if (IsAtFault)
            return new(StepKind.Fault, _current);
        if (_phase == Phase.AfterAll)
            return new(StepKind.End);
        if (KeepsHistory && !IsReplaying)
            RememberIfDue();
        bool isNew = !IsReplaying, wasPending = _checker.Pending is not null;
        StepEvent done;
        try
        {
            done = Move();
            if (_phase == Phase.AfterAll && isNew)
                _checker.ThrowUnwritten(ofShared: false);
        }
        catch (KernelFaultException fault)
        {
            Stop(_checker.CauseOf(fault));
            return new(StepKind.Fault, _current);
        }
        if (isNew && !wasPending && _checker.Pending is not null)
            _pendingTime = Time;
        Time++;
        Frontier = Math.Max(Frontier, Time);
        return done;
    }

    /// <summary>Runs until nothing is left, or to a mistake.</summary>
    public void RunToEnd()
    {
        while (Advance().Kind is not (StepKind.End or StepKind.Fault))
        {
        }
        if (Fault is null)
            _checker.RequireAlive();
    }

    /// <inheritdoc/>
    public void Dispose() => _checker.Dispose();

    // A read of what nobody has written turns out to be a mistake some time after it.
    private void Stop(KernelFaultException fault)
    {
        bool isEarlier = ReferenceEquals(fault, _checker.Pending) && _pendingTime >= 0 && KeepsHistory;
        (Fault, FaultTime) = (fault, isEarlier ? _pendingTime : Time);
        if (!isEarlier)
            return;
        GoTo(FaultTime);
        Frontier = FaultTime;
        _moments.RemoveAll(moment => moment.Time > Frontier);
    }

    private StepEvent Move()
    {
        if (_phase == Phase.BeforeGroup)
        {
            if (!IsReplaying)
                _groupStarts.Add(Time);
            Group.Begin(GroupNumber);
            Group.PlaceAll();
            Array.Fill(_lastStatements, -1);
            Array.Clear(_written);
            _current = 0;
            _phase = Phase.InGroup;
            return new(StepKind.GroupBegin);
        }
        IReadOnlyList<LockstepWarp> warps = Group.Warps;
        int next = 0;
        while (next < warps.Count && (warps[next].HasEnded || warps[next].Waiting != null))
            next++;
        if (next == warps.Count)
            return Meet();
        _current = next;
        return StepWarp(warps[next]);
    }

    private StepEvent StepWarp(LockstepWarp warp)
    {
        if (IsReplaying && warp.Next->Code != null && _kinds[warp.Next->Index] == (byte)IrOp.Print)
        {
            warp.Skip();        // it has been printed
            return new(StepKind.Instruction, warp.Number);
        }
        Instruction* done = warp.Step();
        if (done == null || _kinds[done->Index] != (byte)IrOp.Statement)
            return new(StepKind.Instruction, warp.Number);
        int statement = (int)done->Immediate;
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
            _lastStatements[warp.Number * Program.Lanes + BitOperations.TrailingZeroCount(left)] = statement;
        return new(StepKind.Statement, warp.Number, statement);
    }

    private StepEvent Meet()
    {
        if (Group.MeetAll())
        {
            foreach (LockstepWarp warp in Group.Warps)
                warp.GoOn();
            return new(StepKind.Meeting);
        }
        Group.Observer!.EndGroup(Group);
        _phase = GroupNumber + 1 < Launch.Groups ? Phase.BeforeGroup : Phase.AfterAll;
        if (_phase == Phase.BeforeGroup)
            GroupNumber++;
        return new(StepKind.GroupEnd);
    }
}
