using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>One operation of a lockstep program: what to do, and in which rows of a warp's registers.</summary>
internal unsafe struct Instruction
{
    /// <summary>A <c>delegate*&lt;LockstepWarp, Instruction*, void&gt;</c>; null where the warp must stop and look at <see cref="Stop"/>.</summary>
    public void* Code;

    /// <summary>The operation behind <see cref="Code"/>, when that only prepares it.</summary>
    public void* Inner;

    /// <summary>The whole operation, when its result is looked at afterwards.</summary>
    public void* Watched;

    /// <summary>Byte offsets of the result's and the operands' rows.</summary>
    public int Result, A, B, C;

    /// <summary>Bits of a constant, a stride, a shift count or an enum value.</summary>
    public long Immediate;

    /// <summary>Bytes added to an address.</summary>
    public long Offset;

    /// <summary>Which rows have tags: 1, 2, 4 the operands', 8 the result's.</summary>
    public byte Tags;

    /// <summary>Whether all operands and the result have tags, and the operands alone decide the result.</summary>
    public bool IsPure;

    /// <summary>Whether memory is only read.</summary>
    public bool IsLoad;

    /// <summary>Position in the program.</summary>
    public int Index;

    /// <summary>Bytes of one lane's memory access.</summary>
    public int Size;

    /// <summary>Why the warp stops here.</summary>
    public StopKind Stop;

    /// <summary>What lies in memory.</summary>
    public MemoryType Memory;

    /// <summary>Where the pointer points.</summary>
    public AddressSpace Space;
}

/// <summary>Why straight-line execution ends at an instruction.</summary>
internal enum StopKind : byte
{
    None,

    /// <summary>The end of a block.</summary>
    Exit,

    /// <summary>All threads of the group meet here.</summary>
    Meeting,
}

/// <summary>A straight run of instructions and how it ends.</summary>
internal sealed class LockstepBlock
{
    /// <summary>Gets or sets the block of the IR.</summary>
    public required IrBlock Source { get; init; }

    /// <summary>Gets or sets the position of the first instruction.</summary>
    public int First { get; set; }

    /// <summary>Gets or sets the number of instructions, without the exit.</summary>
    public int Count { get; set; }

    /// <summary>Gets or sets the row of the branch's condition.</summary>
    public int Condition { get; set; }

    /// <summary>Gets or sets where a jump goes, or a branch whose condition is true.</summary>
    public LockstepEdge? Then { get; set; }

    /// <summary>Gets or sets where a branch goes whose condition is false.</summary>
    public LockstepEdge? Else { get; set; }

    /// <summary>Gets or sets the block where lanes that a branch separates meet again; -1 if only the end of the kernel is left.</summary>
    public int Reconvergence { get; set; } = -1;
}

/// <summary>A way from one block to another, with the phis of the target as copies.</summary>
/// <param name="Target">The number of the block.</param>
/// <param name="Copies">Copies in an order that overwrites nothing still needed.</param>
/// <param name="Loop">The depth of the loop that the way begins, from 0, or ~depth of the loop whose next round it begins; -128 for none.</param>
internal sealed record LockstepEdge(int Target, RowCopy[] Copies, sbyte Loop)
{
    /// <summary>Gets whether the way begins the next round of a loop.</summary>
    public bool IsNextRound { get; } = Loop is < 0 and not Rounds.NoLoop;
}

/// <summary>Copies a row for some of the lanes.</summary>
/// <param name="To">Byte offset of the target.</param>
/// <param name="From">Byte offset of the source.</param>
/// <param name="Width">4 or 8 bytes a lane; 0 for a row of truth values.</param>
/// <param name="IsTagged">Whether the rows have tags.</param>
internal readonly record struct RowCopy(int To, int From, int Width, bool IsTagged);
