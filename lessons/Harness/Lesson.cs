namespace GemmaIlgpu.Lessons;

/// <summary>How large a lesson's problem is.</summary>
public enum Scale
{
    /// <summary>Small enough for a device that runs one thread at a time; every edge is there.</summary>
    Small,

    /// <summary>Large enough to measure.</summary>
    Full,
}

/// <summary>What limits a lesson's operation, and so what its speed is given in.</summary>
public enum SpeedUnit
{
    /// <summary>Bytes that must move, per second.</summary>
    GigabytesPerSecond,

    /// <summary>Arithmetic operations per second.</summary>
    GigaflopsPerSecond,
}

/// <summary>One operation, climbed rung by rung from plain C# to a fast kernel.</summary>
public abstract class Lesson
{
    /// <summary>Gets its place in the course, from 1.</summary>
    public abstract int Number { get; }

    /// <summary>Gets its name.</summary>
    public abstract string Title { get; }

    /// <summary>Gets what one knows afterwards, in a sentence.</summary>
    public abstract string Promise { get; }

    /// <summary>Gets the file of its page in docs/lessons.</summary>
    public abstract string Page { get; }

    /// <summary>Gets what its speed is given in.</summary>
    public abstract SpeedUnit Unit { get; }

    /// <summary>Gets the ladder: plain C# first, then kernel after kernel, each with one new idea.</summary>
    public abstract IReadOnlyList<Rung> Rungs { get; }

    /// <summary>Gets the reader's own rung: Mine.cs in the lesson's folder, where it begins as the naive kernel.</summary>
    public abstract Rung Mine { get; }

    /// <summary>Makes the inputs, the same at every call, and what should come out.</summary>
    public abstract Problem Pose(Scale scale);
}

/// <summary>A lesson about problems of one kind.</summary>
/// <typeparam name="TProblem">The inputs.</typeparam>
public abstract class Lesson<TProblem> : Lesson
    where TProblem : Problem
{
    /// <summary>Makes the reader's own rung; nobody knows what it asks for.</summary>
    protected static Rung Yours(Func<Workbench, TProblem, Action> prepare) =>
        Rung("mine", "Yours, from Mine.cs.", _ => 0, prepare);

    /// <summary>Makes a rung.</summary>
    /// <param name="name">A few words.</param>
    /// <param name="idea">What is new, in a sentence.</param>
    /// <param name="bytes">What its kernels ask of global memory, reads and writes together.</param>
    /// <param name="prepare">Copies the inputs to the device, loads the kernels, and gives the launch.</param>
    /// <param name="whyNot">Why it cannot run on a device; null where it can.</param>
    protected static Rung Rung(
        string name, string idea, Func<TProblem, long> bytes, Func<Workbench, TProblem, Action> prepare, Func<Workbench, string?>? whyNot = null) =>
        new(name, idea, problem => bytes((TProblem)problem), (bench, problem) => prepare(bench, (TProblem)problem), whyNot ?? (_ => null));
}
