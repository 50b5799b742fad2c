using static GemmaIlgpu.Compute.Ir.IrOp;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Which operations may run where the program did not ask for them.</summary>
internal static class Speculation
{
    /// <summary>True for pure operations that cannot fault: no memory, no other lanes, no division by an unknown integer.</summary>
    public static bool IsSafe(IrValue value)
    {
        if (value.HasSideEffect || value.IsConvergent || value.Op is Load or Phi)
            return false;
        return !CanFault(value);
    }

    /// <summary>True for divisions by an unknown integer.</summary>
    public static bool CanFault(IrValue value) => value.Op is Div or DivU or Rem or RemU && value.Type.IsInteger()
        && !(value.Operands[1].Op == Constant && value.Operands[1].Immediate is not (0 or -1));

    /// <summary>True for operations that make floats of floats, whose results somebody may want to look at where the program asks for them.</summary>
    public static bool IsFloatArithmetic(IrValue value) => value.Operands.Exists(operand => operand.Type.IsFloat()) && value.Op is not (Compare or Select or Bitcast);

    /// <summary>True for operations of about one cycle, worth doing to save a branch.</summary>
    public static bool IsCheap(IrValue value) => IsSafe(value) && value.Op switch
    {
        Add or Sub or Mul or And or Or or Xor or Not or Neg or Shl or Shr or ShrU or Min or Max or MinU or MaxU or Abs or Fma => true,
        WidenBytes or WidenSignedBytes or DotPairs or AddPairs or MultiplyQuads or DotQuads or DotUnsignedQuads => true,
        Compare or Select or SignExtend8 or SignExtend16 or ZeroExtend8 or ZeroExtend16 or SignExtend or ZeroExtend or Truncate64 => true,
        FloatTruncate or FloatExtend or SignedToFloat or Bitcast or BoolToInt or Address or CopySign or IsNaN or IsInfinity or IsFinite => true,
        _ => IrBuilder.IsLeaf(value.Op),
    };
}
