using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>
/// Writes a safetensors file piece by piece, under a temporary name that becomes the real one in <see cref="Complete"/>:
/// a failure or a cancellation leaves nothing behind.
/// </summary>
public sealed class SafetensorsWriter : IDisposable
{
    private readonly string _path;
    private readonly string _partialPath;
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, Slot> _slots = [];
    private bool _closed;

    private SafetensorsWriter(string path, IEnumerable<(string Name, TensorType Type, long[] Shape)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        _path = path;
        _partialPath = $"{path}.{Environment.ProcessId}.partial";

        // Widest elements first, so that every tensor is aligned for its type.
        long offset = 0;
        foreach ((string name, TensorType type, long[] shape) in tensors.OrderByDescending(tensor => tensor.Type.Size()))
        {
            long bytes = checked(shape.Aggregate((long)type.Size(), (product, size) => checked(product * size)));
            _slots.Add(name, new Slot(new TensorInfo(name, type, shape, offset, bytes)));
            offset = checked(offset + bytes);
        }

        byte[] header = BuildHeader(_slots.Values.Select(slot => slot.Tensor), metadata);
        DataStart = header.Length;
        _file = File.OpenHandle(_partialPath, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, preallocationSize: DataStart + offset);
        RandomAccess.Write(_file, header, 0);
    }

    /// <summary>Bytes before the data.</summary>
    public long DataStart { get; }

    /// <summary>Starts a file whose tensors are all known by name, type and shape.</summary>
    public static SafetensorsWriter Create(
        string path, IEnumerable<(string Name, TensorType Type, long[] Shape)> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        new(path, tensors, metadata);

    /// <summary>Appends bytes to a tensor.</summary>
    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        Slot slot = _slots[name];
        WriteAt(name, slot.Written, bytes);
    }

    /// <summary>Appends values to an F32 tensor.</summary>
    public void WriteFloats(string name, ReadOnlySpan<float> values) => Write(name, MemoryMarshal.AsBytes(values));

    /// <summary>Appends values to an I32 tensor.</summary>
    public void WriteIds(string name, ReadOnlySpan<int> values) => Write(name, MemoryMarshal.AsBytes(values));

    /// <summary>Writes bytes anywhere in a tensor, each place once. Safe from several threads.</summary>
    public void WriteAt(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        Slot slot = _slots[name];
        if (offset + bytes.Length > slot.Tensor.Bytes)
            throw new ArgumentException($"{name} has {slot.Tensor.Bytes} bytes; {bytes.Length} more after {offset} do not fit.", nameof(bytes));
        RandomAccess.Write(_file, bytes, DataStart + slot.Tensor.Offset + offset);
        Interlocked.Add(ref slot.Written, bytes.Length);
    }

    /// <summary>Gives the file its real name; every tensor must be written.</summary>
    public void Complete()
    {
        foreach (Slot slot in _slots.Values)
        {
            if (slot.Written != slot.Tensor.Bytes)
                throw new InvalidOperationException($"{slot.Tensor.Name} has {slot.Written} of its {slot.Tensor.Bytes} bytes.");
        }

        Close();
        File.Move(_partialPath, _path, overwrite: true);
    }

    /// <summary>Removes the temporary file, unless <see cref="Complete"/> gave it its name.</summary>
    public void Dispose()
    {
        if (_closed)
            return;
        Close();
        File.Delete(_partialPath);
    }

    private void Close()
    {
        _closed = true;
        _file.Dispose();
    }

    private static byte[] BuildHeader(IEnumerable<TensorInfo> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        stream.Write(new byte[8]);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach ((string key, string value) in metadata ?? new Dictionary<string, string> { ["format"] = "pt" })
                json.WriteString(key, value);
            json.WriteEndObject();
            foreach (TensorInfo tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.FileName());
                json.WriteStartArray("shape");
                foreach (long size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(tensor.Offset);
                json.WriteNumberValue(tensor.Offset + tensor.Bytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces up to a multiple of 64: readers that map the file find their tensors on cache lines.
        while (stream.Length % 64 != 0)
            stream.WriteByte((byte)' ');
        byte[] header = stream.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        return header;
    }

    private sealed class Slot(TensorInfo tensor)
    {
        public readonly TensorInfo Tensor = tensor;
        public long Written;
    }
}
