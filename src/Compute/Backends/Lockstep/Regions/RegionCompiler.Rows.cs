using System.Reflection.Emit;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Registers, and values on their way to rows.</content>
internal sealed unsafe partial class RegionCompiler
{
    private LocalBuilder StoreNew(Type type, Action push)
    {
        push();
        LocalBuilder local = NewLocal(type);
        _il.Emit(OpCodes.Stloc, local);
        return local;
    }

    private LocalBuilder NewLocal(Type type)
    {
        if (!_unused.TryGetValue(type, out Stack<LocalBuilder>? free) || !free.TryPop(out LocalBuilder? local))
        {
            _locals++;
            local = _il.DeclareLocal(type);
        }
        _inUse.Add(local);
        return local;
    }

    private void Release(LocalBuilder local)
    {
        if (!_unused.TryGetValue(local.LocalType, out Stack<LocalBuilder>? free))
            _unused[local.LocalType] = free = [];
        free.Push(local);
        _inUse.Remove(local);
    }

    // Values that an instruction was the last to use give their registers back.
    private void ReleaseAfter(int index, LockstepBlock block)
    {
        foreach (IrValue operand in program.OperandsOf(index).Distinct())
        {
            if (operand.Block != block.Source || operand.Op == IrOp.Phi || _given.Contains(operand) || liveness.After(block.Source).Contains(operand)
                || IsUsedAfter(operand, index, block) || !_forms.TryGetValue(operand, out Form? form) || _forms.Values.Count(other => ReferenceEquals(other, form)) > 1)
                continue;
            foreach (LoadKey key in _loaded.Where(loaded => ReferenceEquals(_forms[loaded.Value], form)).Select(loaded => loaded.Key).ToList())
                _loaded.Remove(key);
            foreach (LocalBuilder local in form.Locals.Distinct())
                Release(local);
            if (form.Step is not null)
                Release(form.Step);
        }
    }

    private bool IsUsedAfter(IrValue value, int index, LockstepBlock block)
    {
        for (int i = index + 1; i < block.First + block.Count; i++)
            if (program.OperandsOf(i).Contains(value) || (program.Values[i] is { Op: IrOp.Load } && _loaded.TryGetValue(KeyOf(i), out IrValue? loaded) && loaded == value))
                return true;
        return false;
    }

    private void Keep(IEnumerable<IrValue> values)
    {
        foreach (IrValue value in values)
            Keep(value);
    }

    // Writes a value to its row.
    private void Keep(IrValue value)
    {
        Form form = _forms[value];
        if (form.Kind == FormKind.Row || _given.Contains(value))
            return;
        if (value.Type == IrType.Bool)
        {
            KeepBits(value);
            return;
        }
        bool isTagged = ProgramBuilder.IsTagged(value.Type);
        if (_entered is not null && isTagged)
            PushFill(value);
        if (_entered is null && isTagged && form.IsAffine)
        {
            PutTag(value, 0, () => PushStart(value));
            PutTag(value, 8, () => PushStep(value));
            PutState(value, isAffine: true);
            return;
        }
        if (_entered is null && form.Kind == FormKind.Pattern)
        {
            PushRow(value);
            PushStart(value);
            PushPointer(Pinned(form.Distances));
            _il.Emit(OpCodes.Ldc_I4, _lanes);
            Call(typeof(RegionOps).GetMethod(value.Type == IrType.I32 ? nameof(RegionOps.KeepInts) : nameof(RegionOps.KeepLongs))!);
            PutState(value, isAffine: false);
            return;
        }
        for (int part = 0; part < Parts(value.Type); part++)
        {
            PushRow(program.RowOf(value) + (32 * part));
            // Lanes that wait elsewhere keep what they have.
            if (_entered is not null)
                PushLaneMask(_entered.Bits, part, Element(value.Type));
            PushPart(value, part, Element(value.Type));
            if (_entered is not null)
            {
                PushRowPart(value, part);
                CallVector("ConditionalSelect", [.. Enumerable.Repeat(Vector(Element(value.Type)), 3)]);
            }
            StorePart(Element(value.Type));
        }
        if (isTagged)
            PutState(value, isAffine: false);
    }

    // A vector to an address below it. No call: what is inlined costs variables.
    private void StorePart(Type element)
    {
        _il.Emit(OpCodes.Unaligned, (byte)1);
        _il.Emit(OpCodes.Stobj, Vector(element));
    }

    // Numbers that live as long as the code.
    private static void* Pinned(long[] numbers)
    {
        long* memory = (long*)NativeMemory.Alloc((nuint)numbers.Length, sizeof(long));
        numbers.CopyTo(new Span<long>(memory, numbers.Length));
        return memory;
    }

    private void KeepBits(IrValue value)
    {
        PushRow(value);
        PushBits(value);
        if (_entered is not null)
        {
            _il.Emit(OpCodes.Ldloc, _entered.Bits);
            _il.Emit(OpCodes.And);
            PushRowBits(value);
            _il.Emit(OpCodes.Ldloc, _entered.Bits);
            _il.Emit(OpCodes.Not);
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Or);
        }
        _il.Emit(OpCodes.Stind_I8);
    }

    private void PutTag(IrValue value, int offset, Action push)
    {
        PushTag(value, offset);
        push();
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Stind_I8);
    }

    // IsAffine and IsFilled stand side by side.
    private void PutState(IrValue value, bool isAffine)
    {
        PushTag(value, 16);
        _il.Emit(OpCodes.Ldc_I4, isAffine ? 0x0001 : 0x0100);
        _il.Emit(OpCodes.Stind_I2);
    }
}
