using ILGPU;

namespace GemmaIlgpu.Puzzles;

/// <summary>One launch of a kernel: dimensions and arguments in the order of its parameters.</summary>
/// <param name="Description">The sizes, for people: "6 elements".</param>
/// <param name="Grid">Groups.</param>
/// <param name="Group">Threads of a group.</param>
/// <param name="Arguments">Arguments.</param>
public sealed record Trial(string Description, Index3D Grid, Index3D Group, IReadOnlyList<Argument> Arguments)
{
    /// <summary>A launch along X.</summary>
    public Trial(string description, int grid, int group, params Argument[] arguments)
        : this(description, new Index3D(grid, 1, 1), new Index3D(group, 1, 1), arguments)
    {
    }

    /// <summary>Gets the thread that an element of the output is the work of, as its number in the launch; null if it is the work of several.</summary>
    public Func<int, int>? Owner { get; init; }

    /// <summary>Gets the lanes of a warp that it is meant for, if only one fits; 0 for every width.</summary>
    public int WarpSize { get; init; }

    /// <summary>Gets the threads of a group.</summary>
    public int GroupThreads => Group.X * Group.Y * Group.Z;

    /// <summary>Gets the groups.</summary>
    public int Groups => Grid.X * Grid.Y * Grid.Z;

    /// <summary>Gets the threads of all groups.</summary>
    public int Threads => Groups * GroupThreads;

    /// <summary>Gets the outputs.</summary>
    public IEnumerable<OutputArgument> Outputs => Arguments.OfType<OutputArgument>();

    /// <summary>Gets the view or number of a name; null if there is none.</summary>
    public Argument? Find(string name) => Arguments.FirstOrDefault(argument => argument.Name == name);

    /// <summary>Gets an input's values.</summary>
    public float[] Input(string name) => (float[])((InputArgument)Find(name)!).Data;

    /// <summary>Gets a number.</summary>
    public int Number(string name) => (int)((NumberArgument)Find(name)!).Value;
}

/// <summary>An argument of a launch.</summary>
/// <param name="Name">The parameter's name in the file as given.</param>
/// <param name="Type">The parameter's type.</param>
public abstract record Argument(string Name, Type Type);

/// <summary>A view of values to read.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Data">The values: floats or bytes.</param>
public sealed record InputArgument(string Name, Array Data) : Argument(Name, Data is byte[] ? typeof(ArrayView<byte>) : typeof(ArrayView<float>))
{
    /// <summary>Gets the columns if it is a matrix; 0 if it is not.</summary>
    public int Columns { get; init; }
}

/// <summary>A view of floats to write.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Expected">What must be there afterwards.</param>
public sealed record OutputArgument(string Name, double[] Expected) : Argument(Name, typeof(ArrayView<float>))
{
    /// <summary>Gets the columns if it is a matrix; 0 if it is not.</summary>
    public int Columns { get; init; }

    /// <summary>Gets how far a value may be from what is expected, in parts of it.</summary>
    public double RelativeTolerance { get; init; }

    /// <summary>Gets how far a value may be from what is expected besides.</summary>
    public double AbsoluteTolerance { get; init; }

    /// <summary>Gets whether the host sets all elements to zero before the launch; otherwise nobody has written them.</summary>
    public bool StartsAtZero { get; init; }

    /// <summary>Whether a value will do; a NaN never does.</summary>
    public bool IsRight(int index, float actual) =>
        Math.Abs(actual - Expected[index]) <= AbsoluteTolerance + (RelativeTolerance * Math.Abs(Expected[index]));
}

/// <summary>A number.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Value">An int or a float.</param>
public sealed record NumberArgument(string Name, object Value) : Argument(Name, Value.GetType());
