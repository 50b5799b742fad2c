using System.Reflection;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Reads a kernel's IL, inlines every call and produces the IR.</summary>
public static class KernelFrontend
{
    /// <summary>Translates a kernel method.</summary>
    /// <param name="kernel">A static method, or a lambda's method that captures nothing. Generic methods must be closed.</param>
    /// <param name="kind">Who computes the index.</param>
    /// <param name="specialized">Values of SpecializedValue parameters by position in the parameter list: each the value itself or the SpecializedValue.</param>
    /// <param name="forPtx">Translate what only PTX has: CudaAsm, and alignment for vector loads. CudaAsm.IsSupported is this.</param>
    /// <param name="checks">Keep the checks of indices that the Debug accelerator makes, as operations of the IR.</param>
    /// <param name="statements">Mark where C# statements begin, with the values of their variables.</param>
    /// <param name="alignments">Keep what a kernel says of the alignment of views, as for PTX.</param>
    /// <param name="fields">What the kernel may do with static fields.</param>
    /// <returns>The kernel as written, not yet optimised beyond what folds while reading.</returns>
    /// <exception cref="KernelCompilationException">The kernel does something that a device cannot.</exception>
    public static IrKernel Translate(MethodInfo kernel, KernelKind kind, IReadOnlyDictionary<int, object>? specialized = null, bool forPtx = false, bool checks = false, bool statements = false, bool alignments = false, StaticFields fields = StaticFields.Constant)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        string name = MethodNames.Of(kernel);
        ParameterInfo[] parameters = kernel.GetParameters();
        SourceMap? symbols = IlMethod.For(kernel)?.Symbols;
        var ir = new IrKernel(name, kernel, kind)
        {
            IndexRank = kind == KernelKind.Implicit ? RankOf(name, parameters) : 0,
            Opening = symbols?.At(0),
            Closing = symbols?.At(int.MaxValue),
            KeepsFaults = checks,
        };
        var translator = new Translator(ir, specialized ?? new Dictionary<int, object>(), forPtx) { Checks = checks, Statements = statements, Alignments = forPtx || alignments, Fields = fields };
        translator.Run();
        RefuseJumpsIntoLoops(ir);
        return ir;
    }

    /// <summary>Translates a static function of numbers, to be inlined into kernels: its last operation stores the result.</summary>
    internal static IrKernel TranslateFunction(MethodInfo function)
    {
        var ir = new IrKernel(MethodNames.Of(function), function, KernelKind.Explicit);
        new Translator(ir, new Dictionary<int, object>(), forPtx: true) { Alignments = true }.RunFunction();
        return ir;
    }

    // Only goto can make a loop with two entries; lanes of such a loop have no common place to wait for each other.
    private static void RefuseJumpsIntoLoops(IrKernel ir)
    {
        List<IrBlock> order = Traversal.ReversePostOrder([ir.Entry], block => block.Successors);
        var position = new Dictionary<IrBlock, int>();
        for (int i = 0; i < order.Count; i++)
            position[order[i]] = i;
        Dominators? dominators = null;
        foreach (IrBlock block in order)
        {
            foreach (IrBlock target in block.Successors)
            {
                if (position[target] > position[block] || (dominators ??= Dominators.Forward(ir)).Dominates(target, block))
                    continue;
                string where = block.ExitLocation is { } location ? $" at {location}" : "";
                throw new KernelCompilationException($"Kernel {ir.Name} cannot run on a device: a goto jumps into the middle of a loop{where}; give the loop one entry, or write it with while or for.");
            }
        }
    }

    private static int RankOf(string kernel, ParameterInfo[] parameters)
    {
        string type = parameters.Length > 0 ? parameters[0].ParameterType.Name : "";
        if (type is ['I', 'n', 'd', 'e', 'x', '1' or '2' or '3', 'D'] or ['L', 'o', 'n', 'g', 'I', 'n', 'd', 'e', 'x', '1' or '2' or '3', 'D'])
            return type[^2] - '0';
        throw new KernelCompilationException($"Kernel {kernel} is implicitly grouped but its first parameter is not an index; begin the parameters with Index1D, Index2D or Index3D.");
    }
}
