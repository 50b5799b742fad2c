using System.IO.MemoryMappedFiles;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>A whole file in the address space, read-only; pages come from disk when touched.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private bool _disposed;

    private MappedFile(MemoryMappedFile map, MemoryMappedViewAccessor view, long length)
    {
        _map = map;
        _view = view;
        Length = length;
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start + view.PointerOffset;
    }

    public long Length { get; }

    /// <summary>Maps an open file, which this then owns. The file must not be empty.</summary>
    public static MappedFile Map(FileStream stream)
    {
        long length = stream.Length;
        MemoryMappedFile map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        MemoryMappedViewAccessor? view = null;
        try
        {
            view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            return new MappedFile(map, view, length);
        }
        catch
        {
            view?.Dispose();
            map.Dispose();
            throw;
        }
    }

    /// <summary>Address of a byte; valid until this is disposed.</summary>
    public nint Pointer(long offset)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return (nint)(_start + offset);
    }

    /// <summary>The first bytes, at most as many as the file has.</summary>
    public ReadOnlySpan<byte> First(int count) => new((void*)Pointer(0), (int)Math.Min(count, Length));

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
