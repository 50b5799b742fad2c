using System.Numerics;

namespace GemmaIlgpu.Compute.Ir.Analysis;

/// <summary>What powers of two are known to divide numbers and addresses.</summary>
internal sealed class KnownAlignment
{
    /// <summary>What back ends place the dynamic shared memory at multiples of.</summary>
    public const int DynamicShared = 128;

    private const long Most = 128;

    private readonly Dictionary<IrValue, long> _known = [];
    private readonly long _assumed;

    /// <summary>Looks at all values of the blocks: each is taken to divide by everything until an operand says otherwise, so that a
    /// loop's variable divides by what its start and its step divide by.</summary>
    /// <param name="blocks">The kernel's blocks.</param>
    /// <param name="assumed">What views given to the kernel are taken to begin at a multiple of: 1 knows nothing.</param>
    public KnownAlignment(List<IrBlock> blocks, long assumed = 1)
    {
        _assumed = assumed;
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (IrValue value in blocks.SelectMany(block => block.Phis.Concat(block.Values)))
            {
                if (!value.Type.IsInteger() && value.Type != IrType.Ptr)
                    continue;
                long found = Math.Min(Of(value), Find(value));
                changed |= found < Of(value);
                _known[value] = found;
            }
        }
    }

    /// <summary>The largest power of two, up to 128, that divides an address or an integer for sure.</summary>
    public long Of(IrValue value) => _known.GetValueOrDefault(value, Most);

    private long Find(IrValue value)
    {
        List<IrValue> x = value.Operands;
        switch (value.Op)
        {
            case IrOp.Constant:
                return Power(value.Immediate);
            case IrOp.Parameter when value.Type == IrType.Ptr:
                return _assumed;
            case IrOp.IntToPointer:
                return Math.Max(_assumed, Of(x[0]));
            case IrOp.AlignedPointer:
                return Math.Max(value.Immediate, Of(x[0]));
            case IrOp.DynamicSharedBase:
                return DynamicShared;
            case IrOp.SharedBase:
                return 64;          // what the front end gives every allocation at least
            case IrOp.LocalBase or IrOp.ConstantBase:
                return 16;
            case IrOp.Address:
                long start = Math.Min(Of(x[0]), Power(value.Offset));
                return x.Count == 1 ? start : Math.Min(start, Product(Power(value.Immediate), Of(x[1])));
            case IrOp.Phi or IrOp.Add or IrOp.Sub or IrOp.Or or IrOp.Xor or IrOp.Min or IrOp.Max or IrOp.MinU or IrOp.MaxU:
                return x.Min(Of);
            case IrOp.Select:
                return Math.Min(Of(x[1]), Of(x[2]));
            case IrOp.Mul:
                return Product(Of(x[0]), Of(x[1]));
            case IrOp.And:
                return Math.Max(Of(x[0]), Of(x[1]));
            case IrOp.Shl when x[1].Op == IrOp.Constant:
                return Product(Of(x[0]), 1L << (int)Math.Min(62, x[1].Immediate & 63));
            case IrOp.SignExtend or IrOp.ZeroExtend or IrOp.Truncate64 or IrOp.Neg or IrOp.PointerToInt:
                return Of(x[0]);
            default:
                return 1;
        }
    }

    private static long Product(long a, long b) => Math.Min(Most, Math.Min(a, Most) * Math.Min(b, Most));

    private static long Power(long number) => number == 0 ? Most : Math.Min(Most, 1L << Math.Min(62, BitOperations.TrailingZeroCount(number)));
}
