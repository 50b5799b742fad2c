using ILGPU;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Why a stepper stopped.</summary>
internal enum StopReason
{
    /// <summary>The statement that was asked for begins.</summary>
    Step,

    /// <summary>Something that the caller watches for.</summary>
    Breakpoint,

    /// <summary>A mistake of the kernel comes next.</summary>
    Fault,

    /// <summary>The launch has ended.</summary>
    End,

    /// <summary>The thread has returned.</summary>
    ThreadEnded,

    /// <summary>There is nothing before.</summary>
    Beginning,

    /// <summary>The caller's patience has ended.</summary>
    Cancelled,
}

/// <summary>Follows one thread of a launch, statement by statement, both ways.</summary>
/// <param name="machine">The launch.</param>
internal sealed class Stepper(SteppedMachine machine)
{
    private const int EventsBetweenLooks = 1024;

    public SteppedMachine Machine { get; } = machine;

    /// <summary>Gets or sets the thread that is followed, by its number in the group.</summary>
    public int Thread { get; set; }

    /// <summary>Gets or sets what stops besides steps: it gives the thread that it stops for, or -1.</summary>
    public Func<StepEvent, int>? Watch { get; set; }

    /// <summary>Gets or sets whether <see cref="Watch"/> is asked at every event, not only where statements begin.</summary>
    public bool WatchesEverything { get; set; }

    /// <summary>Gets or sets what ends long runs.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Gets the statement that the thread is at; null if it is in none.</summary>
    public IrStatement? Statement => Machine.StatementOf(Thread);

    /// <summary>Goes to the first statement of the launch.</summary>
    public StopReason Begin() => Forward(done => done.Kind == StepKind.Statement, StopReason.Step, watches: false, follows: false, anyone: true);

    /// <summary>Goes to the thread's next statement, into methods.</summary>
    public StopReason Step() => Follow(_ => true);

    /// <summary>Goes to the thread's next statement in this method or its callers.</summary>
    public StopReason Next() => Statement is { } from ? Follow(statement => from.Inlining.IsOrIsCalledFrom(statement.Inlining)) : Step();

    /// <summary>Goes on by one instruction of the thread.</summary>
    public StopReason StepInstruction() => Forward(IsOwnInstruction, StopReason.Step, watches: true, follows: true, anyone: false);

    /// <summary>Goes back by one instruction of the thread.</summary>
    public StopReason StepInstructionBack() => Machine.GoBack(IsOwnInstruction, Machine.GroupStart, Cancellation) ? StopReason.Step : StopReason.Beginning;

    /// <summary>Goes on until the thread is back in the calling method.</summary>
    public StopReason Finish() => Statement is { } from
        ? Follow(statement => statement.Inlining != from.Inlining && from.Inlining.IsOrIsCalledFrom(statement.Inlining))
        : Step();

    /// <summary>Goes on until something is hit, whoever hits it.</summary>
    public StopReason Continue() => Forward(_ => false, StopReason.Step, watches: true, follows: false, anyone: true);

    /// <summary>Goes back to the statement before.</summary>
    public StopReason StepBack() => FollowBack(_ => true);

    /// <summary>Goes back to the statement before in this method or its callers.</summary>
    public StopReason NextBack() => Statement is { } from ? FollowBack(statement => from.Inlining.IsOrIsCalledFrom(statement.Inlining)) : StepBack();

    /// <summary>Goes back to where this method was called.</summary>
    public StopReason FinishBack() => Statement is { } from
        ? FollowBack(statement => statement.Inlining != from.Inlining && from.Inlining.IsOrIsCalledFrom(statement.Inlining))
        : StepBack();

    /// <summary>Goes back until something is hit, whoever hits it, or to the beginning.</summary>
    public StopReason ContinueBack()
    {
        int thread = -1;
        if (Machine.GoBack(done => IsWatched(done) && Watch?.Invoke(done) is int hit and >= 0 && (thread = hit) >= 0, 0, Cancellation))
        {
            Thread = thread;
            return StopReason.Breakpoint;
        }
        if (Cancellation.IsCancellationRequested)
            return StopReason.Cancelled;
        GoToBeginning();
        return StopReason.Beginning;
    }

    /// <summary>Goes to the first statement of a group, wherever that is from here.</summary>
    public StopReason GoToGroup(long group)
    {
        if (Machine.GroupNumber >= group)
            Machine.GoTo(0);
        StopReason reason = Forward(done => done.Kind == StepKind.Statement && Machine.GroupNumber == group, StopReason.Step, watches: false, follows: false, anyone: true);
        return reason;
    }

    private void GoToBeginning()
    {
        Machine.GoTo(0);
        Begin();
    }

    private bool IsWatched(StepEvent done) => WatchesEverything || done.Kind == StepKind.Statement;

    private bool IsOwn(StepEvent done) => done.Kind == StepKind.Statement && done.Warp == Thread / Machine.Program.Lanes
        && (Machine.Group.Warps[done.Warp].Mask >> Thread % Machine.Program.Lanes & 1) != 0;

    private bool IsOwnInstruction(StepEvent done) => done.Kind is StepKind.Statement or StepKind.Instruction && done.Warp == Thread / Machine.Program.Lanes
        && (Machine.Group.Warps[done.Warp].Mask >> Thread % Machine.Program.Lanes & 1) != 0;

    // A thread that has returned is followed no further: the next that begins a statement takes its place.
    private StopReason Follow(Func<IrStatement, bool> wanted)
    {
        bool isOver = Machine.StateOf(Thread) is SteppedState.Ended or SteppedState.Idle;
        return isOver
            ? Forward(done => done.Kind == StepKind.Statement, StopReason.Step, watches: true, follows: false, anyone: true)
            : Forward(done => IsOwn(done) && wanted(Machine.Statements[done.Statement]), StopReason.Step, watches: true, follows: true, anyone: false);
    }

    private StopReason Forward(Func<StepEvent, bool> stop, StopReason reason, bool watches, bool follows, bool anyone)
    {
        for (int i = 1; ; i++)
        {
            StepEvent done = Machine.Advance();
            if (done.Kind == StepKind.Fault)
            {
                Thread = Linear(Machine.Fault!.ThreadIndex);
                return StopReason.Fault;
            }
            if (done.Kind == StepKind.End)
                return StopReason.End;
            if (stop(done))
            {
                if (anyone)
                    Thread = FirstOf(done);
                // What is watched for is hit by this thread as by any other.
                return watches && Watch?.Invoke(done) is int also and >= 0 && also == Thread ? StopReason.Breakpoint : reason;
            }
            if (watches && IsWatched(done) && (!follows || WatchesEverything || IsOwn(done)) && Watch?.Invoke(done) is int hit and >= 0)
            {
                Thread = hit;
                return StopReason.Breakpoint;
            }
            if (follows && HasReturned(done))
                return StopReason.ThreadEnded;
            if (i % EventsBetweenLooks == 0 && Cancellation.IsCancellationRequested)
                return StopReason.Cancelled;
        }
    }

    private StopReason FollowBack(Func<IrStatement, bool> wanted)
    {
        if (Machine.GoBack(done => IsOwn(done) && wanted(Machine.Statements[done.Statement]), Machine.GroupStart, Cancellation))
            return StopReason.Step;
        return Cancellation.IsCancellationRequested ? StopReason.Cancelled : StopReason.Beginning;
    }

    private bool HasReturned(StepEvent done) => done.Kind == StepKind.GroupEnd
        || (done.Kind == StepKind.Instruction && done.Warp == Thread / Machine.Program.Lanes && Machine.StateOf(Thread) is SteppedState.Ended);

    /// <summary>The number of a thread in its group.</summary>
    public int Linear(Index3D index) => index.X + Machine.Launch.Group.X * (index.Y + Machine.Launch.Group.Y * index.Z);

    /// <summary>The first thread that begins a statement; the one that is followed, if it is among them.</summary>
    public int FirstOf(StepEvent done)
    {
        LockstepWarp warp = Machine.Group.Warps[done.Warp];
        return IsOwn(done) ? Thread : warp.Number * Machine.Program.Lanes + System.Numerics.BitOperations.TrailingZeroCount(warp.Mask);
    }
}
