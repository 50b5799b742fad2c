using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU.Runtime;

namespace ILGPU;

/// <summary>A window of <see cref="Length"/> elements onto memory of an accelerator, without gaps.</summary>
/// <remarks>
/// A compiled kernel sees a pair (address, length) and does not check indices. Everywhere else, on the Debug
/// accelerator and in host code, an index outside the view is an exception.
/// </remarks>
/// <typeparam name="T">The element type.</typeparam>
public readonly unsafe struct ArrayView<T> : IContiguousArrayView<T>, IDebugView
    where T : unmanaged
{
    private readonly MemoryBuffer? _source;
    private readonly T* _pointer;
    private readonly long _length;

    /// <summary>Creates a view of a part of a buffer.</summary>
    /// <param name="source">The buffer.</param>
    /// <param name="index">Elements of <typeparamref name="T"/> to skip.</param>
    /// <param name="length">Elements of <typeparamref name="T"/> to show.</param>
    public ArrayView(MemoryBuffer source, long index, long length)
    {
        ArgumentNullException.ThrowIfNull(source);
        DebugChecks.Range(index, length, source.LengthInBytes / sizeof(T));
        _source = source;
        _pointer = (T*)source.NativePtr + index;
        _length = length;
    }

    internal ArrayView(MemoryBuffer? source, T* pointer, long length)
    {
        _source = source;
        _pointer = pointer;
        _length = length;
    }

    /// <summary>A view of nothing.</summary>
    public static readonly ArrayView<T> Empty;

    /// <summary>The size of one element in bytes.</summary>
    public static readonly int ElementSize = sizeof(T);

    /// <summary>Gets the number of elements.</summary>
    public long Length { [DeviceIntrinsic("ArrayView.Length")] get => _length; }

    /// <summary>Gets the number of elements, which must fit 32 bits.</summary>
    public int IntLength { [DeviceIntrinsic("ArrayView.IntLength")] get => (int)_length; }

    /// <summary>Gets the number of elements as an extent.</summary>
    public LongIndex1D Extent => new(Length);

    /// <summary>Gets the number of elements as an extent, which must fit 32 bits.</summary>
    public Index1D IntExtent => new(IntLength);

    /// <summary>Gets the number of bytes.</summary>
    public long LengthInBytes { [DeviceIntrinsic("ArrayView.LengthInBytes")] get => _length * sizeof(T); }

    /// <summary>Gets whether the view shows any memory.</summary>
    public bool IsValid { [DeviceIntrinsic("ArrayView.IsValid")] get => _pointer != null; }

    /// <summary>Gets the stride, which is 1.</summary>
    public Stride1D.Dense Stride => default;

    /// <summary>Gets the element at <paramref name="index"/>.</summary>
    public ref T this[int index]
    {
        [DeviceIntrinsic("ArrayView.Item")]
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref this[(long)index];
    }

    /// <summary>Gets the element at <paramref name="index"/>.</summary>
    public ref T this[long index]
    {
        [DeviceIntrinsic("ArrayView.Item")]
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((ulong)index >= (ulong)_length)
                DebugChecks.OutOfBounds(_pointer, _source, index, _length);
            if (_source is { IsPlain: false })
                DebugChecks.OnHost(_source, _pointer + index, sizeof(T));
            return ref _pointer[index];
        }
    }

    /// <summary>Gets the element at <paramref name="index"/>.</summary>
    public ref T this[Index1D index]
    {
        [DeviceIntrinsic("ArrayView.Item")]
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref this[(long)index.X];
    }

    /// <summary>Gets the element at <paramref name="index"/>.</summary>
    public ref T this[LongIndex1D index]
    {
        [DeviceIntrinsic("ArrayView.Item")]
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref this[index.X];
    }

    /// <summary>Gets the rest of this view from <paramref name="index"/> on.</summary>
    [DeviceIntrinsic("ArrayView.SubViewFrom")]
    public ArrayView<T> SubView(long index) => SubView(index, _length - index);

    /// <summary>Gets a part of this view.</summary>
    [DeviceIntrinsic("ArrayView.SubView")]
    public ArrayView<T> SubView(int index, int subViewLength) => SubView((long)index, subViewLength);

    /// <summary>Gets a part of this view.</summary>
    /// <param name="index">Elements to skip.</param>
    /// <param name="subViewLength">Elements to show.</param>
    [DeviceIntrinsic("ArrayView.SubView")]
    public ArrayView<T> SubView(long index, long subViewLength)
    {
        DebugChecks.SubView(_pointer, _source, index, subViewLength, _length);
        return new(_source, _pointer + index, subViewLength);
    }

    /// <summary>Gets the same memory as elements of another type; a rest that fills no element is left out.</summary>
    [DeviceIntrinsic("ArrayView.Cast")]
    public ArrayView<TOther> Cast<TOther>()
        where TOther : unmanaged =>
        new(_source, (TOther*)_pointer, _length * sizeof(T) / sizeof(TOther));

    /// <summary>Gets the view with its stride.</summary>
    public static implicit operator ArrayView1D<T, Stride1D.Dense>(ArrayView<T> view) => new(view, view.Extent, default);

    /// <summary>Gets the view without its stride.</summary>
    public static implicit operator ArrayView<T>(ArrayView1D<T, Stride1D.Dense> view) => view.BaseView;

    /// <inheritdoc/>
    public override string ToString() => $"{typeof(T).Name}[{_length}]";

    internal MemoryBuffer? Source => _source;

    internal T* Pointer => _pointer;

    internal long Address { [DeviceIntrinsic("ArrayView.Address")] get => (long)_pointer; }

    MemoryBuffer? IDebugView.Source => _source;

    nint IDebugView.Address => (nint)_pointer;

    int IArrayView.ElementSize => sizeof(T);

    MemoryBuffer IArrayView.Buffer => _source ?? throw new InvalidOperationException("This view belongs to no buffer.");

    long IContiguousArrayView.Index => _source is null ? 0 : _pointer - (T*)_source.NativePtr;

    long IContiguousArrayView.IndexInBytes => _source is null ? 0 : (byte*)_pointer - (byte*)_source.NativePtr;
}
