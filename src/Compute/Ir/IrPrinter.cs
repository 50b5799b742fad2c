using System.Globalization;
using System.Text;

namespace GemmaIlgpu.Compute.Ir;

/// <summary>Writes the IR as text, one operation a line, for people and for tests.</summary>
public static class IrPrinter
{
    /// <summary>The whole kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="lines">Gets the source line of each line of the text.</param>
    public static string Print(IrKernel kernel, LineMap? lines = null)
    {
        var text = new StringBuilder();
        text.Append("kernel ").Append(kernel.Name).Append(" (").Append(kernel.Kind.ToString().ToLowerInvariant());
        if (kernel.Kind == KernelKind.Implicit)
            text.Append(' ').Append(kernel.IndexRank).Append('D');
        text.AppendLine(")");
        foreach (IrParameter parameter in kernel.Parameters)
            text.Append("  param ").Append(parameter.Index).Append(": ").Append(Name(parameter.Type)).Append(' ').AppendLine(parameter.Name);
        PrintAllocations(text, "shared", kernel.SharedAllocations);
        PrintAllocations(text, "local", kernel.LocalAllocations);
        for (int i = 0; i < kernel.ConstantTables.Count; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"  constant {i}: {kernel.ConstantTables[i].Length} bytes");
        SourceLocation? last = null;
        foreach (IrBlock block in kernel.Blocks)
        {
            lines?.Mark(text.Length);
            text.Append(block).Append(':');
            if (block.Predecessors.Count > 0)
                text.Append("    ; from ").AppendJoin(", ", block.Predecessors);
            text.AppendLine();
            foreach (IrValue value in block.Phis.Concat(block.Values))
            {
                lines?.Mark(text.Length, kernel.LinesOf(value));
                if (value.Location is not null && value.Location != last)
                    text.Append("    ; ").AppendLine((last = value.Location).ToString());
                text.Append("    ").AppendLine(Print(value));
            }
            lines?.Mark(text.Length, kernel.LineOfExit(block));
            text.Append("    ").AppendLine(PrintExit(block));
        }
        string whole = text.ToString();
        lines?.Finish(whole);
        return whole;
    }

    /// <summary>One value, e.g. "%7 = add f32 %3, %6".</summary>
    public static string Print(IrValue value)
    {
        var text = new StringBuilder();
        if (value.Type != IrType.Void || value.Op == IrOp.InlinePtx)
            text.Append('%').Append(value.Id).Append(" = ");
        text.Append(Mnemonic(value));
        if (value.Type != IrType.Void)
            text.Append(' ').Append(Name(value.Type));
        if (value.Type == IrType.Ptr)
            text.Append(' ').Append(value.Space.ToString().ToLowerInvariant());
        switch (value.Op)
        {
            case IrOp.Constant:
                return text.Append(' ').Append(Literal(value)).ToString();
            case IrOp.Phi:
                text.Append(' ').AppendJoin(", ", value.Operands.Select((operand, i) =>
                    $"[{(i < value.Block?.Predecessors.Count ? value.Block.Predecessors[i] : "?")}: {Operand(operand)}]"));
                return text.ToString();
            case IrOp.Parameter or IrOp.GridIndex or IrOp.GroupIndex or IrOp.GridDimension or IrOp.GroupDimension
                or IrOp.SharedBase or IrOp.LocalBase or IrOp.ConstantBase:
                return text.Append(' ').Append(value.Immediate).ToString();
        }
        if (value.Operands.Count > 0)
            text.Append(' ').AppendJoin(", ", value.Operands.Select(Operand));
        if (value.Op == IrOp.Address)
        {
            if (value.Operands.Count > 1)
                text.Append(" * ").Append(value.Immediate);
            if (value.Offset != 0)
                text.Append(" + ").Append(value.Offset);
        }
        if (value.Text is not null)
            text.Append(" \"").Append(value.Text.ReplaceLineEndings("\\n")).Append('"');
        return text.ToString();
    }

    private static void PrintAllocations(StringBuilder text, string kind, List<IrAllocation> allocations)
    {
        for (int i = 0; i < allocations.Count; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {kind} {i}: {allocations[i].Length} x {allocations[i].ElementSize} bytes {allocations[i].Name}");
    }

    private static string PrintExit(IrBlock block) => block.Terminator switch
    {
        TerminatorKind.Return => "return",
        TerminatorKind.Jump => $"jump {block.Target}",
        TerminatorKind.Branch => $"branch {Operand(block.Condition!)}, {block.Target}, {block.ElseTarget}",
        _ => "(open)",
    };

    private static string Operand(IrValue value) => value.Op == IrOp.Constant ? Literal(value) : $"%{value.Id}";

    private static string Literal(IrValue value) => value.Type switch
    {
        IrType.Bool => value.Immediate != 0 ? "true" : "false",
        IrType.F32 => BitConverter.Int32BitsToSingle((int)value.Immediate).ToString("R", CultureInfo.InvariantCulture) + "f",
        IrType.F64 => BitConverter.Int64BitsToDouble(value.Immediate).ToString("R", CultureInfo.InvariantCulture) + "d",
        IrType.I64 => value.Immediate.ToString(CultureInfo.InvariantCulture) + "L",
        IrType.Ptr => "null",
        _ => value.Immediate.ToString(CultureInfo.InvariantCulture),
    };

    private static string Mnemonic(IrValue value) => value.Op switch
    {
        IrOp.InlinePtxResult => $"inlineptxresult.{value.Immediate}",
        IrOp.AlignedPointer => $"alignedpointer.{value.Immediate}",
        IrOp.Compare => "compare." + Lower((ComparePredicate)value.Immediate),
        IrOp.Atomic => $"atomic.{Lower((AtomicOperation)value.Immediate)}.{Lower(value.Memory)}",
        IrOp.AtomicCompareExchange => $"atomic.cas.{Lower(value.Memory)}",
        IrOp.Load => "load." + Lower(value.Memory),
        IrOp.Store => "store." + Lower(value.Memory),
        IrOp.Shuffle => "shuffle." + Lower((ShuffleKind)value.Immediate),
        IrOp.BarrierReduce => "barrier." + Lower((BarrierReduction)value.Immediate),
        IrOp.MemoryFence => "fence." + Lower((FenceLevel)value.Immediate),
        _ => Lower(value.Op),
    };

    private static string Name(IrType type) => Lower(type);

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
