namespace GemmaIlgpu.Compute.Ir.Analysis;

/// <summary>Walks over blocks.</summary>
public static class Traversal
{
    /// <summary>Depth-first reverse post-order from the given roots.</summary>
    public static List<IrBlock> ReversePostOrder(IEnumerable<IrBlock> roots, Func<IrBlock, IEnumerable<IrBlock>> next)
    {
        var order = new List<IrBlock>();
        var seen = new HashSet<IrBlock>();
        var stack = new Stack<(IrBlock Block, IEnumerator<IrBlock> Next)>();
        foreach (IrBlock root in roots)
        {
            if (!seen.Add(root))
                continue;
            stack.Push((root, next(root).GetEnumerator()));
            while (stack.TryPeek(out var top))
            {
                if (top.Next.MoveNext())
                {
                    if (seen.Add(top.Next.Current))
                        stack.Push((top.Next.Current, next(top.Next.Current).GetEnumerator()));
                }
                else
                {
                    order.Add(stack.Pop().Block);
                }
            }
        }
        order.Reverse();
        return order;
    }

    /// <summary>Every block that control can reach from the starts without entering the barrier block.</summary>
    public static HashSet<IrBlock> Reachable(IEnumerable<IrBlock> starts, IrBlock? barrier)
    {
        var seen = new HashSet<IrBlock>();
        var work = new Stack<IrBlock>(starts);
        while (work.TryPop(out IrBlock? block))
            if (block != barrier && seen.Add(block))
                foreach (IrBlock successor in block.Successors)
                    work.Push(successor);
        return seen;
    }
}
