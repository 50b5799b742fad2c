using System.Reflection;
using System.Reflection.Metadata;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Checks of indices as operations, for accelerators that ask for them.</summary>
internal sealed partial class Translator
{
    /// <summary>Checks an index into a view.</summary>
    public void CheckIndex(IrValue pointer, IrValue index, IrValue length)
    {
        bool known = index.Op == IrOp.Constant && length.Op == IrOp.Constant && index.Immediate >= 0 && index.Immediate < length.Immediate;
        if (Checks && !known)
            Check(CheckKind.Index, pointer, index, length);
    }

    /// <summary>Checks a part of a view.</summary>
    public void CheckRange(IrValue pointer, IrValue first, IrValue count, IrValue length)
    {
        if (Checks)
            Check(CheckKind.Range, pointer, first, count, length);
    }

    /// <summary>Checks where a view begins.</summary>
    public void CheckAlignment(IrValue pointer, IrValue alignment)
    {
        if (Checks)
            Check(CheckKind.Alignment, pointer, Long(alignment));
    }

    /// <summary>The C# variable that the result of the call being translated goes to, if the next instruction stores it.</summary>
    public string? NameOfResult()
    {
        for (Frame? frame = _frame; frame is not null; frame = frame.Caller)
        {
            IlInstruction[] code = frame.Code.Instructions;
            int at = frame.At + 1;
            // The elements of an array come between it and the store.
            if (at < code.Length && code[at].Code == ILOpCode.Dup)
                while (at < code.Length && SlotOf(code[at]) < 0 && !code[at].Code.IsBranch())
                    at++;
            // A variable's scope begins behind the store.
            if (at < code.Length && SlotOf(code[at]) is >= 0 and var slot && frame.Code.Symbols?.VariableAt(slot, code[at].Offset + 2) is { } name)
                return name;
        }
        return null;

        static int SlotOf(IlInstruction instruction) => instruction.Code switch
        {
            >= ILOpCode.Stloc_0 and <= ILOpCode.Stloc_3 => instruction.Code - ILOpCode.Stloc_0,
            ILOpCode.Stloc or ILOpCode.Stloc_s => (int)instruction.Operand,
            _ => -1,
        };
    }

    private void Check(CheckKind kind, params ReadOnlySpan<IrValue> operands) => Ir.Emit(IrOp.Check, IrType.Void, (long)kind, operands);

    // The checks of the API itself: (address, index, extent), (address, index, count, extent), (address, alignment).
    private bool TryCheck(MethodBase method, StackValue[] arguments)
    {
        if (!Checks || method.DeclaringType?.FullName != "GemmaIlgpu.Compute.Api.DebugChecks")
            return false;
        if (method.IsGenericMethod && method.GetGenericArguments()[0].FullName == "ILGPU.Stride1D+Infinite")
            return true;
        CheckKind? kind = method.Name switch
        {
            "InBounds" => CheckKind.Index,
            "SubView" => CheckKind.Range,
            "Aligned" => CheckKind.Alignment,
            _ => null,
        };
        if (kind is null || arguments[0].Scalar is not { Type: IrType.I64 } address)
            return false;
        // An address that came from a pointer goes back to it, so that the check can name the view.
        var operands = new List<IrValue> { address.Op == IrOp.PointerToInt ? address.Operands[0] : address };
        for (int part = 0; part < arguments[1].Count; part++)
            foreach (StackValue argument in arguments.AsSpan(1))
                operands.Add(Long((IrValue)argument[part]));
        Check(kind.Value, [.. operands]);
        return true;
    }
}
