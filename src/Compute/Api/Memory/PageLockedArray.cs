using ILGPU.Util;

namespace ILGPU.Runtime;

/// <summary>Host memory that stays in place, so that copies to and from devices need no detour.</summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract unsafe class PageLockedArray<T> : DisposeBase
    where T : unmanaged
{
    private readonly MemoryBuffer? _buffer;

    private protected PageLockedArray()
    {
    }

    private protected PageLockedArray(Accelerator accelerator, long length)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        _buffer = accelerator.AllocatePageLocked(length, sizeof(T));
        ArrayView = _buffer.AsArrayView<T>(0, length);
    }

    /// <summary>Gets the memory as a view.</summary>
    public ArrayView<T> ArrayView { get; }

    /// <summary>Gets the number of elements.</summary>
    public long Length => ArrayView.Length;

    /// <summary>Gets the memory as a span.</summary>
    public Span<T> Span
    {
        get
        {
            ThrowIfGone("A page-locked array");
            return new(ArrayView.Pointer, checked((int)Length));
        }
    }

    /// <summary>Gets an enumerator.</summary>
    public Span<T>.Enumerator GetEnumerator() => Span.GetEnumerator();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _buffer?.Dispose();
        base.Dispose(disposing);
    }
}
