using System.Text;

namespace GemmaIlgpu.Compute.Runtime.OpenCL;

/// <summary>What a device answers about itself.</summary>
internal static unsafe class CLInfo
{
    public const uint PlatformName = 0x0902, PlatformExtensions = 0x0904;

    public const uint DeviceType = 0x1000, MaxComputeUnits = 0x1002, MaxWorkGroupSize = 0x1004, MaxWorkItemSizes = 0x1005, MaxClockFrequency = 0x100C,
        MaxMemAllocSize = 0x1010, SingleFpConfig = 0x101B, GlobalMemSize = 0x101F, MaxConstantBufferSize = 0x1020, LocalMemSize = 0x1023,
        EndianLittle = 0x1026, Available = 0x1027, CompilerAvailable = 0x1028, Name = 0x102B, Vendor = 0x102C, Profile = 0x102E, Version = 0x102F,
        Extensions = 0x1030, DoubleFpConfig = 0x1032, OpenCLCVersion = 0x103D, IntelSubGroupSizes = 0x4108;

    public const uint ProfilingCommandEnd = 0x1283, KernelWorkGroupSize = 0x11B0, ProgramBuildLog = 0x1183, KernelMaxSubGroupSize = 0x2033;

    /// <summary>Gets a text of a platform; empty if it has none.</summary>
    public static string PlatformText(CLLibrary library, nint platform, uint name)
    {
        nuint size;
        if (library.GetPlatformInfo(platform, name, 0, null, &size) != 0 || size == 0)
            return "";
        byte[] bytes = new byte[size];
        fixed (byte* first = bytes)
            return library.GetPlatformInfo(platform, name, size, first, null) == 0 ? Text(bytes) : "";
    }

    /// <summary>Gets a text of a device; empty if it has none.</summary>
    public static string DeviceText(CLLibrary library, nint device, uint name) => Text(DeviceBytes(library, device, name));

    /// <summary>Gets numbers of a device; none if it does not know the question.</summary>
    public static T[] DeviceValues<T>(CLLibrary library, nint device, uint name)
        where T : unmanaged =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(DeviceBytes(library, device, name)).ToArray();

    /// <summary>Gets a number of a device; 0 if it does not know the question.</summary>
    public static T DeviceValue<T>(CLLibrary library, nint device, uint name)
        where T : unmanaged =>
        DeviceValues<T>(library, device, name) is [var value, ..] ? value : default;

    private static byte[] DeviceBytes(CLLibrary library, nint device, uint name)
    {
        nuint size;
        if (library.GetDeviceInfo(device, name, 0, null, &size) != 0 || size == 0)
            return [];
        byte[] bytes = new byte[size];
        fixed (byte* first = bytes)
            return library.GetDeviceInfo(device, name, size, first, null) == 0 ? bytes : [];
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
}
