using GemmaIlgpu.Compute.Backends.Lockstep;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Lets the checker see what happens for the first time, and nothing when it happens again.</summary>
/// <param name="machine">The machine.</param>
/// <param name="checker">The checker.</param>
internal sealed unsafe class SteppedObserver(SteppedMachine machine, Checker checker) : ILockstepObserver
{
    /// <inheritdoc/>
    public void BeginGroup(LockstepGroup group)
    {
        if (!machine.IsReplaying)
            checker.BeginGroup(group);
    }

    /// <inheritdoc/>
    public void EndGroup(LockstepGroup group)
    {
        if (!machine.IsReplaying)
            checker.EndGroup(group);
    }

    /// <inheritdoc/>
    public void Access(LockstepWarp warp, Instruction* instruction)
    {
        if (!machine.IsReplaying)
        {
            checker.Access(warp, instruction);
            machine.NoteAccess(warp, instruction);
        }
        machine.NoteWrite(warp, instruction);
    }

    /// <inheritdoc/>
    public void Enter(LockstepWarp warp, int block)
    {
        if (!machine.IsReplaying)
            checker.Enter(warp, block);
    }

    /// <inheritdoc/>
    public void Diverge(LockstepWarp warp, int block, ulong taken)
    {
        machine.NoteDivergence(warp, block, taken);
        if (!machine.IsReplaying)
            checker.Diverge(warp, block, taken);
    }

    /// <inheritdoc/>
    public void WarpBarrier(LockstepWarp warp, Instruction* instruction)
    {
        if (!machine.IsReplaying)
            checker.WarpBarrier(warp, instruction);
    }

    /// <inheritdoc/>
    public void WarpExchange(LockstepWarp warp, Instruction* instruction)
    {
        if (!machine.IsReplaying)
            checker.WarpExchange(warp, instruction);
    }

    /// <inheritdoc/>
    public void Fence(LockstepWarp warp, Instruction* instruction)
    {
        if (!machine.IsReplaying)
            checker.Fence(warp, instruction);
    }

    /// <inheritdoc/>
    public string NameOf(LockstepWarp warp, Instruction* check, int lane) => checker.NameOf(warp, check, lane);

    /// <inheritdoc/>
    public void GroupBarrier(LockstepGroup group, Instruction* instruction)
    {
        if (!machine.IsReplaying)
            checker.GroupBarrier(group, instruction);
    }
}
