namespace GemmaIlgpu.Compute.Ir;

/// <summary>A stretch of the user's source.</summary>
/// <param name="File">File name as the compiler recorded it.</param>
/// <param name="Line">First line, from 1.</param>
/// <param name="Column">First column, from 1.</param>
/// <param name="EndLine">Last line.</param>
/// <param name="EndColumn">The column after the last.</param>
internal sealed record SourceSpan(string File, int Line, int Column, int EndLine, int EndColumn)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path.GetFileName(File)}:{Line}";
}

/// <summary>One place where a method was inlined; the kernel itself is the outermost.</summary>
/// <param name="Code">The C# method.</param>
/// <param name="Method">Type and method, for people.</param>
/// <param name="Caller">The method that calls it; null for the kernel.</param>
/// <param name="CallStatement">The caller's statement that calls it; -1 for the kernel.</param>
internal sealed record IrInlining(System.Reflection.MethodBase Code, string Method, IrInlining? Caller, int CallStatement)
{
    /// <summary>Gets the number of callers.</summary>
    public int Depth { get; } = Caller is null ? 0 : Caller.Depth + 1;

    /// <summary>Whether this is a method at its place or is called from it, however far down.</summary>
    public bool IsOrIsCalledFrom(IrInlining other)
    {
        for (IrInlining? at = this; at is not null; at = at.Caller)
            if (ReferenceEquals(at, other))
                return true;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(IrInlining? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>A C# variable at a statement.</summary>
/// <param name="Name">As written.</param>
/// <param name="Type">Its C# type; if that is a reference, its one scalar is the address of what it refers to.</param>
/// <param name="First">The first of the statement's operands that hold its scalars.</param>
/// <param name="Count">How many they are; 0 if the variable is not kept.</param>
/// <param name="IsArgument">Whether it is a parameter.</param>
internal sealed record IrVariable(string Name, Type Type, int First, int Count, bool IsArgument);

/// <summary>The beginning of a C# statement in one inlined method.</summary>
/// <param name="Index">Position in <see cref="IrKernel.Statements"/>.</param>
/// <param name="Span">Where it stands.</param>
/// <param name="Inlining">The method.</param>
/// <param name="Variables">Arguments, then the locals that have a value here.</param>
internal sealed record IrStatement(int Index, SourceSpan Span, IrInlining Inlining, IReadOnlyList<IrVariable> Variables)
{
    /// <summary>Gets or sets the operation that marks it, whose operands hold the variables.</summary>
    public IrValue Marker { get; set; } = null!;
}
