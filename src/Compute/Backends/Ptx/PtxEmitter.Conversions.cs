using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Ptx;

// Conversions, and numbers packed into an integer.
internal sealed partial class PtxEmitter
{
    private bool EmitConversion(IrValue value)
    {
        IrValue x = value.Operands.Count > 0 ? value.Operands[0] : value;
        switch (value.Op)
        {
            case IrOp.SignExtend8:
                Line("cvt.s32.s8", Result(value), Register(x));
                return true;
            case IrOp.SignExtend16:
                Line("cvt.s32.s16", Result(value), Register(x));
                return true;
            case IrOp.ZeroExtend8:
                Line("and.b32", Result(value), Register(x), "255");
                return true;
            case IrOp.ZeroExtend16:
                Line("and.b32", Result(value), Register(x), "65535");
                return true;
            case IrOp.SignExtend:
                Line("cvt.s64.s32", Result(value), Register(x));
                return true;
            case IrOp.ZeroExtend:
                Line("cvt.u64.u32", Result(value), Register(x));
                return true;
            case IrOp.Truncate64:
                Line("cvt.u32.u64", Result(value), Register(x));
                return true;
            case IrOp.FloatTruncate:
                Line("cvt.rn.f32.f64", Result(value), Register(x));
                return true;
            case IrOp.FloatExtend:
                Line("cvt.f64.f32", Result(value), Register(x));
                return true;
            case IrOp.SignedToFloat:
                Line($"cvt.rn{SignedType(value.Type)}{SignedType(x.Type)}", Result(value), Register(x));
                return true;
            case IrOp.UnsignedToFloat:
                Line($"cvt.rn{SignedType(value.Type)}{UnsignedType(x.Type)}", Result(value), Register(x));
                return true;
            case IrOp.FloatToSigned or IrOp.FloatToUnsigned:
                EmitFloatToInteger(value, x);
                return true;
            case IrOp.Bitcast:
                Line("mov" + BitType(value.Type), Result(value), Register(x));
                return true;
            case IrOp.HalfToFloat:
                string half = New(RegisterClass.Short);
                Line("cvt.u16.u32", half, Register(x));
                Line("cvt.f32.f16", Result(value), half);
                return true;
            case IrOp.FloatToHalf:
                string rounded = New(RegisterClass.Short);
                Line("cvt.rn.f16.f32", rounded, Register(x));
                Line("cvt.u32.u16", Result(value), rounded);
                return true;
            case IrOp.BoolToInt:
                Line("selp.b32", Result(value), "1", "0", Register(x));
                return true;
            case IrOp.PointerToInt:
                EmitPointerToInt(value, x);
                return true;
            case IrOp.IntToPointer:
                Line("mov.b64", Result(value), Register(x));
                return true;
            default:
                return EmitPacked(value);
        }
    }

    // The conversion saturates by itself, but for these types it turns NaN into the smallest number instead of 0.
    private void EmitFloatToInteger(IrValue value, IrValue x)
    {
        string to = value.Op == IrOp.FloatToSigned ? SignedType(value.Type) : UnsignedType(value.Type), from = SignedType(x.Type), number = Register(x);
        if (value.Type == IrType.I32 && x.Type == IrType.F32)
        {
            Line($"cvt.rzi{to}{from}", Result(value), number);
            return;
        }
        string converted = _registers.New(value), isNaN = New(RegisterClass.Predicate);
        Line($"cvt.rzi{to}{from}", converted, number);
        Line("setp.nan" + from, isNaN, number, number);
        Line("selp" + BitType(value.Type), Result(value), "0", converted, isNaN);
    }

    // ---- Packed: pairs of 16-bit and quads of 8-bit numbers -----------------------------------------------------------------

    private bool EmitPacked(IrValue value)
    {
        List<IrValue> x = value.Operands;
        switch (value.Op)
        {
            case IrOp.WidenBytes:
                Line("prmt.b32", Result(value), Register(x[0]), "0", "0x4140");
                return true;
            case IrOp.WidenSignedBytes:
                Line("prmt.b32", Result(value), Register(x[0]), "0", "0x9180");     // 8 more: the byte's sign eight times
                return true;
            case IrOp.AddPairs:
                EmitAddPairs(value);
                return true;
            case IrOp.DotPairs:
                EmitDotPairs(value);
                return true;
            case IrOp.DotQuads or IrOp.DotUnsignedQuads:
                Line(value.Op == IrOp.DotQuads ? "dp4a.s32.s32" : "dp4a.u32.s32", Result(value), Register(x[0]), Register(x[1]), Operand(x[2]));
                return true;
            case IrOp.MultiplyQuads:
                EmitMultiplyQuads(value);
                return true;
            default:
                return false;
        }
    }

    // The top bits are added without their carry, which would spill into the neighbour.
    private void EmitAddPairs(IrValue value)
    {
        string a = Register(value.Operands[0]), b = Register(value.Operands[1]);
        string lowA = New(RegisterClass.Int), lowB = New(RegisterClass.Int), sum = New(RegisterClass.Int), tops = New(RegisterClass.Int), top = New(RegisterClass.Int);
        Line("and.b32", lowA, a, "0x7FFF7FFF");
        Line("and.b32", lowB, b, "0x7FFF7FFF");
        Line("add.s32", sum, lowA, lowB);
        Line("xor.b32", tops, a, b);
        Line("and.b32", top, tops, "0x80008000");
        Line("xor.b32", Result(value), sum, top);
    }

    // A pair made of two bytes is what dp2a reads by itself: the lower or the upper two of a register.
    private static (IrValue Pair, IrValue Bytes, string Operation)? ByteDot(IrValue value)
    {
        for (int side = 0; side < 2; side++)
        {
            IrValue widened = value.Operands[side];
            if (widened.Op is not (IrOp.WidenBytes or IrOp.WidenSignedBytes))
                continue;
            string type = widened.Op == IrOp.WidenBytes ? "u32" : "s32";
            IrValue bytes = widened.Operands[0];
            return bytes is { Op: IrOp.Shr or IrOp.ShrU, Operands: [_, { Op: IrOp.Constant, Immediate: 16 }] }
                ? (value.Operands[1 - side], bytes.Operands[0], $"dp2a.hi.s32.{type}")
                : (value.Operands[1 - side], bytes, $"dp2a.lo.s32.{type}");
        }
        return null;
    }

    private static IEnumerable<IrValue> DotOperands(IrValue value) =>
        ByteDot(value) is { } dot ? [dot.Pair, dot.Bytes, value.Operands[2]] : value.Operands;

    private void EmitDotPairs(IrValue value)
    {
        string sum = Register(value.Operands[2]);
        if (ByteDot(value) is { } dot)
        {
            Line(dot.Operation, Result(value), Register(dot.Pair), Register(dot.Bytes), sum);
            return;
        }
        string a0 = New(RegisterClass.Short), a1 = New(RegisterClass.Short), b0 = New(RegisterClass.Short), b1 = New(RegisterClass.Short), low = New(RegisterClass.Int);
        Line("mov.b32", $"{{{a0}, {a1}}}", Register(value.Operands[0]));
        Line("mov.b32", $"{{{b0}, {b1}}}", Register(value.Operands[1]));
        Line("mad.wide.s16", low, a0, b0, sum);
        Line("mad.wide.s16", Result(value), a1, b1, low);
    }

    private void EmitMultiplyQuads(IrValue value)
    {
        string unsigned = Register(value.Operands[0]), signed = Register(value.Operands[1]);
        Span<string> saturated = [New(RegisterClass.Short), New(RegisterClass.Short)];
        for (int i = 0; i < 2; i++)
        {
            string half = New(RegisterClass.Int), sum = New(RegisterClass.Int);
            Line("and.b32", half, unsigned, i == 0 ? "0x0000FFFF" : "0xFFFF0000");
            Line("dp4a.u32.s32", sum, half, signed, "0");
            Line("cvt.sat.s16.s32", saturated[i], sum);
        }
        Line("mov.b32", Result(value), $"{{{saturated[0]}, {saturated[1]}}}");
    }
}
