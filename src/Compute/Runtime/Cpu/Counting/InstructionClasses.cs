using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Classes and floating-point operations of the IR's operations.</summary>
internal static class InstructionClasses
{
    /// <summary>Counts an operation.</summary>
    public static void Count(InstructionCounts counts, IrValue value)
    {
        bool isFloat = value.Operands.Count > 0 && value.Operands[0].Type.IsFloat();
        switch (value.Op)
        {
            case IrOp.Load or IrOp.Store or IrOp.Atomic or IrOp.AtomicCompareExchange:
                counts.Memory++;
                break;
            case IrOp.Barrier or IrOp.BarrierReduce or IrOp.GroupBroadcast or IrOp.WarpBarrier or IrOp.Shuffle or IrOp.WarpBroadcast or IrOp.MemoryFence:
                counts.Exchange++;
                break;
            case IrOp.Select:
                counts.Select++;
                break;
            case >= IrOp.SignExtend8 and <= IrOp.IntToPointer:
                counts.Conversion++;
                break;
            case IrOp.Print or IrOp.Check or IrOp.AlignedPointer:
                break;
            default:
                if (!isFloat)
                    counts.Integer++;
                else if (IsSpecial(value.Op))
                    counts.Special++;
                else
                    counts.Float++;
                break;
        }
    }

    /// <summary>The floating-point operations of one lane.</summary>
    public static int FlopsOf(IrValue value)
    {
        if (!value.Type.IsFloat())
            return 0;
        return value.Op switch
        {
            IrOp.Fma => 2,
            IrOp.Add or IrOp.Sub or IrOp.Mul => 1,
            IrOp.Atomic => (AtomicOperation)value.Immediate == AtomicOperation.Add ? 1 : 0,
            IrOp.Floor or IrOp.Ceiling or IrOp.Truncate or IrOp.RoundEven or IrOp.RoundAway or IrOp.CopySign => 0,
            _ => IsSpecial(value.Op) && value.Operands[0].Type.IsFloat() ? 1 : 0,
        };
    }

    private static bool IsSpecial(IrOp op) => op is IrOp.Div or IrOp.Rem or IrOp.Pow or IrOp.Atan2 or IrOp.IeeeRemainder or (>= IrOp.Sqrt and <= IrOp.Tanh);
}
