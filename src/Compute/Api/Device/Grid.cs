using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU;

/// <summary>The grid of groups that a kernel runs in, as its threads see it.</summary>
public static class Grid
{
    /// <summary>Gets the X part of the index of this thread's group.</summary>
    public static int IdxX { [DeviceIntrinsic("Grid.IdxX")] get => LogicalThread.Current.Group.GroupIndex.X; }

    /// <summary>Gets the Y part of the index of this thread's group.</summary>
    public static int IdxY { [DeviceIntrinsic("Grid.IdxY")] get => LogicalThread.Current.Group.GroupIndex.Y; }

    /// <summary>Gets the Z part of the index of this thread's group.</summary>
    public static int IdxZ { [DeviceIntrinsic("Grid.IdxZ")] get => LogicalThread.Current.Group.GroupIndex.Z; }

    /// <summary>Gets the number of groups in X.</summary>
    public static int DimX { [DeviceIntrinsic("Grid.DimX")] get => LogicalThread.Current.Group.GridDim.X; }

    /// <summary>Gets the number of groups in Y.</summary>
    public static int DimY { [DeviceIntrinsic("Grid.DimY")] get => LogicalThread.Current.Group.GridDim.Y; }

    /// <summary>Gets the number of groups in Z.</summary>
    public static int DimZ { [DeviceIntrinsic("Grid.DimZ")] get => LogicalThread.Current.Group.GridDim.Z; }

    /// <summary>Gets the index of this thread's group.</summary>
    public static Index3D Index => new(IdxX, IdxY, IdxZ);

    /// <summary>Gets the number of groups.</summary>
    public static Index3D Dimension => new(DimX, DimY, DimZ);

    /// <summary>Gets the index of this thread in the whole grid.</summary>
    public static Index3D GlobalIndex => ComputeGlobalIndex(Index, Group.Index);

    /// <summary>Gets the index of this thread in the whole grid.</summary>
    public static LongIndex3D LongGlobalIndex => ComputeLongGlobalIndex(Index, Group.Index);

    /// <summary>Gets the position of this thread's group when groups are counted with X fastest.</summary>
    public static int LinearIndex => (IdxZ * DimY + IdxY) * DimX + IdxX;

    /// <summary>Gets the position of this thread when the threads of group after group are counted with X fastest.</summary>
    public static int GlobalLinearIndex => LinearIndex * (Group.DimX * Group.DimY * Group.DimZ) + Group.LinearIndex;

    /// <summary>Computes the index of a thread in the whole grid.</summary>
    public static Index1D ComputeGlobalIndex(Index1D gridIdx, Index1D groupIdx) => new(gridIdx.X * Group.DimX + groupIdx.X);

    /// <summary>Computes the index of a thread in the whole grid.</summary>
    public static Index2D ComputeGlobalIndex(Index2D gridIdx, Index2D groupIdx) =>
        new(gridIdx.X * Group.DimX + groupIdx.X, gridIdx.Y * Group.DimY + groupIdx.Y);

    /// <summary>Computes the index of a thread in the whole grid.</summary>
    public static Index3D ComputeGlobalIndex(Index3D gridIdx, Index3D groupIdx) =>
        new(gridIdx.X * Group.DimX + groupIdx.X, gridIdx.Y * Group.DimY + groupIdx.Y, gridIdx.Z * Group.DimZ + groupIdx.Z);

    /// <summary>Computes the index of a thread in the whole grid.</summary>
    public static LongIndex1D ComputeLongGlobalIndex(Index1D gridIdx, Index1D groupIdx) =>
        new((long)gridIdx.X * Group.DimX + groupIdx.X);

    /// <summary>Computes the index of a thread in the whole grid.</summary>
    public static LongIndex2D ComputeLongGlobalIndex(Index2D gridIdx, Index2D groupIdx) =>
        new((long)gridIdx.X * Group.DimX + groupIdx.X, (long)gridIdx.Y * Group.DimY + groupIdx.Y);

    /// <summary>Computes the index of a thread in the whole grid.</summary>
    public static LongIndex3D ComputeLongGlobalIndex(Index3D gridIdx, Index3D groupIdx) =>
        new((long)gridIdx.X * Group.DimX + groupIdx.X,
            (long)gridIdx.Y * Group.DimY + groupIdx.Y,
            (long)gridIdx.Z * Group.DimZ + groupIdx.Z);
}
