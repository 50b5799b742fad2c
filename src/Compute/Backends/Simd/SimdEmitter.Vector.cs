using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Vector code for varying values.
internal sealed partial class SimdEmitter
{
    private const int SlotBytes = 128;

    // Operations that are one method on vectors, same type in and out.
    private static readonly Dictionary<IrOp, string> s_direct = new()
    {
        [IrOp.Add] = "Add", [IrOp.Sub] = "Subtract", [IrOp.Mul] = "Multiply", [IrOp.Neg] = "Negate",
        [IrOp.And] = "BitwiseAnd", [IrOp.Or] = "BitwiseOr", [IrOp.Xor] = "Xor", [IrOp.Not] = "OnesComplement",
        [IrOp.Min] = "Min", [IrOp.Max] = "Max",
    };

    private static readonly Dictionary<IrOp, string> s_directFloat = new()
    {
        [IrOp.Div] = "Divide", [IrOp.Sqrt] = "Sqrt", [IrOp.Abs] = "Abs", [IrOp.Exp] = "Exp", [IrOp.Log] = "Log", [IrOp.Log2] = "Log2",
        [IrOp.Sin] = "Sin", [IrOp.Cos] = "Cos", [IrOp.Floor] = "Floor", [IrOp.Ceiling] = "Ceiling", [IrOp.Truncate] = "Truncate",
        [IrOp.RoundEven] = "Round", [IrOp.CopySign] = "CopySign", [IrOp.Fma] = "FusedMultiplyAdd",
    };

    private void EmitVector(IrValue value)
    {
        List<IrValue> operands = value.Operands;
        IrType type = value.Type;
        Type element = Element(type);
        if (s_direct.TryGetValue(value.Op, out string? name) || (type.IsFloat() && s_directFloat.TryGetValue(value.Op, out name)))
        {
            EachPart(value, part =>
            {
                operands.ForEach(operand => PushVector(operand, part));
                Vector(name, element, operands.Count);
            });
            return;
        }
        switch (value.Op)
        {
            case IrOp.GroupIndex:
                PushState(nameof(WarpState.LaneIndices), OpCodes.Ldind_I);
                _code.Int(4 * _isa.Lanes * (int)value.Immediate);
                _code.Op(OpCodes.Add);
                _code.Call(_isa.Method("Load", typeof(int*)));
                _code.Store(VectorLocal(value, 0));
                return;
            case IrOp.Load:
                EmitVectorLoad(value);
                return;
            case IrOp.Address:
                EmitVectorAddress(value);
                return;
            case IrOp.Compare:
                EmitVectorCompare(value);
                return;
            case IrOp.Select:
                EmitVectorSelect(value);
                return;
            case IrOp.Abs:      // integers: a device wraps where Math.Abs would throw, and so does the vector method
                EachPart(value, part =>
                {
                    PushVector(operands[0], part);
                    Vector("Abs", element, 1);
                });
                return;
            case IrOp.MinU or IrOp.MaxU:
                Type unsigned = element == typeof(int) ? typeof(uint) : typeof(ulong);
                EachPart(value, part =>
                {
                    foreach (IrValue operand in operands)
                    {
                        PushVector(operand, part);
                        As(element, unsigned);
                    }
                    Vector(value.Op == IrOp.MinU ? "Min" : "Max", unsigned, 2);
                    As(unsigned, element);
                });
                return;
            case IrOp.Rcp or IrOp.Rsqrt:
                EachPart(value, part =>
                {
                    PushOne(type);
                    _code.Call(_isa.Method("Create", element));
                    PushVector(operands[0], part);
                    if (value.Op == IrOp.Rsqrt)
                        Vector("Sqrt", element, 1);
                    Vector("Divide", element, 2);
                });
                return;
            case IrOp.IsNaN or IrOp.IsInfinity or IrOp.IsFinite:
                EmitMask(value, operands[0].Type, part =>
                {
                    PushVector(operands[0], part);
                    Vector(value.Op.ToString(), Element(operands[0].Type), 1);
                });
                return;
            case IrOp.Shl or IrOp.Shr or IrOp.ShrU:
                EmitVectorShift(value);
                return;
            case IrOp.Div or IrOp.DivU or IrOp.Rem or IrOp.RemU when type.IsInteger():
                EmitLaneByLane(value, guardDivisor: true);
                return;
            default:
                if (!EmitVectorConversion(value))
                    EmitLaneByLane(value, guardDivisor: false);
                return;
        }
    }

    private void EachPart(IrValue value, Action<int> push)
    {
        for (int part = 0; part < Parts(value.Type); part++)
        {
            push(part);
            _code.Store(VectorLocal(value, part));
        }
    }

    // Stores the mask that push leaves for elements of the compared type, narrowed to 32 bits a lane.
    private void EmitMask(IrValue value, IrType compared, Action<int> push)
    {
        Type element = Element(compared);
        push(0);
        if (Parts(compared) == 2)
        {
            As(element, typeof(long));
            push(1);
            As(element, typeof(long));
            Vector("Narrow", typeof(long), 2);
        }
        else
        {
            As(element, typeof(int));
        }
        _code.Store(VectorLocal(value, 0));
    }

    private void EmitVectorCompare(IrValue value)
    {
        var predicate = (ComparePredicate)value.Immediate;
        IrType type = value.Operands[0].Type;
        Type element = Element(type);
        bool isFloat = type.IsFloat();
        bool unordered = predicate >= ComparePredicate.LtU;
        Type compareAs = unordered && !isFloat ? (element == typeof(int) ? typeof(uint) : typeof(ulong)) : element;
        // "Less or unordered" is the opposite of "greater or equal".
        (string name, bool invert) = predicate switch
        {
            ComparePredicate.Eq => ("Equals", false),
            ComparePredicate.Ne => ("Equals", true),
            ComparePredicate.Lt => ("LessThan", false),
            ComparePredicate.Le => ("LessThanOrEqual", false),
            ComparePredicate.Gt => ("GreaterThan", false),
            ComparePredicate.Ge => ("GreaterThanOrEqual", false),
            ComparePredicate.LtU => isFloat ? ("GreaterThanOrEqual", true) : ("LessThan", false),
            ComparePredicate.LeU => isFloat ? ("GreaterThan", true) : ("LessThanOrEqual", false),
            ComparePredicate.GtU => isFloat ? ("LessThanOrEqual", true) : ("GreaterThan", false),
            _ => isFloat ? ("LessThan", true) : ("GreaterThanOrEqual", false),
        };
        EmitMask(value, type, part =>
        {
            foreach (IrValue operand in value.Operands)
            {
                PushVector(operand, part);
                As(element, compareAs);
            }
            Vector(name, compareAs, 2);
            if (invert)
                Vector("OnesComplement", compareAs, 1);
            As(compareAs, element);
        });
    }

    private void EmitVectorSelect(IrValue value)
    {
        IrValue condition = value.Operands[0];
        if (IsUniform(condition))
        {
            Label otherwise = _code.NewLabel($"select{value.Id}_else"), end = _code.NewLabel($"select{value.Id}_end");
            PushScalar(condition);
            _code.Jump(OpCodes.Brfalse, otherwise);
            EachPart(value, part => PushVector(value.Operands[1], part));
            _code.Jump(OpCodes.Br, end);
            _code.Mark(otherwise);
            EachPart(value, part => PushVector(value.Operands[2], part));
            _code.Mark(end);
            return;
        }
        EachPart(value, part =>
        {
            PushVector(condition, 0);
            MaskAs(value.Type, part);
            PushVector(value.Operands[1], part);
            PushVector(value.Operands[2], part);
            Vector("ConditionalSelect", Element(value.Type), 3);
        });
    }

    private void EmitVectorShift(IrValue value)
    {
        IrValue count = value.Operands[1];
        Type element = Element(value.Type);
        int mask = value.Type == IrType.I64 ? 63 : 31;
        if (IsUniform(count))
        {
            string name = value.Op == IrOp.Shl ? "ShiftLeft" : value.Op == IrOp.Shr ? "ShiftRightArithmetic" : "ShiftRightLogical";
            EachPart(value, part =>
            {
                PushVector(value.Operands[0], part);
                PushScalar(count);
                _code.Int(mask);
                _code.Op(OpCodes.And);
                _code.Call(_isa.Method(name, _isa.Vector(element), typeof(int)));
            });
            return;
        }
        Type unsigned = typeof(uint);
        MethodInfo? variable = value.Type == IrType.I32 && Avx2.IsSupported && _isa.Bits <= 256 ? typeof(Avx2).GetMethod(
            value.Op == IrOp.Shl ? "ShiftLeftLogicalVariable" : value.Op == IrOp.Shr ? "ShiftRightArithmeticVariable" : "ShiftRightLogicalVariable",
            [_isa.Vector(typeof(int)), _isa.Vector(unsigned)]) : null;
        if (variable is null)
        {
            EmitLaneByLane(value, guardDivisor: false);
            return;
        }
        PushVector(value.Operands[0], 0);
        PushVector(count, 0);
        _code.Int(31);
        _code.Call(_isa.Method("Create", typeof(int)));
        Vector("BitwiseAnd", typeof(int), 2);
        As(typeof(int), unsigned);
        _code.Call(variable);
        _code.Store(VectorLocal(value, 0));
    }

    private void EmitVectorAddress(IrValue value)
    {
        long lanes = _local.Scale(value);
        EachPart(value, part =>
        {
            PushVector(value.Operands[0], part);
            if (value.Operands.Count > 1)
            {
                PushVector(value.Operands[1], part);
                if (value.Immediate * lanes != 1)
                {
                    _code.Long(value.Immediate * lanes);
                    _code.Call(_isa.Method("Create", typeof(long)));
                    Vector("Multiply", typeof(long), 2);
                }
                Vector("Add", typeof(long), 2);
            }
            if (value.Offset != 0)
            {
                _code.Long(value.Offset * lanes);
                _code.Call(_isa.Method("Create", typeof(long)));
                Vector("Add", typeof(long), 2);
            }
        });
    }

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

    // Computes each lane with the scalar form; for the operations that vectors lack.
    private void EmitLaneByLane(IrValue value, bool guardDivisor)
    {
        MethodInfo method = ScalarMethod(value);
        for (int i = 0; i < value.Operands.Count; i++)
        {
            IrValue operand = value.Operands[i];
            if (guardDivisor && i == 1 && _mask is not null)
                StoreDivisor(operand, i);
            else
                StoreSlot(operand, i);
        }
        int ScalarSize(IrType type) => Parts(type) == 2 ? 8 : 4;
        for (int lane = 0; lane < _isa.Lanes; lane++)
        {
            PushSlot(7, lane * ScalarSize(value.Type));
            for (int i = 0; i < value.Operands.Count; i++)
            {
                PushSlot(i, lane * ScalarSize(value.Operands[i].Type));
                LoadIndirect(value.Operands[i].Type);
            }
            _code.Call(method);
            StoreIndirect(ScalarType(value.Type));
        }
        LoadSlot(value, 7);
    }

    // Lanes that are switched off divide by one, so that only a real division by zero is one.
    private void StoreDivisor(IrValue divisor, int slot)
    {
        Type element = Element(divisor.Type);
        for (int part = 0; part < Parts(divisor.Type); part++)
        {
            PushMaskAs(_mask!, divisor.Type, part);
            PushLanes(divisor, part);
            if (element == typeof(int))
                _code.Int(1);
            else
                _code.Long(1);
            _code.Call(_isa.Method("Create", element));
            Vector("ConditionalSelect", element, 3);
            PushSlot(slot, part * _isa.Bits / 8);
            _code.Call(_isa.Method("Store", _isa.Vector(element), element.MakePointerType()));
        }
    }

    // The vector form, made on the spot for a uniform value that has none.
    private void PushLanes(IrValue value, int part)
    {
        if (IsUniform(value) && !_needVector.Contains(value))
            PushBroadcast(value);
        else
            PushVector(value, part);
    }

    private void StoreSlot(IrValue value, int slot)
    {
        Type element = Element(value.Type);
        for (int part = 0; part < Parts(value.Type); part++)
        {
            PushLanes(value, part);
            PushSlot(slot, part * _isa.Bits / 8);
            _code.Call(_isa.Method("Store", _isa.Vector(element), element.MakePointerType()));
        }
    }

    private void LoadSlot(IrValue value, int slot) => EachPart(value, part =>
    {
        PushSlot(slot, part * _isa.Bits / 8);
        _code.Call(_isa.Method("Load", Element(value.Type).MakePointerType()));
    });

    private void PushSlot(int slot, int offset)
    {
        PushState(nameof(WarpState.LaneSlots), OpCodes.Ldind_I);
        _code.Int(slot * SlotBytes + offset);
        _code.Op(OpCodes.Add);
    }
}
