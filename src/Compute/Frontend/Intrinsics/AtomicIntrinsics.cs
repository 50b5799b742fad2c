using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Atomic read-modify-write operations: the memory type by size, the signedness by operation.</summary>
internal static class AtomicIntrinsics
{
    public static void AddTo(Dictionary<string, Intrinsic> table)
    {
        table["Atomic.Add"] = call => Atomic(call, AtomicOperation.Add, AtomicOperation.Add);
        table["Atomic.And"] = call => Atomic(call, AtomicOperation.And, AtomicOperation.And);
        table["Atomic.Or"] = call => Atomic(call, AtomicOperation.Or, AtomicOperation.Or);
        table["Atomic.Xor"] = call => Atomic(call, AtomicOperation.Xor, AtomicOperation.Xor);
        table["Atomic.Exchange"] = call => Atomic(call, AtomicOperation.Exchange, AtomicOperation.Exchange);
        table["Atomic.Min"] = call => Atomic(call, AtomicOperation.Min, AtomicOperation.MinU);
        table["Atomic.Max"] = call => Atomic(call, AtomicOperation.Max, AtomicOperation.MaxU);
        table["Atomic.CompareExchange"] = CompareExchange;
    }

    private static StackValue? Atomic(IntrinsicCall call, AtomicOperation signed, AtomicOperation unsigned)
    {
        Type type = call.ParameterType(0);
        TypeLayout layout = TypeLayout.For(type);
        IrValue value = call.Number(1);
        IrValue result = call.Translator.Kernel.NewValue(IrOp.Atomic, value.Type, Pointer(call), value);
        result.Immediate = (long)(type == typeof(uint) || type == typeof(ulong) ? unsigned : signed);
        return Finish(call, result, layout);
    }

    private static StackValue? CompareExchange(IntrinsicCall call)
    {
        TypeLayout layout = TypeLayout.For(call.ParameterType(0));
        IrValue value = call.Number(2);
        return Finish(call, call.Translator.Kernel.NewValue(IrOp.AtomicCompareExchange, value.Type, Pointer(call), call.Number(1), value), layout);
    }

    private static IrValue Pointer(IntrinsicCall call) => call.Arguments[0].Symbol is VariableSymbol
        ? throw call.Translator.Refuse("it uses an atomic operation on a local variable", "use an element of a view")
        : call.Scalar(0);

    private static StackValue? Finish(IntrinsicCall call, IrValue operation, TypeLayout layout)
    {
        operation.Memory = layout.Scalars[0].Memory;
        IrValue old = call.Ir.Append(operation);
        return layout.Kind == LayoutKind.Scalar ? new(old) : new(layout, [old]);
    }
}
