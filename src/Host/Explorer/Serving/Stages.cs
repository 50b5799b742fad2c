using System.Collections.Concurrent;
using System.Reflection;
using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Backends.Simd;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Host.Inspection;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>A form that a kernel takes on its way to a device.</summary>
/// <param name="Id">Its name in queries.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="About">What it is, in one sentence.</param>
/// <param name="Variant">The variant that is shown first.</param>
/// <param name="Variants">Vector widths or devices to choose from.</param>
internal sealed record StageInfo(string Id, string Title, string About, string Variant, IReadOnlyList<string> Variants);

/// <summary>Compiles kernels and keeps track of the lines.</summary>
internal static class Stages
{
    private static readonly ConcurrentDictionary<MethodInfo, MethodBase[]> s_methods = new();

    public static IReadOnlyList<StageInfo> All { get; } =
    [
        new("il", "IL", "What the C# compiler made: the input of our front end, with the methods it inlines.", "", []),
        new("ir", "IR", "Our intermediate code after optimising: what every back end gets.", "", []),
        new("simd", "Vector code", "The IL of the vector code that .NET compiles for this processor.", SimdOptions.Widest.VectorBits.ToString(null, null), ["128", "256", "512"]),
        new("opencl", "OpenCL C", "What the drivers of other GPUs compile.", "", []),
        new("ptx", "PTX", "What NVIDIA's driver compiles.", "sm_80", ["sm_70", "sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_90a", "sm_100", "sm_120"]),
    ];

    /// <summary>The kernel's method and those whose code is put into it, on any device. Of a kernel that cannot be compiled it is the method alone.</summary>
    public static IEnumerable<MethodBase> MethodsOf(KernelEntry entry) => s_methods.GetOrAdd(
        entry.Method, method => [.. new[] { false, true }.SelectMany(ptx => Inlined(entry, ptx)).Prepend(method).Distinct()]);

    private static IEnumerable<MethodBase> Inlined(KernelEntry entry, bool forPtx)
    {
        try
        {
            return KernelStages.Read(entry, forPtx).Inlined;
        }
        catch (KernelCompilationException)
        {
            return [];
        }
    }

    /// <summary>A stage of a kernel.</summary>
    /// <param name="entry">The kernel.</param>
    /// <param name="stage">One of <see cref="All"/>.</param>
    /// <param name="variant">One of its variants.</param>
    public static LinkedText Compile(KernelEntry entry, string stage, string variant)
    {
        var lines = new LineMap();
        try
        {
            return stage switch
            {
                "il" => LinkedText.Of(MethodsOf(entry).Select(PrintIl)),
                "ir" => LinkedText.Of(IrPrinter.Print(KernelStages.Translate(entry), lines), lines),
                "simd" => LinkedText.Of(SimdKernel.Describe(KernelStages.Translate(entry), new SimdOptions(int.Parse(variant, null)), lines), lines),
                "opencl" => LinkedText.Of(OpenCLCompiler.Compile(KernelStages.Read(entry), OpenCLTarget.Generic, lines).Source, lines),
                _ => LinkedText.Of(PtxCompiler.Compile(KernelStages.Read(entry, forPtx: true), PtxTarget.Parse(variant), null, lines).Text, lines),
            };
        }
        catch (KernelCompilationException exception)
        {
            return LinkedText.Refused(exception.Message);
        }
    }

    private static (string Text, LineMap Map) PrintIl(MethodBase method)
    {
        var map = new LineMap();
        return (IlPrinter.Print(method, map), map);
    }
}
