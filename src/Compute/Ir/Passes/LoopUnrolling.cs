using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Writes out loops of a small constant number of rounds, so that indices become constants and small local arrays become registers.</summary>
internal static class LoopUnrolling
{
    private const int MaxRounds = 64;
    private const int MaxValues = 1200;             // of the loop written out
    private const int MaxValuesWithLocals = 4000;   // when that may turn a local array into registers
    private const int MaxRoundsPlain = 16;

    /// <summary>Unrolls what can be unrolled, innermost loops first.</summary>
    /// <returns>True when something changed; constants then wait to be folded.</returns>
    public static bool Run(IrKernel kernel)
    {
        if (Loops.Find(kernel) is not { } forest)
            return false;
        // One loop of a nest at a time: the next call sees the folded body.
        var ir = new IrBuilder(kernel);
        var touched = new HashSet<Loop>();
        bool changed = false;
        foreach (Loop loop in forest.Loops)
        {
            if (touched.Contains(loop) || !Unroll(kernel, ir, loop))
                continue;
            changed = true;
            for (Loop? around = loop; around is not null; around = around.Parent)
                touched.Add(around);
        }
        return changed;
    }

    private static bool Unroll(IrKernel kernel, IrBuilder ir, Loop loop)
    {
        IrBlock[] outside = [.. loop.Header.Predecessors.Where(block => !loop.Blocks.Contains(block))];
        IrBlock[] latches = [.. loop.Latches];
        (IrBlock From, IrBlock To)[] exits = [.. loop.Exits];
        if (outside.Length != 1 || latches.Length != 1 || exits.Length != 1 || (exits[0].From != loop.Header && exits[0].From != latches[0]))
            return false;
        if (loop.Blocks.Any(block => block.Values.Exists(value => value.Op == IrOp.InlinePtx && InlineTemplate.DeclaresNames(value.Text!))))
            return false;
        int size = loop.Blocks.Sum(block => block.Values.Count + block.Phis.Count);
        if (TripCount.Of(ir, loop, outside[0], latches[0], exits[0].From, MaxRounds) is not { } rounds)
            return false;
        bool usesLocals = loop.Blocks.Any(block => block.Values.Exists(value => value.Op is IrOp.Load or IrOp.Store && value.Operands[0].Space == AddressSpace.Local));
        if (size * (rounds + 1) > (usesLocals ? MaxValuesWithLocals : MaxValues) || (!usesLocals && rounds > MaxRoundsPlain))
            return false;
        Write(kernel, loop, outside[0], latches[0], exits[0], rounds);
        return true;
    }

    private static void Write(IrKernel kernel, Loop loop, IrBlock outside, IrBlock latch, (IrBlock From, IrBlock To) exit, int rounds)
    {
        IrBlock[] blocks = [.. kernel.Blocks.Where(loop.Blocks.Contains)];
        int at = kernel.Blocks.IndexOf(blocks[^1]) + 1;
        IrBlock before = outside;
        var values = new Dictionary<IrValue, IrValue>();
        for (int round = 0; round <= rounds; round++)
        {
            var next = new Dictionary<IrValue, IrValue>();
            Dictionary<IrBlock, IrBlock> copies = LoopCopy.Make(kernel, loop, blocks, next, phi =>
            {
                IrValue incoming = phi.Operands[phi.Block.Predecessors.IndexOf(round == 0 ? outside : latch)];
                return round == 0 ? incoming : values.GetValueOrDefault(incoming, incoming);
            });
            values = next;
            IrBlock header = copies[loop.Header];
            ControlFlow.Retarget(before, round == 0 ? loop.Header : before.Successors.Single(successor => successor == loop.Header), header);
            header.Predecessors.Add(before);
            before = copies[latch];

            // The deciding block's way is known in every round.
            IrBlock deciding = copies[exit.From];
            IrBlock inside = exit.From.Successors.First(successor => successor != exit.To);
            deciding.EndWithJump(round == rounds ? exit.To : inside == loop.Header ? loop.Header : copies[inside]);
            kernel.Blocks.InsertRange(at, blocks.Select(block => copies[block]));
            at += blocks.Length;
            if (round < rounds)
                continue;
            if (copies[latch] != deciding)
                copies[latch].EndWithReturn();      // never reached
            Leave(exit, deciding, values);
        }
        // Uses behind the loop see the last round.
        foreach (IrBlock block in kernel.Blocks)
        {
            if (loop.Blocks.Contains(block))
                continue;
            foreach (IrValue user in block.Phis.Concat(block.Values))
                for (int i = 0; i < user.Operands.Count; i++)
                    if (loop.Blocks.Contains(user.Operands[i].Block))
                        user.Operands[i] = values[user.Operands[i]];
            if (block.Condition is not null && loop.Blocks.Contains(block.Condition.Block))
                block.Condition = values[block.Condition];
        }
        kernel.Blocks.RemoveAll(loop.Blocks.Contains);
        ControlFlow.RemoveUnreachable(kernel);
    }

    private static void Leave((IrBlock From, IrBlock To) exit, IrBlock deciding, Dictionary<IrValue, IrValue> values)
    {
        exit.To.Predecessors[exit.To.Predecessors.IndexOf(exit.From)] = deciding;
        foreach (IrValue phi in exit.To.Phis)
            for (int i = 0; i < phi.Operands.Count; i++)
                if (exit.To.Predecessors[i] == deciding)
                    phi.Operands[i] = values.GetValueOrDefault(phi.Operands[i], phi.Operands[i]);
    }
}
