using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>BitOperations, BitConverter and the bit members of the integer types.</summary>
internal static class BitIntrinsics
{
    public static void AddTo(Dictionary<string, Intrinsic> table)
    {
        foreach (string name in new[] { "SingleToInt32Bits", "Int32BitsToSingle", "SingleToUInt32Bits", "UInt32BitsToSingle",
            "DoubleToInt64Bits", "Int64BitsToDouble", "DoubleToUInt64Bits", "UInt64BitsToDouble" })
        {
            table["System.BitConverter." + name] = call => new(call.Ir.Emit(IrOp.Bitcast, TypeLayout.For(call.ResultType).Scalars[0].Type, call.Number(0)));
        }
        table["System.BitConverter.HalfToInt16Bits"] = call => new(call.Ir.Emit(IrOp.SignExtend16, IrType.I32, call.Number(0)));
        table["System.BitConverter.HalfToUInt16Bits"] = call => new(call.Number(0));
        table["System.BitConverter.Int16BitsToHalf"] = call => new(TypeLayout.For(typeof(Half)), [call.Ir.Emit(IrOp.ZeroExtend16, IrType.I32, call.Number(0))]);
        table["System.BitConverter.UInt16BitsToHalf"] = call => new(TypeLayout.For(typeof(Half)), [call.Number(0)]);
        table["System.Numerics.BitOperations.PopCount"] = Count(IrOp.PopCount);
        table["System.Numerics.BitOperations.LeadingZeroCount"] = Count(IrOp.LeadingZeros);
        table["System.Numerics.BitOperations.TrailingZeroCount"] = Count(IrOp.TrailingZeros);
        table["System.Numerics.BitOperations.Log2"] = Log2;
        foreach (string type in new[] { "Algorithms.XMath", "IntrinsicMath" })
        {
            table[$"ILGPU.{type}.PopCount"] = Count(IrOp.PopCount);
            table[$"ILGPU.{type}.LeadingZeroCount"] = Count(IrOp.LeadingZeros);
            table[$"ILGPU.{type}.TrailingZeroCount"] = Count(IrOp.TrailingZeros);
        }
        foreach (string type in new[] { "Int32", "UInt32", "Int64", "UInt64" })
        {
            table[$"System.{type}.PopCount"] = Count(IrOp.PopCount);
            table[$"System.{type}.LeadingZeroCount"] = Count(IrOp.LeadingZeros);
            table[$"System.{type}.TrailingZeroCount"] = Count(IrOp.TrailingZeros);
            table[$"System.{type}.RotateLeft"] = call => Rotate(call, IrOp.Shl, IrOp.ShrU);
            table[$"System.{type}.RotateRight"] = call => Rotate(call, IrOp.ShrU, IrOp.Shl);
        }
        table["System.Numerics.BitOperations.RotateLeft"] = call => Rotate(call, IrOp.Shl, IrOp.ShrU);
        table["System.Numerics.BitOperations.RotateRight"] = call => Rotate(call, IrOp.ShrU, IrOp.Shl);
    }

    private static Intrinsic Count(IrOp op) => call =>
    {
        IrValue count = call.Ir.Emit(op, IrType.I32, call.Number(0));
        return new(TypeLayout.For(call.ResultType).Scalars[0].Type == IrType.I64 ? call.Ir.Emit(IrOp.ZeroExtend, IrType.I64, count) : count);
    };

    // The library gives 0 for 0: the lowest bit is set first.
    private static StackValue? Log2(IntrinsicCall call)
    {
        IrValue value = call.Number(0);
        IrValue zeros = call.Ir.Emit(IrOp.LeadingZeros, IrType.I32, call.Ir.Emit(IrOp.Or, value.Type, value, call.Ir.Constant(value.Type, 1)));
        return new(call.Ir.Emit(IrOp.Sub, IrType.I32, call.Ir.Int(value.Type == IrType.I64 ? 63 : 31), zeros));
    }

    private static StackValue? Rotate(IntrinsicCall call, IrOp toward, IrOp back)
    {
        IrValue value = call.Number(0), count = call.Number(1);
        if (count.Type == IrType.I64)
            count = call.Ir.Emit(IrOp.Truncate64, IrType.I32, count);
        IrValue other = call.Ir.Emit(IrOp.Neg, IrType.I32, count);      // shifts use the low bits only
        return new(call.Ir.Emit(IrOp.Or, value.Type, call.Ir.Emit(toward, value.Type, value, count), call.Ir.Emit(back, value.Type, value, other)));
    }
}
