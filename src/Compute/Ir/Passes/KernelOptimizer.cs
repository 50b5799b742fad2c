namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Runs the passes in their order. The result computes the same bits as the input.</summary>
public static class KernelOptimizer
{
    private const int MaxUnrolling = 6;     // nesting of unrolled loops

    private static readonly Action<IrKernel>[] s_clean = [Simplify.Run, ControlFlow.Run, DeadCode.Run];

    /// <summary>Optimises a kernel in place. Running it again, after a leaf became a constant, is allowed.</summary>
    public static void Run(IrKernel kernel)
    {
        Step(kernel, DeadCode.Run);
        Clean(kernel);
        for (int round = 0; round < MaxUnrolling && LoopUnrolling.Run(kernel); round++)
            Clean(kernel);
        if (kernel.LocalAllocations.Count > 0)
        {
            Step(kernel, LocalScalars.Run);
            Clean(kernel);
        }
        Step(kernel, ValueNumbering.Run);
        Clean(kernel);
        Step(kernel, IfConversion.Run);
        Clean(kernel);
        Step(kernel, LoopInvariants.Run);
        Step(kernel, Addresses.Run);
        Step(kernel, LoopInvariants.Run);
        Step(kernel, ValueNumbering.Run);
        Clean(kernel);
        kernel.Renumber();
    }

    /// <summary>Takes away only what nobody can see, so that a debugger meets every statement and variable.</summary>
    internal static void RunForStepping(IrKernel kernel)
    {
        ControlFlow.RemoveUnreachable(kernel);
        Step(kernel, DeadCode.Run);
        kernel.Renumber();
    }

    private static void Clean(IrKernel kernel)
    {
        foreach (Action<IrKernel> pass in s_clean)
            Step(kernel, pass);
    }

    private static void Step(IrKernel kernel, Action<IrKernel> pass)
    {
        pass(kernel);
#if DEBUG
        IrVerifier.Verify(kernel);
#endif
    }
}
