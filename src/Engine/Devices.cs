using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
#if !UPSTREAM_PACKAGES
using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;
#endif

namespace GemmaIlgpu.Engine;

/// <summary>
/// Lists and opens the devices of this machine. The one place of the engine that knows whether our own runtime or the
/// ILGPU packages stand behind ILGPU's names.
/// </summary>
public static class Devices
{
    /// <summary>The name that stands for the best usable device.</summary>
    public const string Auto = "auto";

#if UPSTREAM_PACKAGES
    /// <summary>Every device, best first; "auto" takes the first usable one.</summary>
    public static IReadOnlyList<DeviceInfo> List() => [.. Candidates().Select(candidate => candidate.Info)];

    /// <summary>Processors, best first, which are found without asking any driver.</summary>
    internal static IReadOnlyList<string> ProcessorNames { get; } = ["cpu:0"];

    // "cuda:0", "opencl:1"; the packages' simulator of a device is "cpu:0".
    private static IEnumerable<Candidate> Candidates()
    {
        using Context context = CreateDefaultContext();
        return [.. context.GetPreferredDevices(preferCPU: false, matchingDevicesOnly: false)
            .GroupBy(device => device.AcceleratorType)
            .SelectMany(kind => kind.Select((device, index) => new Candidate(
                new DeviceInfo($"{kind.Key.ToString().ToLowerInvariant()}:{index}", $"{device.Name} ({device.AcceleratorType})", null)
                {
                    IsHost = device.AcceleratorType == AcceleratorType.CPU,
                    MemoryBytes = device.MemorySize,
                    Multiprocessors = device.NumMultiprocessors,
                    WarpSize = device.WarpSize,
                },
                _ =>
                {
                    Context own = CreateDefaultContext();
                    return (own, own.Devices.Where(other => other.AcceleratorType == kind.Key).ElementAt(index));
                })))];
    }

    private static IReadOnlyList<Candidate> Processors() => [.. Candidates().Where(candidate => candidate.Info.IsHost)];

    private static Context CreateDefaultContext() => Context.Create(builder => builder.Default().EnableAlgorithms());
#else
    /// <summary>Every device, best first; "auto" takes the first usable one.</summary>
    public static IReadOnlyList<DeviceInfo> List() => [.. Candidates().Select(candidate => candidate.Info)];

    /// <summary>Processors, best first, which are found without asking any driver.</summary>
    internal static IReadOnlyList<string> ProcessorNames { get; } = ["simd", "debug"];

    // A processor reached through OpenCL comes after the same processor reached directly.
    private static IEnumerable<Candidate> Candidates()
    {
        ILookup<bool, Candidate> openCL = OpenCL().ToLookup(candidate => candidate.IsGpu);
        return [.. openCL[true], .. Processors(), .. openCL[false]];
    }

    private static IEnumerable<Candidate> OpenCL() => OpenCLDevices.Problem is { } problem
        ? [new Candidate(new DeviceInfo("opencl", "OpenCL", problem) { IsHost = false }, null)]
        : OpenCLDevices.List().Select(OpenCL);

    private static Candidate OpenCL(OpenCLDeviceInfo found, int index)
    {
        string name = $"opencl:{index}";
        if (found.Device is not { } device)
            return new Candidate(new DeviceInfo(name, found.Name, found.UnusableReason) { IsHost = false, Driver = found.PlatformName }, null);
        DeviceInfo info = Describe(name, device) with { Driver = $"{found.PlatformName}, {device.DeviceVersion}" };
        return new Candidate(info, _ => (Context.Create(builder => builder.OpenCL(other => other.Equals(device))), device))
        {
            IsGpu = device.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU),
        };
    }

    private static IReadOnlyList<Candidate> Processors() => [
        Processor("simd", threads => CpuDevices.Simd(threads: threads), RuntimeFeature.IsDynamicCodeCompiled
            ? null
            : "this program was built without a just-in-time compiler, which the device needs"),
        Processor("debug", _ => CpuDevices.Debug(), null)];

    private static Candidate Processor(string name, Func<int, CPUDevice> create, string? reason)
    {
        if (reason is not null)
            return new Candidate(new DeviceInfo(name, name, reason), null);
        try
        {
            return new Candidate(Describe(name, create(0)), threads =>
            {
                CPUDevice device = create(threads);
                return (Context.Create(builder => builder.CPU(device)), device);
            });
        }
        catch (NotSupportedException e)
        {
            return new Candidate(new DeviceInfo(name, name, e.Message), null);
        }
    }

    private static DeviceInfo Describe(string name, Device device) => new(name, device.Name, null)
    {
        IsHost = device.AcceleratorType == AcceleratorType.CPU,
        MemoryBytes = device.MemorySize,
        Multiprocessors = device.NumMultiprocessors,
        WarpSize = device.WarpSize,
    };
#endif

    /// <summary>Opens a device by its name.</summary>
    /// <exception cref="InputException">There is no such device, or it cannot be used.</exception>
    internal static OpenDevice Open(string name, int threads)
    {
        IReadOnlyList<Candidate> candidates = DeviceRequest.NamesProcessors(name) ? Processors() : [.. Candidates()];
        string chosen = DeviceRequest.Parse(name, [.. candidates.Select(candidate => candidate.Info)]).Names[0];
        Candidate found = candidates.First(candidate => candidate.Info.Name == chosen);
        (Context context, Device device) = found.Create!(threads);
        try
        {
            // The number of threads is part of a processor's description.
            return new OpenDevice(context, device.CreateAccelerator(context), found.Info with { Description = found.Info.IsHost ? device.Name : found.Info.Description });
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of a device's own memory that can be had now.</summary>
    internal static long FreeMemory(Accelerator accelerator) => accelerator.MemorySize;

    /// <summary>The launch numbers of a device, on which the size of kernels' own memory depends.</summary>
    /// <exception cref="InputException">There is no such device, or it cannot be used.</exception>
    public static Tuning TuningOf(string name, int threads = 0)
    {
        using OpenDevice device = Open(name, threads);
        return Tuning.For(device.Accelerator);
    }

    /// <summary>
    /// Copies between devices without a stop in the host's memory, where these two can; the target's stream goes on when it
    /// is done.
    /// </summary>
    /// <returns>False where they cannot; nothing happened then.</returns>
    internal static bool TryCopyDirectly(AcceleratorStream sourceStream, ArrayView<float> source, AcceleratorStream targetStream, ArrayView<float> target)
    {
        if (sourceStream.Accelerator.AcceleratorType != AcceleratorType.CPU || targetStream.Accelerator.AcceleratorType != AcceleratorType.CPU)
            return false;
        sourceStream.Synchronize();
        target.CopyFrom(targetStream, source);
        return true;
    }

    // A device of this machine, and how to make a context for it; null where it cannot be used.
    private sealed record Candidate(DeviceInfo Info, Func<int, (Context Context, Device Device)>? Create)
    {
        public bool IsGpu { get; init; }
    }
}
