namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Values that take the place of others, applied to all operands at the end.</summary>
internal sealed class Substitution
{
    private readonly Dictionary<IrValue, IrValue> _replaced = [];

    public bool IsEmpty => _replaced.Count == 0;

    public void Replace(IrValue value, IrValue by) => _replaced[value] = by;

    public bool Contains(IrValue value) => _replaced.ContainsKey(value);

    /// <summary>What stands for a value now.</summary>
    public IrValue Resolve(IrValue value)
    {
        if (!_replaced.TryGetValue(value, out IrValue? next))
            return value;
        while (_replaced.TryGetValue(next, out IrValue? further))
            next = further;
        return _replaced[value] = next;
    }

    /// <summary>Resolves the operands of one value.</summary>
    public void Rewrite(IrValue value)
    {
        for (int i = 0; i < value.Operands.Count; i++)
            value.Operands[i] = Resolve(value.Operands[i]);
    }

    /// <summary>Resolves every operand and condition of the kernel.</summary>
    public void Apply(IrKernel kernel)
    {
        if (IsEmpty)
            return;
        foreach (IrBlock block in kernel.Blocks)
        {
            foreach (IrValue phi in block.Phis)
                Rewrite(phi);
            foreach (IrValue value in block.Values)
                Rewrite(value);
            if (block.Condition is not null)
                block.Condition = Resolve(block.Condition);
        }
    }
}
