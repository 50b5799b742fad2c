namespace ILGPU.Runtime;

/// <summary>Memory of an accelerator with 1 dimension.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <typeparam name="TStride">The rule that turns an index into a position.</typeparam>
public class MemoryBuffer1D<T, TStride> : MemoryBuffer<ArrayView1D<T, TStride>>
    where T : unmanaged
    where TStride : struct, IStride1D
{
    internal MemoryBuffer1D(Accelerator accelerator, ArrayView1D<T, TStride> view, MemoryBuffer owner)
        : base(accelerator, view, owner)
    {
    }

    /// <summary>Gets the number of indices in each dimension.</summary>
    public LongIndex1D Extent => View.Extent;

    /// <summary>Gets the number of indices in each dimension, which must fit 32 bits.</summary>
    public Index1D IntExtent => View.IntExtent;

    /// <summary>Gets all memory, gaps included.</summary>
    public ArrayView<T> AsContiguous() => View.BaseView;

    /// <summary>Gets all memory, gaps included.</summary>
    public static explicit operator ArrayView<T>(MemoryBuffer1D<T, TStride> buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return buffer.AsContiguous();
    }
}
