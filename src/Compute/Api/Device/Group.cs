using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU;

/// <summary>The group of threads that a kernel runs in, as its threads see it.</summary>
public static class Group
{
    /// <summary>Gets the X part of this thread's index in its group.</summary>
    public static int IdxX { [DeviceIntrinsic("Group.IdxX")] get => LogicalThread.Current.Index.X; }

    /// <summary>Gets the Y part of this thread's index in its group.</summary>
    public static int IdxY { [DeviceIntrinsic("Group.IdxY")] get => LogicalThread.Current.Index.Y; }

    /// <summary>Gets the Z part of this thread's index in its group.</summary>
    public static int IdxZ { [DeviceIntrinsic("Group.IdxZ")] get => LogicalThread.Current.Index.Z; }

    /// <summary>Gets the number of threads in X.</summary>
    public static int DimX { [DeviceIntrinsic("Group.DimX")] get => LogicalThread.Current.Group.GroupDim.X; }

    /// <summary>Gets the number of threads in Y.</summary>
    public static int DimY { [DeviceIntrinsic("Group.DimY")] get => LogicalThread.Current.Group.GroupDim.Y; }

    /// <summary>Gets the number of threads in Z.</summary>
    public static int DimZ { [DeviceIntrinsic("Group.DimZ")] get => LogicalThread.Current.Group.GroupDim.Z; }

    /// <summary>Gets this thread's index in its group.</summary>
    public static Index3D Index => new(IdxX, IdxY, IdxZ);

    /// <summary>Gets the number of threads in each dimension.</summary>
    public static Index3D Dimension => new(DimX, DimY, DimZ);

    /// <summary>Gets the position of this thread when the group's threads are counted with X fastest.</summary>
    public static int LinearIndex => (IdxZ * DimY + IdxY) * DimX + IdxX;

    /// <summary>Gets whether this is the first thread of its group.</summary>
    public static bool IsFirstThread => LinearIndex == 0;

    /// <summary>Gets whether this is the last thread of its group.</summary>
    public static bool IsLastThread => LinearIndex == DimX * DimY * DimZ - 1;

    /// <summary>Waits until all threads of the group are here; what they wrote before is then seen by all.</summary>
    [DeviceIntrinsic("Group.Barrier")]
    public static void Barrier() => LogicalThread.Current.GroupBarrier("Group.Barrier");

    /// <summary>A barrier that tells every thread how many of them passed <see langword="true"/>.</summary>
    [DeviceIntrinsic("Group.BarrierPopCount")]
    public static int BarrierPopCount(bool predicate) => LogicalThread.Current.GroupCount("Group.BarrierPopCount", predicate);

    /// <summary>A barrier that tells every thread whether all of them passed <see langword="true"/>.</summary>
    [DeviceIntrinsic("Group.BarrierAnd")]
    public static bool BarrierAnd(bool predicate) => LogicalThread.Current.GroupCount("Group.BarrierAnd", !predicate) == 0;

    /// <summary>A barrier that tells every thread whether any of them passed <see langword="true"/>.</summary>
    [DeviceIntrinsic("Group.BarrierOr")]
    public static bool BarrierOr(bool predicate) => LogicalThread.Current.GroupCount("Group.BarrierOr", predicate) != 0;

    /// <summary>A barrier that gives every thread the value of one of them.</summary>
    /// <param name="value">This thread's value.</param>
    /// <param name="groupIndex">The linear index of the thread whose value is taken; the same in all threads.</param>
    [DeviceIntrinsic("Group.Broadcast")]
    public static T Broadcast<T>(T value, int groupIndex)
        where T : unmanaged =>
        LogicalThread.Current.GroupBroadcast(value, groupIndex);
}
