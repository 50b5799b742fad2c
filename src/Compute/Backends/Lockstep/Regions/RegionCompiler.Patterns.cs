using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Integers of which each lane's distance from a common number is known when code is made, and loads by them.</content>
internal sealed unsafe partial class RegionCompiler
{
    private bool TryPattern(IrValue value, int index)
    {
        IReadOnlyList<IrValue> operands = program.OperandsOf(index);
        if (!ProgramBuilder.IsTagged(value.Type) || !operands.All(operand => _forms[operand].HasStart && ProgramBuilder.IsTagged(operand.Type)))
            return false;
        if (_known.Find(value) is { IsKnown: true } known)
        {
            _forms[value] = Pattern(value, () => PushConstant(value.Type, 0), known.Distances);
            return true;
        }
        if (!operands.All(operand => DistancesOf(operand) is not null))
            return false;
        IrValue a = operands[0];
        IrValue? b = operands.Count > 1 ? operands[1] : null;
        long[] first = DistancesOf(a)!, second = b is null ? new long[_lanes] : DistancesOf(b)!;
        Instruction* i = program.Code + index;
        (long scale, long offset) = (i->Immediate, i->Offset);
        Form? form = value.Op switch
        {
            IrOp.Add => Pattern(value, () => Both(OpCodes.Add), [.. first.Zip(second, (x, y) => x + y)]),
            IrOp.Sub => Pattern(value, () => Both(OpCodes.Sub), [.. first.Zip(second, (x, y) => x - y)]),
            IrOp.Mul when _forms[b!].Kind == FormKind.Constant => Pattern(value, () => Both(OpCodes.Mul), [.. first.Select(x => x * _forms[b!].Number)]),
            IrOp.Shl when _forms[b!].Kind == FormKind.Constant => Shifted((int)_forms[b!].Number & (value.Type == IrType.I32 ? 31 : 63)),
            IrOp.SignExtend => Widened(),
            IrOp.Truncate64 => Pattern(value, () => One(OpCodes.Conv_I4), first),
            IrOp.Address => Pattern(value, PushPlace, [.. first.Zip(second, (x, y) => x + (y * scale))]),
            _ => null,
        };
        if (form is null)
            return false;
        _forms[value] = form;
        return true;

        void Both(OpCode op)
        {
            PushStart(a);
            PushStart(b!);
            _il.Emit(op);
        }

        void One(OpCode op)
        {
            PushStart(a);
            _il.Emit(op);
        }

        Form Shifted(int count) => Pattern(value, () =>
        {
            PushStart(a);
            _il.Emit(OpCodes.Ldc_I4, count);
            _il.Emit(OpCodes.Shl);
        }, [.. first.Select(x => x << count)]);

        // Not if a lane's number has wrapped around.
        Form Widened()
        {
            Label wrapped = Otherwise(index);
            foreach (long end in (long[])[first.Min(), first.Max()])
            {
                PushWide(end);
                PushWide(end);
                _il.Emit(OpCodes.Conv_I4);
                _il.Emit(OpCodes.Conv_I8);
                _il.Emit(OpCodes.Bne_Un, wrapped);
            }
            return Pattern(value, () => One(OpCodes.Conv_I8), first);
        }

        void PushWide(long end)
        {
            One(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Ldc_I8, end);
            _il.Emit(OpCodes.Add);
        }

        void PushPlace()
        {
            PushStart(a);
            if (b is not null)
            {
                PushStart(b);
                _il.Emit(OpCodes.Ldc_I8, scale);
                _il.Emit(OpCodes.Mul);
                _il.Emit(OpCodes.Add);
            }
            _il.Emit(OpCodes.Ldc_I8, offset);
            _il.Emit(OpCodes.Add);
        }
    }

    private Form Pattern(IrValue value, Action start, long[] distances) =>
        new(FormKind.Pattern, StoreNew(Scalar(value.Type), start)) { Distances = [.. distances.Select(distance => Fit(value, distance))] };

    // Of a value that stands in its row.
    private void PushPatternStart(IrValue value, LaneDistances known)
    {
        if (known.IsKnown)
        {
            PushConstant(value.Type, 0);
            return;
        }
        PushFirst(value);
        PushConstant(value.Type, known.Distances[0]);
        _il.Emit(OpCodes.Sub);
    }

    private long[]? DistancesOf(IrValue value)
    {
        Form form = _forms[value];
        if (form.Kind == FormKind.Pattern)
            return form.Distances;
        return StepOf(value) is { } step ? [.. Enumerable.Range(0, _lanes).Select(lane => lane * step)] : null;
    }

    // Lanes of a part that lie side by side, or all at one place, are read at once.
    private Form ReadPattern(IrValue value, Instruction* i, LocalBuilder start, long[] distances)
    {
        int lanes = LanesOfPart(value.Type);
        Type element = Element(value.Type);
        var parts = new LocalBuilder[Parts(value.Type)];
        for (int part = 0; part < parts.Length; part++)
        {
            long[] own = distances[(part * lanes)..((part + 1) * lanes)];
            int same = _active is not null ? -1 : Enumerable.Range(0, part).FirstOrDefault(other => distances[(other * lanes)..((other + 1) * lanes)].AsSpan().SequenceEqual(own), -1);
            parts[part] = same >= 0 ? parts[same] : StoreNew(Vector(element), () => ReadOwn(own));
        }
        return new Form(FormKind.Vectors, parts);

        void ReadOwn(long[] own)
        {
            if (Array.TrueForAll(own, distance => distance == own[0]))
            {
                PushAddress(start, null, own[0]);
                ReadOne(value);
                if (!value.Type.IsFloat())
                    CallVector("Create", element);
            }
            else if (Enumerable.Range(0, lanes).All(lane => own[lane] == own[0] + (lane * i->Size)))
            {
                PushAddress(start, null, own[0]);
                ReadRow(value);
            }
            else
            {
                foreach (long distance in own)
                {
                    PushAddress(start, null, distance);
                    ReadScalar(value.Memory);
                }
                CallVector("Create", [.. Enumerable.Repeat(element, lanes)]);
            }
        }
    }
}
