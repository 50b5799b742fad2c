using System.Text;

namespace GemmaIlgpu.Benchmarks.PeerModel;

/// <summary>Element types of GGUF tensors; numbers as in the specification.</summary>
internal enum GgufTensorType : uint
{
    F32 = 0,
    F16 = 1,
    BF16 = 30,
}

/// <summary>
/// Writes GGUF version 3: magic, counts, key-values, tensor descriptions, padding, data. Each tensor begins at a
/// multiple of 32 bytes. Source: docs/gguf.md of ggml-org/ggml.
/// </summary>
internal sealed class GgufWriter(Stream stream) : IDisposable
{
    private const int Alignment = 32;
    private const uint Version = 3;

    private enum ValueType : uint
    {
        UInt32 = 4,
        Int32 = 5,
        Float32 = 6,
        Bool = 7,
        String = 8,
        Array = 9,
    }

    private readonly BinaryWriter _writer = new(stream, Encoding.UTF8, leaveOpen: true);
    private readonly List<Action> _values = [];
    private readonly List<(string Name, long[] Shape, GgufTensorType Type, long Bytes, Action<Stream> Write)> _tensors = [];

    public void Add(string key, uint value) => AddValue(key, ValueType.UInt32, () => _writer.Write(value));

    public void Add(string key, float value) => AddValue(key, ValueType.Float32, () => _writer.Write(value));

    public void Add(string key, bool value) => AddValue(key, ValueType.Bool, () => _writer.Write(value));

    public void Add(string key, string value) => AddValue(key, ValueType.String, () => WriteString(value));

    public void Add(string key, IReadOnlyList<string> values) => AddArray(key, ValueType.String, values, WriteString);

    public void Add(string key, IReadOnlyList<float> values) => AddArray(key, ValueType.Float32, values, _writer.Write);

    public void Add(string key, IReadOnlyList<int> values) => AddArray(key, ValueType.Int32, values, _writer.Write);

    /// <summary>A tensor with its shape outermost first, as everywhere else here; GGUF stores it the other way round.</summary>
    public void AddTensor(string name, IReadOnlyList<long> shape, GgufTensorType type, long bytes, Action<Stream> write) =>
        _tensors.Add((name, [.. shape.Reverse()], type, bytes, write));

    public void Finish()
    {
        _writer.Write("GGUF"u8);
        _writer.Write(Version);
        _writer.Write((ulong)_tensors.Count);
        _writer.Write((ulong)_values.Count);
        foreach (Action write in _values)
            write();

        long offset = 0;
        foreach (var (name, shape, type, bytes, _) in _tensors)
        {
            WriteString(name);
            _writer.Write((uint)shape.Length);
            foreach (long size in shape)
                _writer.Write((ulong)size);
            _writer.Write((uint)type);
            _writer.Write((ulong)offset);
            offset = Align(offset + bytes);
        }
        Pad();
        foreach (var (_, _, _, _, write) in _tensors)
        {
            _writer.Flush();
            write(stream);
            Pad();
        }
        _writer.Flush();
    }

    public void Dispose() => _writer.Dispose();

    private void AddValue(string key, ValueType type, Action write) => _values.Add(() =>
    {
        WriteString(key);
        _writer.Write((uint)type);
        write();
    });

    private void AddArray<T>(string key, ValueType element, IReadOnlyList<T> values, Action<T> write) => AddValue(key, ValueType.Array, () =>
    {
        _writer.Write((uint)element);
        _writer.Write((ulong)values.Count);
        foreach (T value in values)
            write(value);
    });

    private void WriteString(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        _writer.Write((ulong)bytes.Length);
        _writer.Write(bytes);
    }

    private void Pad()
    {
        _writer.Flush();
        _writer.Write(new byte[Align(stream.Position) - stream.Position]);
        _writer.Flush();
    }

    private static long Align(long position) => (position + Alignment - 1) / Alignment * Alignment;
}
