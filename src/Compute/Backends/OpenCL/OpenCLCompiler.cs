using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;
using GemmaIlgpu.Compute.Ir.Passes;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

/// <summary>Writes kernels as OpenCL C, version 1.2 and up.</summary>
public static class OpenCLCompiler
{
    private const long ViewAlignment = 16;      // of views that nobody cut oddly; buffers begin at multiples of 128 or more

    /// <summary>Compiles a kernel.</summary>
    /// <param name="kernel">The kernel as the front end made it; optimised here, in place.</param>
    /// <param name="target">What the device can do.</param>
    /// <param name="lines">Gets the source lines of each line of the text.</param>
    /// <exception cref="KernelCompilationException">The kernel uses what the device lacks.</exception>
    public static OpenCLKernel Compile(IrKernel kernel, OpenCLTarget target, LineMap? lines = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(target);
        FixWarpSize(kernel, target.WarpSize);
        QuadDots.Run(kernel);
        KernelOptimizer.Run(kernel);
        if (target.WarpSize == 1)
        {
            DropWarpOperations(kernel);
            KernelOptimizer.Run(kernel);
        }
        Refuse(kernel, target);
        var known = new KnownAlignment(kernel.Blocks, ViewAlignment);
        UnalignedAccess.Run(kernel, pointer => Math.Max(Alignment(pointer), known.Of(pointer)));
        return new OpenCLEmitter(kernel, target, lines).Emit() with
        {
            HasBarriers = kernel.Blocks.Exists(block => block.Values.Exists(value => value.Op is IrOp.Barrier or IrOp.BarrierReduce or IrOp.GroupBroadcast)),
        };
    }

    // Loops over a warp then have constant bounds.
    private static void FixWarpSize(IrKernel kernel, int warpSize)
    {
        foreach (IrValue value in kernel.Entry.Values)
        {
            if (value.Op is IrOp.WarpSize || (value.Op is IrOp.LaneIndex && warpSize == 1))
                (value.Op, value.Immediate) = (IrOp.Constant, value.Op == IrOp.WarpSize ? warpSize : 0);
        }
    }

    // A warp of one thread reads its own values and waits for nobody.
    private static void DropWarpOperations(IrKernel kernel)
    {
        var replaced = new Substitution();
        foreach (IrBlock block in kernel.Blocks)
        {
            foreach (IrValue value in block.Values)
                if (value.Op is IrOp.Shuffle or IrOp.WarpBroadcast)
                    replaced.Replace(value, value.Operands[0]);
            block.Values.RemoveAll(value => value.Op is IrOp.Shuffle or IrOp.WarpBroadcast or IrOp.WarpBarrier);
        }
        replaced.Apply(kernel);
    }

    // What is indexed as elements of a size is aligned for them, also where a view was cast: its author answers for that.
    // Fields of packed structs are what is left, whose place the compiler knows to be odd.
    private static long Alignment(IrValue pointer)
    {
        const long Enough = 8;
        if (pointer.Op != IrOp.Address)
            return Enough;
        long places = Enough | pointer.Offset;
        return pointer.Operands.Count == 1
            ? Math.Min(Lowest(places), Alignment(pointer.Operands[0]))
            : Lowest(places | pointer.Immediate);

        static long Lowest(long value) => value & -value;
    }

    private static void Refuse(IrKernel kernel, OpenCLTarget target)
    {
        foreach (IrValue value in kernel.Blocks.SelectMany(block => block.Phis.Concat(block.Values)))
        {
            if (!target.HasDoubles && (value.Type == IrType.F64 || value.Memory == MemoryType.F64 || value.Operands.Exists(operand => operand.Type == IrType.F64)))
                throw Refusal(value, "computes in double precision", "use float");
            if (!target.HasLongAtomics && value.Op is IrOp.Atomic or IrOp.AtomicCompareExchange && value.Memory.SizeInBytes() == 8)
                throw Refusal(value, "uses 64-bit atomic operations", "use 32-bit ones");
            if (value.Op == IrOp.InlinePtx)
                throw Refusal(value, "uses inline PTX", "ask CudaAsm.IsSupported first");
        }

        KernelCompilationException Refusal(IrValue value, string what, string instead) => new(
            $"Kernel {kernel.Name} {what}{(value.Location is { } location ? $" at {location}" : "")}, which {target.Name} lacks; {instead} or run it on another device.");
    }
}
