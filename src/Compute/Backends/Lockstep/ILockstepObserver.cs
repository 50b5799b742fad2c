namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Sees what a kernel does while it runs in lockstep. Programs are built with or without the calls.</summary>
internal unsafe interface ILockstepObserver
{
    /// <summary>Gets, for each instruction, where a load needs no look; null if every access and every block must be seen.</summary>
    AccessWindow* Windows => null;

    /// <summary>Notes an access that is nothing unusual, for compiled code; only where there are windows.</summary>
    /// <param name="warp">The warp.</param>
    /// <param name="instruction">The position of the load; or of the store, of the same value in all lanes if at one address.</param>
    /// <param name="first">The address in lane 0.</param>
    /// <param name="pattern">How the addresses lie; not side by side if some lanes take no part.</param>
    /// <returns>False if nothing is noted and <see cref="Access"/> has to look.</returns>
    bool TryNote(LockstepWarp warp, int instruction, long first, AddressPattern pattern) => false;

    /// <summary>A group begins; shared memory is as the last one left it.</summary>
    void BeginGroup(LockstepGroup group);

    /// <summary>All threads of a group have ended.</summary>
    void EndGroup(LockstepGroup group);

    /// <summary>The active lanes of a warp are about to read or write memory.</summary>
    /// <param name="warp">The warp, which knows how the addresses lie.</param>
    /// <param name="instruction">The load, store or atomic operation.</param>
    void Access(LockstepWarp warp, Instruction* instruction);

    /// <summary>The active lanes of a warp begin a block.</summary>
    void Enter(LockstepWarp warp, int block);

    /// <summary>A branch separates the lanes of a warp.</summary>
    /// <param name="warp">The warp; all lanes are still active.</param>
    /// <param name="block">The block that ends with the branch.</param>
    /// <param name="taken">The lanes whose condition is true.</param>
    void Diverge(LockstepWarp warp, int block, ulong taken);

    /// <summary>The lanes of a warp meet: what they did before is ordered before what they do next.</summary>
    void WarpBarrier(LockstepWarp warp, Instruction* instruction);

    /// <summary>The lanes of a warp exchange values, so that what they read before cannot be written before they read it.</summary>
    void WarpExchange(LockstepWarp warp, Instruction* instruction);

    /// <summary>The lanes of a warp order their memory accesses for others to see.</summary>
    void Fence(LockstepWarp warp, Instruction* instruction);

    /// <summary>The memory of a view whose pointer is a check's first operand, for people.</summary>
    string NameOf(LockstepWarp warp, Instruction* check, int lane);

    /// <summary>All threads of the group meet.</summary>
    void GroupBarrier(LockstepGroup group, Instruction* instruction);
}
