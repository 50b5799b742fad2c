using System.Numerics;

namespace GemmaIlgpu.PtxInterpreter.Execution;

internal enum BarrierResult { None, PopulationCount, And, Or }

/// <summary>bar and barrier: sync, arrive and red.</summary>
internal sealed unsafe class BarrierInstruction : Instruction
{
    /// <summary>Offset of the register with the barrier's number, and of the one with its number of threads (or -1).</summary>
    public required int Number { get; init; }

    public required int Threads { get; init; }

    /// <summary>Whether all lanes of the warp must come together.</summary>
    public required bool Aligned { get; init; }

    /// <summary>False for arrive.</summary>
    public required bool Waits { get; init; }

    public BarrierResult Result { get; init; }

    public int Destination { get; init; }

    public int Predicate { get; init; } = -1;

    public bool PredicateNegated { get; init; }

    public override InstructionKind Kind => InstructionKind.Barrier;

    public override void Execute(Warp warp, uint mask)
    {
    }

    /// <summary>Tells the group that these lanes came; gives the barrier's number.</summary>
    public int Arrive(Warp warp, uint mask)
    {
        int lane = BitOperations.TrailingZeroCount(mask);
        int number = (int)((uint*)(warp.Registers + Number))[lane];
        int threads = Threads < 0 ? 0 : (int)((uint*)(warp.Registers + Threads))[lane];
        if (number is < 0 or > 15)
            throw warp.Fault($"there is no barrier {number}; they are numbered 0 to 15", mask);
        if (threads % 32 != 0 || threads < 0)
            throw warp.Fault($"a barrier takes a multiple of 32 threads, not {threads}", mask);
        uint predicate = Predicate < 0 ? 0 : *(uint*)(warp.Registers + Predicate);
        warp.Group.Arrive(warp, number, threads, mask, PredicateNegated ? ~predicate : predicate);
        return number;
    }

    /// <summary>Hands out what was gathered.</summary>
    public void Complete(Warp warp, uint mask, in BarrierState state)
    {
        if (Result == BarrierResult.None)
            return;
        if (Result == BarrierResult.PopulationCount)
        {
            for (; mask != 0; mask &= mask - 1)
                ((uint*)(warp.Registers + Destination))[BitOperations.TrailingZeroCount(mask)] = (uint)state.True;
            return;
        }
        bool result = Result == BarrierResult.And ? state.True == state.Contributed : state.True > 0;
        uint* d = (uint*)(warp.Registers + Destination);
        *d = (*d & ~mask) | (result ? mask : 0);
    }
}
