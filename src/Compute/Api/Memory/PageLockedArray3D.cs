using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

/// <summary>Host memory of 3 dimensions that stays in place; the last dimension has no gaps.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class PageLockedArray3D<T> : PageLockedArray<T>
    where T : unmanaged
{
    private PageLockedArray3D()
    {
    }

    internal PageLockedArray3D(Accelerator accelerator, LongIndex3D extent)
        : base(accelerator, extent.Size) =>
        Extent = extent;

    /// <summary>An array of nothing.</summary>
    public static readonly PageLockedArray3D<T> Empty = new();

    /// <summary>Gets the number of indices in each dimension.</summary>
    public LongIndex3D Extent { get; }

    /// <summary>Gets the element at (x, y, z).</summary>
    public ref T this[int x, int y, int z]
    {
        get
        {
            DebugChecks.InBounds(0, new LongIndex3D(x, y, z), Extent);
            return ref ArrayView[(x * Extent.Y + y) * Extent.Z + z];
        }
    }

    /// <summary>Gets the element at (x, y, z).</summary>
    public ref T this[long x, long y, long z]
    {
        get
        {
            DebugChecks.InBounds(0, new LongIndex3D(x, y, z), Extent);
            return ref ArrayView[(x * Extent.Y + y) * Extent.Z + z];
        }
    }

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public T[,,] GetArray()
    {
        var array = new T[Extent.X, Extent.Y, Extent.Z];
        Span.CopyTo(ViewCopy.SpanOf<T>(array));
        return array;
    }
}
