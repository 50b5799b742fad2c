using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Ptx;

// Functions that are one or a few instructions; the others were written out before.
internal sealed partial class PtxEmitter
{
    private bool EmitFunction(IrValue value)
    {
        if (value.Operands.Count == 0 || !value.Operands[0].Type.IsFloat())
            return false;
        IrValue x = value.Operands[0];
        string type = SignedType(x.Type);
        bool isFast = IsFast && x.Type == IrType.F32;
        switch (value.Op)
        {
            case IrOp.Sqrt:
                Line(isFast ? "sqrt.approx.ftz.f32" : "sqrt.rn" + type, Result(value), Register(x));
                return true;
            case IrOp.Rcp:
                Line(isFast ? "rcp.approx.ftz.f32" : "rcp.rn" + type, Result(value), Register(x));
                return true;
            case IrOp.Rsqrt when isFast:
                Line("rsqrt.approx.ftz.f32", Result(value), Register(x));
                return true;
            case IrOp.Rsqrt:
                string root = _registers.New(value);
                Line("sqrt.rn" + type, root, Register(x));
                Line("rcp.rn" + type, Result(value), root);
                return true;
            case IrOp.Floor or IrOp.Ceiling or IrOp.Truncate or IrOp.RoundEven:
                string rounding = value.Op switch { IrOp.Floor => "rmi", IrOp.Ceiling => "rpi", IrOp.Truncate => "rzi", _ => "rni" };
                Line($"cvt.{rounding}{type}{type}", Result(value), Register(x));
                return true;
            case IrOp.CopySign:
                Line("copysign" + type, Result(value), Register(value.Operands[1]), Register(x));
                return true;
            case IrOp.IsNaN:
                Line("setp.nan" + type, Result(value), Register(x), Register(x));
                return true;
            case IrOp.IsInfinity or IrOp.IsFinite:
                string magnitude = _registers.New(x), infinity = x.Type == IrType.F32 ? "0f7F800000" : "0d7FF0000000000000";
                Line("abs" + type, magnitude, Register(x));
                Line((value.Op == IrOp.IsInfinity ? "setp.eq" : "setp.lt") + type, Result(value), magnitude, infinity);
                return true;
            case IrOp.Exp2 when isFast:
                Line("ex2.approx.ftz.f32", Result(value), Register(x));
                return true;
            case IrOp.Log2 when isFast:
                Line("lg2.approx.ftz.f32", Result(value), Register(x));
                return true;
            case IrOp.Sin or IrOp.Cos when isFast:
                Line(value.Op == IrOp.Sin ? "sin.approx.ftz.f32" : "cos.approx.ftz.f32", Result(value), Register(x));
                return true;
            case IrOp.Tanh when isFast && target.Capability >= 75:
                _module.Require(70);
                Line("tanh.approx.f32", Result(value), Register(x));
                return true;
            default:
                return false;
        }
    }
}
