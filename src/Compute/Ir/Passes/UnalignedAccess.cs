using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Splits loads and stores that need not be aligned: a GPU faults where a processor would read on. Fields of packed structs are
/// such, and elements of views that were cast from smaller ones and indexed by what the compiler cannot see through.</summary>
internal static class UnalignedAccess
{
    private const long Beginnings = 16;     // buffers begin at multiples of 256, so views do unless somebody cut them oddly

    public static void Run(IrKernel kernel) => Run(kernel, new KnownAlignment(kernel.Blocks, Beginnings).Of);

    /// <summary>Splits the accesses at addresses that are multiples of less than their size.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="alignmentOf">A power of two that an address is a multiple of.</param>
    public static void Run(IrKernel kernel, Func<IrValue, long> alignmentOf)
    {
        var ir = new IrBuilder(kernel);
        var replaced = new Substitution();
        foreach (IrBlock block in kernel.Blocks)
        {
            if (!block.Values.Exists(IsUnaligned))
                continue;
            foreach (IrValue value in ir.Refill(block))
            {
                if (!IsUnaligned(value))
                    block.Values.Add(value);
                else if (value.Op == IrOp.Load)
                    replaced.Replace(value, Load(ir, value, (int)alignmentOf(value.Operands[0])));
                else
                    Store(ir, value, (int)alignmentOf(value.Operands[0]));
            }
        }
        replaced.Apply(kernel);

        bool IsUnaligned(IrValue value) => value.Op is IrOp.Load or IrOp.Store && value.Memory.SizeInBytes() > 1 && alignmentOf(value.Operands[0]) < value.Memory.SizeInBytes();
    }

    private static MemoryType Part(int size) => size switch { 1 => MemoryType.U8, 2 => MemoryType.U16, _ => MemoryType.I32 };

    private static IrValue Load(IrBuilder ir, IrValue load, int part)
    {
        int size = load.Memory.SizeInBytes();
        IrType type = size == 8 ? IrType.I64 : IrType.I32;
        IrValue? bits = null;
        for (int at = 0; at < size; at += part)
        {
            IrValue piece = ir.Load(ir.Address(load.Operands[0], null, 0, at), Part(part));
            if (type == IrType.I64)
                piece = ir.Emit(IrOp.ZeroExtend, IrType.I64, piece);
            piece = ir.Emit(IrOp.Shl, type, piece, ir.Int(8 * at));
            bits = bits is null ? piece : ir.Emit(IrOp.Or, type, bits, piece);
        }
        return load.Memory switch
        {
            MemoryType.I16 => ir.Emit(IrOp.SignExtend16, IrType.I32, bits!),
            MemoryType.F32 => ir.Emit(IrOp.Bitcast, IrType.F32, bits!),
            MemoryType.F64 => ir.Emit(IrOp.Bitcast, IrType.F64, bits!),
            _ => bits!,
        };
    }

    private static void Store(IrBuilder ir, IrValue store, int part)
    {
        int size = store.Memory.SizeInBytes();
        IrValue bits = store.Operands[1];
        if (bits.Type.IsFloat())
            bits = ir.Emit(IrOp.Bitcast, size == 8 ? IrType.I64 : IrType.I32, bits);
        for (int at = 0; at < size; at += part)
        {
            IrValue piece = ir.Emit(IrOp.ShrU, bits.Type, bits, ir.Int(8 * at));
            if (piece.Type == IrType.I64)
                piece = ir.Emit(IrOp.Truncate64, IrType.I32, piece);
            ir.Store(ir.Address(store.Operands[0], null, 0, at), piece, Part(part));
        }
    }
}
