using System.Reflection;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Makes machine code of a block and of the blocks that it leads to, for warps all of whose lanes run; or for some lanes
/// of a warp, of the blocks that only it leads to. A way back to the beginning is a loop whose values stay in registers. Whatever is unusual is left to the interpreter, which
/// goes on from the rows: a check that fails, lanes that separate for longer than a block, a meeting of the group.</summary>
internal sealed unsafe partial class RegionCompiler(LockstepProgram program, Liveness liveness, Dictionary<IrValue, RowTag> tags, bool[] windows, int first, bool isMasked)
{
    // The compiler of .NET neither inlines nor knows vectors any more in methods of more than 512 variables, its own among them.
    private const int MostLocals = 260;
    private const int MostTemporaries = 1000;
    private const int LeastPart = 250;      // a part does not end for the next one before
    private const int MostInstructions = 600;

    // Delegates of static methods with an object before their arguments are called faster.
    private static readonly object s_nothing = new();

    private readonly HashSet<IrValue> _weak = [];       // phis whose form the loop does not keep
    private readonly int _root = program.BlockOf(first);
    private readonly int _lanes = program.Lanes;
    private readonly KnownLanes _known = new(program.Lanes);
    private readonly HashSet<int> _members = [], _arms = [];
    private readonly HashSet<IrValue> _given = [];      // what stands in rows already
    private ILGenerator _il = null!;
    private Dictionary<IrValue, Form> _forms = null!;
    private List<Action> _deferred = null!;
    private Label _misfit, _begin;
    private readonly Dictionary<Type, Stack<LocalBuilder>> _unused = [];
    private readonly HashSet<LocalBuilder> _inUse = [];
    private int _size, _locals, _temporaries;
    private bool _isLoop, _retry;

    /// <summary>The code; null if there is none worth making.</summary>
    public RegionCode? Compile()
    {
        Collect(_root);
        if (_lanes % 8 != 0 || _size == 0)
            return null;
        do
        {
            var method = new DynamicMethod($"{program.Kernel.Name}@{first}", typeof(int), [typeof(object), typeof(LockstepWarp), typeof(byte*), typeof(AccessWindow*)], typeof(RegionCompiler).Module, skipVisibility: true)
            {
                InitLocals = false,
            };
            (_entered, _active, _undo, _temporaries) = (null, null, null, 0);
            (_il, _forms, _deferred, _retry, _locals) = (method.GetILGenerator(4096), [], [], false, 0);
            _unused.Clear();
            _inUse.Clear();
            Emit();
            if (!_retry)
                return method.CreateDelegate<RegionCode>(s_nothing);
        }
        while (true);
    }

    // The blocks that nothing else leads to.
    private void Collect(int block)
    {
        _members.Add(block);
        LockstepBlock source = program.Blocks[block];
        int start = block == _root ? first : source.First;
        for (int i = start; i < source.First + source.Count; i++, _size++)
            if (EndsAt(i, start))
                return;
        Diamond? diamond = DiamondAt(block);
        _arms.UnionWith(diamond?.Arms ?? []);
        foreach (LockstepEdge? edge in (LockstepEdge?[])[source.Then, source.Else])
        {
            if (edge is null)
                continue;
            if (edge.Target == _root && first == program.Blocks[_root].First && !isMasked)
                _isLoop = true;
            else if (IsOnlyWayTo(edge) && !_members.Contains(edge.Target) && HasRoomFor(edge.Target))
                Collect(edge.Target);
        }
        if (diamond is not null && !_members.Contains(diamond.Join) && HasRoomFor(diamond.Join))
            Collect(diamond.Join);
    }

    private bool HasRoomFor(int block) => _size + program.Blocks[block].Count <= MostInstructions;

    // Lanes that have left others behind meet them where the interpreter looks for them.
    private bool IsOnlyWayTo(LockstepEdge edge) =>
        program.Blocks[edge.Target].Source.Predecessors.Count == 1 && !(isMasked && IsMeetingPoint(edge.Target, -1));

    // A meeting, or where a long block is cut.
    private bool EndsAt(int instruction, int start) =>
        (program.Code + instruction)->Stop == StopKind.Meeting || (instruction > start + LeastPart && !_arms.Contains(program.BlockOf(instruction)) && program.Regions.BeginsAt(instruction))
        || (isMasked && program.Values[instruction]!.IsConvergent);

    private void Emit()
    {
        (_misfit, _begin) = (_il.DefineLabel(), _il.DefineLabel());
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Brfalse, _misfit);
        if (isMasked)
            _entered = _active = BeginLanes(() =>
            {
                _il.Emit(OpCodes.Ldarg_1);
                Call(typeof(LockstepWarp).GetProperty(nameof(LockstepWarp.Mask))!.GetMethod!);
            });
        LoadOperands();
        RequireWindows();
        ForgetAll();
        _il.MarkLabel(_begin);
        EmitBlock(_root);
        EmitDeferred();
        _il.MarkLabel(_misfit);
        Return(LaneRegions.DoesNotFit);
    }

    // What is rarely done.
    private void EmitDeferred()
    {
        for (int i = 0; i < _deferred.Count; i++)
            _deferred[i]();
        _deferred.Clear();
    }

    private void Return(int exit)
    {
        _il.Emit(OpCodes.Ldc_I4, exit);
        _il.Emit(OpCodes.Ret);
    }

    // Values that the region does not make itself, in the form that was seen.
    private void LoadOperands()
    {
        var made = new HashSet<IrValue>();
        var used = new HashSet<IrValue>();
        foreach (int member in _members)
        {
            LockstepBlock block = program.Blocks[member];
            int start = member == _root ? first : block.First;
            bool ends = false;
            for (int i = start; i < block.First + block.Count && !ends; i++)
            {
                ends = EndsAt(i, start);
                if (ends)
                    break;
                made.Add(program.Values[i]!);
                used.UnionWith(program.OperandsOf(i));
            }
            if (member != _root)
                made.UnionWith(block.Source.Phis);
            if (ends)
                continue;
            if (block.Source.Condition is not null)
                used.Add(block.Source.Condition);
            foreach (LockstepEdge? edge in (LockstepEdge?[])[block.Then, block.Else])
            {
                if (edge is null || !_members.Contains(edge.Target))
                    continue;
                IrBlock target = program.Blocks[edge.Target].Source;
                int position = target.Predecessors.IndexOf(block.Source);
                used.UnionWith(target.Phis.Select(phi => phi.Operands[position]));
            }
        }
        List<IrValue> phis = program.Blocks[_root].Source.Phis;
        if (_isLoop)
            used.UnionWith(phis);
        _given.Clear();
        foreach (IrValue value in used.Where(value => !made.Contains(value)))
        {
            bool changes = _isLoop && phis.Contains(value);
            _forms[value] = LoadOperand(value, changes);
            if (!changes)
                _given.Add(value);
        }
    }

    private Form LoadOperand(IrValue value, bool changes)
    {
        if (value.Op == IrOp.Constant && value.Type == IrType.Bool)
            return new Form(FormKind.Bit, StoreNew(typeof(int), () => _il.Emit(OpCodes.Ldc_I4, value.Immediate != 0 ? 1 : 0)));
        if (value.Op == IrOp.Constant)
            return new Form(FormKind.Constant) { Number = value.Immediate };
        if (value.Type == IrType.Bool)
            return changes ? new Form(FormKind.Bits, StoreNew(typeof(ulong), () => PushRowBits(value))) : new Form(FormKind.Row);
        if (!tags.TryGetValue(value, out RowTag tag))
            return changes ? LoadParts(value) : new Form(FormKind.Row);
        if (!changes && !tag.IsAffine && _known.Find(value) is { } lanes && (lanes.IsKnown || !isMasked))
            return Pattern(value, () => PushPatternStart(value, lanes), lanes.Distances);
        if (!tag.IsAffine || _weak.Contains(value))
        {
            PushFill(value);
            return changes ? LoadParts(value) : new Form(FormKind.Row);
        }
        // What is seen must be seen again: it is described by its tag, with a step of zero, the same step, or any.
        bool known = Math.Abs(tag.Step) <= 16 || changes;
        PushTag(value, 16);
        _il.Emit(OpCodes.Ldind_U1);
        _il.Emit(OpCodes.Brfalse, _misfit);
        LocalBuilder start = StoreNew(Scalar(value.Type), () => PushTagNumber(value, 0));
        if (known)
        {
            PushTag(value, 8);
            _il.Emit(OpCodes.Ldind_I8);
            _il.Emit(OpCodes.Ldc_I8, tag.Step);
            _il.Emit(OpCodes.Bne_Un, _misfit);
        }
        if (tag.Step == 0)
            return new Form(FormKind.Uniform, start);
        return known
            ? new Form(FormKind.Affine, start) { Number = tag.Step }
            : new Form(FormKind.Affine, start) { Step = StoreNew(Scalar(value.Type), () => PushTagNumber(value, 8)) };
    }

    private Form LoadParts(IrValue value)
    {
        Type vector = Vector(Element(value.Type));
        return new Form(FormKind.Vectors, [.. Enumerable.Range(0, Parts(value.Type)).Select(part => StoreNew(vector, () => PushRowPart(value, part)))]);
    }

    private void EmitBlock(int number)
    {
        LockstepBlock block = program.Blocks[number];
        int start = number == _root ? first : block.First;
        if (block.Source.Values.Any(value => value.Op == IrOp.Store))
            Add(nameof(LockstepWarp.Changes), 1);
        for (int i = start; i < block.First + block.Count; i++)
        {
            bool isFull = (_locals > MostLocals || _temporaries > MostTemporaries || i - start >= MostInstructions) && i > start && _undo is null;
            if (isFull)
                program.Regions.MayBeginAt(i);
            if (isFull || EndsAt(i, start))
            {
                Keep(NeededAt(i));
                Return(-1 - i);
                return;
            }
            EmitInstruction(program.Values[i]!, i);
            ReleaseAfter(i, block);
        }
        if (_undo is not null)
            return;
        if (block.Then is null)
            Leave(number);
        else if (block.Else is null)
            Follow(number, block.Then);
        else
            Branch(number, block);
    }

    private void PushAll() => _il.Emit(OpCodes.Ldc_I8, _lanes == 64 ? -1L : (1L << _lanes) - 1);
}
