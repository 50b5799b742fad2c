using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Checks of indices.</content>
internal sealed unsafe partial class RegionCompiler
{
    // Where an index is out of range the interpreter looks again, and says so.
    private void EmitCheck(IrValue check, int index)
    {
        IReadOnlyList<IrValue> operands = program.OperandsOf(index);
        if (TryKnownCheck(check, index))
            return;
        if ((CheckKind)check.Immediate == CheckKind.Written)
        {
            PushBits(operands[1]);
            PushActive();
            _il.Emit(OpCodes.And);
            PushActive();
            _il.Emit(OpCodes.Bne_Un, Otherwise(index));
            return;
        }
        if ((CheckKind)check.Immediate == CheckKind.Range && operands.Skip(1).All(operand => _forms[operand].IsUniform))
        {
            CheckRange(operands, Otherwise(index));
            return;
        }
        bool isIndex = (CheckKind)check.Immediate == CheckKind.Index;
        if (!isIndex || operands.Skip(1).Where((_, at) => at % 2 == 1).Any(length => !_forms[length].IsUniform))
        {
            Interpret(check, program.Code + index);
            return;
        }
        Label bad = Otherwise(index);
        for (int at = 1; at < operands.Count; at += 2)
            CheckIndex(operands[at], operands[at + 1], bad);
    }

    // For each dimension first and count are not negative, and first is not beyond length - count.
    private void CheckRange(IReadOnlyList<IrValue> operands, Label bad)
    {
        for (int at = 1; at < operands.Count; at += 3)
        {
            PushStart(operands[at]);
            PushStart(operands[at + 1]);
            _il.Emit(OpCodes.Or);
            PushStart(operands[at + 2]);
            PushStart(operands[at + 1]);
            _il.Emit(OpCodes.Sub);
            PushStart(operands[at]);
            _il.Emit(OpCodes.Sub);
            _il.Emit(OpCodes.Or);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Blt, bad);
        }
    }

    private void CheckIndex(IrValue index, IrValue length, Label bad)
    {
        Form form = _forms[index];
        if (form.IsAffine)
        {
            PushStart(index);
            if (!form.IsUniform && _active is not null)
            {
                PushStep(index);
                _il.Emit(OpCodes.Ldloc, _active.First);
                _il.Emit(OpCodes.Mul);
                _il.Emit(OpCodes.Add);
            }
            PushStart(length);
            _il.Emit(OpCodes.Bge_Un, bad);
            if (form.IsUniform)
                return;
            PushStart(index);
            PushStep(index);
            PushLastLane();
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Add);
            PushStart(length);
            _il.Emit(OpCodes.Bge_Un, bad);
            return;
        }
        if (form.Kind == FormKind.Pattern && _active is null)
        {
            foreach (long end in (long[])[form.Distances.Min(), form.Distances.Max()])
            {
                PushStart(index);
                _il.Emit(OpCodes.Ldc_I8, end);
                _il.Emit(OpCodes.Add);
                PushStart(length);
                _il.Emit(OpCodes.Bge_Un, bad);
            }
            return;
        }
        // Neither the index nor length - 1 - index is negative.
        Type vector = Vector(typeof(long));
        for (int part = 0; part < Parts(IrType.I64); part++)
        {
            PushPart(index, part, typeof(long));
            PushStart(length);
            _il.Emit(OpCodes.Ldc_I4_1);
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Sub);
            CallVector("Create", typeof(long));
            PushPart(index, part, typeof(long));
            CallVector("Subtract", vector, vector);
            CallVector("BitwiseOr", vector, vector);
            if (_active is not null)
                PushPartBits(part, vector);
            if (part > 0 && _active is null)
                CallVector("BitwiseOr", vector, vector);
        }
        if (_active is null)
        {
            CallVector("ExtractMostSignificantBits", vector);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, _active.Bits);
            _il.Emit(OpCodes.And);
        }
        _il.Emit(OpCodes.Brtrue, bad);
    }

    // One bit for each lane of a vector, beside those of the vectors before.
    private void PushPartBits(int part, Type vector)
    {
        CallVector("ExtractMostSignificantBits", vector);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Ldc_I4, part * 4);
        _il.Emit(OpCodes.Shl);
        if (part > 0)
            _il.Emit(OpCodes.Or);
    }
}
