using static GemmaIlgpu.Compute.Ir.IrOp;

namespace GemmaIlgpu.Compute.Ir.Passes;

internal static partial class Folding
{
    private static IrValue? FoldConversion(IrBuilder ir, IrValue value)
    {
        IrValue x = value.Operands[0];
        switch (value.Op)
        {
            case SignExtend8 or SignExtend16 or ZeroExtend8 or ZeroExtend16:
                if (FitsAlready(x, value.Op))
                    return x;
                // Only the last of two extensions counts when it keeps no more bits.
                if (x.Op is SignExtend8 or ZeroExtend8 || (x.Op is SignExtend16 or ZeroExtend16 && value.Op is SignExtend16 or ZeroExtend16)
                    || (x.Op is SignExtend16 or ZeroExtend16 && value.Op is SignExtend8 or ZeroExtend8))
                {
                    if (x.Op is SignExtend16 or ZeroExtend16 || value.Op is SignExtend8 or ZeroExtend8)
                        return ir.Emit(value.Op, IrType.I32, x.Operands[0]);
                }
                return null;
            case Truncate64:
                return x.Op is SignExtend or ZeroExtend ? x.Operands[0] : null;
            case SignExtend when IsNonNegative(x) && x.Op is ZeroExtend8 or ZeroExtend16:
                return ir.Emit(ZeroExtend, IrType.I64, x);
            case FloatTruncate:
                return x.Op switch
                {
                    FloatExtend => x.Operands[0],
                    // A 32-bit integer is exact in binary64, so that one rounding remains.
                    SignedToFloat or UnsignedToFloat when x.Operands[0].Type == IrType.I32 => ir.Emit(x.Op, IrType.F32, x.Operands[0]),
                    _ => null,
                };
            case Bitcast when x.Op == Bitcast && x.Operands[0].Type == value.Type:
                return x.Operands[0];
            case PointerToInt when x.Op == IntToPointer:
                return x.Operands[0];
            default:
                return null;
        }
    }

    /// <summary>True when extending from 8 or 16 bits changes nothing.</summary>
    private static bool FitsAlready(IrValue x, IrOp extension)
    {
        if (extension == ZeroExtend8 || extension == ZeroExtend16)
            return IsUnsignedBelow(x, extension == ZeroExtend8 ? 0xFF : 0xFFFF);
        bool fits8 = x.Op is SignExtend8 or BoolToInt || (x.Op == Load && x.Memory == MemoryType.I8);
        if (extension == SignExtend8)
            return fits8;
        return fits8 || x.Op is SignExtend16 or ZeroExtend8 || (x.Op == Load && x.Memory is MemoryType.I16 or MemoryType.U8);
    }
}
