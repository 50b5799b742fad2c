using System.Reflection;

namespace GemmaIlgpu.Compute.Ir;

/// <summary>Who computes a kernel's index: the runtime (implicit) or the kernel (explicit).</summary>
public enum KernelKind
{
    /// <summary>The first parameter is the global index; the launch gives an extent and threads outside it do nothing.</summary>
    Implicit,
    /// <summary>The launch gives grid and group dimensions; every thread runs.</summary>
    Explicit,
}

/// <summary>Which part of a source parameter an IR parameter carries.</summary>
public enum ParameterKind
{
    /// <summary>A scalar field (or the parameter itself).</summary>
    Value,
    /// <summary>The address of a view's first element.</summary>
    ViewPointer,
    /// <summary>A view's length in elements.</summary>
    ViewLength,
}

/// <summary>One scalar of the flattened parameter list. Slot i of a launch (8 bytes each) holds parameter i:
/// I32 and F32 in the low 4 bytes, Bool and narrow integers widened to I32.</summary>
/// <param name="Index">Position in <see cref="IrKernel.Parameters"/>, and slot number.</param>
/// <param name="Type">Register type.</param>
/// <param name="Name">For people: the C# parameter and field path, e.g. "x_TD.ptr".</param>
/// <param name="SourceParameter">Position in the method's parameter list (0 is the index of an implicit kernel).</param>
/// <param name="Path">Fields to walk from the source parameter to this scalar (for view parts: to the view).</param>
/// <param name="Kind">Which part of the value at the end of the path.</param>
public sealed record IrParameter(int Index, IrType Type, string Name, int SourceParameter, IReadOnlyList<FieldInfo> Path, ParameterKind Kind)
{
    /// <summary>Bytes from the end of the path to the scalar: elements of fixed buffers and inline arrays are no fields.</summary>
    public int ElementOffset { get; init; }
}

/// <summary>A fixed block of shared or local memory.</summary>
/// <param name="ElementSize">Bytes of one element as declared.</param>
/// <param name="Length">Elements.</param>
/// <param name="Alignment">Bytes; a power of two.</param>
/// <param name="Name">For people.</param>
public sealed record IrAllocation(int ElementSize, long Length, int Alignment, string Name)
{
    /// <summary>Bytes in all.</summary>
    public long SizeInBytes => ElementSize * Length;

    /// <summary>The C# variable that holds the view, if symbols were found.</summary>
    public string? Variable { get; init; }
}

/// <summary>A kernel after the front end: scalars, pointers and control flow only, every call inlined.</summary>
public sealed class IrKernel(string name, MethodInfo? method, KernelKind kind)
{
    private int _nextValue;
    private int _nextBlock;

    /// <summary>Type and method, e.g. "RmsNorm.Kernel".</summary>
    public string Name { get; } = name;

    /// <summary>The C# method this came from.</summary>
    public MethodInfo? Method { get; } = method;

    public KernelKind Kind { get; } = kind;

    /// <summary>Line of the method's first instruction, where its parameters and indices belong; null without symbols.</summary>
    public SourceLocation? Opening { get; init; }

    /// <summary>Line of the method's end; null without symbols.</summary>
    public SourceLocation? Closing { get; init; }

    /// <summary>Dimensions of the index of an implicit kernel (1 to 3); 0 for explicit kernels.</summary>
    public int IndexRank { get; init; }

    /// <summary>Flattened parameters. For implicit kernels the index is not among them:
    /// it is GridIndex · GroupDimension + GroupIndex in each dimension.</summary>
    public List<IrParameter> Parameters { get; } = [];

    /// <summary>The methods whose code is in here beside that of <see cref="Method"/>, in the order of their first call; those of the
    /// ILGPU API are left out.</summary>
    public List<MethodBase> Inlined { get; } = [];

    public List<IrAllocation> SharedAllocations { get; } = [];

    public List<IrAllocation> LocalAllocations { get; } = [];

    /// <summary>Read-only data of static readonly arrays and span literals, as bytes.</summary>
    public List<byte[]> ConstantTables { get; } = [];

    /// <summary>The C# statements, where the front end was asked for them.</summary>
    internal List<IrStatement> Statements { get; } = [];

    /// <summary>True when the kernel uses dynamic shared memory.</summary>
    public bool UsesDynamicShared { get; set; }

    /// <summary>Bytes of an element of the dynamic shared memory; 1 if the kernel asks for elements of several sizes, 0 if it asks for none.</summary>
    public int DynamicSharedElement { get; set; }

    /// <summary>Whether operations that can fault stay although nothing uses what they give, and reads of local memory are checked.</summary>
    public bool KeepsFaults { get; init; }

    /// <summary>Whether float operations stay where the program has them, because somebody looks at what they give.</summary>
    public bool WatchesFloats { get; set; }

    /// <summary>All blocks; the first is the entry, which has no predecessors.</summary>
    public List<IrBlock> Blocks { get; } = [];

    public IrBlock Entry => Blocks[0];

    /// <summary>The lines that a value came from: what every thread is given belongs to the kernel's first, a phi to where its variable is set.</summary>
    internal IEnumerable<SourceLocation?> LinesOf(IrValue value) => value.Location is null && value.Op == IrOp.Phi
        ? value.Operands.Select(operand => operand.Location)
        : [value.Location ?? (IrBuilder.IsLeaf(value.Op) ? Opening : null)];

    /// <summary>The line that a block's exit came from: the kernel's own end belongs to its last, a jump to what comes before it.</summary>
    internal SourceLocation? LineOfExit(IrBlock block) => block.ExitLocation
        ?? (block.Terminator == TerminatorKind.Return ? Closing : block.Values.FindLast(value => value.Location is not null)?.Location);

    /// <summary>Adds an empty block at the end.</summary>
    public IrBlock NewBlock()
    {
        var block = new IrBlock(_nextBlock++);
        Blocks.Add(block);
        return block;
    }

    /// <summary>Makes a value that is in no block yet.</summary>
    public IrValue NewValue(IrOp op, IrType type, params ReadOnlySpan<IrValue> operands) => new(_nextValue++, op, type, operands.ToArray());

    /// <summary>Rebuilds every predecessor list from the exits. Blocks without phis only may be reordered freely by this:
    /// the order of existing predecessors is kept, new ones go to the end.</summary>
    public void ComputePredecessors()
    {
        var actual = Blocks.ToDictionary(block => block, _ => new HashSet<IrBlock>());
        foreach (IrBlock block in Blocks)
            foreach (IrBlock successor in block.Successors)
                actual[successor].Add(block);
        foreach (IrBlock block in Blocks)
        {
            block.Predecessors.RemoveAll(predecessor => !actual[block].Contains(predecessor));
            foreach (IrBlock predecessor in actual[block])
                if (!block.Predecessors.Contains(predecessor))
                    block.Predecessors.Add(predecessor);
        }
    }

    /// <summary>Numbers blocks and values in printing order.</summary>
    public void Renumber()
    {
        _nextValue = _nextBlock = 0;
        foreach (IrBlock block in Blocks)
        {
            block.Id = _nextBlock++;
            foreach (IrValue value in block.Phis.Concat(block.Values))
                value.Id = _nextValue++;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => IrPrinter.Print(this);
}
