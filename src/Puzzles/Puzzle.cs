using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>A kernel to complete: what is launched, what must come out, what it may cost, and how to help.</summary>
public abstract class Puzzle
{
    /// <summary>Gets the place on the ladder, from 1.</summary>
    public abstract int Number { get; }

    /// <summary>Gets the name of the file and of its class.</summary>
    public abstract string Name { get; }

    /// <summary>Gets what there is to learn, in a few words.</summary>
    public abstract string Teaches { get; }

    /// <summary>Gets the page of the lesson that explains it, under docs.</summary>
    public abstract string Lesson { get; }

    /// <summary>Gets help, the least first.</summary>
    public abstract IReadOnlyList<string> Hints { get; }

    /// <summary>Gets the launches that must be right, the smallest first: the first that fails is the one that is explained.</summary>
    public abstract IEnumerable<Trial> Trials();

    /// <summary>Gets the launch whose cost is counted; null if only the result matters.</summary>
    public virtual Trial? CountedTrial() => null;

    /// <summary>Says what a launch may cost.</summary>
    /// <param name="counters">What the launch of <see cref="CountedTrial"/> did.</param>
    /// <param name="trial">That launch.</param>
    public virtual IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) => [];

    /// <summary>Recognises a mistake that only this puzzle invites; null if there is none.</summary>
    /// <param name="trial">The launch.</param>
    /// <param name="output">An output that is wrong.</param>
    /// <param name="actual">What came out.</param>
    public virtual string? Explain(Trial trial, OutputArgument output, float[] actual) => null;

    /// <summary>The same where what comes out is not enough to tell mistakes apart.</summary>
    /// <param name="trial">The launch.</param>
    /// <param name="output">An output that is wrong.</param>
    /// <param name="actual">What came out.</param>
    /// <param name="attempt">What was written.</param>
    public virtual string? Explain(Trial trial, OutputArgument output, float[] actual, Attempt attempt) => Explain(trial, output, actual);

    /// <summary>Gets the path of the file in the folder of puzzles.</summary>
    public string RelativePath => $"{Number:00}-{Name}/{Name}.cs";
}
