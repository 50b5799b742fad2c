using System.Numerics;
using GemmaIlgpu.Compute.Backends.Lockstep;
using ILGPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Counts what one launch does. All instructions of a block run with the same lanes, so blocks are counted, not instructions.</summary>
internal sealed unsafe partial class Counter : ILockstepObserver
{
    private readonly LockstepProgram _program;
    private readonly LockstepLaunch _launch;
    private readonly KernelCounters _counters;
    private readonly long[] _warpsOfBlock, _lanesOfBlock;

    private readonly Tracer? _tracer;

    public Counter(LockstepProgram program, in LockstepLaunch launch, bool isTraced = false)
    {
        (_program, _launch) = (program, launch);
        (_warpsOfBlock, _lanesOfBlock) = (new long[program.Blocks.Length], new long[program.Blocks.Length]);
        _counters = new() { Kernel = program.Kernel.Name, Method = program.Kernel.Method, Launches = 1, WarpSize = program.Lanes };
        _counters.Grid = new Index3D(launch.Grid.X, launch.Grid.Y, launch.Grid.Z);
        _counters.Group = new Index3D(launch.Group.X, launch.Group.Y, launch.Group.Z);
        FindWide();
        if (isTraced)
            _tracer = new Tracer(program, launch, _counters);
    }

    /// <summary>What was counted, line by line; null unless that was asked for.</summary>
    public LaunchTrace? Trace => _tracer?.Finish(_warpsOfBlock, _lanesOfBlock);

    /// <summary>What was counted.</summary>
    public KernelCounters Finish()
    {
        for (int b = 0; b < _program.Blocks.Length; b++)
        {
            LockstepBlock block = _program.Blocks[b];
            var counts = new InstructionCounts();
            long flops = 0;
            for (int i = block.First; i < block.First + block.Count; i++)
            {
                InstructionClasses.Count(counts, _program.Values[i]!);
                flops += InstructionClasses.FlopsOf(_program.Values[i]!);
            }
            if (block.Else is not null)
                counts.Branch++;
            _counters.Instructions.Add(counts, _warpsOfBlock[b]);
            _counters.LaneInstructions += counts.Total * _lanesOfBlock[b];
            _counters.Flops += flops * _lanesOfBlock[b];
        }
        _counters.Warps = _warpsOfBlock[0];
        _counters.DistinctBytes = _touched.Count * 32;
        return _counters;
    }

    /// <inheritdoc/>
    public void Enter(LockstepWarp warp, int block)
    {
        _warpsOfBlock[block]++;
        _lanesOfBlock[block] += BitOperations.PopCount(warp.Mask);
    }

    /// <inheritdoc/>
    public void Diverge(LockstepWarp warp, int block, ulong taken)
    {
        _counters.DivergentBranches++;
        _tracer?.Diverge(block);
    }

    /// <inheritdoc/>
    public void GroupBarrier(LockstepGroup group, Instruction* instruction) => _counters.Barriers++;

    /// <inheritdoc/>
    public string NameOf(LockstepWarp warp, Instruction* check, int lane) => "a view";

    /// <inheritdoc/>
    public void BeginGroup(LockstepGroup group)
    {
        // Nothing is counted by groups.
    }

    /// <inheritdoc/>
    public void EndGroup(LockstepGroup group)
    {
        // Nothing is counted by groups.
    }

    /// <inheritdoc/>
    public void WarpBarrier(LockstepWarp warp, Instruction* instruction)
    {
        // Counted with its block.
    }

    /// <inheritdoc/>
    public void WarpExchange(LockstepWarp warp, Instruction* instruction)
    {
        // Counted with its block.
    }

    /// <inheritdoc/>
    public void Fence(LockstepWarp warp, Instruction* instruction)
    {
        // Counted with its block.
    }
}
