using System.Collections.Immutable;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Runtime.OpenCL;

namespace ILGPU.Runtime.OpenCL;

/// <summary>An OpenCL device.</summary>
public sealed class CLDevice : Device
{
    private readonly HashSet<string> _extensions;
    private readonly OpenCLTarget _target;

    internal CLDevice(CLLibrary library, nint platformId, nint deviceId, OpenCLTarget? target = null)
    {
        (PlatformId, DeviceId) = (platformId, deviceId);
        AcceleratorType = AcceleratorType.OpenCL;
        Name = Text(CLInfo.Name);
        PlatformName = CLInfo.PlatformText(library, platformId, CLInfo.PlatformName);
        VendorName = Text(CLInfo.Vendor);
        DeviceType = (CLDeviceType)Value<ulong>(CLInfo.DeviceType);
        ClockRate = (int)Value<uint>(CLInfo.MaxClockFrequency);
        Extensions = [.. Text(CLInfo.Extensions).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        _extensions = [.. Extensions];
        MemorySize = (long)Value<ulong>(CLInfo.GlobalMemSize);
        MaxAllocationSize = (long)Value<ulong>(CLInfo.MaxMemAllocSize);
        MaxSharedMemoryPerGroup = (int)Math.Min(int.MaxValue, Value<ulong>(CLInfo.LocalMemSize));
        MaxConstantMemory = (int)Math.Min(int.MaxValue, Value<ulong>(CLInfo.MaxConstantBufferSize));
        MaxNumThreadsPerGroup = (int)Math.Min(int.MaxValue, Value<nuint>(CLInfo.MaxWorkGroupSize));
        MaxNumThreadsPerMultiprocessor = MaxNumThreadsPerGroup;     // OpenCL does not tell
        NumMultiprocessors = (int)Value<uint>(CLInfo.MaxComputeUnits);
        nuint[] sizes = CLInfo.DeviceValues<nuint>(library, deviceId, CLInfo.MaxWorkItemSizes);
        MaxGroupSize = new Index3D(Size(0), Size(1), Size(2));
        MaxGridSize = new Index3D(int.MaxValue);
        DeviceVersion = CLDeviceVersion.TryParse(Text(CLInfo.Version), out CLDeviceVersion version) ? version : CLDeviceVersion.CL10;
        _target = target ?? CLTargets.Of(this, library);
        WarpSize = _target.WarpSize;

        string Text(uint name) => CLInfo.DeviceText(library, deviceId, name);

        T Value<T>(uint name)
            where T : unmanaged =>
            CLInfo.DeviceValue<T>(library, deviceId, name);

        int Size(int dimension) => dimension < sizes.Length ? (int)Math.Min(int.MaxValue, sizes[dimension]) : 1;
    }

    /// <summary>Gets OpenCL's cl_platform_id.</summary>
    public IntPtr PlatformId { get; }

    /// <summary>Gets OpenCL's cl_device_id.</summary>
    public IntPtr DeviceId { get; }

    /// <summary>Gets the name of the driver.</summary>
    public string PlatformName { get; }

    /// <summary>Gets the maker's name for people.</summary>
    public string VendorName { get; }

    /// <summary>Gets the maker.</summary>
    public CLDeviceVendor Vendor =>
        VendorName.Contains("NVIDIA", StringComparison.OrdinalIgnoreCase) ? CLDeviceVendor.Nvidia
        : VendorName.Contains("Intel", StringComparison.OrdinalIgnoreCase) ? CLDeviceVendor.Intel
        : VendorName.Contains("AMD", StringComparison.Ordinal) || VendorName.Contains("Advanced Micro Devices", StringComparison.Ordinal) ? CLDeviceVendor.AMD
        : CLDeviceVendor.Other;

    /// <summary>Gets the kind of device.</summary>
    public CLDeviceType DeviceType { get; }

    /// <summary>Gets the version of OpenCL.</summary>
    public CLDeviceVersion DeviceVersion { get; }

    /// <summary>Gets the clock in MHz.</summary>
    public int ClockRate { get; }

    /// <summary>Gets the extensions.</summary>
    public ImmutableArray<string> Extensions { get; }

    /// <summary>Gets the most bytes of one buffer.</summary>
    internal long MaxAllocationSize { get; }

    /// <summary>Gets the devices that can be used and please; none where there is no OpenCL.</summary>
    public static ImmutableArray<Device> GetDevices(Predicate<CLDevice> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return [.. OpenCLDevices.List().Select(info => info.Device).OfType<CLDevice>().Where(device => predicate(device))];
    }

    /// <summary>Gets whether the device has an extension.</summary>
    public bool HasExtension(string extension) => _extensions.Contains(extension);

    /// <summary>Gets whether the device has all of some extensions.</summary>
    public bool HasAllExtensions<TCollection>(TCollection extensions)
        where TCollection : IEnumerable<string> =>
        extensions.All(_extensions.Contains);

    /// <summary>Gets whether the device has one of some extensions.</summary>
    public bool HasAnyExtension<TCollection>(TCollection extensions)
        where TCollection : IEnumerable<string> =>
        extensions.Any(_extensions.Contains);

    /// <inheritdoc/>
    public override Accelerator CreateAccelerator(Context context) => CreateCLAccelerator(context);

    /// <summary>Creates an accelerator.</summary>
    public CLAccelerator CreateCLAccelerator(Context context) => new(context, this);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CLDevice other && DeviceId == other.DeviceId && _target == other._target;

    /// <inheritdoc/>
    public override int GetHashCode() => DeviceId.GetHashCode();

    /// <summary>Gets what to compile for.</summary>
    internal OpenCLTarget TargetFor(ContextProperties properties) =>
        properties.MathMode == MathMode.Default ? _target : _target with { FastMath = true };
}
