namespace GemmaIlgpu.Compute;

/// <summary>What the Checked accelerator looks for besides accesses outside memory, divisions by zero and missed barriers.</summary>
public sealed record CheckedOptions
{
    /// <summary>Gets whether two accesses without order between them are reported, if one of them writes.</summary>
    public bool Races { get; init; } = true;

    /// <summary>Gets whether two threads that write the same value with no order between them are reported as a race. They leave the same
    /// memory in every order, and kernels that raise a flag do so on purpose.</summary>
    public bool EqualWrites { get; init; }

    /// <summary>Gets whether reads of local, shared and global memory that nobody wrote are reported.</summary>
    public bool UninitializedReads { get; init; } = true;

    /// <summary>Gets whether an operation that makes a NaN of numbers is reported.</summary>
    public bool NaNs { get; init; }

    /// <summary>Gets whether an operation that makes an infinity of finite numbers is reported.</summary>
    public bool Infinities { get; init; }

    /// <summary>
    /// Gets how many blocks of a kernel the warps that one checker sees may begin in a launch, so that a loop without an end is reported too;
    /// 0 for no limit.
    /// </summary>
    public long BlockLimit { get; init; }
}
