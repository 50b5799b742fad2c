using System.CommandLine;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;
using ILGPU.Runtime;
#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
#endif

namespace GemmaIlgpu.Host.Counting;

/// <summary>What devices that check or count have found in a run, for every verb that launches kernels.</summary>
internal sealed class DeviceFindings
{
    private readonly Option<string> _gpus = GpuOption.Create("GPUs to give the least times for at the end of a run with --device counted", "H100,4090,Iris");

    public void AddTo(Command command) => command.Add(_gpus);

    /// <summary>Complains about GPUs nobody knows, before the run rather than after it.</summary>
    public void Check(ParseResult parsed)
    {
#if !UPSTREAM_PACKAGES
        GpuOption.Parse(parsed.GetValue(_gpus)!);
#endif
    }

    /// <summary>On standard error, beside what else is said of a run. Devices that neither check nor count have nothing to say.</summary>
    public void Write(IEnumerable<Accelerator> accelerators, ParseResult parsed, HostConsole console)
    {
#if !UPSTREAM_PACKAGES
        foreach (Accelerator accelerator in accelerators)
        {
            if (accelerator.GetCheckedLaunches() is long launches)
                console.Error.WriteLine($"{accelerator.Name}: {Quantity.Count(launches)} {(launches == 1 ? "launch" : "launches")}, nothing wrong in any.");
            if (accelerator.GetCpuKind() != CpuAcceleratorKind.Counted)
                continue;
            console.Error.WriteLine($"{accelerator.Name}:\n");
            CounterReport.WriteKernels(accelerator.GetCounters().Kernels, GpuOption.Parse(parsed.GetValue(_gpus)!), console, console.Error);
            console.Error.WriteLine("\nLeast times: what must move at the GPU's peak bandwidth or the operations at its peak rate, whichever takes longer. 'gemma kernels count NAME' says more of one kernel.");
        }
#endif
    }

    /// <summary>The same for programs: a member with a name for a JSON object, null if there is nothing to say.</summary>
    public object? ToJson(IEnumerable<Accelerator> accelerators, ParseResult parsed)
    {
#if UPSTREAM_PACKAGES
        return null;
#else
        GpuModel[] gpus = GpuOption.Parse(parsed.GetValue(_gpus)!);
        object[] found = [.. accelerators.Select(accelerator => ToJson(accelerator, gpus)).OfType<object>()];
        return found.Length == 0 ? null : found;
#endif
    }

#if !UPSTREAM_PACKAGES
    private static object? ToJson(Accelerator accelerator, GpuModel[] gpus) => accelerator.GetCheckedLaunches() is long launches
        ? new { Device = accelerator.Name, CleanLaunches = launches }
        : accelerator.GetCpuKind() != CpuAcceleratorKind.Counted ? null
        : new { Device = accelerator.Name, Kernels = accelerator.GetCounters().Kernels.Select(kernel => CounterReport.ToJson(kernel, gpus)) };
#endif
}
