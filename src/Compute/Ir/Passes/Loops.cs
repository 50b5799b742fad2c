using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>What the loop passes share.</summary>
internal static class Loops
{
    /// <summary>The loops of a kernel; null when a goto made one with two entries, which no loop pass touches.</summary>
    public static LoopForest? Find(IrKernel kernel)
    {
        try
        {
            return new(kernel);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>A block outside the loop whose only way on is the header; made when there is none. Null when the header has
    /// several predecessors outside.</summary>
    public static IrBlock? Preheader(IrKernel kernel, LoopForest forest, Loop loop)
    {
        IrBlock[] outside = [.. loop.Header.Predecessors.Where(block => !loop.Blocks.Contains(block))];
        if (outside.Length != 1)
            return null;
        if (outside[0].Terminator == TerminatorKind.Jump)
            return outside[0];
        IrBlock made = kernel.NewBlock();
        made.EndWithJump(loop.Header);
        made.Predecessors.Add(outside[0]);
        ControlFlow.Retarget(outside[0], loop.Header, made);
        loop.Header.Predecessors[loop.Header.Predecessors.IndexOf(outside[0])] = made;
        kernel.Blocks.Remove(made);
        kernel.Blocks.Insert(kernel.Blocks.IndexOf(loop.Header), made);
        for (Loop? around = loop.Parent; around is not null; around = around.Parent)
            around.Blocks.Add(made);
        _ = forest;
        return made;
    }
}
