using System.Runtime.InteropServices;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>A safetensors file mapped into memory: tensors are read in place, pages come from disk when touched.</summary>
public sealed class SafetensorsReader : ITensorFile
{
    private readonly MappedFile _file;
    private readonly Dictionary<string, TensorInfo> _byName;
    private readonly long _dataStart;

    private SafetensorsReader(string path, MappedFile file, SafetensorsHeader header, long dataStart)
    {
        FilePath = path;
        Header = header;
        _file = file;
        _dataStart = dataStart;
        _byName = header.Tensors.ToDictionary(tensor => tensor.Name);
    }

    public string FilePath { get; }

    public long FileLength => _file.Length;

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
            return new SafetensorsReader(path, MappedFile.Map(stream), header, 8 + jsonLength);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ModelFileException($"{path} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    public bool TryGet(string name, out TensorInfo tensor) => _byName.TryGetValue(name, out tensor!);

    public nint Pointer(TensorInfo tensor) => _file.Pointer(FileOffset(tensor));

    public long FileOffset(TensorInfo tensor) => _dataStart + tensor.Offset;

    /// <summary>A copy of an I32 or I64 tensor.</summary>
    public int[] ReadIds(TensorInfo tensor)
    {
        ReadOnlySpan<byte> bytes = this.Bytes(tensor);
        return tensor.Type switch
        {
            TensorType.I32 => MemoryMarshal.Cast<byte, int>(bytes).ToArray(),
            TensorType.I64 => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), id => checked((int)id)),
            _ => throw new ModelFileException($"{FilePath}: {tensor.Name} is {tensor.Type.FileName()}; ids must be I32 or I64."),
        };
    }

    public void Dispose() => _file.Dispose();
}
