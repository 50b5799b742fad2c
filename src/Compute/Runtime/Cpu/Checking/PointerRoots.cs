using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Finds the memory that a pointer of the IR points into.</summary>
internal static class PointerRoots
{
    /// <summary>The leaf that a pointer comes from; null if there are several or if it was made of a number.</summary>
    public static IrValue? Find(IrValue pointer)
    {
        var roots = new HashSet<IrValue>();
        var seen = new HashSet<IrValue>();
        return Collect(pointer, roots, seen) && roots.Count == 1 ? roots.First() : null;
    }

    /// <summary>Gets whether a pointer is the leaf itself: nothing was added.</summary>
    public static bool IsWhole(IrValue pointer) => pointer.Op is not (IrOp.Address or IrOp.Phi or IrOp.Select);

    private static bool Collect(IrValue value, HashSet<IrValue> roots, HashSet<IrValue> seen)
    {
        if (!seen.Add(value))
            return true;
        switch (value.Op)
        {
            case IrOp.Address or IrOp.AlignedPointer or IrOp.PointerToInt or IrOp.IntToPointer:
                return Collect(value.Operands[0], roots, seen);
            case IrOp.Phi:
                return value.Operands.TrueForAll(operand => Collect(operand, roots, seen));
            case IrOp.Select:
                return Collect(value.Operands[1], roots, seen) && Collect(value.Operands[2], roots, seen);
            case IrOp.Parameter or IrOp.SharedBase or IrOp.DynamicSharedBase or IrOp.LocalBase or IrOp.ConstantBase when value.Type == IrType.Ptr:
                roots.Add(value);
                return true;
            default:
                return false;
        }
    }
}
