using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

/// <summary>Rebuilds loops and choices from a control flow graph.</summary>
/// <remarks>
/// After N. Ramsey, "Beyond Relooper", ICFP 2022: the code follows the dominator tree. A block with several ways in stands
/// behind a scope that those ways leave; a block with one way in stands where that way is. Two changes: blocks behind a loop
/// stand behind it rather than in it, and a scope that nothing breaks out of is left out. Breaks over several levels, which
/// C lacks, note where they go and are passed on at the end of each level.
/// </remarks>
internal sealed class Structurizer
{
    private readonly Dictionary<IrBlock, int> _position = [];
    private readonly Dictionary<IrBlock, List<IrBlock>> _placed = [];   // block → what stands behind it or, for a loop's header, its loop
    private readonly HashSet<IrBlock> _targets = [];                    // blocks reached by leaving a scope or loop
    private readonly Dictionary<IrBlock, Loop> _loops = [];
    private readonly Stack<Level> _levels = new();
    private readonly HashSet<IrBlock> _scopes = [];                     // targets whose scope something breaks out of
    private bool _isIncomplete;

    private Structurizer(IrKernel kernel)
    {
        var forest = new LoopForest(kernel);
        Dominators dominators = Dominators.Forward(kernel);
        foreach (IrBlock block in forest.Order)
            _position[block] = _position.Count;
        foreach (Loop loop in forest.Loops)
            _loops[loop.Header] = loop;
        foreach (IrBlock block in forest.Order)
        {
            if (dominators.Parent(block) is not { } parent)
                continue;
            bool isMerge = block.Predecessors.Count(from => IsForward(from, block)) > 1;
            Loop? own = forest.Innermost(block);
            if (own?.Header == block)
                own = own.Parent;
            Loop? left = forest.Innermost(parent);
            if (left != own && !Contains(own, left))
                left = null;
            // The outermost loop that holds the parent but not the block.
            while (left is not null && left != own && left.Parent != own)
                left = left.Parent;
            IrBlock place = left is null || left == own ? parent : left.Header;
            if (!isMerge && place == parent && (left is null || left == own))
                continue;
            if (IsBareReturn(block))
                continue;
            (_placed.TryGetValue(place, out List<IrBlock>? list) ? list : _placed[place] = []).Add(block);
            _targets.Add(block);
        }

        static bool Contains(Loop? outer, Loop? inner)
        {
            for (; inner is not null; inner = inner.Parent)
                if (inner == outer)
                    return true;
            return outer is null;
        }
    }

    /// <summary>Gets the body of a kernel.</summary>
    public static List<Statement> Run(IrKernel kernel)
    {
        var structurizer = new Structurizer(kernel);
        var body = new List<Statement>();
        do
        {
            body.Clear();
            structurizer._isIncomplete = false;
            structurizer.Tree(kernel.Entry, null, body);
        }
        while (structurizer._isIncomplete);     // a scope was missing; it is known now
        return body;
    }

    // Everything that the block dominates; falling off the end goes to follow (null: the kernel's end).
    private void Tree(IrBlock block, IrBlock? follow, List<Statement> into)
    {
        if (_loops.TryGetValue(block, out Loop? loop))
        {
            List<IrBlock> all = _placed.GetValueOrDefault(block) ?? [];
            Behind([.. all.Where(target => !loop.Blocks.Contains(target))], follow, into, (next, list) => LoopOf(block, next, list));
            return;
        }
        Node(block, follow, into);
    }

    private void LoopOf(IrBlock header, IrBlock? follow, List<Statement> into)
    {
        var body = new List<Statement>();
        var level = new Level(follow, header, isReal: true);
        _levels.Push(level);
        Node(header, header, body);
        _levels.Pop();
        into.Add(new LoopStatement(header, body));
        PassOn(level, into);
    }

    private void Node(IrBlock block, IrBlock? follow, List<Statement> into)
    {
        IEnumerable<IrBlock> behind = _placed.GetValueOrDefault(block) ?? [];
        if (_loops.TryGetValue(block, out Loop? loop))
            behind = behind.Where(loop.Blocks.Contains);
        Behind([.. behind], follow, into, (next, list) =>
        {
            list.Add(new BlockStatement(block));
            Exit(block, next, list);
        });
    }

    // First, then the targets in their order, each behind a scope around all that comes before it.
    private void Behind(List<IrBlock> targets, IrBlock? follow, List<Statement> into, Action<IrBlock?, List<Statement>> first)
    {
        if (targets.Count == 0)
        {
            first(follow, into);
            return;
        }
        IrBlock last = targets.MaxBy(target => _position[target])!;
        targets.Remove(last);
        var body = new List<Statement>();
        var level = new Level(last, null, _scopes.Contains(last));
        _levels.Push(level);
        Behind(targets, last, body, first);
        _levels.Pop();
        if (level.IsReal)
            into.Add(new ScopeStatement(body));
        else
            into.AddRange(body);
        PassOn(level, into);
        Tree(last, follow, into);
    }

    private void Exit(IrBlock block, IrBlock? follow, List<Statement> into)
    {
        switch (block.Terminator)
        {
            case TerminatorKind.Return:
                if (follow is not null)
                    into.Add(new ReturnStatement());
                break;
            case TerminatorKind.Jump:
                Go(block, block.Target!, follow, into);
                break;
            default:
                var then = new List<Statement>();
                var otherwise = new List<Statement>();
                Go(block, block.Target!, follow, then);
                Go(block, block.ElseTarget!, follow, otherwise);
                if (then.Count > 0 && IsLeaving(then[^1]))
                {
                    into.Add(new IfStatement(block, then, []));
                    into.AddRange(otherwise);
                }
                else if (otherwise.Count > 0 && IsLeaving(otherwise[^1]))
                {
                    into.Add(new IfStatement(block, [], otherwise));
                    into.AddRange(then);
                }
                else if (then.Count + otherwise.Count > 0)
                {
                    into.Add(new IfStatement(block, then, otherwise));
                }
                break;
        }
    }

    private void Go(IrBlock from, IrBlock to, IrBlock? follow, List<Statement> into)
    {
        if (to.Phis.Exists(phi => phi.Operands[to.Predecessors.IndexOf(from)] != phi))
            into.Add(new CopyStatement(from, to));
        if (IsForward(from, to) && IsBareReturn(to))
        {
            if (follow is not null)
                into.Add(new ReturnStatement());
        }
        else if (IsForward(from, to) && !_targets.Contains(to))
        {
            Tree(to, follow, into);
        }
        else if (to != follow)
        {
            Leave(to, into);
        }
    }

    private void Leave(IrBlock to, List<Statement> into)
    {
        Level owner = _levels.First(level => level.Leads(to));
        if (!owner.IsReal)
        {
            _scopes.Add(to);
            _isIncomplete = true;
            return;
        }
        foreach (Level level in _levels.TakeWhile(level => level != owner).Where(level => level.IsReal))
            level.Passing.Add(to);
        if (_levels.First(level => level.IsReal) == owner)
        {
            into.Add(owner.Step(to));
            return;
        }
        into.Add(new LeaveStatement(to));
        into.Add(new BreakStatement());
    }

    // Behind a level: what only passes through it leaves the next one too.
    private void PassOn(Level level, List<Statement> into)
    {
        foreach (IrBlock destination in level.Passing.OrderBy(block => _position[block]))
        {
            Level next = _levels.First(outer => outer.IsReal);
            bool isLast = next.Leads(destination);
            into.Add(new ArriveStatement(destination, isLast, isLast ? next.Step(destination) : new BreakStatement()));
        }
    }

    private static bool IsLeaving(Statement statement) => statement is BreakStatement or ContinueStatement or ReturnStatement;

    private bool IsForward(IrBlock from, IrBlock to) => _position[from] < _position[to];

    private static bool IsBareReturn(IrBlock block) =>
        block.Terminator == TerminatorKind.Return && block.Values.Count == 0 && block.Phis.Count == 0;

    /// <summary>A loop or scope around the place where code is being written. Falling off a scope leads to its end as well,
    /// so a scope that nothing breaks out of is none.</summary>
    private sealed class Level(IrBlock? end, IrBlock? header, bool isReal)
    {
        public bool IsReal { get; } = isReal;

        /// <summary>Destinations of breaks that go further.</summary>
        public HashSet<IrBlock> Passing { get; } = [];

        /// <summary>Gets whether a break or continue in this level goes to a block.</summary>
        public bool Leads(IrBlock to) => to == header || to == end;

        /// <summary>Gets the statement that goes to a block from right inside this level.</summary>
        public Statement Step(IrBlock to) => to == header ? new ContinueStatement() : new BreakStatement();
    }
}
