using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>System.Math, System.MathF and the same functions as static members of the number types.</summary>
internal static class MathIntrinsics
{
    private static readonly string[] s_floatOwners = ["System.Math", "System.MathF", "System.Single", "System.Double"];
    private static readonly string[] s_integerOwners = ["System.Math", "System.SByte", "System.Byte", "System.Int16", "System.UInt16", "System.Int32", "System.UInt32", "System.Int64", "System.UInt64"];

    public static void AddTo(Dictionary<string, Intrinsic> table)
    {
        foreach (string owner in s_floatOwners)
        {
            foreach (IrOp op in new[] { IrOp.Sqrt, IrOp.Exp, IrOp.Exp2, IrOp.Log2, IrOp.Log10, IrOp.Sin, IrOp.Cos, IrOp.Tan, IrOp.Asin, IrOp.Acos, IrOp.Atan,
                IrOp.Sinh, IrOp.Cosh, IrOp.Tanh, IrOp.Floor, IrOp.Ceiling, IrOp.Truncate, IrOp.Abs })
            {
                table[$"{owner}.{op}"] = Unary(op);
            }
            table[owner + ".Log"] = Log;
            table[owner + ".FusedMultiplyAdd"] = call => Emit(call, IrOp.Fma, 3);
            table[owner + ".Pow"] = call => Emit(call, IrOp.Pow, 2);
            table[owner + ".Atan2"] = call => Emit(call, IrOp.Atan2, 2);
            table[owner + ".CopySign"] = call => Emit(call, IrOp.CopySign, 2);
            table[owner + ".IEEERemainder"] = call => Emit(call, IrOp.IeeeRemainder, 2);
            table[owner + ".Ieee754Remainder"] = table[owner + ".IEEERemainder"];
            table[owner + ".ReciprocalEstimate"] = Unary(IrOp.Rcp);
            table[owner + ".ReciprocalSqrtEstimate"] = Unary(IrOp.Rsqrt);
            table[owner + ".Round"] = Round;
            table[owner + ".Min"] = call => Extreme(call, IrOp.Min, IrOp.MinU);
            table[owner + ".Max"] = call => Extreme(call, IrOp.Max, IrOp.MaxU);
            table[owner + ".Clamp"] = Clamp;
            table[owner + ".Sign"] = Sign;
            table[owner + ".IsNaN"] = call => Test(call, IrOp.IsNaN);
            table[owner + ".IsInfinity"] = call => Test(call, IrOp.IsInfinity);
            table[owner + ".IsFinite"] = call => Test(call, IrOp.IsFinite);
            table[owner + ".SinCos"] = SinCos;
        }
        foreach (string owner in s_integerOwners)
        {
            table[owner + ".Min"] = call => Extreme(call, IrOp.Min, IrOp.MinU);
            table[owner + ".Max"] = call => Extreme(call, IrOp.Max, IrOp.MaxU);
            table[owner + ".Clamp"] = Clamp;
            table[owner + ".Abs"] = Unary(IrOp.Abs);
            table[owner + ".Sign"] = Sign;
            table[owner + ".CopySign"] = call => call.Number(0).Type.IsFloat() ? Emit(call, IrOp.CopySign, 2) : IntegerCopySign(call);
        }
        foreach (string type in new[] { "Algorithms.XMath", "IntrinsicMath" })
        {
            foreach (IrOp op in new[] { IrOp.Rcp, IrOp.Rsqrt, IrOp.Exp2, IrOp.Log2, IrOp.Abs, IrOp.Sqrt, IrOp.Exp, IrOp.Sin, IrOp.Cos, IrOp.Tan, IrOp.Asin, IrOp.Acos, IrOp.Atan,
                IrOp.Sinh, IrOp.Cosh, IrOp.Tanh, IrOp.Floor, IrOp.Ceiling, IrOp.Truncate, IrOp.Log10 })
            {
                table[$"ILGPU.{type}.{op}"] = Unary(op);
            }
            table[$"ILGPU.{type}.Min"] = call => Extreme(call, IrOp.Min, IrOp.MinU);
            table[$"ILGPU.{type}.Max"] = call => Extreme(call, IrOp.Max, IrOp.MaxU);
            table[$"ILGPU.{type}.Clamp"] = Clamp;
            table[$"ILGPU.{type}.RoundToEven"] = Unary(IrOp.RoundEven);
            table[$"ILGPU.{type}.RoundAwayFromZero"] = Unary(IrOp.RoundAway);
        }
    }

    private static Intrinsic Unary(IrOp op) => call => call.Arguments[0].Layout is not null
        ? call.Translator.Inline(call)
        : new(call.Ir.Emit(op, call.Number(0).Type, call.Number(0)));

    private static StackValue? Emit(IntrinsicCall call, IrOp op, int operands)
    {
        IrValue first = call.Number(0);
        return operands == 2
            ? new(call.Ir.Emit(op, first.Type, first, call.Number(1)))
            : new(call.Ir.Emit(op, first.Type, first, call.Number(1), call.Number(2)));
    }

    private static StackValue? Test(IntrinsicCall call, IrOp op) => new(call.Ir.Emit(op, IrType.Bool, call.Number(0)));

    private static StackValue? Log(IntrinsicCall call)
    {
        IrBuilder ir = call.Ir;
        IrValue value = call.Number(0);
        if (call.Arguments.Length == 1)
            return new(ir.Emit(IrOp.Log, value.Type, value));
        return call.Translator.Inline(call);    // the library's own special cases
    }

    private static bool IsUnsigned(Type type) => Type.GetTypeCode(type) is TypeCode.UInt32 or TypeCode.UInt64 || type == typeof(nuint);

    private static StackValue? Extreme(IntrinsicCall call, IrOp signed, IrOp unsigned)
    {
        if (call.Arguments[0].Layout is not null)
            return call.Translator.Inline(call);
        return Emit(call, IsUnsigned(call.ParameterType(0)) ? unsigned : signed, 2);
    }

    // value < min ? min : value > max ? max : value, which keeps NaN. The library's check of min <= max is dropped.
    private static StackValue? Clamp(IntrinsicCall call)
    {
        IrBuilder ir = call.Ir;
        IrValue value = call.Number(0), min = call.Number(1), max = call.Number(2);
        if (!value.Type.IsFloat())
        {
            bool isUnsigned = IsUnsigned(call.ParameterType(0));
            return new(ir.Emit(isUnsigned ? IrOp.MinU : IrOp.Min, value.Type, ir.Emit(isUnsigned ? IrOp.MaxU : IrOp.Max, value.Type, value, min), max));
        }
        IrValue upper = ir.Emit(IrOp.Select, value.Type, ir.Compare(ComparePredicate.Gt, value, max), max, value);
        return new(ir.Emit(IrOp.Select, value.Type, ir.Compare(ComparePredicate.Lt, value, min), min, upper));
    }

    private static StackValue? Sign(IntrinsicCall call)
    {
        IrBuilder ir = call.Ir;
        IrValue value = call.Number(0), zero = ir.Zero(value.Type);
        IrValue positive = ir.Emit(IrOp.BoolToInt, IrType.I32, ir.Compare(ComparePredicate.Gt, value, zero));
        IrValue negative = ir.Emit(IrOp.BoolToInt, IrType.I32, ir.Compare(ComparePredicate.Lt, value, zero));
        return new(ir.Emit(IrOp.Sub, IrType.I32, positive, negative));
    }

    private static StackValue? IntegerCopySign(IntrinsicCall call)
    {
        IrBuilder ir = call.Ir;
        IrValue value = call.Number(0), magnitude = ir.Emit(IrOp.Abs, value.Type, value);
        IrValue negative = ir.Compare(ComparePredicate.Lt, call.Number(1), ir.Zero(value.Type));
        return new(ir.Emit(IrOp.Select, value.Type, negative, ir.Emit(IrOp.Neg, value.Type, magnitude), magnitude));
    }

    private static StackValue? SinCos(IntrinsicCall call)
    {
        IrValue value = call.Number(0);
        return new(TypeLayout.For(call.ResultType), [call.Ir.Emit(IrOp.Sin, value.Type, value), call.Ir.Emit(IrOp.Cos, value.Type, value)]);
    }

    private static StackValue? Round(IntrinsicCall call)
    {
        IrValue value = call.Number(0);
        if (call.Arguments.Length == 1)
            return new(call.Ir.Emit(IrOp.RoundEven, value.Type, value));
        if (call.Arguments.Length == 2 && call.ParameterType(1) == typeof(MidpointRounding) && call.Number(1) is { Op: IrOp.Constant } mode)
        {
            IrOp? op = (MidpointRounding)mode.Immediate switch
            {
                MidpointRounding.ToEven => IrOp.RoundEven,
                MidpointRounding.AwayFromZero => IrOp.RoundAway,
                MidpointRounding.ToZero => IrOp.Truncate,
                MidpointRounding.ToNegativeInfinity => IrOp.Floor,
                MidpointRounding.ToPositiveInfinity => IrOp.Ceiling,
                _ => null,
            };
            if (op is not null)
                return new(call.Ir.Emit(op.Value, value.Type, value));
        }
        throw call.Translator.Refuse("it rounds to a number of digits or in a mode chosen at run time", "scale, round with a constant mode, and scale back");
    }
}
