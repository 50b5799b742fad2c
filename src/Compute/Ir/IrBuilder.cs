using GemmaIlgpu.Compute.Ir.Passes;

namespace GemmaIlgpu.Compute.Ir;

/// <summary>Appends operations to a block, folding what is known while doing so. Constants and leaves exist once, at the top of the entry block.</summary>
internal sealed class IrBuilder
{
    private readonly IrKernel _kernel;
    private readonly Dictionary<(IrOp, IrType, long, AddressSpace), IrValue> _leaves = [];
    private int _leafCount;

    public IrBuilder(IrKernel kernel)
    {
        _kernel = kernel;
        if (kernel.Blocks.Count == 0)
            return;
        List<IrValue> entry = kernel.Entry.Values;
        while (_leafCount < entry.Count && IsLeaf(entry[_leafCount].Op))
            _leafCount++;
        for (int i = 0; i < _leafCount; i++)
            _leaves.TryAdd((entry[i].Op, entry[i].Type, entry[i].Immediate, entry[i].Space), entry[i]);
    }

    public IrKernel Kernel => _kernel;

    /// <summary>Where new operations go.</summary>
    public List<IrValue> Target { get; private set; } = null!;

    /// <summary>The block that new operations belong to.</summary>
    public IrBlock Block { get; private set; } = null!;

    /// <summary>Source line given to new operations.</summary>
    public SourceLocation? Location { get; set; }

    /// <summary>Appends to the end of a block.</summary>
    public void MoveTo(IrBlock block) => MoveTo(block, block.Values);

    /// <summary>Appends to a list that will become a block's values.</summary>
    public void MoveTo(IrBlock block, List<IrValue> target) => (Block, Target) = (block, target);

    /// <summary>
    /// Empties a block, but for the leaves at the top of the entry, and gives its values one after the other, for the caller to append
    /// again or to append others instead. New operations get each value's source line.
    /// </summary>
    public IEnumerable<IrValue> Refill(IrBlock block)
    {
        bool isEntry = block == _kernel.Entry;
        IrValue[] values = [.. block.Values.Where(value => !(isEntry && IsLeaf(value.Op)))];
        block.Values.RemoveAll(value => !(isEntry && IsLeaf(value.Op)));
        MoveTo(block);
        foreach (IrValue value in values)
        {
            Location = value.Location;
            yield return value;
        }
    }

    /// <summary>True for operations without operands whose value is the same everywhere in a thread.</summary>
    public static bool IsLeaf(IrOp op) => op <= IrOp.ConstantBase;

    public IrValue Constant(IrType type, long bits) => Leaf(IrOp.Constant, type, type switch
    {
        IrType.I32 => (int)bits,
        IrType.F32 => (uint)bits,
        IrType.Bool => bits & 1,
        _ => bits,
    });

    public IrValue Int(int value) => Constant(IrType.I32, value);

    public IrValue Long(long value) => Constant(IrType.I64, value);

    public IrValue Bool(bool value) => Constant(IrType.Bool, value ? 1 : 0);

    public IrValue Float(float value) => Constant(IrType.F32, BitConverter.SingleToInt32Bits(value));

    public IrValue Double(double value) => Constant(IrType.F64, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Zero, false or null of a register type.</summary>
    public IrValue Zero(IrType type) => Constant(type, 0);

    /// <summary>An operation without operands, made once.</summary>
    public IrValue Leaf(IrOp op, IrType type, long immediate = 0, AddressSpace space = AddressSpace.Global)
    {
        if (_leaves.TryGetValue((op, type, immediate, space), out IrValue? known))
            return known;
        IrValue value = _kernel.NewValue(op, type);
        value.Immediate = immediate;
        value.Space = space;
        value.Block = _kernel.Entry;
        _kernel.Entry.Values.Insert(_leafCount++, value);
        return _leaves[(op, type, immediate, space)] = value;
    }

    /// <summary>Appends an operation, or gives the value that it folds to.</summary>
    public IrValue Emit(IrOp op, IrType type, params ReadOnlySpan<IrValue> operands) => Emit(op, type, 0, operands);

    /// <summary>Appends an operation with an immediate, or gives the value that it folds to.</summary>
    public IrValue Emit(IrOp op, IrType type, long immediate, params ReadOnlySpan<IrValue> operands)
    {
        IrValue value = _kernel.NewValue(op, type, operands);
        value.Immediate = immediate;
        return Append(value);
    }

    public IrValue Compare(ComparePredicate predicate, IrValue left, IrValue right) =>
        Emit(IrOp.Compare, IrType.Bool, (long)predicate, left, right);

    public IrValue Load(IrValue pointer, MemoryType memory)
    {
        IrValue value = _kernel.NewValue(IrOp.Load, memory.RegisterType(), pointer);
        value.Memory = memory;
        return Append(value);
    }

    public IrValue Store(IrValue pointer, IrValue stored, MemoryType memory)
    {
        IrValue value = _kernel.NewValue(IrOp.Store, IrType.Void, pointer, stored);
        value.Memory = memory;
        return Append(value);
    }

    /// <summary>pointer + index · stride + offset; index may be null.</summary>
    public IrValue Address(IrValue pointer, IrValue? index, long stride, long offset)
    {
        IrValue value = index is null ? _kernel.NewValue(IrOp.Address, IrType.Ptr, pointer) : _kernel.NewValue(IrOp.Address, IrType.Ptr, pointer, index);
        value.Space = pointer.Space;
        value.Immediate = index is null ? 0 : stride;
        value.Offset = offset;
        return Append(value);
    }

    /// <summary>Appends a value made by the caller, unless it folds.</summary>
    public IrValue Append(IrValue value)
    {
        if (Folding.Fold(this, value) is { } folded)
            return folded;
        value.Block = Block;
        value.Location ??= Location;
        Target.Add(value);
        return value;
    }
}
