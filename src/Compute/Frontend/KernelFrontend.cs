using System.Reflection;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Reads a kernel's IL, inlines every call and produces the IR.</summary>
public static class KernelFrontend
{
    /// <summary>Translates a kernel method.</summary>
    /// <param name="kernel">A static method, or a lambda's method that captures nothing. Generic methods must be closed.</param>
    /// <param name="kind">Who computes the index.</param>
    /// <param name="specialized">Values of SpecializedValue parameters by position in the parameter list: each the value itself or the SpecializedValue.</param>
    /// <returns>The kernel as written, not yet optimised beyond what folds while reading.</returns>
    /// <exception cref="KernelCompilationException">The kernel does something that a device cannot.</exception>
    public static IrKernel Translate(MethodInfo kernel, KernelKind kind, IReadOnlyDictionary<int, object>? specialized = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        string name = MethodNames.Of(kernel);
        ParameterInfo[] parameters = kernel.GetParameters();
        var ir = new IrKernel(name, kernel, kind) { IndexRank = kind == KernelKind.Implicit ? RankOf(name, parameters) : 0 };
        var translator = new Translator(ir, specialized ?? new Dictionary<int, object>());
        translator.Run();
        return ir;
    }

    private static int RankOf(string kernel, ParameterInfo[] parameters)
    {
        string type = parameters.Length > 0 ? parameters[0].ParameterType.Name : "";
        if (type is ['I', 'n', 'd', 'e', 'x', '1' or '2' or '3', 'D'] or ['L', 'o', 'n', 'g', 'I', 'n', 'd', 'e', 'x', '1' or '2' or '3', 'D'])
            return type[^2] - '0';
        throw new KernelCompilationException($"Kernel {kernel} is implicitly grouped but its first parameter is not an index; begin the parameters with Index1D, Index2D or Index3D.");
    }
}
