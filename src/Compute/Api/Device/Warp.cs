using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU;

/// <summary>The warp of threads that a kernel runs in: threads whose linear group indices share a block of <see cref="WarpSize"/>.</summary>
/// <remarks>
/// Every operation is a meeting of all threads of the warp that have not ended. A lane that names a lane
/// outside the warp (or outside its part of the warp, where a width is given) gets its own value back.
/// </remarks>
public static class Warp
{
    /// <summary>Gets the number of lanes of a warp; a power of two.</summary>
    public static int WarpSize { [DeviceIntrinsic("Warp.WarpSize")] get => LogicalThread.Current.Group.WarpSize; }

    /// <summary>Gets the lane of this thread.</summary>
    public static int LaneIdx { [DeviceIntrinsic("Warp.LaneIdx")] get => LogicalThread.Current.Lane; }

    /// <summary>Gets the index of this thread's warp in its group.</summary>
    public static int WarpIdx { [DeviceIntrinsic("Warp.WarpIdx")] get => LogicalThread.Current.WarpIndex; }

    /// <summary>Gets whether this is lane 0.</summary>
    public static bool IsFirstLane => LaneIdx == 0;

    /// <summary>Gets whether this is the last lane.</summary>
    public static bool IsLastLane => LaneIdx == WarpSize - 1;

    /// <summary>Computes the warp of a thread of a one-dimensional group.</summary>
    public static int ComputeWarpIdx(Index1D groupThreadIdx) => groupThreadIdx.X / WarpSize;

    /// <summary>Computes the lane of a thread of a one-dimensional group.</summary>
    public static int ComputeWarpThreadIdx(Index1D groupThreadIdx) => groupThreadIdx.X % WarpSize;

    /// <summary>Waits until all threads of the warp are here; what they wrote before is then seen by all.</summary>
    [DeviceIntrinsic("Warp.Barrier")]
    public static void Barrier() => LogicalThread.Current.WarpBarrier("Warp.Barrier");

    /// <summary>Gives every lane the value of one.</summary>
    /// <param name="value">This lane's value.</param>
    /// <param name="sourceLane">The lane whose value is taken; the same in all lanes.</param>
    [DeviceIntrinsic("Warp.Broadcast")]
    public static T Broadcast<T>(T value, int sourceLane)
        where T : unmanaged =>
        LogicalThread.Current.Exchange("Warp.Broadcast", value, sourceLane);

    /// <summary>Gives every lane the value of the lane that it names.</summary>
    /// <param name="variable">This lane's value.</param>
    /// <param name="sourceLane">The lane whose value is taken.</param>
    [DeviceIntrinsic("Warp.Shuffle")]
    public static T Shuffle<T>(T variable, int sourceLane)
        where T : unmanaged =>
        LogicalThread.Current.Exchange("Warp.Shuffle", variable, sourceLane);

    /// <summary>Gives every lane the value of the lane <paramref name="delta"/> further up; the last ones keep their own.</summary>
    [DeviceIntrinsic("Warp.ShuffleDown")]
    public static T ShuffleDown<T>(T variable, int delta)
        where T : unmanaged =>
        LogicalThread.Current.Exchange("Warp.ShuffleDown", variable, LaneIdx + delta);

    /// <summary>Gives every lane the value of the lane <paramref name="delta"/> further down; the first ones keep their own.</summary>
    [DeviceIntrinsic("Warp.ShuffleUp")]
    public static T ShuffleUp<T>(T variable, int delta)
        where T : unmanaged =>
        LogicalThread.Current.Exchange("Warp.ShuffleUp", variable, LaneIdx - delta);

    /// <summary>Gives every lane the value of the lane whose number differs by the bits of <paramref name="mask"/>.</summary>
    [DeviceIntrinsic("Warp.ShuffleXor")]
    public static T ShuffleXor<T>(T variable, int mask)
        where T : unmanaged =>
        LogicalThread.Current.Exchange("Warp.ShuffleXor", variable, LaneIdx ^ mask);

    /// <summary>A shuffle within parts of the warp.</summary>
    /// <param name="variable">This lane's value.</param>
    /// <param name="sourceLane">The lane, counted within the part, whose value is taken (modulo the width).</param>
    /// <param name="width">Lanes of one part: a power of two, at most the warp size.</param>
    [DeviceIntrinsic("Warp.Shuffle")]
    public static T Shuffle<T>(T variable, int sourceLane, int width)
        where T : unmanaged
    {
        int lane = LaneIdx;
        return Shuffle(variable, (lane & ~(width - 1)) | (sourceLane & (width - 1)));
    }

    /// <summary>A shuffle down within parts of the warp: the last lanes of a part keep their own value.</summary>
    /// <param name="variable">This lane's value.</param>
    /// <param name="delta">The distance to the lane whose value is taken.</param>
    /// <param name="width">Lanes of one part: a power of two, at most the warp size.</param>
    [DeviceIntrinsic("Warp.ShuffleDown")]
    public static T ShuffleDown<T>(T variable, int delta, int width)
        where T : unmanaged
    {
        int lane = LaneIdx;
        return Shuffle(variable, (lane & (width - 1)) + delta < width ? lane + delta : lane);
    }

    /// <summary>A shuffle up within parts of the warp: the first lanes of a part keep their own value.</summary>
    /// <param name="variable">This lane's value.</param>
    /// <param name="delta">The distance to the lane whose value is taken.</param>
    /// <param name="width">Lanes of one part: a power of two, at most the warp size.</param>
    [DeviceIntrinsic("Warp.ShuffleUp")]
    public static T ShuffleUp<T>(T variable, int delta, int width)
        where T : unmanaged
    {
        int lane = LaneIdx;
        return Shuffle(variable, (lane & (width - 1)) - delta >= 0 ? lane - delta : lane);
    }

    /// <summary>A butterfly within parts of the warp.</summary>
    /// <param name="variable">This lane's value.</param>
    /// <param name="mask">The bits in which the two lanes' numbers differ; less than the width.</param>
    /// <param name="width">Lanes of one part: a power of two, at most the warp size.</param>
    [DeviceIntrinsic("Warp.ShuffleXor")]
    public static T ShuffleXor<T>(T variable, int mask, int width)
        where T : unmanaged
    {
        int lane = LaneIdx;
        return Shuffle(variable, ((lane ^ mask) & ~(width - 1)) == (lane & ~(width - 1)) ? lane ^ mask : lane);
    }
}
