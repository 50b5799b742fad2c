using System.Reflection;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Scalar code for uniform values and for lane 0 of affine ones.
internal sealed partial class SimdEmitter
{
    private void EmitValue(IrValue value)
    {
        if (!value.HasSideEffect && !IsDemanded(value))
            return;
        _code.From(_kernel.LinesOf(value));
        _code.Comment(IrPrinter.Print(value));
        if (value.HasSideEffect || value.IsConvergent)
        {
            EmitGroupOrMemory(value);
            return;
        }
        if (_needScalar.Contains(value) && value.Op is not (IrOp.Constant or IrOp.Parameter))
        {
            EmitScalar(value);
            _code.Store(ScalarLocal(value));
        }
        if (_needVector.Contains(value))
        {
            if (HasOwnVector(value))
                EmitVector(value);
            else if (!IsLeaf(value))
                Materialize(value);
        }
    }

    // Pushes the scalar result.
    private void EmitScalar(IrValue value)
    {
        switch (value.Op)
        {
            case IrOp.GridIndex:
                PushState(nameof(WarpState.GridIndex), OpCodes.Ldind_I4, 4 * (int)value.Immediate);
                return;
            case IrOp.GroupIndex:
                PushState(nameof(WarpState.FirstIndex), OpCodes.Ldind_I4, 4 * (int)value.Immediate);
                return;
            case IrOp.GridDimension:
                PushState(nameof(WarpState.GridDimension), OpCodes.Ldind_I4, 4 * (int)value.Immediate);
                return;
            case IrOp.GroupDimension:
                PushState(nameof(WarpState.GroupDimension), OpCodes.Ldind_I4, 4 * (int)value.Immediate);
                return;
            case IrOp.LaneIndex:
                _code.Int(0);
                return;
            case IrOp.WarpIndex:
                PushWarpIndex();
                return;
            case IrOp.WarpSize:
                _code.Int(_isa.Lanes);
                return;
            case IrOp.SharedBase:
                PushState(nameof(WarpState.Shared), OpCodes.Ldind_I);
                _code.Long(SharedLayout.OffsetOf(_kernel, (int)value.Immediate));
                _code.Op(OpCodes.Conv_I);
                _code.Op(OpCodes.Add);
                return;
            case IrOp.LocalBase:
                PushState(nameof(WarpState.Local), OpCodes.Ldind_I);
                _code.Long(_local.OffsetOf((int)value.Immediate));
                _code.Op(OpCodes.Conv_I);
                _code.Op(OpCodes.Add);
                return;
            case IrOp.DynamicSharedBase:
                PushState(nameof(WarpState.DynamicShared), OpCodes.Ldind_I);
                return;
            case IrOp.DynamicSharedLength:
                PushState(nameof(WarpState.DynamicSharedBytes), OpCodes.Ldind_I8);
                return;
            case IrOp.ConstantBase:
                _code.Long(_constantTables[(int)value.Immediate]);
                _code.Op(OpCodes.Conv_I);
                return;
            case IrOp.Load:
                PushScalar(value.Operands[0]);
                _code.Op(LoadOp(value.Memory));
                return;
            case IrOp.Address:
                PushScalar(value.Operands[0]);
                if (value.Operands.Count > 1)
                {
                    PushScalar(value.Operands[1]);
                    long scale = value.Immediate * _local.Scale(value);
                    if (scale != 1)
                    {
                        _code.Long(scale);
                        _code.Op(OpCodes.Mul);
                    }
                    _code.Op(OpCodes.Conv_I);
                    _code.Op(OpCodes.Add);
                }
                if (value.Offset != 0)
                {
                    _code.Long(value.Offset * _local.Scale(value));
                    _code.Op(OpCodes.Conv_I);
                    _code.Op(OpCodes.Add);
                }
                return;
            case IrOp.Select:
                EmitScalarSelect(value);
                return;
            case IrOp.Not when value.Type == IrType.Bool:
                PushScalar(value.Operands[0]);
                _code.Int(0);
                _code.Op(OpCodes.Ceq);
                return;
            case IrOp.Shl or IrOp.Shr or IrOp.ShrU:
                PushScalar(value.Operands[0]);
                PushScalar(value.Operands[1]);
                _code.Int(value.Type == IrType.I64 ? 63 : 31);
                _code.Op(OpCodes.And);
                _code.Op(value.Op == IrOp.Shl ? OpCodes.Shl : value.Op == IrOp.Shr ? OpCodes.Shr : OpCodes.Shr_Un);
                return;
            case IrOp.Rcp:
                PushOne(value.Type);
                PushScalar(value.Operands[0]);
                _code.Op(OpCodes.Div);
                return;
            case IrOp.Rsqrt:
                PushOne(value.Type);
                PushScalar(value.Operands[0]);
                _code.Call(ScalarMath("Sqrt", value.Type, 1));
                _code.Op(OpCodes.Div);
                return;
        }
        foreach (IrValue operand in value.Operands)
            PushScalar(operand);
        if (value.Op == IrOp.Compare)
            EmitScalarCompare((ComparePredicate)value.Immediate, value.Operands[0].Type);
        else if (ScalarOpcodes(value) is { Length: > 0 } opcodes)
            Array.ForEach(opcodes, _code.Op);
        else
            _code.Call(ScalarMethod(value));
    }

    private void PushOne(IrType type)
    {
        if (type == IrType.F32)
            _code.Float(1);
        else
            _code.Double(1);
    }

    private void EmitScalarSelect(IrValue value)
    {
        Label otherwise = _code.NewLabel($"select{value.Id}_else"), end = _code.NewLabel($"select{value.Id}_end");
        PushScalar(value.Operands[0]);
        _code.Jump(OpCodes.Brfalse, otherwise);
        PushScalar(value.Operands[1]);
        _code.Store(ScalarLocal(value));
        _code.Jump(OpCodes.Br, end);
        _code.Mark(otherwise);
        PushScalar(value.Operands[2]);
        _code.Store(ScalarLocal(value));
        _code.Mark(end);
        PushScalar(value);
    }

    private void EmitScalarCompare(ComparePredicate predicate, IrType type)
    {
        bool isFloat = type.IsFloat();
        void Inverted(OpCode code)
        {
            _code.Op(code);
            _code.Int(0);
            _code.Op(OpCodes.Ceq);
        }
        // On floats clt.un and cgt.un are true for NaN; on integers they compare unsigned.
        switch (predicate)
        {
            case ComparePredicate.Eq: _code.Op(OpCodes.Ceq); break;
            case ComparePredicate.Ne: Inverted(OpCodes.Ceq); break;
            case ComparePredicate.Lt: _code.Op(OpCodes.Clt); break;
            case ComparePredicate.LtU: _code.Op(OpCodes.Clt_Un); break;
            case ComparePredicate.Gt: _code.Op(OpCodes.Cgt); break;
            case ComparePredicate.GtU: _code.Op(OpCodes.Cgt_Un); break;
            case ComparePredicate.Le: Inverted(isFloat ? OpCodes.Cgt_Un : OpCodes.Cgt); break;
            case ComparePredicate.LeU: Inverted(isFloat ? OpCodes.Cgt : OpCodes.Cgt_Un); break;
            case ComparePredicate.Ge: Inverted(isFloat ? OpCodes.Clt_Un : OpCodes.Clt); break;
            case ComparePredicate.GeU: Inverted(isFloat ? OpCodes.Clt : OpCodes.Clt_Un); break;
        }
    }

    // The IL operations that compute a value from its operands on the stack; empty if a method does.
    private static OpCode[] ScalarOpcodes(IrValue value) => value.Op switch
    {
        IrOp.Add => [OpCodes.Add],
        IrOp.Sub => [OpCodes.Sub],
        IrOp.Mul => [OpCodes.Mul],
        IrOp.Div => [OpCodes.Div],
        IrOp.DivU => [OpCodes.Div_Un],
        IrOp.Rem => [OpCodes.Rem],
        IrOp.RemU => [OpCodes.Rem_Un],
        IrOp.And => [OpCodes.And],
        IrOp.Or => [OpCodes.Or],
        IrOp.Xor => [OpCodes.Xor],
        IrOp.Not => [OpCodes.Not],
        IrOp.Neg => [OpCodes.Neg],
        IrOp.SignExtend8 => [OpCodes.Conv_I1],
        IrOp.SignExtend16 => [OpCodes.Conv_I2],
        IrOp.ZeroExtend8 => [OpCodes.Conv_U1],
        IrOp.ZeroExtend16 => [OpCodes.Conv_U2],
        IrOp.SignExtend => [OpCodes.Conv_I8],
        IrOp.ZeroExtend => [OpCodes.Conv_U8],
        IrOp.Truncate64 => [OpCodes.Conv_I4],
        IrOp.FloatTruncate => [OpCodes.Conv_R4],
        IrOp.FloatExtend => [OpCodes.Conv_R8],
        IrOp.SignedToFloat => [value.Type == IrType.F32 ? OpCodes.Conv_R4 : OpCodes.Conv_R8],
        IrOp.PointerToInt => [OpCodes.Conv_I8],
        IrOp.IntToPointer => [OpCodes.Conv_I],
        IrOp.BoolToInt => [OpCodes.Nop],
        _ => [],
    };

    private static MethodInfo ScalarMethod(IrValue value)
    {
        IrType type = value.Operands[0].Type;
        switch (value.Op)
        {
            case IrOp.Fma:
                return ScalarMath("FusedMultiplyAdd", type, 3);
            case IrOp.Min or IrOp.Max when type.IsFloat():
                return ScalarMath(value.Op.ToString(), type, 2);
            case IrOp.Abs when type.IsFloat():
                return ScalarMath("Abs", type, 1);
        }
        Type scalar = ScalarType(type);
        Type[] parameters = [.. value.Operands.Select(operand => ScalarType(operand.Type))];
        return typeof(ScalarOps).GetMethod(value.Op.ToString(), parameters) is { } method && method.ReturnType == ScalarType(value.Type)
            ? method
            : typeof(ScalarOps).GetMethod($"{value.Op}To{ScalarType(value.Type).Name}", parameters)
                ?? throw new NotSupportedException($"The Simd back end has no scalar form of {value.Op} on {scalar.Name}.");
    }

    private static MethodInfo ScalarMath(string name, IrType type, int arity)
    {
        Type scalar = ScalarType(type);
        return (type == IrType.F32 ? typeof(MathF) : typeof(Math)).GetMethod(name, [.. Enumerable.Repeat(scalar, arity)])!;
    }

    private static OpCode LoadOp(MemoryType type) => type switch
    {
        MemoryType.I8 => OpCodes.Ldind_I1,
        MemoryType.U8 => OpCodes.Ldind_U1,
        MemoryType.I16 => OpCodes.Ldind_I2,
        MemoryType.U16 => OpCodes.Ldind_U2,
        MemoryType.I32 => OpCodes.Ldind_I4,
        MemoryType.I64 => OpCodes.Ldind_I8,
        MemoryType.F32 => OpCodes.Ldind_R4,
        _ => OpCodes.Ldind_R8,
    };

    private static OpCode StoreOp(MemoryType type) => type switch
    {
        MemoryType.I8 or MemoryType.U8 => OpCodes.Stind_I1,
        MemoryType.I16 or MemoryType.U16 => OpCodes.Stind_I2,
        MemoryType.I32 => OpCodes.Stind_I4,
        MemoryType.I64 => OpCodes.Stind_I8,
        MemoryType.F32 => OpCodes.Stind_R4,
        _ => OpCodes.Stind_R8,
    };
}
