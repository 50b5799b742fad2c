namespace GemmaIlgpu.Compute.Ir.Analysis;

/// <summary>A natural loop: a header that dominates every block of the loop.</summary>
public sealed class Loop
{
    internal Loop(IrBlock header) => Header = header;

    public IrBlock Header { get; }

    /// <summary>All blocks, inner loops included.</summary>
    public HashSet<IrBlock> Blocks { get; } = [];

    /// <summary>The loop around this one, or null.</summary>
    public Loop? Parent { get; internal set; }

    /// <summary>Predecessors of the header inside the loop.</summary>
    public IEnumerable<IrBlock> Latches => Header.Predecessors.Where(Blocks.Contains);

    /// <summary>Edges that leave the loop.</summary>
    public IEnumerable<(IrBlock From, IrBlock To)> Exits =>
        from block in Blocks from successor in block.Successors where !Blocks.Contains(successor) select (block, successor);
}

/// <summary>The natural loops of a kernel and an order of its blocks in which each loop is one contiguous run.</summary>
public sealed class LoopForest
{
    private readonly Dictionary<IrBlock, Loop> _innermost = [];
    private readonly List<IrBlock> _reversePostOrder;
    private readonly HashSet<IrBlock> _reachable;

    /// <summary>Finds the loops. A loop with two entries (possible with goto only) is refused.</summary>
    public LoopForest(IrKernel kernel)
    {
        Dominators dominators = Dominators.Forward(kernel);
        List<IrBlock> order = _reversePostOrder = Traversal.ReversePostOrder([kernel.Entry], block => block.Successors);
        _reachable = [.. order];
        var position = order.Select((block, i) => (block, i)).ToDictionary(pair => pair.block, pair => pair.i);
        var loops = new Dictionary<IrBlock, Loop>();
        foreach (IrBlock block in order)
        {
            foreach (IrBlock successor in block.Successors.Where(successor => position[successor] <= position[block]))
            {
                if (!dominators.Dominates(successor, block))
                    throw new NotSupportedException($"{kernel.Name}: a goto jumps into a loop from outside; give the loop one entry.");
                if (!loops.TryGetValue(successor, out Loop? loop))
                    loops[successor] = loop = new Loop(successor);
                Collect(loop, block);
            }
        }
        Loops = [.. loops.Values.OrderBy(loop => loop.Blocks.Count)];
        foreach (Loop loop in Loops)
        {
            loop.Parent = Loops.Find(other => other.Blocks.Count > loop.Blocks.Count && other.Blocks.Contains(loop.Header));
            foreach (IrBlock block in loop.Blocks)
                _innermost.TryAdd(block, loop);
        }
        Order = [];
        Arrange(null);
    }

    /// <summary>Inner loops come before the loops around them.</summary>
    public List<Loop> Loops { get; }

    /// <summary>Reachable blocks in topological order (back edges aside), each loop contiguous and led by its header.</summary>
    public List<IrBlock> Order { get; }

    /// <summary>The smallest loop that holds the block, or null.</summary>
    public Loop? Innermost(IrBlock block) => _innermost.GetValueOrDefault(block);

    private void Collect(Loop loop, IrBlock latch)
    {
        loop.Blocks.Add(loop.Header);
        var work = new Stack<IrBlock>([latch]);
        while (work.TryPop(out IrBlock? block))
            if (loop.Blocks.Add(block))
                foreach (IrBlock predecessor in block.Predecessors.Where(_reachable.Contains))
                    work.Push(predecessor);
    }

    // Appends the blocks of a loop (null: the whole kernel) in topological order, inner loops as one node each.
    private void Arrange(Loop? region)
    {
        List<IrBlock> members = [.. _reversePostOrder.Where(block => region is null || region.Blocks.Contains(block))];
        IrBlock Node(IrBlock block)
        {
            Loop? loop = Innermost(block);
            while (loop is not null && loop != region && loop.Parent != region)
                loop = loop.Parent;
            return loop is null || loop == region ? block : loop.Header;
        }
        var waiting = new Dictionary<IrBlock, HashSet<IrBlock>>();
        foreach (IrBlock block in members)
        {
            HashSet<IrBlock> needs = waiting.TryGetValue(Node(block), out var known) ? known : waiting[Node(block)] = [];
            foreach (IrBlock predecessor in block.Predecessors)
                if ((region is null || (region.Blocks.Contains(predecessor) && block != region.Header)) && _reachable.Contains(predecessor)
                    && Node(predecessor) != Node(block))
                    needs.Add(Node(predecessor));
        }
        // Depth-first preference: the ready node whose predecessor came last keeps the arms of a branch together.
        var placed = new List<IrBlock>();
        while (waiting.Count > 0)
        {
            IrBlock pick = waiting.Where(pair => pair.Value.Count == 0)
                .OrderByDescending(pair => pair.Key.Predecessors.Max(p => (int?)placed.LastIndexOf(Node(p))) ?? -1)
                .First().Key;
            waiting.Remove(pick);
            foreach (HashSet<IrBlock> needs in waiting.Values)
                needs.Remove(pick);
            placed.Add(pick);
            Loop? inner = Loops.Find(loop => loop.Header == pick && loop != region);
            if (inner is not null)
                Arrange(inner);
            else
                Order.Add(pick);
        }
    }
}
