using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
#if !UPSTREAM_PACKAGES
using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute;
#endif

namespace GemmaIlgpu.Engine;

/// <summary>One place where kernels can run.</summary>
/// <param name="Name">What `--device` takes: "simd", "debug".</param>
/// <param name="Description">The hardware and how it is used, for people.</param>
/// <param name="UnusableReason">Why it cannot be used here, or null when it can.</param>
public sealed record DeviceInfo(string Name, string Description, string? UnusableReason)
{
    public bool IsUsable => UnusableReason is null;
}

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
    public static IReadOnlyList<DeviceInfo> List()
    {
        using Context context = CreateDefaultContext();
        return [.. Ordered(context).Select((device, index) => new DeviceInfo(NameOf(device, index), $"{device.Name} ({device.AcceleratorType})", null))];
    }

    private static Context CreateContext(string name, int threads, out Device device)
    {
        Context context = CreateDefaultContext();
        Device? found = Ordered(context).Where((candidate, index) => name == Auto || name == NameOf(candidate, index)).FirstOrDefault();
        if (found is null)
        {
            context.Dispose();
            throw Unknown(name);
        }

        device = found;
        return context;
    }

    private static Context CreateDefaultContext() => Context.Create(builder => builder.Default().EnableAlgorithms());

    private static IEnumerable<Device> Ordered(Context context) =>
        context.GetPreferredDevices(preferCPU: false, matchingDevicesOnly: false);

    private static string NameOf(Device device, int index) => $"{device.AcceleratorType.ToString().ToLowerInvariant()}{index}";
#else
    /// <summary>Every device, best first; "auto" takes the first usable one.</summary>
    public static IReadOnlyList<DeviceInfo> List() => [
        Describe("simd", () => CpuDevices.Simd(), RuntimeFeature.IsDynamicCodeCompiled
            ? null
            : "this program was built without a just-in-time compiler, which the device needs"),
        Describe("debug", () => CpuDevices.Debug(), null)];

    private static DeviceInfo Describe(string name, Func<CPUDevice> create, string? reason)
    {
        if (reason is not null)
            return new DeviceInfo(name, name, reason);
        try
        {
            return new DeviceInfo(name, create().Name, null);
        }
        catch (NotSupportedException e)
        {
            return new DeviceInfo(name, name, e.Message);
        }
    }

    private static Context CreateContext(string name, int threads, out Device device)
    {
        DeviceInfo info = (name == Auto ? List().FirstOrDefault(candidate => candidate.IsUsable) : List().FirstOrDefault(candidate => candidate.Name == name))
            ?? throw Unknown(name);
        if (!info.IsUsable)
            throw new InputException($"The device \"{info.Name}\" cannot be used: {info.UnusableReason}.");
        CPUDevice chosen = info.Name == "simd" ? CpuDevices.Simd(threads: threads) : CpuDevices.Debug();
        device = chosen;
        return Context.Create(builder => builder.CPU(chosen));
    }
#endif

    /// <summary>Opens a device by its name.</summary>
    /// <exception cref="InputException">There is no such device, or it cannot be used.</exception>
    internal static OpenDevice Open(string name, int threads)
    {
        Context context = CreateContext(name, threads, out Device device);
        try
        {
            return new OpenDevice(context, device.CreateAccelerator(context));
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>The launch numbers of a device, on which the size of kernels' own memory depends.</summary>
    /// <exception cref="InputException">There is no such device, or it cannot be used.</exception>
    public static Tuning TuningOf(string name, int threads = 0)
    {
        using OpenDevice device = Open(name, threads);
        return Tuning.For(device.Accelerator);
    }

    /// <summary>
    /// Makes bytes that are already in memory readable by a device: in place on a CPU, as a copy elsewhere. The memory
    /// must outlive the buffer.
    /// </summary>
    internal static MemoryBuffer Wrap(Accelerator accelerator, nint address, long bytes)
    {
        if (accelerator.AcceleratorType == AcceleratorType.CPU)
            return CPUMemoryBuffer.Create(accelerator, address, bytes, 1);
        using CPUMemoryBuffer host = CPUMemoryBuffer.Create(accelerator, address, bytes, 1);
        MemoryBuffer copy = accelerator.AllocateRaw(bytes, 1);
        copy.CopyFrom(accelerator.DefaultStream, host.AsRawArrayView(), 0);
        accelerator.Synchronize();
        return copy;
    }

    private static InputException Unknown(string name) =>
        new($"There is no device \"{name}\"; known are {Auto}, {string.Join(", ", List().Select(device => device.Name))}.");
}

/// <summary>A context and its one accelerator, closed together.</summary>
internal sealed class OpenDevice(Context context, Accelerator accelerator) : IDisposable
{
    public Accelerator Accelerator { get; } = accelerator;

    public void Dispose()
    {
        Accelerator.Dispose();
        context.Dispose();
    }
}
