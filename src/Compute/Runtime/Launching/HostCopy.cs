using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>
/// Elements of a view where the processor can reach them one by one: the view itself, or a copy that is written back on
/// disposal if it was made for writing.
/// </summary>
internal readonly struct HostCopy<T> : IDisposable
    where T : unmanaged
{
    private readonly AcceleratorStream _stream;
    private readonly ArrayView<T> _device;
    private readonly MemoryBuffer? _copy;
    private readonly bool _writeBack;

    private HostCopy(AcceleratorStream stream, ArrayView<T> device, bool writeBack)
    {
        (_stream, _device, _writeBack) = (stream, device, writeBack);
        View = device;
        if (writeBack && device.Source is { IsHostAccessible: true } owner)
            owner.MarkWritten(ViewCopy.OffsetOf(device), device.LengthInBytes);
        if (device.Source is not { IsHostAccessible: false } source)
            return;
        _copy = CPUMemoryBuffer.Create(source.Accelerator, device.Length, ArrayView<T>.ElementSize);
        View = _copy.AsArrayView<T>(0, device.Length);
        ViewCopy.Between(stream, device.Cast<byte>(), View.Cast<byte>());
    }

    /// <summary>Gets the elements.</summary>
    public ArrayView<T> View { get; }

    /// <summary>Gets elements to read.</summary>
    public static HostCopy<T> ForReading(AcceleratorStream stream, ArrayView<T> view) => new(stream, view, writeBack: false);

    /// <summary>Gets elements to read and change; those that are not changed, such as gaps between rows, stay as they are.</summary>
    public static HostCopy<T> ForWriting(AcceleratorStream stream, ArrayView<T> view) => new(stream, view, writeBack: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_copy is null)
            return;
        if (_writeBack)
            ViewCopy.Between(_stream, View.Cast<byte>(), _device.Cast<byte>());
        _copy.Dispose();
    }
}
