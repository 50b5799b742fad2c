using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Arithmetic.</content>
internal sealed unsafe partial class RegionCompiler
{
    private void EmitInstruction(IrValue value, int index)
    {
        Instruction* i = program.Code + index;
        ForgetLoads(value);
        if (i->Watched != null)
            Interpret(value, i);
        else if (value.Op == IrOp.Load)
            EmitLoad(value, index);
        else if (value.Op == IrOp.Store)
            EmitStore(value, index);
        else if (value.Op == IrOp.Shuffle && IsExchange(value))
            EmitExchange(value, i);
        else if (value.Op == IrOp.Check)
            EmitCheck(value, index);
        else if (value.HasSideEffect || value.IsConvergent)
            Interpret(value, i);
        else if (!(value.Type == IrType.Bool || value.Op == IrOp.Select ? TryTruth(value) : TryNumbers(value, index) || TryPattern(value, index) || TryVectors(value)))
            Interpret(value, i);
    }

    // By the interpreter's own code, from rows to a row.
    private void Interpret(IrValue value, Instruction* i)
    {
        IReadOnlyList<IrValue> operands = program.OperandsOf(i->Index);
        bool isUniform = _active is null && i->IsPure && operands.All(operand => _forms[operand].IsUniform);
        Keep(operands);
        _il.Emit(OpCodes.Ldarg_1);
        PushPointer(i);
        PushPointer(i->Code);
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, typeof(void), [typeof(LockstepWarp), typeof(Instruction*)], null);
        if (value.Type != IrType.Void)
            _forms[value] = AfterCall(value, isUniform);
    }

    // Every lane takes the value of the lane whose number differs in some bits.
    private bool IsExchange(IrValue value) =>
        (ShuffleKind)value.Immediate == ShuffleKind.Xor && LanesOfPart(value.Type) == 8
        && value.Operands[1] is { Op: IrOp.Constant, Immediate: var bits } && bits >= 0 && bits < _lanes
        && value.Operands[2] is { Op: IrOp.Constant, Immediate: var width } && width == _lanes;

    private void EmitExchange(IrValue value, Instruction* i)
    {
        _il.Emit(OpCodes.Ldarg_1);
        PushPointer(i);
        Call(typeof(RegionOps).GetMethod(nameof(RegionOps.Exchange))!);
        Type element = Element(value.Type), vector = Vector(element);
        int bits = (int)value.Operands[1].Immediate;
        EachPart(value, element, part =>
        {
            PushPart(value.Operands[0], part ^ (bits / 8), element);
            if (bits % 8 == 0)
                return;
            for (int lane = 0; lane < 8; lane++)
                _il.Emit(OpCodes.Ldc_I4, lane ^ (bits % 8));
            CallVector("Create", [.. Enumerable.Repeat(typeof(int), 8)]);
            CallVector("Shuffle", vector, Vector(typeof(int)));
        });
    }

    private Form AfterCall(IrValue value, bool isUniform)
    {
        if (isUniform)
        {
            return new Form(FormKind.Uniform, StoreNew(Scalar(value.Type), () => PushFirst(value)));
        }
        if (ProgramBuilder.IsTagged(value.Type))
            PushFill(value);
        return new Form(FormKind.Row);
    }

    // The number of lane 0.
    private void PushFirst(IrValue value)
    {
        PushRow(value);
        Call(typeof(RegionOps).GetMethod(value.Type == IrType.I32 ? nameof(RegionOps.FirstInt) : nameof(RegionOps.FirstLong))!);
    }

    private void PushPointer(void* pointer)
    {
        _il.Emit(OpCodes.Ldc_I8, (long)pointer);
        _il.Emit(OpCodes.Conv_I);
    }

    // Whether all lanes hold the same.
    private bool IsOne(IrValue value) => _forms[value].Kind is FormKind.Constant or FormKind.Uniform or FormKind.Broadcast;

    private Form Uniform(IrValue value, Action push) => new(FormKind.Uniform, StoreNew(Scalar(value.Type), push));

    // One vector for each part of the lanes; only one if it is all of them.
    private void EachPart(IrValue value, Type element, Action<int> push)
    {
        Type vector = Vector(element);
        if (value.Operands.TrueForAll(IsOne))
        {
            bool isNumber = ProgramBuilder.IsTagged(value.Type);
            LocalBuilder one = StoreNew(isNumber ? Scalar(value.Type) : vector, () =>
            {
                push(0);
                if (isNumber)
                    CallVector("ToScalar", vector);
            });
            _forms[value] = new Form(isNumber ? FormKind.Uniform : FormKind.Broadcast, one);
            return;
        }
        AllParts(value, element, push);
    }

    private void AllParts(IrValue value, Type element, Action<int> push)
    {
        Type vector = Vector(element);
        _forms[value] = new Form(FormKind.Vectors, [.. Enumerable.Range(0, Parts(value.Type)).Select(part => StoreNew(vector, () =>
        {
            push(part);
        }))]);
    }

    private bool TryVectors(IrValue value)
    {
        List<IrValue> operands = value.Operands;
        Type element = Element(value.Type);
        IrValue a = operands[0];
        switch (value.Op)
        {
            case IrOp.Shl or IrOp.Shr or IrOp.ShrU:
                return TryShifts(value, element);
            case IrOp.SignExtend:
                EachPart(value, element, part =>
                {
                    PushPart(a, part / 2, typeof(int));
                    CallVector(part % 2 == 0 ? "WidenLower" : "WidenUpper", Vector(typeof(int)));
                });
                return true;
            case IrOp.ZeroExtend:
                EachPart(value, element, part =>
                {
                    PushPart(a, part / 2, typeof(uint));
                    CallVector(part % 2 == 0 ? "WidenLower" : "WidenUpper", Vector(typeof(uint)));
                    As(typeof(ulong), typeof(long));
                });
                return true;
            case IrOp.Truncate64:
                EachPart(value, element, part =>
                {
                    PushPart(a, 2 * part, typeof(long));
                    PushPart(a, (2 * part) + 1, typeof(long));
                    CallVector("Narrow", Vector(typeof(long)), Vector(typeof(long)));
                });
                return true;
            case IrOp.SignedToFloat when a.Type == IrType.I32 && value.Type == IrType.F32:
                EachPart(value, element, part =>
                {
                    PushPart(a, part, typeof(int));
                    CallVector("ConvertToSingle", Vector(typeof(int)));
                });
                return true;
            case IrOp.FloatToSigned when a.Type == IrType.F32 && value.Type == IrType.I32:
                EachPart(value, element, part =>
                {
                    PushPart(a, part, typeof(float));
                    CallVector("ConvertToInt32", Vector(typeof(float)));
                });
                return true;
            case IrOp.HalfToFloat:
                EachPart(value, element, part =>
                {
                    PushPart(a, part, typeof(int));
                    Call(typeof(PackedOps).GetMethod(nameof(PackedOps.HalfToSingle))!);
                });
                return true;
            case IrOp.Bitcast or IrOp.PointerToInt or IrOp.IntToPointer:
                EachPart(value, element, part => PushPart(a, part, element));
                return true;
            case IrOp.Address:
                EmitAddress(value);
                return true;
            case IrOp.BoolToInt:
                EachPart(value, element, part =>
                {
                    PushMask(a, part, 4);
                    _il.Emit(OpCodes.Ldc_I4_1);
                    CallVector("Create", typeof(int));
                    CallVector("BitwiseAnd", Vector(typeof(int)), Vector(typeof(int)));
                });
                return true;
        }
        if (OperationTable.Find(value) is not { Shape: LaneShape.One or LaneShape.Two or LaneShape.Three, Apply: { } apply })
            return false;
        EachPart(value, element, part => PushApplied(apply, value, part));
        return true;
    }

    // By one number of places, or each lane by its own.
    private bool TryShifts(IrValue value, Type element)
    {
        (IrValue a, IrValue places) = (value.Operands[0], value.Operands[1]);
        bool isInt = value.Type == IrType.I32;
        if (_forms[places].IsUniform)
        {
            string shift = value.Op switch { IrOp.Shl => "ShiftLeft", IrOp.Shr => "ShiftRightArithmetic", _ => "ShiftRightLogical" };
            EachPart(value, element, part =>
            {
                PushPart(a, part, element);
                PushStart(places);
                if (places.Type != IrType.I32)
                    _il.Emit(OpCodes.Conv_I4);
                _il.Emit(OpCodes.Ldc_I4, isInt ? 31 : 63);
                _il.Emit(OpCodes.And);
                CallVector(shift, Vector(element), typeof(int));
            });
            return true;
        }
        if (!Avx2.IsSupported || !isInt || places.Type != IrType.I32)
            return false;
        string name = value.Op switch { IrOp.Shl => nameof(RegionOps.ShiftLeft), IrOp.Shr => nameof(RegionOps.ShiftRight), _ => nameof(RegionOps.ShiftRightLogical) };
        EachPart(value, element, part =>
        {
            PushPart(a, part, element);
            PushPart(places, part, element);
            Call(typeof(RegionOps).GetMethod(name)!);
        });
        return true;
    }

    private void PushApplied(MethodInfo apply, IrValue value, int part)
    {
        for (int i = 0; i < value.Operands.Count; i++)
            PushPart(value.Operands[i], part, apply.GetParameters()[i].ParameterType.GetGenericArguments()[0]);
        Call(apply);
        if (value.Type != IrType.Bool)
            As(apply.ReturnType.GetGenericArguments()[0], Element(value.Type));
    }

    private void EmitAddress(IrValue value)
    {
        Type vector = Vector(typeof(long));
        EachPart(value, typeof(long), part =>
        {
            PushPart(value.Operands[0], part, typeof(long));
            if (value.Operands.Count > 1)
            {
                PushPart(value.Operands[1], part, typeof(long));
                if (long.IsPow2(value.Immediate))
                {
                    _il.Emit(OpCodes.Ldc_I4, System.Numerics.BitOperations.TrailingZeroCount(value.Immediate));
                    CallVector("ShiftLeft", vector, typeof(int));
                }
                else
                {
                    _il.Emit(OpCodes.Ldc_I8, value.Immediate);
                    CallVector("Create", typeof(long));
                    CallVector("Multiply", vector, vector);
                }
                CallVector("Add", vector, vector);
            }
            if (value.Offset != 0)
            {
                _il.Emit(OpCodes.Ldc_I8, value.Offset);
                CallVector("Create", typeof(long));
                CallVector("Add", vector, vector);
            }
        });
    }
}
