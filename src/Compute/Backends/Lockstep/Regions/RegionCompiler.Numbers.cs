using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Integers that are one number, or a number and a step.</content>
internal sealed unsafe partial class RegionCompiler
{
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
        { Kind: FormKind.Affine, Step: null } form => form.Number,
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
}
