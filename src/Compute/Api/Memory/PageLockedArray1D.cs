namespace ILGPU.Runtime;

/// <summary>Host memory of 1 dimension that stays in place.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class PageLockedArray1D<T> : PageLockedArray<T>
    where T : unmanaged
{
    private PageLockedArray1D()
    {
    }

    internal PageLockedArray1D(Accelerator accelerator, LongIndex1D extent)
        : base(accelerator, extent.Size) =>
        Extent = extent;

    /// <summary>An array of nothing.</summary>
    public static readonly PageLockedArray1D<T> Empty = new();

    /// <summary>Gets the number of indices in each dimension.</summary>
    public LongIndex1D Extent { get; }

    /// <summary>Gets the element at <paramref name="index"/>.</summary>
    public ref T this[int index] => ref ArrayView[index];

    /// <summary>Gets the element at <paramref name="index"/>.</summary>
    public ref T this[long index] => ref ArrayView[index];

    /// <summary>Copies all elements into a new array.</summary>
    public T[] GetArray() => Span.ToArray();
}
