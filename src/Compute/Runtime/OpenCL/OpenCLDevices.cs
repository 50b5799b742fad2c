using GemmaIlgpu.Compute.Runtime.OpenCL;
using ILGPU.Runtime.OpenCL;

namespace GemmaIlgpu.Compute;

/// <summary>An OpenCL device of this machine, usable or not.</summary>
/// <param name="Name">Its name for people.</param>
/// <param name="PlatformName">Its driver.</param>
/// <param name="Device">The device; null if it cannot be used.</param>
/// <param name="UnusableReason">Why it cannot be used, as the end of a sentence; null if it can.</param>
public sealed record OpenCLDeviceInfo(string Name, string PlatformName, CLDevice? Device, string? UnusableReason);

/// <summary>The OpenCL devices of this machine.</summary>
public static unsafe class OpenCLDevices
{
    private static readonly Lazy<(IReadOnlyList<OpenCLDeviceInfo> Devices, string? Problem)> s_found = new(Find);

    /// <summary>Gets why there is no OpenCL at all, as the end of a sentence; null if there is.</summary>
    public static string? Problem => s_found.Value.Problem;

    /// <summary>Lists all devices, graphics processors first. Looks once; without OpenCL the list is empty.</summary>
    public static IReadOnlyList<OpenCLDeviceInfo> List() => s_found.Value.Devices;

    /// <summary>Says what was found, for when a device is missing.</summary>
    internal static string Explain() =>
        Problem ?? string.Join("; ", List().Select(info => $"{info.Name} {(info.UnusableReason is { } reason ? $"cannot be used: {reason}" : "can be used")}"));

    private static (IReadOnlyList<OpenCLDeviceInfo> Devices, string? Problem) Find()
    {
        if (CLLibrary.Found is not { } library)
            return ([], CLLibrary.Missing);
        var devices = new List<OpenCLDeviceInfo>();
        foreach (nint platform in Platforms(library))
        {
            foreach (nint device in DevicesOf(library, platform))
                devices.Add(Describe(library, platform, device));
        }
        const string None = "the OpenCL loader found no device; install a driver such as pocl-opencl-icd";
        return ([.. devices.OrderBy(info => info.Device?.DeviceType != CLDeviceType.CL_DEVICE_TYPE_GPU)], devices.Count == 0 ? None : null);
    }

    private static nint[] Platforms(CLLibrary library)
    {
        uint count;
        if (library.GetPlatformIDs(0, null, &count) != 0 || count == 0)
            return [];
        var platforms = new nint[count];
        fixed (nint* first = platforms)
            return library.GetPlatformIDs(count, first, null) == 0 ? platforms : [];
    }

    private static nint[] DevicesOf(CLLibrary library, nint platform)
    {
        const ulong All = 0xFFFFFFFF;
        uint count;
        if (library.GetDeviceIDs(platform, All, 0, null, &count) != 0 || count == 0)
            return [];
        var devices = new nint[count];
        fixed (nint* first = devices)
            return library.GetDeviceIDs(platform, All, count, first, null) == 0 ? devices : [];
    }

    private static OpenCLDeviceInfo Describe(CLLibrary library, nint platform, nint device)
    {
        string name = CLInfo.DeviceText(library, device, CLInfo.Name), driver = CLInfo.PlatformText(library, platform, CLInfo.PlatformName);
        string? reason = Unusable(library, device);
        try
        {
            return new(name, driver, reason is null ? new CLDevice(library, platform, device) : null, reason);
        }
        catch (OpenCLException e)
        {
            return new(name, driver, null, e.Message.TrimEnd('.'));
        }
    }

    private static string? Unusable(CLLibrary library, nint device)
    {
        string version = CLInfo.DeviceText(library, device, CLInfo.Version);
        if (!CLDeviceVersion.TryParse(version, out CLDeviceVersion parsed) || parsed < CLDeviceVersion.CL12)
            return $"it has {version} and 1.2 is needed";
        if (CLInfo.DeviceValue<uint>(library, device, CLInfo.Available) == 0)
            return "its driver says that it is not available";
        if (CLInfo.DeviceValue<uint>(library, device, CLInfo.CompilerAvailable) == 0)
            return "its driver has no compiler";
        if (CLInfo.DeviceValue<uint>(library, device, CLInfo.EndianLittle) == 0)
            return "it is big-endian";
        if (CLInfo.DeviceText(library, device, CLInfo.Profile) != "FULL_PROFILE")
            return "it has the embedded profile only";
        return null;
    }
}
