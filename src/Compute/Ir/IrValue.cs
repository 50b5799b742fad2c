namespace GemmaIlgpu.Compute.Ir;

/// <summary>A place in the user's source.</summary>
/// <param name="File">File name as the compiler recorded it.</param>
/// <param name="Line">Line, from 1.</param>
public sealed record SourceLocation(string File, int Line)
{
    /// <summary>Gets the call that led here, if the line belongs to a method that was inlined. Places are equal whoever calls.</summary>
    public SourceLocation? CalledFrom { get; init; }

    /// <inheritdoc/>
    public bool Equals(SourceLocation? other) => other is not null && Line == other.Line && File == other.File;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(File, Line);

    /// <inheritdoc/>
    public override string ToString() => $"{Path.GetFileName(File)}:{Line}";
}

/// <summary>An argument of inline PTX. One that is read and written is one register.</summary>
/// <param name="IsRead">It is an operand.</param>
/// <param name="IsWritten">It is a result.</param>
/// <param name="Type">Register type in the IR.</param>
/// <param name="Memory">Its C# type as it lies in memory, which says how wide the register is that the text sees.</param>
public sealed record InlineArgument(bool IsRead, bool IsWritten, IrType Type, MemoryType Memory);

/// <summary>One operation and, at the same time, the value that it gives. Each value is assigned once.</summary>
public sealed class IrValue
{
    internal IrValue(int id, IrOp op, IrType type, IEnumerable<IrValue> operands)
    {
        Id = id;
        Op = op;
        Type = type;
        Operands = [.. operands];
    }

    /// <summary>Number, unique in the kernel; printed as %Id.</summary>
    public int Id { get; internal set; }

    public IrOp Op { get; set; }

    public IrType Type { get; set; }

    /// <summary>Where a pointer points; meaningful for <see cref="IrType.Ptr"/> only.</summary>
    public AddressSpace Space { get; set; }

    /// <summary>What lies in memory, for loads, stores and atomics.</summary>
    public MemoryType Memory { get; set; }

    /// <summary>The address may be no multiple of the size: the struct in memory is packed.</summary>
    public bool IsPacked { get; set; }

    /// <summary>Bits of a constant, an index, a stride or an enum value: see <see cref="IrOp"/>.</summary>
    public long Immediate { get; set; }

    /// <summary>Constant byte offset of <see cref="IrOp.Address"/>.</summary>
    public long Offset { get; set; }

    /// <summary>The format string of <see cref="IrOp.Print"/>, the template of <see cref="IrOp.InlinePtx"/>.</summary>
    public string? Text { get; set; }

    /// <summary>The arguments of <see cref="IrOp.InlinePtx"/>, as its text numbers them.</summary>
    public IReadOnlyList<InlineArgument>? InlineArguments { get; set; }

    public List<IrValue> Operands { get; }

    /// <summary>The block that holds this value.</summary>
    public IrBlock Block { get; set; } = null!;

    /// <summary>The source line that this value came from, if symbols were found.</summary>
    public SourceLocation? Location { get; set; }

    /// <summary>The float value of a constant of type F32 or F64.</summary>
    public double FloatConstant => Type == IrType.F32 ? BitConverter.Int32BitsToSingle((int)Immediate) : BitConverter.Int64BitsToDouble(Immediate);

    /// <summary>True when the operation changes memory, orders threads or must otherwise stay where it is.</summary>
    public bool HasSideEffect => Op is IrOp.Store or IrOp.Atomic or IrOp.AtomicCompareExchange or IrOp.MemoryFence
        or IrOp.Barrier or IrOp.BarrierReduce or IrOp.GroupBroadcast or IrOp.WarpBarrier or IrOp.Check or IrOp.Print or IrOp.InlinePtx or IrOp.Statement;

    /// <summary>True when other lanes take part, so that the operation must not move across control flow.</summary>
    public bool IsConvergent => Op is IrOp.Barrier or IrOp.BarrierReduce or IrOp.GroupBroadcast or IrOp.WarpBarrier
        or IrOp.Shuffle or IrOp.WarpBroadcast;

    /// <inheritdoc/>
    public override string ToString() => IrPrinter.Print(this);
}
