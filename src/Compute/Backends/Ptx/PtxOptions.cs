using ILGPU;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>Choices that change the text.</summary>
public sealed record PtxOptions
{
    /// <summary>
    /// Default: IEEE arithmetic, functions within a few units in the last place. Fast: the processor's approximations for 32-bit functions,
    /// division and roots, and subnormal numbers flushed there. Fast32BitOnly: the same, and 64-bit functions computed with 32 bits.
    /// Additions and multiplications are never contracted.
    /// </summary>
    public MathMode MathMode { get; init; } = MathMode.Default;

    /// <summary>Most threads that a group will ever have; lets the assembler use more registers.</summary>
    public int? MaxThreadsPerGroup { get; init; }

    /// <summary>Groups that should fit a multiprocessor at once.</summary>
    public int? MinGroupsPerMultiprocessor { get; init; }

    /// <summary>Whether the C# lines stand in the text as comments.</summary>
    public bool SourceLines { get; init; } = true;
}
