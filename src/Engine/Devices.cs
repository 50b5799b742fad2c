namespace GemmaIlgpu.Engine;

/// <summary>One place where kernels can run.</summary>
/// <param name="Name">What `--device` takes: "simd", "debug".</param>
/// <param name="Description">The hardware and how it is used, for people.</param>
/// <param name="UnusableReason">Why it cannot be used here, or null when it can.</param>
public sealed record DeviceInfo(string Name, string Description, string? UnusableReason)
{
    public bool IsUsable => UnusableReason is null;
}

/// <summary>Lists and opens the devices of this machine.</summary>
public static class Devices
{
    /// <summary>Every device, best first; "auto" takes the first usable one.</summary>
    public static IReadOnlyList<DeviceInfo> List() => [];
}
