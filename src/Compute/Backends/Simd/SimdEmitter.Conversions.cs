using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Vector code for conversions between types.
internal sealed partial class SimdEmitter
{
    private bool EmitVectorConversion(IrValue value)
    {
        IrValue source = value.Operands[0];
        void Convert(string name, Type argument, bool unsignedResult = false) => EachPart(value, part =>
        {
            PushVector(source, part);
            As(Element(source.Type), argument);
            _code.Call(_isa.Method(name, _isa.Vector(argument)));
            if (unsignedResult)
                As(value.Type == IrType.I32 ? typeof(uint) : typeof(ulong), Element(value.Type));
        });
        void Widen(Type argument, Type wide, string? then = null) => EachPart(value, part =>
        {
            PushVector(source, 0);
            As(Element(source.Type), argument);
            _code.Call(_isa.Method(part == 0 ? "WidenLower" : "WidenUpper", _isa.Vector(argument)));
            if (then is not null)
                _code.Call(_isa.Method(then, _isa.Vector(wide)));
            else
                As(wide, Element(value.Type));
        });
        void Narrow(Type wide)
        {
            PushVector(source, 0);
            PushVector(source, 1);
            Vector("Narrow", wide, 2);
            _code.Store(VectorLocal(value, 0));
        }
        void Extend(int bits, bool signed)
        {
            PushVector(source, 0);
            _code.Int(32 - bits);
            _code.Call(_isa.Method("ShiftLeft", _isa.Vector(typeof(int)), typeof(int)));
            _code.Int(32 - bits);
            _code.Call(_isa.Method(signed ? "ShiftRightArithmetic" : "ShiftRightLogical", _isa.Vector(typeof(int)), typeof(int)));
            _code.Store(VectorLocal(value, 0));
        }
        switch (value.Op, source.Type, value.Type)
        {
            case (IrOp.SignExtend8, _, _): Extend(8, true); return true;
            case (IrOp.SignExtend16, _, _): Extend(16, true); return true;
            case (IrOp.ZeroExtend8, _, _): Extend(8, false); return true;
            case (IrOp.ZeroExtend16, _, _): Extend(16, false); return true;
            case (IrOp.SignExtend, _, _): Widen(typeof(int), typeof(long)); return true;
            case (IrOp.ZeroExtend, _, _): Widen(typeof(uint), typeof(ulong)); return true;
            case (IrOp.Truncate64, _, _): Narrow(typeof(long)); return true;
            case (IrOp.FloatTruncate, _, _): Narrow(typeof(double)); return true;
            case (IrOp.FloatExtend, _, _): Widen(typeof(float), typeof(double)); return true;
            case (IrOp.SignedToFloat, IrType.I32, IrType.F32): Convert("ConvertToSingle", typeof(int)); return true;
            case (IrOp.UnsignedToFloat, IrType.I32, IrType.F32): Convert("ConvertToSingle", typeof(uint)); return true;
            case (IrOp.SignedToFloat, IrType.I64, IrType.F64): Convert("ConvertToDouble", typeof(long)); return true;
            case (IrOp.UnsignedToFloat, IrType.I64, IrType.F64): Convert("ConvertToDouble", typeof(ulong)); return true;
            case (IrOp.SignedToFloat, IrType.I32, IrType.F64): Widen(typeof(int), typeof(long), "ConvertToDouble"); return true;
            case (IrOp.UnsignedToFloat, IrType.I32, IrType.F64): Widen(typeof(uint), typeof(ulong), "ConvertToDouble"); return true;
            case (IrOp.FloatToSigned, IrType.F32, IrType.I32): Convert("ConvertToInt32", typeof(float)); return true;
            case (IrOp.FloatToUnsigned, IrType.F32, IrType.I32): Convert("ConvertToUInt32", typeof(float), true); return true;
            case (IrOp.FloatToSigned, IrType.F64, IrType.I64): Convert("ConvertToInt64", typeof(double)); return true;
            case (IrOp.FloatToUnsigned, IrType.F64, IrType.I64): Convert("ConvertToUInt64", typeof(double), true); return true;
            case (IrOp.Bitcast, _, _):
                EachPart(value, part =>
                {
                    PushVector(source, part);
                    As(Element(source.Type), Element(value.Type));
                });
                return true;
            case (IrOp.BoolToInt, _, _):
                PushVector(source, 0);
                Vector("Negate", typeof(int), 1);
                _code.Store(VectorLocal(value, 0));
                return true;
            case (IrOp.PointerToInt or IrOp.IntToPointer, _, _):
                EachPart(value, part => PushVector(source, part));
                return true;
            default:
                return false;
        }
    }
}
