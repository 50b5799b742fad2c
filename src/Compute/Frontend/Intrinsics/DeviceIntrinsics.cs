using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Grid, Group, Warp, SharedMemory, LocalMemory, MemoryFence, Interop and Half.</summary>
internal static class DeviceIntrinsics
{
    public static void AddTo(Dictionary<string, Intrinsic> table)
    {
        foreach ((string suffix, int dimension) in new[] { ("X", 0), ("Y", 1), ("Z", 2) })
        {
            table["Grid.Idx" + suffix] = Leaf(IrOp.GridIndex, dimension);
            table["Grid.Dim" + suffix] = Leaf(IrOp.GridDimension, dimension);
            table["Group.Idx" + suffix] = Leaf(IrOp.GroupIndex, dimension);
            table["Group.Dim" + suffix] = Leaf(IrOp.GroupDimension, dimension);
        }
        table["Warp.WarpSize"] = Leaf(IrOp.WarpSize);
        table["Warp.LaneIdx"] = Leaf(IrOp.LaneIndex);
        table["Warp.WarpIdx"] = Leaf(IrOp.WarpIndex);
        table["Group.Barrier"] = call => Effect(call, IrOp.Barrier);
        table["Warp.Barrier"] = call => Effect(call, IrOp.WarpBarrier);
        table["Group.BarrierAnd"] = call => Reduce(call, BarrierReduction.And, IrType.Bool);
        table["Group.BarrierOr"] = call => Reduce(call, BarrierReduction.Or, IrType.Bool);
        table["Group.BarrierPopCount"] = call => Reduce(call, BarrierReduction.PopCount, IrType.I32);
        table["Group.Broadcast"] = call => EachScalar(call, value => call.Ir.Emit(IrOp.GroupBroadcast, value.Type, value, call.Number(1)));
        table["Warp.Broadcast"] = call => EachScalar(call, value => call.Ir.Emit(IrOp.WarpBroadcast, value.Type, value, call.Number(1)));
        table["Warp.Shuffle"] = call => Shuffle(call, ShuffleKind.Index);
        table["Warp.ShuffleDown"] = call => Shuffle(call, ShuffleKind.Down);
        table["Warp.ShuffleUp"] = call => Shuffle(call, ShuffleKind.Up);
        table["Warp.ShuffleXor"] = call => Shuffle(call, ShuffleKind.Xor);
        table["MemoryFence.GroupLevel"] = call => Fence(call, FenceLevel.Group);
        table["MemoryFence.DeviceLevel"] = call => Fence(call, FenceLevel.Device);
        table["MemoryFence.SystemLevel"] = call => Fence(call, FenceLevel.System);
        table["SharedMemory.Allocate"] = call => Allocate(call, shared: true);
        table["SharedMemory.AllocateElement"] = call => new(Base(call, 1, shared: true));
        table["LocalMemory.Allocate"] = call => Allocate(call, shared: false);
        table["SharedMemory.GetDynamic"] = Dynamic;
        table["Interop.FloatAsInt"] = call => Bits(call);
        table["Interop.IntAsFloat"] = call => Bits(call);
        table["Interop.SizeOf"] = call => new(call.Ir.Int(call.TypeArgument().Size));
        table["Interop.Write"] = call => Print(call, "");
        table["Interop.WriteLine"] = call => Print(call, "\n");
        foreach (IrOp op in new[] { IrOp.WidenBytes, IrOp.WidenSignedBytes, IrOp.DotPairs, IrOp.AddPairs, IrOp.MultiplyQuads, IrOp.DotQuads, IrOp.DotUnsignedQuads })
            table["Packed." + op] = call => new(call.Ir.Emit(op, IrType.I32, [.. Enumerable.Range(0, call.Arguments.Length).Select(call.Number)]));
        table["Half.FromSingle"] = call => Half(call, call.Ir.Emit(IrOp.FloatToHalf, IrType.I32, call.Number(0)));
        table["Half.FromDouble"] = call => Half(call, DoubleToHalf(call.Ir, call.Number(0)));
        table["Half.ToSingle"] = call => new(call.Ir.Emit(IrOp.HalfToFloat, IrType.F32, call.Number(0)));
    }

    private static Intrinsic Leaf(IrOp op, int dimension = 0) => call => new(call.Ir.Leaf(op, IrType.I32, dimension));

    private static StackValue? Effect(IntrinsicCall call, IrOp op)
    {
        call.Ir.Emit(op, IrType.Void);
        return null;
    }

    private static StackValue? Fence(IntrinsicCall call, FenceLevel level)
    {
        call.Ir.Emit(IrOp.MemoryFence, IrType.Void, (long)level, []);
        return null;
    }

    private static StackValue? Reduce(IntrinsicCall call, BarrierReduction reduction, IrType type) =>
        new(call.Ir.Emit(IrOp.BarrierReduce, type, (long)reduction, call.Translator.Truth(call.Scalar(0))));

    private static StackValue? Shuffle(IntrinsicCall call, ShuffleKind kind)
    {
        IrValue width = call.Arguments.Length > 2 ? call.Number(2) : call.Ir.Leaf(IrOp.WarpSize, IrType.I32);
        IrValue lane = call.Number(1);
        if (kind == ShuffleKind.Index && call.Arguments.Length > 2)     // a lane number counts modulo the width
            lane = call.Ir.Emit(IrOp.And, IrType.I32, lane, call.Ir.Emit(IrOp.Add, IrType.I32, width, call.Ir.Int(-1)));
        return EachScalar(call, value => call.Ir.Emit(IrOp.Shuffle, value.Type, (long)kind, value, lane, width));
    }

    // Structs travel part by part. Truth values travel as integers.
    private static StackValue? EachScalar(IntrinsicCall call, Func<IrValue, IrValue> exchange)
    {
        StackValue value = call.Arguments[0];
        var parts = new object[value.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            if (value[i] is not IrValue { Type: not IrType.Ptr } part)
                throw call.Translator.Refuse("it exchanges references between threads", "exchange values");
            IrValue received = exchange(call.Translator.Plain(part));
            parts[i] = part.Type == IrType.Bool ? call.Translator.Truth(received) : received;
        }
        return value.Layout is null ? StackValue.FromComponent(parts[0]) : new(value.Layout, parts);
    }

    private static IrValue Base(IntrinsicCall call, long length, bool shared)
    {
        TypeLayout element = call.TypeArgument();
        List<IrAllocation> allocations = shared ? call.Translator.Kernel.SharedAllocations : call.Translator.Kernel.LocalAllocations;
        allocations.Add(new(element.Size, length, Math.Max(Translator.VectorAlignment, element.Alignment), MethodNames.Of(element.Type)) { Variable = call.Translator.NameOfResult() });
        return shared
            ? call.Ir.Leaf(IrOp.SharedBase, IrType.Ptr, allocations.Count - 1, AddressSpace.Shared)
            : call.Ir.Leaf(IrOp.LocalBase, IrType.Ptr, allocations.Count - 1, AddressSpace.Local);
    }

    private static StackValue? Allocate(IntrinsicCall call, bool shared)
    {
        IrValue extent = call.Number(0);
        if (extent.Op != IrOp.Constant)
        {
            throw call.Translator.Refuse($"it allocates {(shared ? "shared" : "local")} memory whose size is not a constant",
                shared ? "use a constant, a SpecializedValue, or SharedMemory.GetDynamic" : "use a constant or a SpecializedValue");
        }
        if (extent.Immediate <= 0)
            throw call.Translator.Refuse($"it allocates {extent.Immediate} elements of {(shared ? "shared" : "local")} memory", null);
        TypeLayout view = TypeLayout.For(call.ResultType);
        return new(view, [Base(call, extent.Immediate, shared), call.Ir.Long(extent.Immediate)]);
    }

    private static StackValue? Dynamic(IntrinsicCall call)
    {
        IrKernel kernel = call.Translator.Kernel;
        int size = call.TypeArgument().Size;
        kernel.DynamicSharedElement = !kernel.UsesDynamicShared || kernel.DynamicSharedElement == size ? size : 1;
        kernel.UsesDynamicShared = true;
        IrValue bytes = call.Ir.Leaf(IrOp.DynamicSharedLength, IrType.I64);
        IrValue length = call.Ir.Emit(IrOp.Div, IrType.I64, bytes, call.Ir.Long(size));
        return new(TypeLayout.For(call.ResultType), [call.Ir.Leaf(IrOp.DynamicSharedBase, IrType.Ptr, 0, AddressSpace.Shared), length]);
    }

    private static StackValue? Bits(IntrinsicCall call)
    {
        IrValue value = call.Number(0);
        TypeLayout result = TypeLayout.For(call.ResultType);
        IrType type = result.Scalars[0].Type;
        IrValue bits = value.Type == type ? value : call.Ir.Emit(IrOp.Bitcast, type, value);
        return result.Kind == LayoutKind.Scalar ? new(bits) : new(result, [bits]);
    }

    private static StackValue? Half(IntrinsicCall call, IrValue bits) => new(TypeLayout.For(call.ResultType), [bits]);

    /// <summary>Binary64 to binary16 with one rounding. Rounding to binary32 first would round twice, so the first step
    /// rounds to odd: the lost bits leave a trace in the last place.</summary>
    public static IrValue DoubleToHalf(IrBuilder ir, IrValue value)
    {
        IrValue rounded = ir.Emit(IrOp.FloatTruncate, IrType.F32, value);
        IrValue back = ir.Emit(IrOp.FloatExtend, IrType.F64, rounded);
        IrValue bits = ir.Emit(IrOp.Bitcast, IrType.I32, rounded);
        // Inexact and even in the last place: step toward the exact value, which makes the last place odd.
        IrValue isEven = ir.Compare(ComparePredicate.Eq, ir.Emit(IrOp.And, IrType.I32, bits, ir.Int(1)), ir.Int(0));
        IrValue tooSmall = ir.Compare(ComparePredicate.Lt, ir.Emit(IrOp.Abs, IrType.F64, back), ir.Emit(IrOp.Abs, IrType.F64, value));
        IrValue tooLarge = ir.Compare(ComparePredicate.Gt, ir.Emit(IrOp.Abs, IrType.F64, back), ir.Emit(IrOp.Abs, IrType.F64, value));
        IrValue step = ir.Emit(IrOp.Select, IrType.I32, tooSmall, ir.Int(1), ir.Emit(IrOp.Select, IrType.I32, tooLarge, ir.Int(-1), ir.Int(0)));
        IrValue odd = ir.Emit(IrOp.Add, IrType.I32, bits, ir.Emit(IrOp.Select, IrType.I32, isEven, step, ir.Int(0)));
        return ir.Emit(IrOp.FloatToHalf, IrType.I32, ir.Emit(IrOp.Bitcast, IrType.F32, odd));
    }

    private static StackValue? Print(IntrinsicCall call, string end)
    {
        if (call.Arguments[0].Symbol is not StringSymbol format)
            throw call.Translator.Refuse("it prints a text that is not a literal", null);
        var operands = new List<IrValue>();
        foreach (StackValue argument in call.Arguments.AsSpan(1))
            operands.Add(call.Translator.RequireScalar(argument));
        IrValue print = call.Translator.Kernel.NewValue(IrOp.Print, IrType.Void, [.. operands]);
        print.Text = format.Text + end;
        call.Ir.Append(print);
        return null;
    }
}
