using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Counts the rounds of a loop by running the few values that its exit condition depends on.</summary>
internal sealed class TripCount
{
    private readonly Loop _loop;
    private readonly IrBuilder _ir;
    private readonly IrBlock _outside;
    private readonly IrBlock _latch;

    private TripCount(IrBuilder ir, Loop loop, IrBlock outside, IrBlock latch) => (_ir, _loop, _outside, _latch) = (ir, loop, outside, latch);

    /// <summary>How often the back edge is taken; null when that is not a constant up to the limit.</summary>
    /// <param name="ir">For constants met on the way.</param>
    /// <param name="loop">A loop whose only exit is at <paramref name="exit"/>.</param>
    /// <param name="outside">The only predecessor of the header outside the loop.</param>
    /// <param name="latch">The only one inside.</param>
    /// <param name="exit">The block that decides; it runs once in each round.</param>
    /// <param name="limit">The largest count of interest.</param>
    public static int? Of(IrBuilder ir, Loop loop, IrBlock outside, IrBlock latch, IrBlock exit, int limit) =>
        new TripCount(ir, loop, outside, latch).Count(exit, limit);

    private int? Count(IrBlock exit, int limit)
    {
        Dictionary<IrValue, IrValue?> known = [];
        foreach (IrValue phi in _loop.Header.Phis)
            known[phi] = Incoming(phi, _outside) is { Op: IrOp.Constant } constant ? constant : null;
        bool staysWhenTrue = _loop.Blocks.Contains(exit.Target!);
        for (int rounds = 0; rounds <= limit; rounds++)
        {
            var values = new Dictionary<IrValue, IrValue?>(known);
            if (Evaluate(exit.Condition!, values, 0) is not { } condition)
                return null;
            if ((condition.Immediate != 0) != staysWhenTrue)
                return rounds;
            foreach (IrValue phi in _loop.Header.Phis)
                known[phi] = Evaluate(Incoming(phi, _latch), values, 0);
        }
        return null;
    }

    private static IrValue Incoming(IrValue phi, IrBlock from) => phi.Operands[phi.Block.Predecessors.IndexOf(from)];

    private IrValue? Evaluate(IrValue value, Dictionary<IrValue, IrValue?> values, int depth)
    {
        if (value.Op == IrOp.Constant)
            return value;
        if (values.TryGetValue(value, out IrValue? known))
            return known;
        if (depth > 16 || !_loop.Blocks.Contains(value.Block) || !Speculation.IsSafe(value) || value.Operands.Count == 0)
            return values[value] = null;
        var operands = new IrValue[value.Operands.Count];
        for (int i = 0; i < operands.Length; i++)
        {
            if (Evaluate(value.Operands[i], values, depth + 1) is not { } operand)
                return values[value] = null;
            operands[i] = operand;
        }
        IrValue copy = _ir.Kernel.NewValue(value.Op, value.Type, operands);
        (copy.Immediate, copy.Offset, copy.Memory, copy.Space) = (value.Immediate, value.Offset, value.Memory, value.Space);
        return values[value] = Folding.Fold(_ir, copy) is { Op: IrOp.Constant } folded ? folded : null;
    }
}
