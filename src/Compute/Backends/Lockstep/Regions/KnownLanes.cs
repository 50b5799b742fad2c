using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Finds integers that differ between the lanes of a warp by what the number of the lane alone decides, such as "start + lane mod 16".
/// They depend on nothing that changes while a kernel runs.</summary>
internal sealed class KnownLanes(int lanes)
{
    private readonly Dictionary<IrValue, LaneDistances?> _known = [];

    /// <summary>What is known; null if the lanes differ by anything else.</summary>
    public LaneDistances? Find(IrValue value)
    {
        if (_known.TryGetValue(value, out LaneDistances? found))
            return found;
        _known[value] = null;       // a phi that leads back to itself
        return _known[value] = Evaluate(value);
    }

    private LaneDistances? Evaluate(IrValue value)
    {
        if (!ProgramBuilder.IsTagged(value.Type))
            return null;
        switch (value.Op)
        {
            case IrOp.Constant:
                return Each(_ => value.Immediate, isKnown: true);
            case IrOp.LaneIndex:
                return Each(lane => lane, isKnown: true);
            case IrOp.Parameter or IrOp.GridDimension or IrOp.GroupDimension or IrOp.SharedBase or IrOp.DynamicSharedBase or IrOp.GridIndex or IrOp.WarpIndex:
                return Each(_ => 0, isKnown: false);
        }
        if (value.HasSideEffect || value.IsConvergent || value.Op is IrOp.Load or IrOp.Phi || value.Operands.Count is not (1 or 2)
            || Find(value.Operands[0]) is not { } first || Find(value.Operands[^1]) is not { } second)
            return null;
        (long[] a, long[] b) = (first.Distances, second.Distances);
        bool isInt = value.Type == IrType.I32, isKnown = first.IsKnown && second.IsKnown;
        int places = isInt ? 31 : 63;
        Func<int, long>? apply = value.Op switch
        {
            IrOp.Add => lane => a[lane] + b[lane],
            IrOp.Sub => lane => a[lane] - b[lane],
            IrOp.Address when value.Operands.Count == 2 => lane => a[lane] + (b[lane] * value.Immediate),
            IrOp.Address or IrOp.Truncate64 => lane => a[lane],
            IrOp.Mul when second.IsKnown => lane => a[lane] * b[lane],
            IrOp.Shl when second.IsKnown => lane => a[lane] << ((int)b[lane] & places),
            IrOp.And when isKnown => lane => a[lane] & b[lane],
            IrOp.Or when isKnown => lane => a[lane] | b[lane],
            IrOp.Xor when isKnown => lane => a[lane] ^ b[lane],
            IrOp.Min when isKnown => lane => Math.Min(a[lane], b[lane]),
            IrOp.Max when isKnown => lane => Math.Max(a[lane], b[lane]),
            IrOp.Shr when isKnown => lane => a[lane] >> ((int)b[lane] & places),
            IrOp.Rem when isKnown && Array.TrueForAll(b, number => number > 0) => lane => a[lane] % b[lane],
            IrOp.Div when isKnown && Array.TrueForAll(b, number => number > 0) => lane => a[lane] / b[lane],
            IrOp.SignExtend when isKnown => lane => a[lane],
            _ => null,
        };
        // A factor or a number of places must be the same for all, or the start counts.
        bool mayDiffer = isKnown || value.Op is not (IrOp.Mul or IrOp.Shl) || Array.TrueForAll(b, number => number == b[0]);
        if (apply is not null && mayDiffer)
            return Each(lane => isInt ? (int)apply(lane) : apply(lane), isKnown && value.Op != IrOp.Address);
        return first.IsUniform && second.IsUniform ? Each(_ => 0, isKnown: false) : null;
    }

    private LaneDistances Each(Func<int, long> number, bool isKnown) => new([.. Enumerable.Range(0, lanes).Select(number)], isKnown);
}

/// <summary>What the lanes of a warp hold.</summary>
/// <param name="Distances">How much each lane's number is above a common one.</param>
/// <param name="IsKnown">Whether the common one is zero, and not something that is known later.</param>
internal sealed record LaneDistances(long[] Distances, bool IsKnown)
{
    /// <summary>Gets whether all lanes hold the same.</summary>
    public bool IsUniform => Array.TrueForAll(Distances, distance => distance == Distances[0]);
}
