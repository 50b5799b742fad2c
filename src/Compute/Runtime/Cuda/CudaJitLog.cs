using System.Globalization;
using System.Text.RegularExpressions;
using GemmaIlgpu.Compute.Backends.Ptx;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Explains what the driver's compiler refused.</summary>
internal static partial class CudaJitLog
{
    private const int Context = 2;  // lines before and behind the one that is named

    /// <summary>Makes the exception for a kernel that was not loaded: the log, and the lines of PTX that it names.</summary>
    public static Exception Failure(CudaSession session, CudaResult result, string log, PtxKernel code, string name)
    {
        string what = $"cuModuleLoadDataEx failed with {CudaErrors.Describe(session.Driver, result)} for kernel {name} (PTX for {code.Target} of {code.Text.Length} characters) on {session.DeviceName}";
        string why = result switch
        {
            CudaResult.UnsupportedPtxVersion => "; the driver does not know this version of PTX: install a newer one",
            CudaResult.NoBinaryForGpu => "; the PTX is for another generation of devices",
            CudaResult.OutOfMemory => "; the device has no memory for the kernel's code",
            _ => "",
        };
        string detail = log.Length == 0 ? "" : $"{Environment.NewLine}The driver's compiler says:{Environment.NewLine}{log}{Lines(log, code.Text)}";
        if (CudaErrors.IsSticky(result))
            session.Check(result, "cuModuleLoadDataEx", $"while loading kernel {name}");
        return new CudaException($"{what}{why}.{detail}", result, session.Driver.GetErrorName(result));
    }

    private static string Lines(string log, string text)
    {
        if (LineNumber().Match(log) is not { Success: true } match)
            return "";
        string[] lines = text.Split('\n');
        int line = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        if (line < 1 || line > lines.Length)
            return "";
        int from = Math.Max(1, line - Context), to = Math.Min(lines.Length, line + Context);
        IEnumerable<string> shown = Enumerable.Range(from, to - from + 1)
            .Select(number => $"{(number == line ? '>' : ' ')} {number.ToString(CultureInfo.InvariantCulture),5}  {lines[number - 1].TrimEnd()}");
        return $"{Environment.NewLine}That is:{Environment.NewLine}{string.Join(Environment.NewLine, shown)}";
    }

    // ptxas application ptx input, line 42; fatal : ...
    [GeneratedRegex(@"line (\d+)")]
    private static partial Regex LineNumber();
}
