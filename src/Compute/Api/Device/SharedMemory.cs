using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU.Runtime;

namespace ILGPU;

/// <summary>Memory that the threads of a group share. What is in it at first is undefined.</summary>
public static class SharedMemory
{
    /// <summary>Gets one element.</summary>
    [DeviceIntrinsic("SharedMemory.AllocateElement")]
    public static ref T Allocate<T>()
        where T : unmanaged =>
        ref LogicalThread.Current.AllocateShared<T>(1)[0];

    /// <summary>Gets an array.</summary>
    /// <param name="extent">Elements; a constant.</param>
    [DeviceIntrinsic("SharedMemory.Allocate")]
    public static ArrayView<T> Allocate<T>(int extent)
        where T : unmanaged =>
        LogicalThread.Current.AllocateShared<T>(extent);

    /// <summary>Gets the memory that the launch asked for by its <see cref="SharedMemoryConfig"/>.</summary>
    [DeviceIntrinsic("SharedMemory.GetDynamic")]
    public static ArrayView<T> GetDynamic<T>()
        where T : unmanaged =>
        LogicalThread.Current.GetDynamicShared<T>();

    /// <summary>Gets an array.</summary>
    /// <param name="extent">Elements; a constant.</param>
    public static ArrayView1D<T, Stride1D.Dense> Allocate1D<T>(Index1D extent)
        where T : unmanaged =>
        new(Allocate<T>(extent.X), extent.ToLongIndex(), default);

    /// <summary>Gets an array.</summary>
    /// <param name="extent">Elements; a constant.</param>
    /// <param name="stride">The rule that turns an index into a position.</param>
    public static ArrayView1D<T, TStride> Allocate1D<T, TStride>(Index1D extent, TStride stride)
        where T : unmanaged
        where TStride : struct, IStride1D =>
        new(Allocate<T>(stride.ComputeBufferLength(extent)), extent.ToLongIndex(), stride);

    /// <summary>Gets an array of two dimensions.</summary>
    /// <param name="extent">Elements; a constant.</param>
    /// <param name="stride">The rule that turns an index into a position.</param>
    public static ArrayView2D<T, TStride> Allocate2D<T, TStride>(Index2D extent, TStride stride)
        where T : unmanaged
        where TStride : struct, IStride2D =>
        new(Allocate<T>(stride.ComputeBufferLength(extent)), extent.ToLongIndex(), stride);

    /// <summary>Gets an array of two dimensions, X without gaps.</summary>
    /// <param name="extent">Elements; a constant.</param>
    public static ArrayView2D<T, Stride2D.DenseX> Allocate2DDenseX<T>(in Index2D extent)
        where T : unmanaged =>
        new(Allocate<T>(extent.Size), extent.ToLongIndex(), Stride2D.DenseX.FromExtent(extent));

    /// <summary>Gets an array of two dimensions, Y without gaps.</summary>
    /// <param name="extent">Elements; a constant.</param>
    public static ArrayView2D<T, Stride2D.DenseY> Allocate2DDenseY<T>(in Index2D extent)
        where T : unmanaged =>
        new(Allocate<T>(extent.Size), extent.ToLongIndex(), Stride2D.DenseY.FromExtent(extent));

    /// <summary>Gets an array of three dimensions.</summary>
    /// <param name="extent">Elements; a constant.</param>
    /// <param name="stride">The rule that turns an index into a position.</param>
    public static ArrayView3D<T, TStride> Allocate3D<T, TStride>(Index3D extent, TStride stride)
        where T : unmanaged
        where TStride : struct, IStride3D =>
        new(Allocate<T>(stride.ComputeBufferLength(extent)), extent.ToLongIndex(), stride);

    /// <summary>Gets an array of three dimensions, X without gaps.</summary>
    /// <param name="extent">Elements; a constant.</param>
    public static ArrayView3D<T, Stride3D.DenseXY> Allocate3DDenseXY<T>(in Index3D extent)
        where T : unmanaged =>
        new(Allocate<T>(extent.Size), extent.ToLongIndex(), Stride3D.DenseXY.FromExtent(extent));

    /// <summary>Gets an array of three dimensions, Z without gaps.</summary>
    /// <param name="extent">Elements; a constant.</param>
    public static ArrayView3D<T, Stride3D.DenseZY> Allocate3DDenseZY<T>(in Index3D extent)
        where T : unmanaged =>
        new(Allocate<T>(extent.Size), extent.ToLongIndex(), Stride3D.DenseZY.FromExtent(extent));
}
