using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Some of a warp's lanes: those for which the code is entered, and those that take a short way around which others go.</content>
internal sealed unsafe partial class RegionCompiler
{
    private const int MostInArm = 40;

    private ActiveLanes? _entered;      // null for all
    private ActiveLanes? _active;
    private Label? _undo;               // in an arm: where the interpreter begins with both arms

    /// <summary>Lanes that run.</summary>
    /// <param name="Bits">A bit for each.</param>
    /// <param name="First">The first of them.</param>
    /// <param name="Last">The last of them.</param>
    private sealed record ActiveLanes(LocalBuilder Bits, LocalBuilder First, LocalBuilder Last);

    /// <summary>A branch whose arms are a block each, or one of them nothing, and meet behind it.</summary>
    private sealed record Diamond(int? Then, int? Else, int Join)
    {
        public IEnumerable<int> Arms => new[] { Then, Else }.OfType<int>();
    }

    private Diamond? DiamondAt(int number)
    {
        LockstepBlock block = program.Blocks[number];
        if (block is not { Then: { } then, Else: { } other, Reconvergence: >= 0 and var join } || join == _root)
            return null;
        var diamond = new Diamond(then.Target == join ? null : then.Target, other.Target == join ? null : other.Target, join);
        int[] arms = [.. diamond.Arms];
        bool isDiamond = arms.Length > 0 && program.Blocks[join].Source.Predecessors.Count == 2 && then.Loop == Rounds.NoLoop && other.Loop == Rounds.NoLoop
            && Array.TrueForAll(arms, arm => IsArm(arm, join)) && !(isMasked && IsMeetingPoint(join, number)) && CanBeUndone(arms);
        return isDiamond ? diamond : null;
    }

    private bool IsMeetingPoint(int target, int except)
    {
        for (int b = 0; b < program.Blocks.Length; b++)
            if (b != except && program.Blocks[b].Else is not null && program.Blocks[b].Reconvergence == target)
                return true;
        return false;
    }

    private bool IsArm(int arm, int join)
    {
        LockstepBlock block = program.Blocks[arm];
        return arm != _root && block is { Else: null, Then: { Loop: Rounds.NoLoop } way, Count: <= MostInArm } && way.Target == join && block.Source.Predecessors.Count == 1
            && !Instructions(block).Any(value => value.IsConvergent || value.Op == IrOp.Print);
    }

    // What the interpreter does again must not have been done: nothing is written before the last thing that it may have to look at.
    private bool CanBeUndone(int[] arms)
    {
        bool wrote = false;
        foreach (IrValue value in arms.SelectMany(arm => Instructions(program.Blocks[arm])))
        {
            if (wrote && value.Op is IrOp.Check or IrOp.SignExtend)
                return false;
            wrote |= value.HasSideEffect && value.Op != IrOp.Check;
        }
        return true;
    }

    private IEnumerable<IrValue> Instructions(LockstepBlock block) => Enumerable.Range(block.First, block.Count).Select(i => program.Values[i]!);

    private ActiveLanes BeginLanes(Action bits)
    {
        LocalBuilder mask = StoreNew(typeof(ulong), bits);
        return new(mask, StoreNew(typeof(long), () =>
        {
            _il.Emit(OpCodes.Ldloc, mask);
            Call(typeof(System.Numerics.BitOperations).GetMethod(nameof(System.Numerics.BitOperations.TrailingZeroCount), [typeof(ulong)])!);
            _il.Emit(OpCodes.Conv_I8);
        }), StoreNew(typeof(long), () =>
        {
            _il.Emit(OpCodes.Ldloc, mask);
            Call(typeof(System.Numerics.BitOperations).GetMethod(nameof(System.Numerics.BitOperations.Log2), [typeof(ulong)])!);
            _il.Emit(OpCodes.Conv_I8);
        }));
    }

    private void PushActive()
    {
        if (_active is null)
            PushAll();
        else
            _il.Emit(OpCodes.Ldloc, _active.Bits);
    }

    private void PushLastLane()
    {
        if (_active is null)
            _il.Emit(OpCodes.Ldc_I8, _lanes - 1L);
        else
            _il.Emit(OpCodes.Ldloc, _active.Last);
    }

    // Each arm for its lanes, one after the other, then both together.
    private void EmitDiamond(int number, Diamond diamond, LocalBuilder bits)
    {
        ActiveLanes? before = _active;
        Label undo = _il.DefineLabel();
        EmitArm(diamond.Then, undo, () => _il.Emit(OpCodes.Ldloc, bits));
        EmitArm(diamond.Else, undo, () =>
        {
            PushActive();
            _il.Emit(OpCodes.Ldloc, bits);
            _il.Emit(OpCodes.Xor);
        });
        SetLanes();
        _deferred.Add(() =>
        {
            _il.MarkLabel(undo);
            (ActiveLanes? later, _active) = (_active, before);
            SetLanes();
            Leave(number);
            _active = later;
        });
        IrBlock join = program.Blocks[diamond.Join].Source;
        IrBlock then = program.Blocks[diamond.Then ?? number].Source, other = program.Blocks[diamond.Else ?? number].Source;
        var forms = join.Phis.ToDictionary(phi => phi, phi => Chosen(phi, bits, phi.Operands[join.Predecessors.IndexOf(then)], phi.Operands[join.Predecessors.IndexOf(other)]));
        foreach ((IrValue phi, Form form) in forms)
            _forms[phi] = form;
        EmitBlock(diamond.Join);
    }

    private void EmitArm(int? arm, Label undo, Action lanes)
    {
        if (arm is not { } number)
            return;
        ActiveLanes? before = _active;
        Label skip = _il.DefineLabel();
        lanes();
        _il.Emit(OpCodes.Brfalse, skip);
        (_active, _undo) = (BeginLanes(lanes), undo);
        SetLanes();
        Apart(() => EmitBlock(number));
        (_active, _undo) = (before, null);
        _il.MarkLabel(skip);
    }

    // For those who look at accesses, and for the interpreter.
    private void SetLanes()
    {
        _il.Emit(OpCodes.Ldarg_1);
        PushActive();
        Call(typeof(LockstepWarp).GetMethod(nameof(LockstepWarp.SetMask))!);
    }

    private Form Chosen(IrValue phi, LocalBuilder bits, IrValue then, IrValue other)
    {
        if (then == other)
            return FormOf(then);
        if (phi.Type == IrType.Bool)
        {
            return new Form(FormKind.Bits, StoreNew(typeof(ulong), () =>
            {
                PushBits(then);
                _il.Emit(OpCodes.Ldloc, bits);
                _il.Emit(OpCodes.And);
                PushBits(other);
                _il.Emit(OpCodes.Ldloc, bits);
                _il.Emit(OpCodes.Not);
                _il.Emit(OpCodes.And);
                _il.Emit(OpCodes.Or);
            }));
        }
        Type element = Element(phi.Type);
        return new Form(FormKind.Vectors, [.. Enumerable.Range(0, Parts(phi.Type)).Select(part => StoreNew(Vector(element), () =>
        {
            PushLaneMask(bits, part, element);
            PushPart(then, part, element);
            PushPart(other, part, element);
            CallVector("ConditionalSelect", Vector(element), Vector(element), Vector(element));
        }))]);
    }

    // All or no bits of each lane of a part.
    private void PushLaneMask(LocalBuilder bits, int part, Type element)
    {
        bool isNarrow = element == typeof(int) || element == typeof(float);
        _il.Emit(OpCodes.Ldloc, bits);
        _il.Emit(OpCodes.Ldc_I4, part * (isNarrow ? 8 : 4));
        Call(typeof(RegionOps).GetMethod(isNarrow ? nameof(RegionOps.Mask32) : nameof(RegionOps.Mask64))!);
        As(isNarrow ? typeof(int) : typeof(long), element);
    }
}
