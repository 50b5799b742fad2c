namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Runs the passes in their order. The result computes the same bits as the input.</summary>
public static class KernelOptimizer
{
    /// <summary>Optimises a kernel in place.</summary>
    public static void Run(IrKernel kernel)
    {
        Step(kernel, DeadCode.Run);
        for (int round = 0; round < 2; round++)
        {
            Step(kernel, Simplify.Run);
            Step(kernel, ControlFlow.Run);
            Step(kernel, DeadCode.Run);
        }
        kernel.Renumber();
    }

    private static void Step(IrKernel kernel, Action<IrKernel> pass)
    {
        pass(kernel);
#if DEBUG
        IrVerifier.Verify(kernel);
#endif
    }
}
