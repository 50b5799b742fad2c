using GemmaIlgpu.Engine.Model;
using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
#if !UPSTREAM_PACKAGES
using System.Globalization;
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

    private static Candidate? WithWarps(string name) => null;

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
    internal static IReadOnlyList<string> ProcessorNames { get; } = ["simd", "debug", "checked", "counted"];

    // "counted:64": a processor as a device whose warps have so many lanes.
    private static Candidate? WithWarps(string name)
    {
        string[] parts = name.Split(':');
        if (parts.Length != 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int warp))
            return null;
        try
        {
            return parts[0] switch
            {
                "debug" => Processor(name, _ => CpuDevices.Debug(warp), null),
                "checked" => Processor(name, threads => CpuDevices.Checked(warp, threads: threads), null),
                "counted" => Processor(name, _ => CpuDevices.Counted(warp), null),
                _ => null,
            };
        }
        catch (ArgumentOutOfRangeException e)
        {
            return new Candidate(new DeviceInfo(name, name, e.Message.Split(" (Parameter", 2)[0].TrimEnd('.')), null);
        }
    }

    // A processor that OpenCL drives comes after our own back end for it, which is faster.
    private static IEnumerable<Candidate> Candidates()
    {
        IReadOnlyList<Candidate> openCL = OpenCL(), processors = Processors();
        return [.. Cuda(), .. openCL.Where(candidate => !candidate.Info.IsHost), processors[0], .. openCL.Where(candidate => candidate.Info.IsHost), .. processors.Skip(1)];
    }

    private static IEnumerable<Candidate> Cuda()
    {
        IReadOnlyList<CudaDevice> devices = CudaDevices.All;
        if (devices.Count == 0)
            return [new Candidate(new DeviceInfo("cuda", "cuda", CudaDevices.UnusableReason ?? "the driver lists no device") { IsHost = false }, null)];
        return devices.Select((device, index) =>
        {
            string capability = string.Create(CultureInfo.InvariantCulture, $"{device.Architecture?.Major}.{device.Architecture?.Minor}");
            DeviceInfo info = Describe($"cuda:{index}", device) with
            {
                Driver = string.Create(CultureInfo.InvariantCulture, $"compute capability {capability}, driver for CUDA {device.DriverVersion.Major}.{device.DriverVersion.Minor}"),
                UnusableReason = device.InstructionSet is null ? $"its compute capability is {capability}, and kernels need 7.0 or newer" : null,
            };
            return new Candidate(info, info.IsUsable ? _ => Only(Context.Create(builder => builder.Cuda(other => other.DeviceId == device.DeviceId))) : null);
        });
    }

    private static IReadOnlyList<Candidate> OpenCL()
    {
        if (OpenCLDevices.Problem is string problem)
            return [new Candidate(new DeviceInfo("opencl", "opencl", problem) { IsHost = false }, null)];
        return [.. OpenCLDevices.List().Select((found, index) => found.Device is not { } device
            ? new Candidate(new DeviceInfo($"opencl:{index}", found.Name, found.UnusableReason) { IsHost = false, Driver = found.PlatformName }, null)
            : new Candidate(
                Describe($"opencl:{index}", device) with
                {
                    IsHost = device.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_CPU),
                    Driver = $"{device.PlatformName}, {device.DeviceVersion}",
                },
                _ => Only(Context.Create(builder => builder.OpenCL(other => other.Equals(device))))))];
    }

    private static (Context Context, Device Device) Only(Context context) => (context, context.Devices[0]);

    private static IReadOnlyList<Candidate> Processors() => [
        Processor("simd", threads => CpuDevices.Simd(threads: threads), RuntimeFeature.IsDynamicCodeCompiled
            ? null
            : "this program was built without a just-in-time compiler, which the device needs"),
        Processor("debug", _ => CpuDevices.Debug(), null),
        Processor("checked", threads => CpuDevices.Checked(threads: threads), null),
        Processor("counted", _ => CpuDevices.Counted(), null)];

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

    /// <summary>Whether a name is that of a processor, which no driver need be asked for.</summary>
    internal static bool IsProcessorName(string name) => ProcessorNames.Contains(name) || WithWarps(name) is not null;

    /// <summary>Devices of which a list of names says more than <see cref="List"/> does: "counted:64".</summary>
    internal static IEnumerable<DeviceInfo> NamedWithWarps(string names) =>
        names.Split(',').Select(name => WithWarps(name.Trim())).OfType<Candidate>().Select(candidate => candidate.Info);

    /// <summary>Opens a device by its name.</summary>
    /// <exception cref="InputException">There is no such device, or it cannot be used.</exception>
    internal static OpenDevice Open(string name, int threads)
    {
        IReadOnlyList<Candidate> candidates = WithWarps(name) is { } named ? [named] : DeviceRequest.NamesProcessors(name) ? Processors() : [.. Candidates()];
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

    /// <summary>Whether an exception is a device's or its driver's failure, with a message for people.</summary>
    public static bool IsDeviceFailure(Exception exception) => exception is AcceleratorException
#if !UPSTREAM_PACKAGES
        or OpenCLException or KernelFaultException or GemmaIlgpu.Compute.Frontend.KernelCompilationException
#endif
        ;

    /// <summary>Bytes of a device's own memory that can be had now.</summary>
    internal static long FreeMemory(Accelerator accelerator) => accelerator is CudaAccelerator cuda ? cuda.GetFreeMemory() : accelerator.MemorySize;

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
        AcceleratorType type = targetStream.Accelerator.AcceleratorType;
        if (sourceStream.Accelerator.AcceleratorType != type || type is not (AcceleratorType.CPU or AcceleratorType.Cuda))
            return false;
        sourceStream.Synchronize();
        target.CopyFrom(targetStream, source);
        return true;
    }

    /// <summary>Records launches, for a device to repeat. Nothing of them is done now.</summary>
    /// <param name="stream">The stream they are put into.</param>
    /// <param name="launches">Launches only. Kernels must be loaded and memory allocated: all of it was done once before.</param>
    internal static ICommandGraph Record(AcceleratorStream stream, Action launches) =>
#if !UPSTREAM_PACKAGES
        stream.Accelerator.AcceleratorType == AcceleratorType.Cuda ? new CudaRecording(stream, launches) :
#endif
        new RepeatedAction(launches);

    private sealed class RepeatedAction(Action launches) : ICommandGraph
    {
        public bool TryLaunch()
        {
            launches();
            return true;
        }

        public void Dispose()
        {
        }
    }

#if !UPSTREAM_PACKAGES
    private sealed class CudaRecording(AcceleratorStream stream, Action launches) : ICommandGraph
    {
        private readonly CudaGraph _graph = CudaGraph.Capture(stream, launches);

        public bool TryLaunch()
        {
            if (!_graph.HasAllBuffers)
                return false;   // another text has made the kernels' own memory larger
            _graph.Launch(stream);
            return true;
        }

        public void Dispose() => _graph.Dispose();
    }
#endif

    // A device of this machine, and how to make a context for it; null where it cannot be used.
    private sealed record Candidate(DeviceInfo Info, Func<int, (Context Context, Device Device)>? Create);
}
