using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

/// <summary>Host memory of 2 dimensions that stays in place; the last dimension has no gaps.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class PageLockedArray2D<T> : PageLockedArray<T>
    where T : unmanaged
{
    private PageLockedArray2D()
    {
    }

    internal PageLockedArray2D(Accelerator accelerator, LongIndex2D extent)
        : base(accelerator, extent.Size) =>
        Extent = extent;

    /// <summary>An array of nothing.</summary>
    public static readonly PageLockedArray2D<T> Empty = new();

    /// <summary>Gets the number of indices in each dimension.</summary>
    public LongIndex2D Extent { get; }

    /// <summary>Gets the element at (x, y).</summary>
    public ref T this[int x, int y]
    {
        get
        {
            DebugChecks.InBounds(0, new LongIndex2D(x, y), Extent);
            return ref ArrayView[x * Extent.Y + y];
        }
    }

    /// <summary>Gets the element at (x, y).</summary>
    public ref T this[long x, long y]
    {
        get
        {
            DebugChecks.InBounds(0, new LongIndex2D(x, y), Extent);
            return ref ArrayView[x * Extent.Y + y];
        }
    }

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public T[,] GetArray()
    {
        var array = new T[Extent.X, Extent.Y];
        Span.CopyTo(ViewCopy.SpanOf<T>(array));
        return array;
    }
}
