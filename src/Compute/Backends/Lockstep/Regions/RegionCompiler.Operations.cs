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

    // Integers that are one number, or a number and a step.
    private bool TryNumbers(IrValue value, int index)
    {
        IReadOnlyList<IrValue> operands = program.OperandsOf(index);
        if (!ProgramBuilder.IsTagged(value.Type) || !operands.All(operand => _forms[operand].IsAffine && ProgramBuilder.IsTagged(operand.Type)))
            return false;
        bool isUniform = operands.All(operand => _forms[operand].IsUniform);
        Form? form = value.Op switch
        {
            IrOp.Add => Step(value, OpCodes.Add),
            IrOp.Sub => Step(value, OpCodes.Sub),
            IrOp.Mul => Product(value),
            IrOp.Shl when value.Operands[1].Op == IrOp.Constant => Shift(value),
            IrOp.SignExtend => SignExtension(value, index),
            IrOp.Truncate64 => Converted(value, OpCodes.Conv_I4),
            IrOp.Address => Address(value, program.Code + index),
            IrOp.PointerToInt or IrOp.IntToPointer => _forms[value.Operands[0]],
            _ => isUniform ? OneNumber(value) : null,
        };
        if (form is null)
            return false;
        _forms[value] = form;
        return true;
    }

    private Form Make(IrValue value, Action start, long? number, Action? step)
    {
        LocalBuilder local = StoreNew(Scalar(value.Type), start);
        if (number == 0)
            return new Form(FormKind.Uniform, local);
        return number is { } known
            ? new Form(FormKind.Affine, local) { Number = known }
            : new Form(FormKind.Affine, local) { Step = StoreNew(Scalar(value.Type), step!) };
    }

    // The step if it is known now.
    private long? StepOf(IrValue value) => _forms[value] switch
    {
        { IsUniform: true } => 0,
        { Step: null } form => form.Number,
        _ => null,
    };

    private static long Fit(IrValue value, long number) => value.Type == IrType.I32 ? (int)number : number;

    private Form Step(IrValue value, OpCode op)
    {
        (IrValue a, IrValue b) = (value.Operands[0], value.Operands[1]);
        long? step = StepOf(a) is { } first && StepOf(b) is { } second ? Fit(value, op == OpCodes.Add ? first + second : first - second) : null;
        return Make(value, () => Push(PushStart), step, () => Push(PushStep));

        void Push(Action<IrValue> part)
        {
            part(a);
            part(b);
            _il.Emit(op);
        }
    }

    private Form? Product(IrValue value)
    {
        (IrValue a, IrValue b) = (value.Operands[0], value.Operands[1]);
        if (!_forms[b].IsUniform)
            (a, b) = (b, a);
        if (!_forms[b].IsUniform)
            return null;
        long? step = StepOf(a) == 0 ? 0
            : StepOf(a) is { } known && _forms[b].Kind == FormKind.Constant ? Fit(value, known * _forms[b].Number) : null;
        return Make(value, () => Push(PushStart), step, () => Push(PushStep));

        void Push(Action<IrValue> part)
        {
            part(a);
            PushStart(b);
            _il.Emit(OpCodes.Mul);
        }
    }

    private Form Shift(IrValue value)
    {
        int count = (int)value.Operands[1].Immediate & (value.Type == IrType.I32 ? 31 : 63);
        long? step = StepOf(value.Operands[0]) is { } known ? Fit(value, known << count) : null;
        return Make(value, () => Push(PushStart), step, () => Push(PushStep));

        void Push(Action<IrValue> part)
        {
            part(value.Operands[0]);
            _il.Emit(OpCodes.Ldc_I4, count);
            _il.Emit(OpCodes.Shl);
        }
    }

    private Form Converted(IrValue value, OpCode op)
    {
        IrValue a = value.Operands[0];
        return Make(value, () => Push(PushStart), StepOf(a) is { } step ? Fit(value, step) : null, () => Push(PushStep));

        void Push(Action<IrValue> part)
        {
            part(a);
            _il.Emit(op);
        }
    }

    // Not if a lane's number has wrapped around.
    private Form SignExtension(IrValue value, int index)
    {
        IrValue a = value.Operands[0];
        if (!_forms[a].IsUniform)
        {
            LocalBuilder last = StoreNew(typeof(long), () =>
            {
                PushStart(a);
                _il.Emit(OpCodes.Conv_I8);
                PushStep(a);
                _il.Emit(OpCodes.Conv_I8);
                PushLastLane();
                _il.Emit(OpCodes.Mul);
                _il.Emit(OpCodes.Add);
            });
            _il.Emit(OpCodes.Ldloc, last);
            _il.Emit(OpCodes.Ldloc, last);
            _il.Emit(OpCodes.Conv_I4);
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Bne_Un, Otherwise(index));
        }
        return Converted(value, OpCodes.Conv_I8);
    }

    private Form Address(IrValue value, Instruction* i)
    {
        IReadOnlyList<IrValue> operands = program.OperandsOf(i->Index);
        (long scale, long offset) = (i->Immediate, i->Offset);
        IrValue a = operands[0];
        IrValue? b = operands.Count > 1 ? operands[1] : null;
        long? stepOfB = b is null ? 0 : StepOf(b);
        long? step = StepOf(a) is { } first && stepOfB is { } second ? first + (second * scale) : null;
        return Make(value, () => Push(PushStart, offset), step, () => Push(PushStep, 0));

        void Push(Action<IrValue> part, long more)
        {
            part(a);
            if (b is not null)
            {
                part(b);
                _il.Emit(OpCodes.Ldc_I8, scale);
                _il.Emit(OpCodes.Mul);
                _il.Emit(OpCodes.Add);
            }
            _il.Emit(OpCodes.Ldc_I8, more);
            _il.Emit(OpCodes.Add);
        }
    }

    private Form? OneNumber(IrValue value)
    {
        List<IrValue> operands = value.Operands;
        bool isInt = value.Type == IrType.I32;
        (Type signed, Type unsigned) = isInt ? (typeof(int), typeof(uint)) : (typeof(long), typeof(ulong));
        switch (value.Op)
        {
            case IrOp.And: return Uniform(value, () => Push(OpCodes.And));
            case IrOp.Or: return Uniform(value, () => Push(OpCodes.Or));
            case IrOp.Xor: return Uniform(value, () => Push(OpCodes.Xor));
            case IrOp.Neg: return Uniform(value, () => Push(OpCodes.Neg));
            case IrOp.Not: return Uniform(value, () => Push(OpCodes.Not));
            case IrOp.Min: return Uniform(value, () => Library(nameof(Math.Min), signed));
            case IrOp.Max: return Uniform(value, () => Library(nameof(Math.Max), signed));
            case IrOp.MinU: return Uniform(value, () => Library(nameof(Math.Min), unsigned));
            case IrOp.MaxU: return Uniform(value, () => Library(nameof(Math.Max), unsigned));
            case IrOp.Shl: return Uniform(value, () => ShiftBy(OpCodes.Shl));
            case IrOp.Shr: return Uniform(value, () => ShiftBy(OpCodes.Shr));
            case IrOp.ShrU: return Uniform(value, () => ShiftBy(OpCodes.Shr_Un));
            case IrOp.ZeroExtend: return Uniform(value, () => Push(OpCodes.Conv_U8));
            case IrOp.SignExtend8: return Uniform(value, () => Push(OpCodes.Conv_I1));
            case IrOp.SignExtend16: return Uniform(value, () => Push(OpCodes.Conv_I2));
            case IrOp.ZeroExtend8: return Uniform(value, () => Push(OpCodes.Conv_U1));
            case IrOp.ZeroExtend16: return Uniform(value, () => Push(OpCodes.Conv_U2));
            default: return null;
        }

        void Push(OpCode op)
        {
            operands.ForEach(PushStart);
            _il.Emit(op);
        }

        void Library(string name, Type type)
        {
            operands.ForEach(PushStart);
            Call(typeof(Math).GetMethod(name, [type, type])!);
        }

        void ShiftBy(OpCode op)
        {
            operands.ForEach(PushStart);
            _il.Emit(OpCodes.Ldc_I4, isInt ? 31 : 63);
            _il.Emit(OpCodes.And);
            _il.Emit(op);
        }
    }

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
