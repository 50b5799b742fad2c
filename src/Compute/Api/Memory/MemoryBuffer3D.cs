namespace ILGPU.Runtime;

/// <summary>Memory of an accelerator with 3 dimensions.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <typeparam name="TStride">The rule that turns an index into a position.</typeparam>
public class MemoryBuffer3D<T, TStride> : MemoryBuffer<ArrayView3D<T, TStride>>
    where T : unmanaged
    where TStride : struct, IStride3D
{
    internal MemoryBuffer3D(Accelerator accelerator, ArrayView3D<T, TStride> view, MemoryBuffer owner)
        : base(accelerator, view, owner)
    {
    }

    /// <summary>Gets the number of indices in each dimension.</summary>
    public LongIndex3D Extent => View.Extent;

    /// <summary>Gets the number of indices in each dimension, which must fit 32 bits.</summary>
    public Index3D IntExtent => View.IntExtent;

    /// <summary>Gets all memory, gaps included.</summary>
    public ArrayView<T> AsContiguous() => View.BaseView;

    /// <summary>Gets all memory, gaps included.</summary>
    public static explicit operator ArrayView<T>(MemoryBuffer3D<T, TStride> buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return buffer.AsContiguous();
    }
}
