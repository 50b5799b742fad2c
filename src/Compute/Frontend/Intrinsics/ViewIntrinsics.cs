using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>ArrayView&lt;T&gt;: a pointer and a length.</summary>
internal static class ViewIntrinsics
{
    public static void AddTo(Dictionary<string, Intrinsic> table)
    {
        table["ArrayView.Item"] = Item;
        table["ArrayView.Length"] = call => new(View(call).Length);
        table["ArrayView.IntLength"] = call => new(call.Ir.Emit(IrOp.Truncate64, IrType.I32, View(call).Length));
        table["ArrayView.LengthInBytes"] = call => new(call.Ir.Emit(IrOp.Mul, IrType.I64, View(call).Length, call.Ir.Long(View(call).Element.Size)));
        table["ArrayView.IsValid"] = call => new(call.Ir.Compare(ComparePredicate.Ne, View(call).Pointer, call.Ir.Leaf(IrOp.Constant, IrType.Ptr, 0, View(call).Pointer.Space)));
        table["ArrayView.SubView"] = call => SubView(call, call.Translator.Long(call.Number(2)));
        table["ArrayView.SubViewFrom"] = call => SubView(call, call.Ir.Emit(IrOp.Sub, IrType.I64, View(call).Length, call.Translator.Long(call.Number(1))));
        table["ArrayView.Cast"] = Cast;
        table["ArrayView.AsAligned"] = AsAligned;
        table["ArrayView.AlignmentOffset"] = call => new(call.Ir.Emit(IrOp.PointerToInt, IrType.I64, View(call).Pointer));
        table["ArrayView.Address"] = table["ArrayView.AlignmentOffset"];
    }

    private static (IrValue Pointer, IrValue Length, TypeLayout Element) View(IntrinsicCall call)
    {
        StackValue view = call.Translator.Dereference(call.Arguments[0], call.Method!.DeclaringType!);
        return ((IrValue)view[0], (IrValue)view[1], view.Layout!.Element!);
    }

    private static StackValue? Item(IntrinsicCall call)
    {
        (IrValue pointer, IrValue length, TypeLayout element) = View(call);
        IrValue index = call.Translator.Long(call.Number(1));
        call.Translator.CheckIndex(pointer, index, length);
        return new(call.Ir.Address(pointer, index, element.Size, 0));
    }

    private static StackValue? SubView(IntrinsicCall call, IrValue length)
    {
        (IrValue pointer, IrValue whole, TypeLayout element) = View(call);
        IrValue first = call.Translator.Long(call.Number(1));
        call.Translator.CheckRange(pointer, first, length, whole);
        return new(TypeLayout.For(call.ResultType), [call.Ir.Address(pointer, first, element.Size, 0), length]);
    }

    // Vector loads need to know; where there are none, nobody does.
    private static StackValue? AsAligned(IntrinsicCall call)
    {
        (IrValue pointer, IrValue length, _) = View(call);
        IrValue alignment = call.Number(1);
        call.Translator.CheckAlignment(pointer, alignment);
        if (!call.Translator.Alignments || alignment.Op != IrOp.Constant || !long.IsPow2(alignment.Immediate))
            return call.Arguments[0];
        IrValue aligned = call.Translator.Kernel.NewValue(IrOp.AlignedPointer, IrType.Ptr, pointer);
        (aligned.Space, aligned.Immediate) = (pointer.Space, alignment.Immediate);
        return new(TypeLayout.For(call.ResultType), [call.Ir.Append(aligned), length]);
    }

    private static StackValue? Cast(IntrinsicCall call)
    {
        (IrValue pointer, IrValue length, TypeLayout element) = View(call);
        TypeLayout result = TypeLayout.For(call.ResultType);
        int to = result.Element!.Size, from = element.Size;
        IrBuilder ir = call.Ir;
        // A length is never negative, so an unsigned division is the same and cheaper.
        IrValue converted = from % to == 0 ? ir.Emit(IrOp.Mul, IrType.I64, length, ir.Long(from / to))
            : to % from == 0 ? ir.Emit(IrOp.DivU, IrType.I64, length, ir.Long(to / from))
            : ir.Emit(IrOp.DivU, IrType.I64, ir.Emit(IrOp.Mul, IrType.I64, length, ir.Long(from)), ir.Long(to));
        return new(result, [pointer, converted]);
    }
}
