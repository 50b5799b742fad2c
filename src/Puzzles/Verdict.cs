namespace GemmaIlgpu.Puzzles;

/// <summary>How far an attempt has come.</summary>
public enum Standing
{
    /// <summary>The kernel writes nothing yet.</summary>
    NotStarted,

    /// <summary>The file does not compile, or a GPU could not run what it says.</summary>
    DoesNotCompile,

    /// <summary>The kernel does what no kernel may do, or its result is wrong.</summary>
    Wrong,

    /// <summary>The result is right, and the kernel costs more than it has to.</summary>
    Slow,

    /// <summary>The result is right and all goals are reached.</summary>
    Solved,
}

/// <summary>What is said of an attempt.</summary>
/// <param name="Standing">How far it has come.</param>
/// <param name="Headline">What happened, in one sentence.</param>
public sealed record Verdict(Standing Standing, string Headline)
{
    /// <summary>Gets why, and what to do: sentences.</summary>
    public IReadOnlyList<string> Explanation { get; init; } = [];

    /// <summary>Gets the line in question, from 1; 0 if there is none.</summary>
    public int Line { get; init; }

    /// <summary>Gets a second line in question, as of the other side of a race; 0 if there is none.</summary>
    public int OtherLine { get; init; }

    /// <summary>Gets the launch that failed; null if none did.</summary>
    public Trial? Trial { get; init; }

    /// <summary>Gets the lanes of a warp in that launch.</summary>
    public int WarpSize { get; init; }

    /// <summary>Gets the launches that were right.</summary>
    public int LaunchesRight { get; init; }

    /// <summary>Gets what was counted.</summary>
    public IReadOnlyList<Goal> Goals { get; init; } = [];

    /// <summary>Gets what the compiler refuses.</summary>
    public IReadOnlyList<Complaint> Complaints { get; init; } = [];
}
