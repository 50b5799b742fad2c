using System.Numerics;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Finds the operation in which a NaN or an infinity comes into being: its operands had none.</summary>
internal static unsafe class BirthOps
{
    /// <summary>The code that looks at the result of an operation; null if nobody wants to know or nothing can come of it.</summary>
    public static void* Find(IrValue value, LockstepOptions options)
    {
        bool computes = value.Type.IsFloat() && value.Operands.Count > 0 && !value.HasSideEffect && !value.IsConvergent
            && value.Op is not (IrOp.Load or IrOp.Phi or IrOp.Select or IrOp.Bitcast);
        if (!computes || !(options.NaNs || options.Infinities))
            return null;
        return value.Type == IrType.F32 ? (delegate*<LockstepWarp, Instruction*, void>)&Watch<float> : (delegate*<LockstepWarp, Instruction*, void>)&Watch<double>;
    }

    private static void Watch<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ((delegate*<LockstepWarp, Instruction*, void>)i->Watched)(warp, i);
        LockstepProgram program = warp.Group.Program;
        T* result = (T*)(warp.Registers + i->Result);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            if (T.IsFinite(result[lane]))
                continue;
            bool isNaN = T.IsNaN(result[lane]);
            if (!(isNaN ? program.Options.NaNs : program.Options.Infinities))
                continue;
            IrValue value = program.Values[i->Index]!;
            double[] operands = [.. value.Operands.Where(operand => operand.Type.IsFloat())
                .Select(operand => Convert.ToDouble(ExchangeOps.ReadBoxed(warp, operand, lane), null))];
            // A NaN among the operands is older; so is an infinity, which may well become a NaN.
            if (operands.Any(double.IsNaN) || (!isNaN && operands.Any(double.IsInfinity)))
                continue;
            string inputs = string.Join(" and ", operands.Select(operand => FormattableString.Invariant($"{operand}")));
            throw warp.Fault(lane, i, FormattableString.Invariant($"{value.Op} of {inputs} gives {(isNaN ? "NaN" : T.IsNegative(result[lane]) ? "-infinity" : "infinity")}"));
        }
    }
}
