using System.Reflection;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>How one block leads to the next, and to the interpreter.</content>
internal sealed unsafe partial class RegionCompiler
{
    private void Branch(int number, LockstepBlock block)
    {
        Form condition = _forms[block.Source.Condition!];
        if (_decided.TryGetValue(block.Source.Condition!, out bool isTrue))
        {
            Follow(number, isTrue ? block.Then! : block.Else!);
            return;
        }
        Label other = _il.DefineLabel();
        if (condition.Kind == FormKind.Bit)
        {
            _il.Emit(OpCodes.Ldloc, condition.Locals[0]);
            _il.Emit(OpCodes.Brfalse, other);
        }
        else
        {
            Label all = _il.DefineLabel();
            LocalBuilder bits = StoreNew(typeof(ulong), () =>
            {
                PushBits(block.Source.Condition!);
                PushActive();
                _il.Emit(OpCodes.And);
            });
            if (DiamondAt(number) is { } diamond)
            {
                if (_members.Contains(diamond.Join) && diamond.Arms.All(_members.Contains))
                    EmitDiamond(number, diamond, bits);
                else
                    Leave(number);
                return;
            }
            _il.Emit(OpCodes.Ldloc, bits);
            PushActive();
            _il.Emit(OpCodes.Beq, all);
            _il.Emit(OpCodes.Ldloc, bits);
            _il.Emit(OpCodes.Brfalse, other);
            Leave(number);
            _il.MarkLabel(all);
        }
        Way(block.Source.Condition!, true, () => Follow(number, block.Then!));
        _il.MarkLabel(other);
        Way(block.Source.Condition!, false, () => Follow(number, block.Else!));
    }

    private void Follow(int number, LockstepEdge edge)
    {
        IrBlock target = program.Blocks[edge.Target].Source;
        int position = target.Predecessors.IndexOf(program.Blocks[number].Source);
        if (edge.Target == _root && _isLoop)
        {
            CountTurn(number);
            if (_members.Count > 1)
                CountRound(edge.Loop);
            Repeat(target, position);
        }
        else if (_members.Contains(edge.Target) && IsOnlyWayTo(edge))
        {
            foreach (IrValue phi in target.Phis)
                _forms[phi] = FormOf(phi.Operands[position]);
            EmitBlock(edge.Target);
        }
        else
        {
            Leave(number);
        }
    }

    // For another value, which has a row of its own.
    private Form FormOf(IrValue value) => _forms[value].Kind != FormKind.Row ? _forms[value]
        : value.Type == IrType.Bool ? new Form(FormKind.Bits, StoreNew(typeof(ulong), () => PushRowBits(value)))
        : LoadParts(value);

    // A loop must come back to the interpreter, for it may have no end, and somebody may want the warp to stop. The interpreter counts the
    // last round itself.
    private void CountTurn(int number)
    {
        Label goesOn = _il.DefineLabel();
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldfld, typeof(LockstepWarp).GetField(nameof(LockstepWarp.TurnLeft))!);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Bgt, goesOn);
        Leave(number);
        _il.MarkLabel(goesOn);
        Add(nameof(LockstepWarp.TurnLeft), -1);
    }

    private void CountRound(sbyte loop)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, (int)loop);
        Call(typeof(LockstepWarp).GetMethod(nameof(LockstepWarp.CountRound))!);
    }

    // To a number of the warp.
    private void Add(string name, int number)
    {
        FieldInfo field = typeof(LockstepWarp).GetField(name)!;
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldfld, field);
        _il.Emit(OpCodes.Ldc_I4, number);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stfld, field);
    }

    // The phis take their next values all at once: what is pushed first is stored last.
    private void Repeat(IrBlock target, int position)
    {
        var stores = new Stack<LocalBuilder>();
        foreach (IrValue phi in target.Phis)
        {
            IrValue next = phi.Operands[position];
            Form form = _forms[phi], from = _forms[next];
            if (next == phi)
                continue;
            bool fits = form.Kind switch
            {
                FormKind.Uniform => from.IsUniform,
                FormKind.Affine => from.Kind == FormKind.Affine && from.Step is null && from.Number == form.Number,
                _ => true,
            };
            if (!fits)
            {
                _retry = true;
                _weak.Add(phi);
            }
            else if (form.Kind == FormKind.Bits)
            {
                PushBits(next);
                stores.Push(form.Locals[0]);
            }
            else if (form.Kind == FormKind.Vectors)
            {
                for (int part = 0; part < form.Locals.Length; part++)
                {
                    PushPart(next, part, Element(phi.Type));
                    stores.Push(form.Locals[part]);
                }
            }
            else
            {
                PushStart(next);
                stores.Push(form.Locals[0]);
            }
        }
        foreach (LocalBuilder local in stores)
            _il.Emit(OpCodes.Stloc, local);
        _il.Emit(OpCodes.Br, _begin);
    }

    // The interpreter goes on at the end of the block.
    private void Leave(int number)
    {
        Keep(liveness.After(program.Blocks[number].Source).Where(_forms.ContainsKey));
        Return(number);
    }

    // What stands in registers and is needed by an instruction or after it.
    private List<IrValue> NeededAt(int instruction)
    {
        LockstepBlock block = program.Blocks[program.BlockOf(instruction)];
        var needed = new HashSet<IrValue>(liveness.After(block.Source));
        for (int i = instruction; i < block.First + block.Count; i++)
            needed.UnionWith(program.OperandsOf(i));
        return [.. needed.Where(_forms.ContainsKey)];
    }

    // Jumps to where the interpreter goes on with an instruction.
    private Label Otherwise(int instruction)
    {
        if (_undo is { } undo)
            return undo;
        Label label = _il.DefineLabel();
        List<IrValue> needed = NeededAt(instruction);
        _deferred.Add(() =>
        {
            _il.MarkLabel(label);
            Keep(needed);
            Return(-1 - instruction);
        });
        return label;
    }
}
