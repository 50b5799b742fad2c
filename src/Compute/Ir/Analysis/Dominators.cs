namespace GemmaIlgpu.Compute.Ir.Analysis;

/// <summary>Dominator or post-dominator tree of a kernel's reachable blocks
/// (Cooper, Harvey and Kennedy 2001, "A Simple, Fast Dominance Algorithm").</summary>
public sealed class Dominators
{
    private readonly Dictionary<IrBlock, int> _order = [];
    private readonly List<IrBlock?> _blocks = [];
    private readonly int[] _parent;

    private Dominators(IEnumerable<IrBlock?> roots, Func<IrBlock, IEnumerable<IrBlock>> next, Func<IrBlock, IEnumerable<IrBlock>> previous)
    {
        // Number 0 is a virtual root, so that several returns can share one post-dominator.
        _blocks.Add(null);
        IrBlock[] starts = [.. roots.OfType<IrBlock>()];
        foreach (IrBlock block in Traversal.ReversePostOrder(starts, next))
        {
            _order[block] = _blocks.Count;
            _blocks.Add(block);
        }
        var rootSet = new HashSet<IrBlock>(starts);
        _parent = new int[_blocks.Count];
        Array.Fill(_parent, -1);
        _parent[0] = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 1; i < _blocks.Count; i++)
            {
                int parent = rootSet.Contains(_blocks[i]!) ? 0 : -1;
                foreach (IrBlock p in previous(_blocks[i]!))
                    if (_order.TryGetValue(p, out int q) && _parent[q] >= 0)
                        parent = parent < 0 ? q : Intersect(parent, q);
                if (parent >= 0 && _parent[i] != parent)
                {
                    _parent[i] = parent;
                    changed = true;
                }
            }
        }
    }

    /// <summary>Which blocks lie on every path from the entry.</summary>
    public static Dominators Forward(IrKernel kernel) =>
        new([kernel.Entry], block => block.Successors, block => block.Predecessors);

    /// <summary>Which blocks lie on every path to a return.</summary>
    public static Dominators Backward(IrKernel kernel) =>
        new(kernel.Blocks.Where(block => block.Terminator == TerminatorKind.Return), block => block.Predecessors, block => block.Successors);

    /// <summary>The nearest strict dominator, or null when only the virtual root is left.</summary>
    public IrBlock? Parent(IrBlock block) => _order.TryGetValue(block, out int i) ? _blocks[_parent[i]] : null;

    /// <summary>True if every path to b (from b, for post-dominance) goes through a; a block dominates itself.</summary>
    public bool Dominates(IrBlock a, IrBlock b)
    {
        if (!_order.TryGetValue(a, out int target) || !_order.TryGetValue(b, out int i))
            return false;
        while (i > target)
            i = _parent[i];
        return i == target;
    }

    /// <summary>The nearest block that dominates both, or null.</summary>
    public IrBlock? Common(IrBlock a, IrBlock b) =>
        _order.TryGetValue(a, out int i) && _order.TryGetValue(b, out int j) ? _blocks[Intersect(i, j)] : null;

    private int Intersect(int a, int b)
    {
        while (a != b)
        {
            while (a > b)
                a = _parent[a];
            while (b > a)
                b = _parent[b];
        }
        return a;
    }
}
