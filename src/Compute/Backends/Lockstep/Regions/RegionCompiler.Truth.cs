using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Comparisons, and choices by them.</content>
internal sealed unsafe partial class RegionCompiler
{
    private bool TryTruth(IrValue value)
    {
        if (value.Op == IrOp.Select)
            return value.Type != IrType.Bool && TrySelect(value);
        if (value.Op == IrOp.Compare && value.Operands.TrueForAll(operand => ProgramBuilder.IsTagged(operand.Type) && _forms[operand].IsUniform))
        {
            _forms[value] = new Form(FormKind.Bit, StoreNew(typeof(int), () => PushComparison(value)));
            return true;
        }
        if (value.Op is IrOp.And or IrOp.Or or IrOp.Xor or IrOp.Not)
        {
            Logic(value);
            return true;
        }
        if (OperationTable.Find(value) is not { Shape: LaneShape.Compare or LaneShape.Test, Apply: { } apply })
            return false;
        Type element = apply.ReturnType.GetGenericArguments()[0];
        int width = LanesOfPart(value.Operands[0].Type) == 8 ? 4 : 8;
        Type mask = width == 4 ? typeof(int) : typeof(long);
        _forms[value] = new Form(FormKind.Masks, [.. Enumerable.Range(0, _lanes * width / 32).Select(part => StoreNew(Vector(mask), () =>
        {
            PushApplied(apply, value, part);
            As(element, mask);
        }))]) { Width = width };
        return true;
    }

    private void Logic(IrValue value)
    {
        OpCode op = value.Op switch { IrOp.And => OpCodes.And, IrOp.Or => OpCodes.Or, IrOp.Xor => OpCodes.Xor, _ => OpCodes.Not };
        if (value.Operands.TrueForAll(operand => _forms[operand].Kind == FormKind.Bit))
        {
            _forms[value] = new Form(FormKind.Bit, StoreNew(typeof(int), () =>
            {
                value.Operands.ForEach(operand => _il.Emit(OpCodes.Ldloc, _forms[operand].Locals[0]));
                if (value.Op == IrOp.Not)
                    _il.Emit(OpCodes.Ldc_I4_1);
                _il.Emit(value.Op == IrOp.Not ? OpCodes.Xor : op);
            }));
            return;
        }
        _forms[value] = new Form(FormKind.Bits, StoreNew(typeof(ulong), () =>
        {
            value.Operands.ForEach(PushBits);
            _il.Emit(op);
        }));
    }

    private void PushComparison(IrValue value)
    {
        value.Operands.ForEach(PushStart);
        switch ((ComparePredicate)value.Immediate)
        {
            case ComparePredicate.Eq: _il.Emit(OpCodes.Ceq); break;
            case ComparePredicate.Ne: Contrary(OpCodes.Ceq); break;
            case ComparePredicate.Lt: _il.Emit(OpCodes.Clt); break;
            case ComparePredicate.Le: Contrary(OpCodes.Cgt); break;
            case ComparePredicate.Gt: _il.Emit(OpCodes.Cgt); break;
            case ComparePredicate.Ge: Contrary(OpCodes.Clt); break;
            case ComparePredicate.LtU: _il.Emit(OpCodes.Clt_Un); break;
            case ComparePredicate.LeU: Contrary(OpCodes.Cgt_Un); break;
            case ComparePredicate.GtU: _il.Emit(OpCodes.Cgt_Un); break;
            default: Contrary(OpCodes.Clt_Un); break;
        }

        void Contrary(OpCode op)
        {
            _il.Emit(op);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Ceq);
        }
    }

    private bool TrySelect(IrValue value)
    {
        (IrValue condition, IrValue a, IrValue b) = (value.Operands[0], value.Operands[1], value.Operands[2]);
        Form first = _forms[a], second = _forms[b];
        if (_forms[condition].Kind == FormKind.Bit && ProgramBuilder.IsTagged(value.Type) && first.IsAffine && second.IsAffine
            && StepOf(a) is { } step && StepOf(b) == step)
        {
            LocalBuilder result = NewLocal(Scalar(value.Type));
            Choose(condition, () => Store(a), () => Store(b));
            _forms[value] = step == 0 ? new Form(FormKind.Uniform, result) : new Form(FormKind.Affine, result) { Number = step };
            return true;

            void Store(IrValue chosen)
            {
                PushStart(chosen);
                _il.Emit(OpCodes.Stloc, result);
            }
        }
        Type element = Element(value.Type);
        int width = LanesOfPart(value.Type) == 8 ? 4 : 8;
        Type mask = width == 4 ? typeof(int) : typeof(long), vector = Vector(element);
        if (_forms[condition].Kind == FormKind.Bit)
        {
            LocalBuilder[] results = [.. Enumerable.Range(0, Parts(value.Type)).Select(_ => NewLocal(vector))];
            Choose(condition, () => StoreParts(a), () => StoreParts(b));
            _forms[value] = new Form(FormKind.Vectors, results);
            return true;

            void StoreParts(IrValue chosen)
            {
                for (int part = 0; part < results.Length; part++)
                {
                    PushPart(chosen, part, element);
                    _il.Emit(OpCodes.Stloc, results[part]);
                }
            }
        }
        EachPart(value, element, part =>
        {
            PushMask(condition, part, width);
            As(mask, element);
            PushPart(a, part, element);
            PushPart(b, part, element);
            CallVector("ConditionalSelect", vector, vector, vector);
        });
        return true;
    }

    private void Choose(IrValue condition, Action whenTrue, Action whenFalse)
    {
        Label otherwise = _il.DefineLabel(), end = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, _forms[condition].Locals[0]);
        _il.Emit(OpCodes.Brfalse, otherwise);
        whenTrue();
        _il.Emit(OpCodes.Br, end);
        _il.MarkLabel(otherwise);
        whenFalse();
        _il.MarkLabel(end);
    }
}
