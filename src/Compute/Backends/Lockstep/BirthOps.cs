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
            && value.Op is not (IrOp.Load or IrOp.Phi or IrOp.Select or IrOp.Bitcast or IrOp.HalfToFloat);
        if (!(options.NaNs || options.Infinities))
            return null;
        if (value.Op == IrOp.FloatToHalf && options.Infinities)
            return (delegate*<LockstepWarp, Instruction*, void>)&WatchHalf;
        if (value.Op == IrOp.Atomic && (AtomicOperation)value.Immediate == AtomicOperation.Add && value.Type.IsFloat())
            return value.Type == IrType.F32 ? (delegate*<LockstepWarp, Instruction*, void>)&WatchSum<float> : (delegate*<LockstepWarp, Instruction*, void>)&WatchSum<double>;
        if (!computes)
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
            throw Born<T>(warp, i, lane, value.Op == IrOp.FloatTruncate ? "Conversion to float" : value.Op.ToString(), operands, isNaN, T.IsNegative(result[lane]));
        }
    }

    // A half beyond 65504 is infinite.
    private static void WatchHalf(LockstepWarp warp, Instruction* i)
    {
        ((delegate*<LockstepWarp, Instruction*, void>)i->Watched)(warp, i);
        float* from = (float*)(warp.Registers + i->A);
        int* half = (int*)(warp.Registers + i->Result);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            if ((half[lane] & 0x7FFF) == 0x7C00 && float.IsFinite(from[lane]))
                throw Born<float>(warp, i, lane, "Conversion to Half", [from[lane]], false, from[lane] < 0);
        }
    }

    // What an atomic addition gives is the old value; lanes add one after the other.
    private static void WatchSum<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ((delegate*<LockstepWarp, Instruction*, void>)i->Watched)(warp, i);
        LockstepOptions options = warp.Group.Program.Options;
        T* added = (T*)(warp.Registers + i->B), old = (T*)(warp.Registers + i->Result);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            T sum = old[lane] + added[lane];
            bool isNaN = T.IsNaN(sum) && !T.IsNaN(old[lane]) && !T.IsNaN(added[lane]);
            bool isInfinite = T.IsInfinity(sum) && T.IsFinite(old[lane]) && T.IsFinite(added[lane]);
            if ((isNaN && options.NaNs) || (isInfinite && options.Infinities))
                throw Born<T>(warp, i, lane, "Atomic.Add", [Convert.ToDouble(old[lane], null), Convert.ToDouble(added[lane], null)], isNaN, T.IsNegative(sum));
        }
    }

    private static KernelFaultException Born<T>(LockstepWarp warp, Instruction* i, int lane, string operation, double[] operands, bool isNaN, bool isNegative)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool isSingle = typeof(T) == typeof(float) && operands.All(operand => (float)operand == operand || !double.IsFinite(operand));
        string inputs = string.Join(" and ", operands.Select(operand => isSingle ? FormattableString.Invariant($"{(float)operand}") : FormattableString.Invariant($"{operand}")));
        return warp.Fault(lane, i, FormattableString.Invariant($"{operation} of {inputs} gives {(isNaN ? "NaN" : isNegative ? "-infinity" : "infinity")}")).With(KernelFaultKind.NotFinite);
    }
}
