using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>How a value differs between the lanes of a warp.</summary>
internal enum ShapeKind : byte
{
    /// <summary>The same in every active lane: one scalar.</summary>
    Uniform,
    /// <summary>Lane l holds lane 0's value + l · stride: one scalar and a constant.</summary>
    Affine,
    /// <summary>Anything: a vector.</summary>
    Varying,
}

/// <summary>The shape of a value across lanes.</summary>
/// <param name="Kind">See <see cref="ShapeKind"/>.</param>
/// <param name="Stride">Difference between neighbouring lanes, for affine values.</param>
/// <param name="Exact">False if the stride holds for addresses only: an index that was widened from 32 to 64 bits
/// might have wrapped between two lanes, which no valid address does but a plain number may.</param>
internal readonly record struct Shape(ShapeKind Kind, long Stride, bool Exact)
{
    public static readonly Shape Uniform = new(ShapeKind.Uniform, 0, true);
    public static readonly Shape Varying = new(ShapeKind.Varying, 0, true);

    public static Shape Affine(long stride, bool exact) => stride == 0 && exact ? Uniform : new(ShapeKind.Affine, stride, exact);
}

/// <summary>Finds out which values differ between lanes and which blocks run under a mask
/// (divergence analysis after Karrenberg and Hack 2011, "Whole-Function Vectorization").</summary>
internal sealed class Divergence
{
    private readonly LoopForest _loops;
    private readonly bool _alignedRows;
    private readonly LocalLayout _local;
    private readonly Dominators _postDominators;
    private readonly Dictionary<IrValue, Shape> _shapes = [];
    private readonly HashSet<IrBlock> _masked = [];
    private readonly Dictionary<IrBlock, HashSet<IrBlock>> _influence = [];
    private readonly List<HashSet<IrBlock>> _together = [];

    // alignedRows: a warp lies within one row of the group, so that GroupIndex.X counts lanes.
    public Divergence(IrKernel kernel, LoopForest loops, LocalLayout local, bool alignedRows)
    {
        (_loops, _local, _alignedRows) = (loops, local, alignedRows);
        _postDominators = Dominators.Backward(kernel);
        do
        {
            Solve();
        }
        while (Spread());
        Runs = FindRuns();
    }

    /// <summary>The masked blocks, divided into runs that are executed as one sequence.</summary>
    public IReadOnlyList<IReadOnlySet<IrBlock>> Runs { get; }

    /// <summary>Blocks that may run with only some lanes active.</summary>
    public IReadOnlySet<IrBlock> Masked => _masked;

    public Shape this[IrValue value] => _shapes.TryGetValue(value, out Shape shape) ? shape : Shape.Uniform;

    public bool IsUniform(IrValue value) => this[value].Kind == ShapeKind.Uniform;

    // Shapes only ever get worse (uniform → affine → varying), so the iteration ends.
    private void Solve()
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (IrBlock block in _loops.Order)
            {
                foreach (IrValue value in block.Phis.Concat(block.Values))
                {
                    Shape old = _shapes.TryGetValue(value, out Shape known) ? known : default;
                    bool first = !_shapes.ContainsKey(value);
                    Shape shape = value.Op == IrOp.Phi ? PhiShape(value) : ShapeOf(value);
                    if (!first && (old.Kind > shape.Kind || (old.Kind == shape.Kind && old.Kind == ShapeKind.Affine && old.Stride != shape.Stride)))
                        shape = Shape.Varying;
                    if (!first && old is { Kind: ShapeKind.Affine, Exact: false } && shape.Kind == ShapeKind.Affine)
                        shape = shape with { Exact = false };
                    if (first || shape != old)
                    {
                        _shapes[value] = shape;
                        changed = true;
                    }
                }
                if (block.Terminator == TerminatorKind.Branch && !IsUniform(block.Condition!) && !_influence.ContainsKey(block))
                {
                    _influence[block] = Region(block.Successors, _postDominators.Parent(block));
                    _masked.UnionWith(_influence[block]);
                    changed = true;
                }
            }
        }
    }

    // A run of masked blocks must leave to one block only, which all lanes reach. Where two runs share blocks behind a
    // uniform branch, that branch's whole region becomes masked.
    private bool Spread()
    {
        foreach (HashSet<IrBlock> run in FindRuns())
        {
            IrBlock[] exits = [.. run.SelectMany(block => block.Successors).Where(block => !run.Contains(block)).Distinct()];
            bool returns = run.Any(block => block.Terminator == TerminatorKind.Return);
            if (exits.Length + (returns ? 1 : 0) <= 1)
                continue;
            IrBlock? join = returns ? null : exits.Aggregate<IrBlock, IrBlock?>(exits[0], (a, b) => a is null ? null : _postDominators.Common(a, b));
            HashSet<IrBlock> more = Region(exits, join);
            _masked.UnionWith(more);
            _together.Add([.. run, .. more]);
            return true;
        }
        return false;
    }

    // The blocks that lanes may pass on their way to the join. Where lanes could wait inside a loop while others go round
    // it again, their values would be of different rounds: all wait outside the loop then.
    private HashSet<IrBlock> Region(IEnumerable<IrBlock> starts, IrBlock? join)
    {
        HashSet<IrBlock> region = Traversal.Reachable(starts, join);
        foreach (Loop loop in _loops.Loops)
        {
            if (join is null || !loop.Blocks.Contains(join) || !region.Contains(loop.Header))
                continue;
            while (join is not null && loop.Blocks.Contains(join))
                join = _postDominators.Parent(join);
            region = Traversal.Reachable(starts, join);
        }
        return region;
    }

    // Masked blocks that run one after the other: those behind the same divergent branch, and those next to each other.
    private List<HashSet<IrBlock>> FindRuns()
    {
        var runs = new List<HashSet<IrBlock>>();
        IEnumerable<IEnumerable<IrBlock>> neighbours = _masked.Select(block => block.Successors.Where(_masked.Contains).Append(block));
        foreach (IEnumerable<IrBlock> together in _influence.Values.Concat(_together).Concat(neighbours))
        {
            var merged = new HashSet<IrBlock>(together);
            foreach (HashSet<IrBlock> run in runs.FindAll(run => run.Overlaps(merged)))
            {
                merged.UnionWith(run);
                runs.Remove(run);
            }
            if (merged.Count > 0)
                runs.Add(merged);
        }
        return runs;
    }

    private Shape PhiShape(IrValue phi)
    {
        IrBlock block = phi.Block;
        Shape? joined = null;
        foreach (IrValue operand in phi.Operands)
        {
            if (operand == phi || !_shapes.TryGetValue(operand, out Shape shape))
                continue;   // not known yet: optimistic
            joined = joined is null ? shape : Join(joined.Value, shape);
        }
        Shape result = joined ?? Shape.Uniform;
        if (result.Kind == ShapeKind.Varying)
            return result;
        // Lanes that left a loop in different rounds carry different values out of it.
        foreach (IrBlock predecessor in block.Predecessors)
            for (Loop? loop = _loops.Innermost(predecessor); loop is not null && !loop.Blocks.Contains(block); loop = loop.Parent)
                if (LeavesApart(loop))
                    return Shape.Varying;
        if (phi.Operands.TrueForAll(operand => operand == phi.Operands[0]))
            return result;
        bool touched = _masked.Contains(block) || block.Predecessors.Exists(_masked.Contains)
            || block.Predecessors.Exists(predecessor => _influence.ContainsKey(predecessor));
        if (!touched)
            return result;
        // In a masked loop all active lanes are in the same round: with one way in and one way back they agree.
        Loop? own = _loops.Innermost(block);
        if (own?.Header == block && own.Latches.Count() == 1 && block.Predecessors.Count == 2)
            return result;
        return Shape.Varying;
    }

    private bool LeavesApart(Loop loop) =>
        loop.Blocks.Any(block => _influence.TryGetValue(block, out var reached) && reached.Contains(loop.Header));

    private static Shape Join(Shape a, Shape b) => a.Kind == ShapeKind.Varying || b.Kind == ShapeKind.Varying || a.Stride != b.Stride
        ? Shape.Varying : a with { Kind = a.Kind > b.Kind ? a.Kind : b.Kind, Exact = a.Exact && b.Exact };

    private Shape ShapeOf(IrValue value)
    {
        switch (value.Op)
        {
            case IrOp.Constant or IrOp.Parameter or IrOp.GridIndex or IrOp.GridDimension or IrOp.GroupDimension or IrOp.WarpIndex
                or IrOp.WarpSize or IrOp.SharedBase or IrOp.DynamicSharedBase or IrOp.DynamicSharedLength or IrOp.ConstantBase
                or IrOp.GroupBroadcast or IrOp.WarpBroadcast or IrOp.BarrierReduce:
                return Shape.Uniform;
            case IrOp.LaneIndex:
                return Shape.Affine(1, true);
            case IrOp.GroupIndex:
                return !_alignedRows ? Shape.Varying : value.Immediate == 0 ? Shape.Affine(1, true) : Shape.Uniform;
            case IrOp.LocalBase:
                return Shape.Affine(_local.LaneStride((int)value.Immediate), true);
            case IrOp.Atomic or IrOp.AtomicCompareExchange:
                return Shape.Varying;
            case IrOp.Load or IrOp.Shuffle:
                return IsUniform(value.Operands[0]) ? Shape.Uniform : Shape.Varying;
        }
        if (value.Operands.TrueForAll(IsUniform))
            return Shape.Uniform;
        Shape a = this[value.Operands[0]];
        Shape b = value.Operands.Count > 1 ? this[value.Operands[1]] : Shape.Uniform;
        if (a.Kind == ShapeKind.Varying || b.Kind == ShapeKind.Varying)
            return Shape.Varying;
        bool exact = a.Exact && b.Exact;
        switch (value.Op)
        {
            case IrOp.Add when value.Type.IsInteger():
                return Shape.Affine(Wrap(value.Type, a.Stride + b.Stride), exact);
            case IrOp.Sub when value.Type.IsInteger():
                return Shape.Affine(Wrap(value.Type, a.Stride - b.Stride), exact);
            case IrOp.Neg when value.Type.IsInteger():
                return Shape.Affine(Wrap(value.Type, -a.Stride), exact);
            case IrOp.Mul when value.Type.IsInteger() && value.Operands[1].Op == IrOp.Constant:
                return Shape.Affine(Wrap(value.Type, a.Stride * value.Operands[1].Immediate), exact);
            case IrOp.Mul when value.Type.IsInteger() && value.Operands[0].Op == IrOp.Constant:
                return Shape.Affine(Wrap(value.Type, b.Stride * value.Operands[0].Immediate), exact);
            case IrOp.Shl when value.Type.IsInteger() && value.Operands[1].Op == IrOp.Constant:
                return Shape.Affine(Wrap(value.Type, a.Stride << (int)(value.Operands[1].Immediate & (value.Type == IrType.I32 ? 31 : 63))), exact);
            case IrOp.SignExtend or IrOp.ZeroExtend:
                return new Shape(ShapeKind.Affine, a.Stride, false);
            case IrOp.Truncate64:
                return Shape.Affine(Wrap(IrType.I32, a.Stride), exact);
            case IrOp.Address:
                return Shape.Affine(a.Stride + b.Stride * value.Immediate * _local.Scale(value), exact);
            case IrOp.PointerToInt or IrOp.IntToPointer:
                return a;
            default:
                return Shape.Varying;
        }
    }

    private static long Wrap(IrType type, long stride) => type == IrType.I32 ? (int)stride : stride;
}
