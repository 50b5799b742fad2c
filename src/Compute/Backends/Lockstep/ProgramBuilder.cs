using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;
using GemmaIlgpu.Compute.Ir.Passes;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Gives values rows and lays out the instructions of a kernel.</summary>
internal sealed unsafe class ProgramBuilder(IrKernel kernel, LockstepOptions options)
{
    private readonly Dictionary<IrBlock, int> _numbers = [];
    private readonly Dictionary<IrValue, int> _lastUse = [];
    private readonly HashSet<IrValue> _folded = [];
    private readonly HashSet<IrValue> _shared = [];
    private readonly Dictionary<int, Stack<int>> _free = [];
    private readonly Dictionary<int, int> _temporaries = [];
    private LoopForest? _loops;

    public List<Instruction> Code { get; } = [];

    public List<IrValue?> Values { get; } = [];

    public List<LockstepBlock> Blocks { get; } = [];

    public Dictionary<IrValue, int> Rows { get; } = [];

    public int RegisterBytes { get; private set; }

    /// <summary>Gets the rows that have tags, and the bytes of their values.</summary>
    public List<(int Row, int Width)> TaggedRows { get; } = [];

    public void Build()
    {
        _loops = Loops.Find(kernel);
        Dominators postDominators = Dominators.Backward(kernel);
        foreach (IrBlock block in kernel.Blocks)
        {
            _numbers[block] = Blocks.Count;
            Blocks.Add(new() { Source = block });
        }
        FindFolded();
        FindShared();
        foreach (IrBlock block in kernel.Blocks)
        {
            foreach (IrValue phi in block.Phis)
                NewRow(phi);
            foreach (IrValue value in block.Values.Where(value => IrBuilder.IsLeaf(value.Op) || (_shared.Contains(value) && value.Type != IrType.Void && !_folded.Contains(value))))
                NewRow(value);
        }
        foreach (LockstepBlock block in Blocks)
            Emit(block);
        foreach (LockstepBlock block in Blocks)
        {
            IrBlock source = block.Source;
            block.Reconvergence = postDominators.Parent(source) is { } meeting ? _numbers[meeting] : -1;
            if (source.Target is not null)
                block.Then = Edge(source, source.Target);
            if (source.ElseTarget is not null)
                (block.Else, block.Condition) = (Edge(source, source.ElseTarget), Rows[source.Condition!]);
        }
    }

    private static bool IsAccess(IrOp op) => op is IrOp.Load or IrOp.Store or IrOp.Atomic or IrOp.AtomicCompareExchange;

    // A pointer plus a constant is part of the accesses that use it.
    private void FindFolded()
    {
        if (options.KeepRows)
            return;
        var others = new HashSet<IrValue>();
        foreach (IrBlock block in kernel.Blocks)
            foreach (IrValue value in block.Phis.Concat(block.Values))
                for (int i = 0; i < value.Operands.Count; i++)
                    if (value.Operands[i] is { Op: IrOp.Address, Operands.Count: 1 } address)
                        (i == 0 && IsAccess(value.Op) ? _folded : others).Add(address);
        _folded.ExceptWith(others);
    }

    /// <summary>The values whose rows an instruction reads.</summary>
    public IEnumerable<IrValue> OperandsOf(IrValue value) =>
        value.Operands.Select(operand => _folded.Contains(operand) ? operand.Operands[0] : operand);

    // Values that are used in their own block only can give their rows to others.
    private void FindShared()
    {
        foreach (IrBlock block in kernel.Blocks)
        {
            foreach (IrValue phi in block.Phis)
                _shared.UnionWith(phi.Operands);
            foreach (IrValue value in block.Values)
                foreach (IrValue operand in OperandsOf(value))
                    if (operand.Block != block || options.KeepRows)
                        _shared.Add(operand);
            if (options.KeepRows)
                _shared.UnionWith(block.Values);
            if (block.Condition is not null)
                _shared.Add(block.Condition);
        }
    }

    /// <summary>Whether rows of a type have tags.</summary>
    public static bool IsTagged(IrType type) => type is IrType.I32 or IrType.I64 or IrType.Ptr;

    private int WidthOf(IrType type) => (IsTagged(type) ? RowTag.Bytes : 0) + type switch
    {
        IrType.Bool => 32,
        IrType.I32 or IrType.F32 => Math.Max(32, 4 * options.Lanes),
        _ => Math.Max(32, 8 * options.Lanes),
    };

    // Rows that values of several types use have the same size and the same tag or none.
    private int KindOf(IrType type) => WidthOf(type) * 4 + (IsTagged(type) ? 1 : 0) + (type is IrType.I32 or IrType.F32 ? 2 : 0);

    private int Allocate(IrType type)
    {
        int tag = IsTagged(type) ? RowTag.Bytes : 0, row = RegisterBytes + tag;
        RegisterBytes += WidthOf(type);
        if (tag > 0)
            TaggedRows.Add((row, type == IrType.I32 ? 4 : 8));
        return row;
    }

    private void NewRow(IrValue value)
    {
        if (!_shared.Contains(value) && value.Op != IrOp.Phi && !IrBuilder.IsLeaf(value.Op) && _free.TryGetValue(KindOf(value.Type), out Stack<int>? free) && free.TryPop(out int row))
        {
            Rows[value] = row;
            return;
        }
        Rows[value] = Allocate(value.Type);
    }

    private void Emit(LockstepBlock block)
    {
        block.First = Code.Count;
        IrValue[] values = [.. block.Source.Values.Where(value => !IrBuilder.IsLeaf(value.Op) && !_folded.Contains(value))];
        for (int i = 0; i < values.Length; i++)
            foreach (IrValue operand in OperandsOf(values[i]))
                _lastUse[operand] = i;
        for (int i = 0; i < values.Length; i++)
        {
            IrValue value = values[i];
            bool own = value.Type != IrType.Void && !Rows.ContainsKey(value);
            if (own)
                NewRow(value);
            Add(Make(value), value);
            foreach (IrValue operand in OperandsOf(value).Append(value).Distinct())
                if (CanFree(operand, block.Source) && (operand == value ? !_lastUse.ContainsKey(value) : _lastUse[operand] == i))
                    Free(operand);
        }
        block.Count = values.Length;
        Add(new Instruction { Stop = StopKind.Exit }, null);
    }

    private bool CanFree(IrValue value, IrBlock block) =>
        value.Block == block && value.Type != IrType.Void && value.Op != IrOp.Phi && !IrBuilder.IsLeaf(value.Op) && !_shared.Contains(value);

    private void Free(IrValue value)
    {
        int kind = KindOf(value.Type);
        (_free.TryGetValue(kind, out Stack<int>? free) ? free : _free[kind] = []).Push(Rows[value]);
    }

    private void Add(Instruction instruction, IrValue? value)
    {
        instruction.Index = Code.Count;
        Code.Add(instruction);
        Values.Add(value);
    }

    private Instruction Make(IrValue value)
    {
        int[] rows = [.. OperandsOf(value).Select(operand => Rows[operand])];
        var instruction = new Instruction
        {
            Result = Rows.GetValueOrDefault(value),
            A = rows.ElementAtOrDefault(0),
            B = rows.ElementAtOrDefault(1),
            C = rows.ElementAtOrDefault(2),
            Immediate = value.Op is IrOp.Shl or IrOp.Shr or IrOp.ShrU ? value.Operands[1].Immediate : value.Immediate,
            Offset = value.Offset,
            Memory = value.Memory,
            Tags = TagsOf(value),
        };
        switch (value.Op)
        {
            case IrOp.Load or IrOp.Store or IrOp.Atomic or IrOp.AtomicCompareExchange:
                instruction.Offset = _folded.Contains(value.Operands[0]) ? value.Operands[0].Offset : 0;
                instruction.IsLoad = value.Op == IrOp.Load;
                instruction.Size = value.Memory.SizeInBytes();
                instruction.Space = value.Operands[0].Space;
                instruction.Code = (delegate*<LockstepWarp, Instruction*, void>)&MemoryOps.Access;
                instruction.Inner = MemoryOps.Find(value);
                break;
            case IrOp.Barrier or IrOp.BarrierReduce or IrOp.GroupBroadcast:
                instruction.Stop = StopKind.Meeting;
                break;
            case IrOp.Shuffle or IrOp.WarpBroadcast or IrOp.WarpBarrier or IrOp.MemoryFence or IrOp.Print or IrOp.Statement:
                instruction.Inner = ExchangeOps.Find(value);
                break;
            case IrOp.Check:
                instruction.Code = CheckOps.Find(value);
                break;
            default:
                instruction.Inner = OperationTable.Find(value).Code;
                instruction.Code = AffineOps.Find(value);
                break;
        }
        instruction.IsPure = !value.HasSideEffect && !value.IsConvergent && value.Operands.Count is >= 1 and <= 3 && IsTagged(value.Type)
            && value.Operands.TrueForAll(operand => IsTagged(operand.Type));
        if (instruction is { Code: null, Stop: StopKind.None })
            instruction.Code = instruction.Tags == 0 ? instruction.Inner : (delegate*<LockstepWarp, Instruction*, void>)&AffineOps.Plain;
        if (BirthOps.Find(value, options) is var watched && watched != null)
        {
            instruction.Watched = instruction.Code;
            instruction.Code = watched;
        }
        return instruction;
    }

    private static byte TagsOf(IrValue value)
    {
        int tags = IsTagged(value.Type) ? 8 : 0;
        for (int i = 0; i < Math.Min(3, value.Operands.Count); i++)
            if (IsTagged(value.Operands[i].Type))
                tags |= 1 << i;
        return (byte)tags;
    }

    private sbyte LoopOf(IrBlock from, IrBlock to)
    {
        if (_loops?.Loops.Find(loop => loop.Header == to) is not { } begun)
            return Rounds.NoLoop;
        int depth = _loops.Loops.Count(loop => loop != begun && loop.Blocks.Contains(to));
        return (sbyte)(begun.Blocks.Contains(from) ? ~depth : depth);
    }

    private LockstepEdge Edge(IrBlock from, IrBlock to)
    {
        int position = to.Predecessors.IndexOf(from);
        var waiting = to.Phis.Select(phi => new RowCopy(Rows[phi], Rows[phi.Operands[position]], phi.Type switch
        {
            IrType.Bool => 0,
            IrType.I32 or IrType.F32 => 4,
            _ => 8,
        }, IsTagged(phi.Type))).Where(copy => copy.To != copy.From).ToList();
        var ordered = new List<RowCopy>();
        while (waiting.Count > 0)
        {
            int next = waiting.FindIndex(copy => !waiting.Exists(other => other.From == copy.To));
            if (next >= 0)
            {
                ordered.Add(waiting[next]);
                waiting.RemoveAt(next);
                continue;
            }
            // A circle: one source goes to a row of its own first.
            RowCopy first = waiting[0];
            int kind = KindOf(Source(first));
            if (!_temporaries.TryGetValue(kind, out int temporary))
                _temporaries[kind] = temporary = Allocate(Source(first));
            ordered.Add(first with { To = temporary });
            waiting[0] = first with { From = temporary };
        }
        return new(_numbers[to], [.. ordered], LoopOf(from, to));

        static IrType Source(RowCopy copy) => copy switch
        {
            { Width: 0 } => IrType.Bool,
            { IsTagged: true, Width: 4 } => IrType.I32,
            { IsTagged: true } => IrType.I64,
            { Width: 4 } => IrType.F32,
            _ => IrType.F64,
        };
    }
}
