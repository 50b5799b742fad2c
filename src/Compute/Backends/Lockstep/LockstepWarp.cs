
using System.Runtime.CompilerServices;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>The threads of a warp, which run as the lanes of rows of registers, one instruction at a time. Where a branch
/// separates them, one side waits on a stack until the other comes to the block where both go on together.</summary>
internal sealed unsafe partial class LockstepWarp
{
    private readonly LockstepProgram _program;
    private Path[] _paths = new Path[16];
    private int _depth;
    private Instruction* _next;
    private AccessWindow* _windows;

    /// <summary>A warp of a group.</summary>
    public LockstepWarp(LockstepGroup group, int number, byte* registers, byte* local)
    {
        (Group, Number) = (group, number);
        Registers = registers;
        Local = local;
        _program = group.Program;
        Lanes = _program.Lanes;
        All = Lanes == 64 ? ulong.MaxValue : (1UL << Lanes) - 1;
        Observer = group.Observer;
    }

    public LockstepGroup Group { get; }

    /// <summary>Gets the number of the warp in its group.</summary>
    public int Number { get; set; }

    /// <summary>Gets the rows.</summary>
    public byte* Registers { get; }

    /// <summary>Gets the lanes' local memory, one run after the other.</summary>
    public byte* Local { get; }

    public int Lanes { get; }

    /// <summary>Gets the bits of all lanes that a warp has.</summary>
    public ulong All { get; }

    /// <summary>Gets the lanes that take part.</summary>
    public ulong Start { get; private set; }

    /// <summary>Gets the lanes that execute the current instruction.</summary>
    public ulong Mask { get; private set; }

    /// <summary>Gets whether every lane that takes part is active.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Gets the block that is being executed.</summary>
    public int Block { get; private set; }

    /// <summary>Gets where the warp waits for its group; null if it does not.</summary>
    public Instruction* Waiting { get; private set; }

    /// <summary>Gets whether all lanes have returned.</summary>
    public bool HasEnded { get; private set; }

    public ILockstepObserver? Observer { get; }

    /// <summary>Gets or sets how the addresses of the access that is made lie.</summary>
    public AddressPattern Pattern { get; set; }

    /// <summary>Gets or sets the address of that access in lane 0.</summary>
    public long FirstAddress { get; set; }

    /// <summary>Gets what waits and what runs, the latter last.</summary>
    public ReadOnlySpan<Path> Paths => _paths.AsSpan(0, _depth);

    /// <summary>Bytes of a row of values of so many bytes.</summary>
    public int RowBytes(int width) => Math.Max(32, width * Lanes);

    /// <summary>The addresses of an access, one for each lane, to which its offset is added.</summary>
    public long* Pointers(Instruction* i) => (long*)RowTag.Fill(this, Registers + i->A);

    /// <summary>Goes to the beginning of the kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Begin(ulong lanes)
    {
        Start = lanes;
        _depth = 1;
        _paths[0] = new Path(0, -1, lanes);
        Waiting = null;
        _windows = Observer == null ? null : Observer.Windows;
        HasEnded = lanes == 0;
        SetMask(lanes);
        if (!HasEnded)
            EnterBlock(0);
    }

    /// <summary>Runs to the next meeting of the group or to the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run()
    {
        Waiting = null;
        BeginTurn();
        Instruction* i = _next;
        while (!HasEnded)
        {
            if (_windows != null)
            {
                int exit = _program.Regions.Run(this, i, _windows);
                if (exit >= 0)
                {
                    Block = exit;
                    Leave();
                    if (TurnLeft <= 0 && EndTurn())
                        return;
                    i = _next;
                    continue;
                }
                if (exit != LaneRegions.DoesNotFit)
                {
                    Instruction* next = _program.Code + (-1 - exit);
                    Block = _program.BlockOf(next->Index);
                    bool moved = next != i;
                    i = next;
                    // The next part of a long block.
                    if (moved && _program.Regions.BeginsAt(i->Index))
                        continue;
                }
            }
            void* code;
            while ((code = i->Code) != null)
            {
                ((delegate*<LockstepWarp, Instruction*, void>)code)(this, i);
                i++;
            }
            if (i->Stop == StopKind.Meeting)
            {
                if (!IsWhole)
                    Gather(i);
                Waiting = i;
                _next = i + 1;
                return;
            }
            Leave();
            if (TurnLeft <= 0 && EndTurn())
                return;
            i = _next;
        }
    }

    /// <summary>What goes wrong in a lane.</summary>
    public KernelFaultException Fault(int lane, Instruction* i, string what, Exception? inner = null) =>
        Group.Fault(Number * Lanes + lane, _program.LocationOf(i), what, inner);

    /// <summary>Checks that all lanes that take part execute an instruction.</summary>
    public void RequireAll(Instruction* i)
    {
        if (!IsWhole && !Gather(i))
            throw Group.NotAll(this, i);
    }

    /// <summary>Sets the lanes that execute the current instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetMask(ulong mask)
    {
        Mask = mask;
        IsWhole = mask == Start;
    }

    /// <summary>Notes that the lanes that run begin a loop or its next round; see <see cref="Rounds"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CountRound(sbyte loop) => _paths[_depth - 1].Rounds = Rounds.After(_paths[_depth - 1].Rounds, loop);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EnterBlock(int block)
    {
        Block = block;
        _next = _program.Code + _program.Blocks[block].First;
        Observer?.Enter(this, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Leave()
    {
        LockstepBlock block = _program.Blocks[Block];
        if (block.Else is not null)
        {
            ulong taken = LaneOps.Bits(this, block.Condition) & Mask;
            if (taken == Mask)
                Follow(block.Then!);
            else if (taken == 0)
                Follow(block.Else);
            else
                Diverge(block, taken);
        }
        else if (block.Then is not null)
        {
            Follow(block.Then);
        }
        else
        {
            // These lanes are done, wherever others thought of waiting for them.
            for (int i = 0; i < _depth; i++)
                _paths[i].Mask &= ~Mask;
            Pop();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Follow(LockstepEdge edge)
    {
        foreach (RowCopy copy in edge.Copies)
            LaneOps.Copy(this, copy, Mask);
        if (edge.IsNextRound)
            TurnLeft--;
        if (edge.Loop != Rounds.NoLoop)
            CountRound(edge.Loop);
        if (edge.Target == _paths[_depth - 1].Reconvergence)
            Meet();
        else
            EnterBlock(edge.Target);
    }

    private void Diverge(LockstepBlock block, ulong taken)
    {
        Observer?.Diverge(this, Block, taken);
        if (block.Then!.IsNextRound || block.Else!.IsNextRound)
            TurnLeft--;
        ulong rest = Mask & ~taken;
        foreach (RowCopy copy in block.Then!.Copies)
            LaneOps.Copy(this, copy, taken);
        foreach (RowCopy copy in block.Else!.Copies)
            LaneOps.Copy(this, copy, rest);
        // The lanes wait as one at their meeting point, unless an outer path waits there for them anyway.
        long rounds = _paths[_depth - 1].Rounds;
        if (block.Reconvergence == _paths[_depth - 1].Reconvergence)
            _depth--;
        else
            _paths[_depth - 1].Block = block.Reconvergence;
        Push(block.Else, rest, block.Reconvergence, rounds);
        Push(block.Then, taken, block.Reconvergence, rounds);
        Resume();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Push(LockstepEdge edge, ulong mask, int reconvergence, long rounds)
    {
        if (edge.Target == reconvergence)
            return;
        if (_depth == _paths.Length)
            Array.Resize(ref _paths, 2 * _depth);
        _paths[_depth++] = new Path(edge.Target, reconvergence, mask) { Rounds = edge.Loop == Rounds.NoLoop ? rounds : Rounds.After(rounds, edge.Loop) };
    }

    // These lanes wait at the block where all go on, which may be that of the next round.
    private void Meet()
    {
        if (_depth > 1 && _paths[_depth - 2].Block == _paths[_depth - 1].Reconvergence)
            _paths[_depth - 2].Rounds = _paths[_depth - 1].Rounds;
        Pop();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pop()
    {
        _depth--;
        Resume();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Resume()
    {
        while (_depth > 0 && _paths[_depth - 1].Mask == 0)
            _depth--;
        HasEnded = _depth == 0;
        if (HasEnded)
            return;
        SetMask(_paths[_depth - 1].Mask);
        EnterBlock(_paths[_depth - 1].Block);
    }

    /// <summary>Lanes on their way.</summary>
    /// <param name="block">The block to begin when the paths above this one have come to an end.</param>
    /// <param name="reconvergence">The block where this path ends; -1 for the end of the kernel.</param>
    /// <param name="mask">The lanes.</param>
    internal struct Path(int block, int reconvergence, ulong mask)
    {
        public int Block = block;
        public readonly int Reconvergence = reconvergence;
        public ulong Mask = mask;

        /// <summary>See <see cref="Lockstep.Rounds"/>.</summary>
        public long Rounds;
    }
}
