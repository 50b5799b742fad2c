using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>A safetensors file mapped into memory: tensors are read in place, pages come from disk when touched.</summary>
public sealed unsafe class SafetensorsReader : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, TensorInfo> _byName;
    private readonly byte* _data;
    private bool _disposed;

    private SafetensorsReader(string path, long fileLength, SafetensorsHeader header, MemoryMappedFile map, MemoryMappedViewAccessor view, byte* data)
    {
        FilePath = path;
        FileLength = fileLength;
        Header = header;
        _map = map;
        _view = view;
        _data = data;
        _byName = header.Tensors.ToDictionary(tensor => tensor.Name);
    }

    public string FilePath { get; }

    public long FileLength { get; }

    public SafetensorsHeader Header { get; }

    public IReadOnlyList<TensorInfo> Tensors => Header.Tensors;

    /// <summary>Opens and checks a file. Only the header is read.</summary>
    /// <exception cref="ModelFileException">The file is missing, unreadable or damaged.</exception>
    public static SafetensorsReader Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            long length = stream.Length;
            Span<byte> first = stackalloc byte[8];
            int got = stream.ReadAtLeast(first, 8, throwOnEndOfStream: false);
            int jsonLength = SafetensorsHeader.ReadJsonLength(first[..got], length, path);

            var json = new byte[jsonLength];
            stream.ReadExactly(json);
            SafetensorsHeader header = SafetensorsHeader.Parse(json, length - 8 - jsonLength, path);
            return Map(path, stream, length, 8 + jsonLength, header);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ModelFileException($"{path} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static SafetensorsReader Map(string path, FileStream stream, long length, long dataStart, SafetensorsHeader header)
    {
        MemoryMappedFile map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        MemoryMappedViewAccessor? view = null;
        try
        {
            view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return new SafetensorsReader(path, length, header, map, view, start + view.PointerOffset + dataStart);
        }
        catch
        {
            view?.Dispose();
            map.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor by its name.</summary>
    public bool TryGet(string name, out TensorInfo tensor) => _byName.TryGetValue(name, out tensor!);

    /// <summary>Address of a tensor's first byte; valid until this reader is disposed. It may be misaligned for the type.</summary>
    public nint Pointer(TensorInfo tensor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return (nint)(_data + tensor.Offset);
    }

    /// <summary>A tensor's bytes in place; valid until this reader is disposed.</summary>
    public ReadOnlySpan<byte> Bytes(TensorInfo tensor) => new((void*)Pointer(tensor), checked((int)tensor.Bytes));

    /// <summary>A copy of an F32, F16 or BF16 tensor, widened to float.</summary>
    public float[] ReadFloats(TensorInfo tensor)
    {
        ReadOnlySpan<byte> bytes = Bytes(tensor);
        var values = new float[bytes.Length / tensor.Type.Size()];
        switch (tensor.Type)
        {
            case TensorType.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
                break;
            case TensorType.F16:
                for (int i = 0; i < values.Length; i++)
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
                break;
            case TensorType.BF16:
                for (int i = 0; i < values.Length; i++)
                    values[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                break;
            default:
                throw new ModelFileException($"{FilePath}: {tensor.Name} is {tensor.Type.FileName()}; weights must be F32, F16 or BF16.");
        }

        return values;
    }

    /// <summary>A copy of an I32 or I64 tensor.</summary>
    public int[] ReadIds(TensorInfo tensor)
    {
        ReadOnlySpan<byte> bytes = Bytes(tensor);
        return tensor.Type switch
        {
            TensorType.I32 => MemoryMarshal.Cast<byte, int>(bytes).ToArray(),
            TensorType.I64 => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), id => checked((int)id)),
            _ => throw new ModelFileException($"{FilePath}: {tensor.Name} is {tensor.Type.FileName()}; ids must be I32 or I64."),
        };
    }

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
