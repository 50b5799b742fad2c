using System.CommandLine;
#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
#endif

namespace GemmaIlgpu.Host.Options;

/// <summary>`--gpu`: the GPUs whose least times are given.</summary>
internal static class GpuOption
{
    /// <summary>Makes the option.</summary>
    /// <param name="when">What it is for, to begin the description with.</param>
    /// <param name="names">The GPUs if none are named; "" for all.</param>
    public static Option<string> Create(string when, string names = "") => new("--gpu")
    {
        Description = $"{when}, separated by commas: parts of H100 SXM, H200 SXM, RTX 4090, RX 7900 XTX, Arc A770, Iris Xe. Default: {(names.Length == 0 ? "all" : names)}.",
        HelpName = "NAME,…",
        DefaultValueFactory = _ => names,
    };

#if !UPSTREAM_PACKAGES
    /// <summary>The GPUs of a list of names.</summary>
    public static GpuModel[] Parse(string names)
    {
        try
        {
            return names.Length == 0 ? [.. GpuModel.All] : [.. names.Split(',', StringSplitOptions.TrimEntries).Select(GpuModel.Find).Distinct()];
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--gpu: {e.Message}");
        }
    }
#endif
}
