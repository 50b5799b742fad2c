using GemmaIlgpu.Compute.Api;

namespace ILGPU;

/// <summary>Orders what a thread reads and writes before with what it reads and writes after.</summary>
public static class MemoryFence
{
    /// <summary>As the threads of the group see it.</summary>
    [DeviceIntrinsic("MemoryFence.GroupLevel")]
    public static void GroupLevel() => Thread.MemoryBarrier();

    /// <summary>As all threads on the device see it.</summary>
    [DeviceIntrinsic("MemoryFence.DeviceLevel")]
    public static void DeviceLevel() => Thread.MemoryBarrier();

    /// <summary>As all threads on the device and the host see it.</summary>
    [DeviceIntrinsic("MemoryFence.SystemLevel")]
    public static void SystemLevel() => Thread.MemoryBarrier();
}
