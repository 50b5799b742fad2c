using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Runs the groups of a launch one after another: each warp in turn to the next meeting, until all have ended.</summary>
internal sealed unsafe partial class LockstepGroup
{
    private readonly LockstepLaunch _launch;
    private readonly LockstepWarp[] _warps;
    private readonly int _warpCount;
    private readonly byte* _shared;

    /// <summary>Prepares to run groups.</summary>
    /// <param name="program">The kernel.</param>
    /// <param name="launch">The dimensions and arguments.</param>
    /// <param name="scratch">Where registers, shared and local memory lie.</param>
    /// <param name="observer">Who sees what happens; may be null.</param>
    public LockstepGroup(LockstepProgram program, in LockstepLaunch launch, WorkerScratch scratch, ILockstepObserver? observer)
    {
        (Program, _launch, Observer) = (program, launch, observer);
        _warpCount = (launch.Threads + program.Lanes - 1) / program.Lanes;
        // Warps that never wait for each other can use one set of registers.
        int kept = program.WarpsWait || program.Options.KeepRows ? _warpCount : 1;
        SharedBytes = program.SharedBytes + (launch.DynamicSharedBytes + 63L) / 64 * 64;
        long registers = (program.RegisterBytes + 63L) / 64 * 64, local = (program.LocalBytes * program.Lanes + 63) / 64 * 64;
        ScratchBytes = SharedBytes + kept * (registers + local);
        byte* memory = scratch.Reserve(ScratchBytes + 64);
        _shared = memory;
        memory += SharedBytes;
        _warps = new LockstepWarp[kept];
        for (int i = 0; i < kept; i++, memory += registers + local)
        {
            _warps[i] = new LockstepWarp(this, i, memory, memory + registers);
            FillLeaves(_warps[i]);
        }
    }

    public LockstepProgram Program { get; }

    public ref readonly LockstepLaunch Launch => ref _launch;

    public ILockstepObserver? Observer { get; }

    /// <summary>Gets the index of the group that runs.</summary>
    public Index3D Index { get; private set; }

    /// <summary>Gets the shared memory, static allocations first.</summary>
    public byte* Shared => _shared;

    public long SharedBytes { get; }

    /// <summary>Gets the bytes of shared memory, registers and local memory, which begin with <see cref="Shared"/>.</summary>
    public long ScratchBytes { get; }

    /// <summary>Gets the warps that have registers of their own.</summary>
    public IReadOnlyList<LockstepWarp> Warps => _warps;

    /// <summary>Gets the number of warps.</summary>
    public int WarpCount => _warpCount;

    /// <summary>Runs all groups in their order.</summary>
    public void RunAll()
    {
        for (long group = 0; group < _launch.Groups; group++)
        {
            Begin(group);
            Run();
            Observer?.EndGroup(this);
        }
    }

    /// <summary>Goes to the beginning of a group.</summary>
    public void Begin(long group)
    {
        Return(group);
        Observer?.BeginGroup(this);
    }

    /// <summary>Goes back into a group, whose memory and warps the caller puts where they were.</summary>
    public void Return(long group)
    {
        (int x, int y, _) = _launch.Grid;
        Index = new Index3D((int)(group % x), (int)(group / x % y), (int)(group / x / y));
    }

    /// <summary>Runs the group to its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run()
    {
        if (_warps.Length < _warpCount)
        {
            for (int warp = 0; warp < _warpCount; warp++)
            {
                Place(_warps[0], warp);
                _warps[0].Run();
            }
            return;
        }
        PlaceAll();
        while (RunToMeeting())
        {
        }
    }

    /// <summary>Puts every warp to the beginning of the kernel; each has registers of its own.</summary>
    public void PlaceAll()
    {
        for (int warp = 0; warp < _warpCount; warp++)
            Place(_warps[warp], warp);
    }

    /// <summary>Runs every warp up to its next meeting.</summary>
    /// <returns>False when all have ended.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool RunToMeeting()
    {
        foreach (LockstepWarp warp in _warps)
            if (!warp.HasEnded)
                warp.Run();
        while (Array.Exists(_warps, warp => warp.HasPaused))
            TakeTurns();
        return MeetAll();
    }

    /// <summary>Lets the warps meet, each of which waits or has ended.</summary>
    /// <returns>False when all have ended.</returns>
    public bool MeetAll()
    {
        LockstepWarp? first = null;
        foreach (LockstepWarp warp in _warps)
            if (warp.Waiting != null)
                first ??= warp;
        if (first is null)
            return false;
        Instruction* meeting = first.Waiting;
        foreach (LockstepWarp warp in _warps)
        {
            if (warp.Start != 0 && (warp.Waiting != meeting || !warp.IsWhole || !warp.IsInRoundOf(first)))
            {
                bool waits = warp.Waiting == meeting && !warp.IsWhole;
                throw NotAll(waits ? warp : first, meeting);
            }
        }
        Meet(meeting);
        return true;
    }

    // What the operation gives, once all threads are there.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Meet(Instruction* i)
    {
        IrValue value = Program.Values[i->Index]!;
        Observer?.GroupBarrier(this, i);
        if (value.Op == IrOp.BarrierReduce)
            Reduce(i, (BarrierReduction)i->Immediate);
        else if (value.Op == IrOp.GroupBroadcast)
            Broadcast(i, value.Type);
    }

    private void Reduce(Instruction* i, BarrierReduction reduction)
    {
        int count = 0, threads = 0;
        foreach (LockstepWarp warp in _warps)
        {
            count += System.Numerics.BitOperations.PopCount(LaneOps.Bits(warp, i->A) & warp.Start);
            threads += System.Numerics.BitOperations.PopCount(warp.Start);
        }
        foreach (LockstepWarp warp in _warps)
        {
            if (reduction == BarrierReduction.PopCount)
                FillInt(warp, i->Result, count);
            else
                *(ulong*)(warp.Registers + i->Result) = (reduction == BarrierReduction.And ? count == threads : count > 0) ? ulong.MaxValue : 0;
        }
    }

    private void Broadcast(Instruction* i, IrType type)
    {
        LockstepWarp first = Array.Find(_warps, warp => warp.Start != 0)!;
        int thread = ((int*)RowTag.Fill(first, first.Registers + i->B))[System.Numerics.BitOperations.TrailingZeroCount(first.Start)];
        if (Program.Options.Checks)
            RequireOne(i, thread);
        int owner = thread / Program.Lanes, lane = thread % Program.Lanes;
        if ((uint)thread >= (uint)_launch.Threads || (_warps[owner].Start >> lane & 1) == 0)
            throw Fault(first.Number * Program.Lanes, Program.LocationOf(i), $"the value of thread {thread} is broadcast, which the group does not have", null);
        byte* row = _warps[owner].Registers + i->A;
        if ((i->Tags & 1) != 0)
            RowTag.Fill(_warps[owner], row);
        long bits = type is IrType.I32 or IrType.F32 ? ((int*)row)[lane] : ((long*)row)[lane];
        foreach (LockstepWarp warp in _warps)
            FillBits(warp, type, i->Result, bits);
    }

    private void RequireOne(Instruction* i, int thread)
    {
        foreach (LockstepWarp warp in _warps)
        {
            int* wanted = (int*)RowTag.Fill(warp, warp.Registers + i->B);
            for (ulong left = warp.Start; left != 0; left &= left - 1)
                if (System.Numerics.BitOperations.TrailingZeroCount(left) is var lane && wanted[lane] != thread)
                    throw Fault(warp.Number * Program.Lanes + lane, Program.LocationOf(i), $"Group.Broadcast of thread {wanted[lane]} here and of thread {thread} elsewhere; it must be the same thread for all", null);
        }
    }

    // Sets the position of a warp, and its lanes that take part.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Place(LockstepWarp warp, int number)
    {
        if (warp.Number != number)
        {
            warp.Number = number;
            FillPosition(warp);
        }
        FillGridIndex(warp);
        int lanes = Program.Lanes, first = number * lanes;
        ulong start = 0;
        if (_launch.ExtentX == 0)
        {
            int active = Math.Min(lanes, _launch.Threads - first);
            start = active == 64 ? ulong.MaxValue : (1UL << active) - 1;
        }
        else
        {
            for (int lane = 0; lane < lanes && first + lane < _launch.Threads; lane++)
                if ((long)Index.X * _launch.Group.X + ThreadIndex(first + lane).X < _launch.ExtentX)
                    start |= 1UL << lane;
        }
        warp.Begin(start);
    }

    /// <summary>The index of a thread in its group.</summary>
    public Index3D ThreadIndex(int thread)
    {
        (int x, int y, _) = _launch.Group;
        return new Index3D(thread % x, thread / x % y, thread / x / y);
    }
}
