using ILGPU;

namespace GemmaIlgpu.Compute;

/// <summary>What kind of rule a kernel broke.</summary>
public enum KernelFaultKind
{
    /// <summary>Another one; the message says which.</summary>
    Other,

    /// <summary>An index outside a view, or shared, local or static memory.</summary>
    OutOfBounds,

    /// <summary>Two accesses that nothing orders, one of which writes.</summary>
    Race,

    /// <summary>A read of what nobody has written.</summary>
    NotWritten,

    /// <summary>A barrier or warp operation that not all threads came to.</summary>
    NotAllThreads,

    /// <summary>An integer divided by zero.</summary>
    DivisionByZero,

    /// <summary>A loop that does not come to an end.</summary>
    NoEnd,

    /// <summary>An access to a buffer that has been disposed.</summary>
    Disposed,

    /// <summary>An access at an address that is no multiple of its size, or a view that begins elsewhere than the kernel says.</summary>
    Misaligned,

    /// <summary>An operation that makes a NaN or an infinity of numbers.</summary>
    NotFinite,
}

/// <summary>The access that was at fault.</summary>
/// <param name="Did">What it did: "reads", "writes" or "changes atomically"; empty if it was stopped before.</param>
/// <param name="Memory">What it went to, as the message calls it: "x", "a part of x", "a view of x", "shared memory 'tile'".</param>
/// <param name="Element">The number of the element.</param>
/// <param name="Length">How many elements there are; -1 if that was not the question.</param>
public sealed record KernelFaultAccess(string Did, string Memory, long Element, long Length);

/// <summary>The other side of a race.</summary>
/// <param name="GroupIndex">The thread's group.</param>
/// <param name="ThreadIndex">The thread.</param>
/// <param name="Did">What it did: "reads", "writes" or "changes atomically".</param>
/// <param name="Line">The line; 0 if the kernel has no symbols.</param>
public sealed record KernelFaultParty(Index3D GroupIndex, Index3D ThreadIndex, string Did, int Line);

/// <summary>Where threads were when others waited for them.</summary>
/// <param name="Threads">How many there were.</param>
/// <param name="Where">Where, as the message says it: "at Group.Barrier (Tile.cs:12)".</param>
public sealed record KernelFaultPlace(int Threads, string Where);
