namespace GemmaIlgpu.Lessons;

/// <summary>What of a lesson to run, and how.</summary>
public sealed record LessonRequest
{
    /// <summary>Gets how large the problem is.</summary>
    public Scale Scale { get; init; } = Scale.Full;

    /// <summary>Gets whether to time it.</summary>
    public bool Measure { get; init; } = true;

    /// <summary>Gets a device that counts, on which each rung runs once more; it may be the device of the lesson itself. Null counts nothing.</summary>
    public ILaunchCounting? Counting { get; init; }

    /// <summary>Gets how large the problem is that is counted.</summary>
    public Scale CountedScale { get; init; } = Scale.Small;

    /// <summary>Gets a part of the names of the rungs to run, "mine" for the reader's; plain C# and the first kernel run for comparison. Null runs the ladder.</summary>
    public string? Only { get; init; }

    /// <summary>Gets what is told of each step before it is taken: "counting naive".</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>The rungs of a lesson that are asked for, in order; empty if there is none of that name.</summary>
    public IReadOnlyList<Rung> RungsOf(Lesson lesson)
    {
        if (Only is null)
            return lesson.Rungs;
        Rung[] asked = [.. AskedOf(lesson)];
        return asked.Length == 0 ? [] : [.. lesson.Rungs.Take(2).Union(asked)];
    }

    /// <summary>The same without those that run for comparison.</summary>
    public IEnumerable<Rung> AskedOf(Lesson lesson) =>
        lesson.Rungs.Append(lesson.Mine).Where(rung => Only is not null && rung.Name.Contains(Only, StringComparison.OrdinalIgnoreCase));
}
