using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU.Runtime;

namespace ILGPU;

/// <summary>Memory that belongs to one thread. What is in it at first is undefined.</summary>
public static class LocalMemory
{
    /// <summary>Gets an array.</summary>
    /// <param name="extent">Elements; a constant.</param>
    [DeviceIntrinsic("LocalMemory.Allocate")]
    public static ArrayView<T> Allocate<T>(int extent)
        where T : unmanaged =>
        LogicalThread.Current.AllocateLocal<T>(extent);

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

    /// <summary>Gets an array of three dimensions.</summary>
    /// <param name="extent">Elements; a constant.</param>
    /// <param name="stride">The rule that turns an index into a position.</param>
    public static ArrayView3D<T, TStride> Allocate3D<T, TStride>(Index3D extent, TStride stride)
        where T : unmanaged
        where TStride : struct, IStride3D =>
        new(Allocate<T>(stride.ComputeBufferLength(extent)), extent.ToLongIndex(), stride);
}
