using System.Collections.Immutable;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;
using ILGPU.Util;

namespace ILGPU;

/// <summary>The devices that a program can use, and the settings they are used with.</summary>
/// <example>
/// <code>
/// using var context = Context.CreateDefault();
/// using var accelerator = context.GetPreferredDevice(preferCPU: false).CreateAccelerator(context);
/// </code>
/// </example>
public sealed partial class Context : DisposeBase
{
    /// <summary>The assembly to which programs show their internals; ours asks for none, and kernels may be private all the same.</summary>
    public const string RuntimeAssemblyName = "ILGPURuntime";

    private readonly List<Accelerator> _accelerators = [];

    private Context(Builder builder)
    {
        Devices = [.. builder.SelectedDevices];
        Properties = builder;
    }

    /// <summary>Gets the version of the programming model.</summary>
    public static string Version => "1.5.3";

    /// <summary>Gets the devices, in the order they were added.</summary>
    public ImmutableArray<Device> Devices { get; }

    /// <summary>Gets the settings.</summary>
    public ContextProperties Properties { get; }

    /// <summary>Begins a context; end with <see cref="Builder.ToContext"/>.</summary>
    public static Builder Create() => new();

    /// <summary>Creates a context with settings of one's own.</summary>
    public static Context Create(Action<Builder> buildingCallback)
    {
        ArgumentNullException.ThrowIfNull(buildingCallback);
        Builder builder = Create();
        buildingCallback(builder);
        return builder.ToContext();
    }

    /// <summary>Creates a context with all devices found.</summary>
    public static Context CreateDefault() => Create(builder => builder.Default());

    /// <summary>Creates a context with all devices found; assertions are on when a debugger is attached.</summary>
    public static Context CreateDefaultAutoAssertions() => Create(builder => builder.Default().AutoAssertions());

    /// <summary>Creates a context with all devices found; debugging is on when a debugger is attached.</summary>
    public static Context CreateDefaultAutoDebug() => Create(builder => builder.Default().AutoDebug());

    /// <summary>Gets one of the devices of a kind.</summary>
    public TDevice GetDevice<TDevice>(int deviceIndex)
        where TDevice : Device =>
        GetDevices<TDevice>()[deviceIndex];

    /// <summary>Gets the devices of a kind.</summary>
    public DeviceCollection<TDevice> GetDevices<TDevice>()
        where TDevice : Device =>
        new([.. Devices.OfType<TDevice>()]);

    /// <summary>Gets the device to use when the program does not care.</summary>
    /// <param name="preferCPU">Whether the processor comes first.</param>
    public Device GetPreferredDevice(bool preferCPU) => GetPreferredDevices(preferCPU, matchingDevicesOnly: false).First();

    /// <summary>Gets the devices with the best one first.</summary>
    /// <param name="preferCPU">Whether the processor comes first.</param>
    /// <param name="matchingDevicesOnly">Whether other kinds are left out.</param>
    public IEnumerable<Device> GetPreferredDevices(bool preferCPU, bool matchingDevicesOnly)
    {
        if (Devices.IsEmpty)
            throw new NotSupportedException("This context has no devices; add one with builder.CPU() or builder.Default().");
        // A processor is one even if it is reached through OpenCL, and is better reached directly.
        bool Preferred(Device device) => preferCPU == (device is CPUDevice or CLDevice { DeviceType: CLDeviceType.CL_DEVICE_TYPE_CPU });
        bool restrict = matchingDevicesOnly && Devices.Any(Preferred);
        return Devices
            .Where(device => !restrict || Preferred(device))
            .OrderByDescending(Preferred)
            .ThenByDescending(device => device is CPUDevice { IsCompiled: true });
    }

    /// <summary>Gets an enumerator of the devices.</summary>
    public ImmutableArray<Device>.Enumerator GetEnumerator() => Devices.GetEnumerator();

    /// <summary>Forgets compiled kernels.</summary>
    /// <param name="mode">What to forget.</param>
    public void ClearCache(ClearCacheMode mode)
    {
        lock (_accelerators)
        {
            foreach (Accelerator accelerator in _accelerators)
                accelerator.ClearCache(mode);
        }
    }

    internal void Register(Accelerator accelerator)
    {
        ThrowIfGone("A context");
        lock (_accelerators)
            _accelerators.Add(accelerator);
    }

    internal void Unregister(Accelerator accelerator)
    {
        lock (_accelerators)
            _accelerators.Remove(accelerator);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Accelerator[] accelerators;
        lock (_accelerators)
            accelerators = [.. _accelerators];
        foreach (Accelerator accelerator in accelerators)
            accelerator.Dispose();
        base.Dispose(disposing);
    }
}
