using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>What need not be looked at again. Memory that had a window when the code was made must have one when it is entered; loads and indices
/// that differ from each other by constants are looked at together, where the first of them is: if one of them is out of range, the interpreter
/// goes on from there and comes to it.</content>
internal sealed unsafe partial class RegionCompiler
{
    private Dictionary<LoadKey, IrValue> _loaded = [];
    private Dictionary<PlaceKey, (long Low, long High)> _inside = [];
    private Dictionary<(IrValue Index, IrValue Length), (long Low, long High)> _indices = [];
    private HashSet<CheckKey> _checked = [];
    private Dictionary<IrValue, bool> _decided = [];        // conditions by which all lanes came here

    /// <summary>Loads of the same.</summary>
    private readonly record struct LoadKey(IrValue Pointer, long Offset, MemoryType Memory, IrType Type);

    /// <summary>Loads from places that differ by a constant, a multiple of their size.</summary>
    private readonly record struct PlaceKey(IrValue Pointer, IrValue? Index, long Scale, int Size, long Rest);

    /// <summary>Checks of the same.</summary>
    private readonly record struct CheckKey(long Kind, long Offset, IrValue? A, IrValue? B, IrValue? C, IrValue? D);

    // What is known in one arm of a branch is not known in the other.
    private void Apart(Action emit)
    {
        var before = (_loaded, _inside, _indices, _checked, _decided);
        (_loaded, _inside, _indices, _checked, _decided) = (new(_loaded), new(_inside), new(_indices), [.. _checked], new(_decided));
        emit();
        (_loaded, _inside, _indices, _checked, _decided) = before;
    }

    // One of two ways, which do not meet again: what one needs rarely stands before the other, and registers are free again.
    private void Way(IrValue condition, bool isTrue, Action emit) => Apart(() =>
    {
        _decided[condition] = isTrue;
        LocalBuilder[] before = [.. _inUse];
        emit();
        EmitDeferred();
        foreach (LocalBuilder local in _inUse.Except(before).ToList())
            Release(local);
    });

    private void ForgetAll()
    {
        _loaded.Clear();
        _inside.Clear();
        _indices.Clear();
        _checked.Clear();
        _decided.Clear();
    }

    // What is written may be what was loaded.
    private void ForgetLoads(IrValue value)
    {
        if (value.HasSideEffect && value.Op is not (IrOp.Check or IrOp.Load))
            foreach (LoadKey key in _loaded.Keys.Where(key => value.Op != IrOp.Store || key.Pointer.Space == value.Operands[0].Space).ToList())
                _loaded.Remove(key);
    }

    private bool HasWindow(int index) => windows[index] && !program.Values[index]!.IsPacked;

    private LoadKey KeyOf(int load) => new(program.OperandsOf(load)[0], (program.Code + load)->Offset, program.Values[load]!.Memory, program.Values[load]!.Type);

    private (PlaceKey Key, long Offset) PlaceOf(int load)
    {
        Instruction* i = program.Code + load;
        IrValue pointer = program.OperandsOf(load)[0];
        bool isSum = pointer is { Op: IrOp.Address, Operands.Count: 2 };
        long offset = i->Offset + (isSum ? pointer.Offset : 0);
        long rest = offset & (i->Size - 1);
        return (isSum ? new(pointer.Operands[0], pointer.Operands[1], pointer.Immediate, i->Size, rest) : new(pointer, null, 0, i->Size, rest), offset);
    }

    // Windows that the code counts on: one of each memory and size.
    private void RequireWindows()
    {
        var seen = new HashSet<(IrValue, int)>();
        foreach (int member in _members)
        {
            LockstepBlock block = program.Blocks[member];
            for (int i = member == _root ? first : block.First; i < block.First + block.Count; i++)
            {
                if (program.Values[i] is not { Op: IrOp.Load } || !HasWindow(i))
                    continue;
                IrValue root = program.OperandsOf(i)[0];
                while (root.Op == IrOp.Address)
                    root = root.Operands[0];
                if (!seen.Add((root, (program.Code + i)->Size)))
                    continue;
                PushWindow(i, nameof(AccessWindow.One));
                _il.Emit(OpCodes.Brfalse, _misfit);
            }
        }
    }

    // A load that needs no look wherever it is, or not at all because the same was loaded before.
    private bool TryKnownLoad(IrValue value, int index, LocalBuilder start, long[] distances)
    {
        Instruction* i = program.Code + index;
        if (_undo is not null || !HasWindow(index) || !Array.TrueForAll(distances, distance => distance % i->Size == 0))
            return false;
        (PlaceKey key, long offset) = PlaceOf(index);
        if (_inside.TryGetValue(key, out var known) && offset >= known.Low && offset <= known.High)
            return true;
        (long low, long high) = (offset, offset);
        LockstepBlock block = program.Blocks[program.BlockOf(index)];
        for (int other = index + 1; other < block.First + block.Count; other++)
        {
            if (program.Values[other] is not { Op: IrOp.Load } || !HasWindow(other) || PlaceOf(other) is var (otherKey, place) && otherKey != key)
                continue;
            (low, high) = (Math.Min(low, PlaceOf(other).Offset), Math.Max(high, PlaceOf(other).Offset));
        }
        _inside[key] = (low, high);
        Label bad = Otherwise(index);
        long[] ends = [low - offset + distances.Min(), high - offset + distances.Max()];
        foreach (long end in ends.Distinct())
        {
            PushAddress(start, null, end);
            PushWindow(index, nameof(AccessWindow.Start));
            _il.Emit(OpCodes.Sub);
            PushWindow(index, nameof(AccessWindow.One));
            _il.Emit(OpCodes.Bge_Un, bad);
        }
        if (i->Size > 1)
        {
            _il.Emit(OpCodes.Ldloc, start);
            _il.Emit(OpCodes.Ldc_I8, i->Size - 1L);
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Brtrue, bad);
        }
        return true;
    }

    // Whether a check has been made before, or is one of several that are made together here.
    private bool TryKnownCheck(IrValue check, int index)
    {
        IReadOnlyList<IrValue> operands = program.OperandsOf(index);
        var key = new CheckKey(check.Immediate, check.Offset, operands[0], operands.ElementAtOrDefault(1), operands.ElementAtOrDefault(2), operands.ElementAtOrDefault(3));
        if (operands.Count <= 4 && !_checked.Add(key))
            return true;
        if (_undo is not null || SumOf(index) is not { } sum || DistancesOf(operands[1]) is not { } distances || !(_active is null || _forms[operands[1]].IsUniform))
            return false;
        if (_indices.TryGetValue((sum.Index, sum.Length), out var known) && sum.Offset >= known.Low && sum.Offset <= known.High)
            return true;
        (long low, long high) = (sum.Offset, sum.Offset);
        LockstepBlock block = program.Blocks[program.BlockOf(index)];
        for (int other = index + 1; other < block.First + block.Count; other++)
            if (SumOf(other) is { } more && more.Index == sum.Index && more.Length == sum.Length)
                (low, high) = (Math.Min(low, more.Offset), Math.Max(high, more.Offset));
        _indices[(sum.Index, sum.Length)] = (low, high);
        Label bad = Otherwise(index);
        long[] ends = [low - sum.Offset + distances.Min(), high - sum.Offset + distances.Max()];
        foreach (long end in ends.Distinct())
        {
            PushStart(operands[1]);
            _il.Emit(OpCodes.Ldc_I8, end);
            _il.Emit(OpCodes.Add);
            PushStart(operands[2]);
            _il.Emit(OpCodes.Bge_Un, bad);
        }
        return true;
    }

    // An index that is checked, as something and a constant.
    private (IrValue Index, long Offset, IrValue Length)? SumOf(int instruction)
    {
        if (program.Values[instruction] is not { Op: IrOp.Check, Immediate: (long)CheckKind.Index } || program.OperandsOf(instruction) is not [_, var index, var length])
            return null;
        bool isUniform = _forms.TryGetValue(length, out Form? form) && form.IsUniform;
        return !isUniform ? null
            : index is { Op: IrOp.Add, Operands: [var sum, { Op: IrOp.Constant, Immediate: var number }] } && Math.Abs(number) < int.MaxValue ? (sum, number, length)
            : (index, 0, length);
    }
}
