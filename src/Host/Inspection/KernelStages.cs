#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Backends.Simd;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Passes;
#endif

namespace GemmaIlgpu.Host.Inspection;

/// <summary>What our own compiler makes of a kernel; upstream's ILGPU has stages of its own that it does not show.</summary>
internal static class KernelStages
{
#if UPSTREAM_PACKAGES
    public static string Il(KernelEntry entry) => throw NotHere(entry);

    public static string Ir(KernelEntry entry) => throw NotHere(entry);

    public static string Simd(KernelEntry entry) => throw NotHere(entry);

    public static string Ptx(KernelEntry entry, string target) => throw NotHere(entry);

    public static bool IsPtxTarget(string name) => name.StartsWith("sm_", StringComparison.Ordinal);

    public static string OpenCL(KernelEntry entry) => throw NotHere(entry);

    private static UsageException NotHere(KernelEntry entry) =>
        new($"{entry.Name} is compiled by the ILGPU packages in this build, which do not show this stage; build without -p:UpstreamPackages=true.");
#else
    /// <summary>What the C# compiler made of it: the front end's input.</summary>
    public static string Il(KernelEntry entry) => IlPrinter.Print(entry.Method);

    /// <summary>The IR after optimisation: what a back end gets.</summary>
    public static string Ir(KernelEntry entry) => IrPrinter.Print(Translate(entry));

    /// <summary>The vector operations for the widest vectors of this processor.</summary>
    public static string Simd(KernelEntry entry) => SimdKernel.Describe(Translate(entry), SimdOptions.Widest);

    /// <summary>OpenCL C 1.2 for a device without sub-groups, as PoCL gets it; no device is needed.</summary>
    public static string OpenCL(KernelEntry entry) => OpenCLCompiler.Compile(Read(entry), OpenCLTarget.Generic).Source;

    /// <summary>The assembly language of NVIDIA's GPUs, for a target such as sm_80.</summary>
    public static string Ptx(KernelEntry entry, string target) =>
        PtxCompiler.Compile(Read(entry, forPtx: true), PtxTarget.Parse(target)).Text;

    /// <summary>Whether <see cref="Ptx"/> knows a target.</summary>
    public static bool IsPtxTarget(string name)
    {
        try
        {
            return PtxTarget.Parse(name) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static KernelKind KindOf(KernelEntry entry)
    {
        string first = entry.Method.GetParameters().FirstOrDefault()?.ParameterType.Name ?? "";
        return first is "Index1D" or "Index2D" or "Index3D" or "LongIndex1D" or "LongIndex2D" or "LongIndex3D"
            ? KernelKind.Implicit
            : KernelKind.Explicit;
    }

    /// <summary>The IR as the front end makes it, with inline PTX if asked.</summary>
    public static IrKernel Read(KernelEntry entry, bool forPtx = false) => KernelFrontend.Translate(entry.Method, KindOf(entry), null, forPtx);

    /// <summary>The IR after optimisation.</summary>
    public static IrKernel Translate(KernelEntry entry)
    {
        IrKernel kernel = Read(entry);
        KernelOptimizer.Run(kernel);
        return kernel;
    }
#endif
}
