using GemmaIlgpu.Host.Terminal;
using ILGPU.Runtime;
#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
#endif

namespace GemmaIlgpu.Host.Counting;

/// <summary>What devices that check or count have found in a run, on standard error beside what else is said of it.</summary>
internal static class DeviceFindings
{
    public static void Write(IEnumerable<Accelerator> accelerators, HostConsole console)
    {
#if !UPSTREAM_PACKAGES
        foreach (Accelerator accelerator in accelerators)
        {
            if (accelerator.GetCheckedLaunches() is long launches)
                console.Error.WriteLine($"{accelerator.Name}: {Quantity.Count(launches)} launches, nothing wrong in any.");
            if (accelerator.GetCpuKind() != CpuAcceleratorKind.Counted)
                continue;
            GpuModel gpu = GpuModel.Find("4090");
            CounterLog log = accelerator.GetCounters();
            console.Error.WriteLine($"{accelerator.Name}:\n");
            CounterReport.WriteKernels([.. log.Kernels], gpu, console, console.Error);
            console.Error.WriteLine($"\n{Quantity.Count(log.Total.Launches)} launches in all: {Quantity.Bytes(log.Total.MovedBytes)} moved, {Quantity.Count(log.Total.Flops)} operations on floats. 'gemma kernels count NAME' says more of one.");
        }
#endif
    }
}
