using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>A piece of memory as the kernel names it.</summary>
/// <param name="Name">For people: "x", "weights.Data", "shared memory 'tile'".</param>
/// <param name="Start">The address of its first byte.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="ElementSize">Bytes of an element.</param>
internal sealed record NamedMemory(string Name, long Start, long Bytes, int ElementSize)
{
    public long End => Start + Bytes;

    public long Length => Bytes / ElementSize;
}

/// <summary>What is known of one load, store or atomic operation in one launch.</summary>
internal sealed class CheckedSite
{
    /// <summary>Gets or sets the memory that the pointer comes from; null if that is not known before it runs.</summary>
    public NamedMemory? Memory { get; set; }

    /// <summary>Gets or sets what is known of that memory; for sites whose memory is not known, of the one accessed last.</summary>
    public CheckedRegion? Region { get; set; }

    /// <summary>Gets or sets the shadow; null if no two accesses can race.</summary>
    public RaceShadow? Races { get; set; }

    /// <summary>Gets or sets where blocks are noted that are accessed; null if groups run one after another, or if the memory is nobody else's.</summary>
    public TouchedBlocks? Blocks { get; set; }

    public AccessKind Kind { get; init; }

    /// <summary>Gets whether an atomic exchange gives its old value to nobody: it writes only.</summary>
    public bool IsExchangeOnly { get; init; }

    public bool Reads => Kind != AccessKind.Write && !IsExchangeOnly;

    public bool Writes => Kind is AccessKind.Write or AccessKind.Atomic;

    public int Size { get; init; }

    /// <summary>Gets whether the address may be no multiple of the size.</summary>
    public bool IsPacked { get; init; }

    public AddressSpace Space { get; init; }

    public int Instruction { get; init; }

    /// <summary>Gets where the pointer comes from; null if that is not known, or does not matter.</summary>
    public IrValue? Root { get; init; }

    /// <summary>The same in a launch.</summary>
    public CheckedSite Copy() => (CheckedSite)MemberwiseClone();
}
