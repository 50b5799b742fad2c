using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Vector code for varying values.
internal sealed partial class SimdEmitter
{
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
            case IrOp.WidenBytes or IrOp.WidenSignedBytes:
                EmitWiden(value);
                return;
            case IrOp.DotPairs or IrOp.AddPairs or IrOp.MultiplyQuads:
                EmitPacked(value);
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
}
