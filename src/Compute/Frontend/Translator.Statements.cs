using System.Collections;
using System.Reflection;
using GemmaIlgpu.Compute.Ir;
using ILGPU;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Marks where C# statements begin, and which values their variables have there.</summary>
internal sealed partial class Translator
{
    /// <summary>Beginnings of statements become operations.</summary>
    public bool Statements { get; init; }

    // References that one place sets; null for those that several do. Where such a one has a value at all it is this.
    private readonly Dictionary<int, StackValue?> _references = [];

    private void NoteReference((int Variable, TypeLayout Layout) place, StackValue value)
    {
        if (Statements && place.Layout.Kind == LayoutKind.Reference)
            _references[place.Variable] = _references.ContainsKey(place.Variable) ? null : value;
    }

    private void MarkStatement(IlBlock block, int instruction)
    {
        Frame frame = _frame;
        IlMethod code = frame.Code;
        int offset = code.Instructions[instruction].Offset;
        if (frame.IsLibrary || frame.IsUnseen || code.Symbols?.SpanAt(offset) is not { } span || IsBrace(span, frame, instruction))
            return;
        var variables = new List<IrVariable>();
        var operands = new List<IrValue>();
        ParameterInfo[] parameters = code.Method.GetParameters();
        int receiver = frame.Arguments.Length - parameters.Length;
        if (receiver == 1 && code.Method.DeclaringType is { IsValueType: true } own)
            AddVariable("this", own.MakeByRefType(), frame.Arguments[0], isArgument: true);
        for (int i = 0; i < parameters.Length; i++)
            AddVariable(parameters[i].Name ?? $"p{i}", parameters[i].ParameterType, frame.Arguments[i + receiver], isArgument: true);
        BitArray assigned = code.Assigned.Before(block, instruction);
        foreach ((int slot, string name) in code.Symbols.VariablesAt(offset))
            if (assigned[slot])
                AddVariable(name, code.LocalTypes[slot], frame.Locals[slot], isArgument: false);
        var statement = new IrStatement(Kernel.Statements.Count, span, InliningOf(frame), variables);
        Kernel.Statements.Add(statement);
        frame.LastStatement = statement.Index;
        IrValue marker = Kernel.NewValue(IrOp.Statement, IrType.Void, [.. operands]);
        (marker.Immediate, marker.Block, marker.Location) = (statement.Index, Ir.Block, Ir.Location);
        Ir.Target.Add(statement.Marker = marker);

        void AddVariable(string name, Type type, (int Variable, TypeLayout Layout) place, bool isArgument)
        {
            int first = operands.Count;
            if (type.IsByRef && _references.GetValueOrDefault(place.Variable) is { } reference)
            {
                // What it refers to: a variable as it is now, or a place in memory, whose address is kept.
                Type target = type.GetElementType()!;
                if (reference.Symbol is VariableSymbol variable && variable.Layout.Count == TypeLayout.For(target).Count)
                    (type, place) = (target, (variable.Variable, variable.Layout));
                else if (reference.Scalar is { Type: IrType.Ptr, Space: not AddressSpace.Constant } pointer && TypeLayout.For(target).IsStorable)
                {
                    operands.Add(pointer);
                    variables.Add(new(name, type, first, 1, isArgument));
                    return;
                }
            }
            if (place.Variable < 0)
            {
                operands.Add(Address(place).Scalar!);
                variables.Add(new(name, type.MakeByRefType(), first, 1, isArgument));
                return;
            }
            if (type.IsArray && _references.GetValueOrDefault(place.Variable)?.Symbol is LocalArraySymbol array)
            {
                operands.AddRange([Base(array), Ir.Long(array.Count)]);
                variables.Add(new(name, typeof(ArrayView<>).MakeGenericType(array.Type.GetElementType()!), first, 2, isArgument));
                return;
            }
            if (!HoldsReference(place.Layout))
                for (int i = 0; i < place.Layout.Count; i++)
                    if (_ssa.Read(place.Variable + i, Ir.Block) is IrValue value)
                        operands.Add(value);
            bool isKept = operands.Count - first == place.Layout.Count;
            if (!isKept)
                operands.RemoveRange(first, operands.Count - first);
            variables.Add(new(name, type, first, isKept ? place.Layout.Count : 0, isArgument));
        }
    }

    // Debug builds mark every brace; only the end of the kernel is worth a stop.
    private static bool IsBrace(SourceSpan span, Frame frame, int instruction)
    {
        if (span.Line != span.EndLine || span.EndColumn - span.Column != 1)
            return false;
        return frame.Caller is not null || IlReader.Flow(frame.Code.Instructions[^1].Code) != System.Reflection.Emit.FlowControl.Return
            || instruction < frame.Code.Instructions.Length - 2;
    }

    private static bool HoldsReference(TypeLayout layout) => layout.Kind == LayoutKind.Reference
        || (layout.Kind == LayoutKind.Struct && Array.Exists(layout.Fields, field => HoldsReference(field.Layout)));

    private static IrInlining InliningOf(Frame frame) => frame.Inlining ??= Make(frame);

    private static IrInlining Make(Frame frame)
    {
        Frame? caller = frame.Caller;
        while (caller is not null && (caller.IsLibrary || caller.LastStatement < 0))
            caller = caller.Caller;
        return new(frame.Method, MethodNames.Of(frame.Method), caller is null ? null : InliningOf(caller), caller?.LastStatement ?? -1);
    }
}
