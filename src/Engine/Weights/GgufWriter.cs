using System.Text;
using Microsoft.Win32.SafeHandles;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>
/// Writes a GGUF file (version 3, alignment 32) piece by piece, under a temporary name that becomes the real one in
/// <see cref="Complete"/>: a failure or a cancellation leaves nothing behind.
/// </summary>
public sealed class GgufWriter : IDisposable
{
    private readonly string _path;
    private readonly string _partialPath;
    private readonly SafeFileHandle _file;
    private readonly long _dataStart;
    private readonly Dictionary<string, Slot> _slots = [];
    private bool _closed;

    private GgufWriter(string path, IEnumerable<KeyValuePair<string, object>> metadata, IReadOnlyList<(string Name, TensorType Type, long[] Shape)> tensors)
    {
        _path = path;
        _partialPath = $"{path}.{Environment.ProcessId}.partial";

        long offset = 0;
        foreach ((string name, TensorType type, long[] shape) in tensors)
        {
            long bytes = type.Bytes(shape.Aggregate(1L, (product, size) => checked(product * size)));
            _slots.Add(name, new Slot(new TensorInfo(name, type, shape, offset, bytes)));
            offset = GgufHeader.Align(offset + bytes, GgufHeader.DefaultAlignment);
        }

        byte[] head = BuildHead(metadata, [.. _slots.Values.Select(slot => slot.Tensor)]);
        _dataStart = head.Length;
        _file = File.OpenHandle(_partialPath, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, preallocationSize: _dataStart + offset);
        RandomAccess.SetLength(_file, _dataStart + offset);     // padding is zero
        RandomAccess.Write(_file, head, 0);
    }

    /// <summary>Starts a file whose metadata and tensors are all known.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">Keys and values as in <see cref="GgufMetadata.Values"/>.</param>
    /// <param name="tensors">Shapes are outermost first; rows must be whole blocks.</param>
    public static GgufWriter Create(
        string path, IEnumerable<KeyValuePair<string, object>> metadata, IReadOnlyList<(string Name, TensorType Type, long[] Shape)> tensors) =>
        new(path, metadata, tensors);

    /// <summary>Writes bytes anywhere in a tensor, each place once. Safe from several threads.</summary>
    public void WriteAt(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        Slot slot = _slots[name];
        if (offset < 0 || offset + bytes.Length > slot.Tensor.Bytes)
            throw new ArgumentException($"{name} has {slot.Tensor.Bytes} bytes; {bytes.Length} more after {offset} do not fit.", nameof(bytes));
        RandomAccess.Write(_file, bytes, _dataStart + slot.Tensor.Offset + offset);
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
        if (!_closed)
            Close();
        File.Delete(_partialPath);
    }

    private void Close()
    {
        _closed = true;
        _file.Dispose();
    }

    private static byte[] BuildHead(IEnumerable<KeyValuePair<string, object>> metadata, IReadOnlyList<TensorInfo> tensors)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        KeyValuePair<string, object>[] entries = [.. metadata];
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)entries.Length);
        foreach ((string key, object value) in entries)
        {
            WriteString(writer, key);
            WriteValue(writer, value);
        }

        foreach (TensorInfo tensor in tensors)
        {
            WriteString(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Count);
            foreach (long size in tensor.Shape.Reverse())
                writer.Write((ulong)size);
            writer.Write(GgufHeader.TypeNumber(tensor.Type));
            writer.Write((ulong)tensor.Offset);
        }

        writer.Write(new byte[GgufHeader.Align(stream.Length, GgufHeader.DefaultAlignment) - stream.Length]);
        return stream.ToArray();
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        if (value is not Array array)
        {
            writer.Write((uint)TypeOf(value.GetType()));
            WriteScalar(writer, value);
            return;
        }

        writer.Write((uint)GgufValueType.Array);
        writer.Write((uint)TypeOf(array.GetType().GetElementType()!));
        writer.Write((ulong)array.Length);
        foreach (object element in array)
            WriteScalar(writer, element);
    }

    private static GgufValueType TypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => GgufValueType.UInt8,
        TypeCode.SByte => GgufValueType.Int8,
        TypeCode.UInt16 => GgufValueType.UInt16,
        TypeCode.Int16 => GgufValueType.Int16,
        TypeCode.UInt32 => GgufValueType.UInt32,
        TypeCode.Int32 => GgufValueType.Int32,
        TypeCode.Single => GgufValueType.Float32,
        TypeCode.Boolean => GgufValueType.Bool,
        TypeCode.String => GgufValueType.String,
        TypeCode.UInt64 => GgufValueType.UInt64,
        TypeCode.Int64 => GgufValueType.Int64,
        TypeCode.Double => GgufValueType.Float64,
        _ => throw new ArgumentException($"GGUF metadata cannot hold a {type.Name}.", nameof(type)),
    };

    private static void WriteScalar(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case byte n: writer.Write(n); break;
            case sbyte n: writer.Write(n); break;
            case ushort n: writer.Write(n); break;
            case short n: writer.Write(n); break;
            case uint n: writer.Write(n); break;
            case int n: writer.Write(n); break;
            case float n: writer.Write(n); break;
            case bool truth: writer.Write(truth); break;
            case string text: WriteString(writer, text); break;
            case ulong n: writer.Write(n); break;
            case long n: writer.Write(n); break;
            case double n: writer.Write(n); break;
        }
    }

    private static void WriteString(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private sealed class Slot(TensorInfo tensor)
    {
        public readonly TensorInfo Tensor = tensor;
        public long Written;
    }
}
