using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace GemmaIlgpu.Kernels.Tests.Golden;

/// <summary>Just enough of the safetensors format for the test data: an 8-byte header length, a JSON header, the bytes.</summary>
public sealed class SafetensorsFile
{
    private readonly byte[] _bytes;
    private readonly int _dataStart;
    private readonly Dictionary<string, (string Type, int[] Shape, int Start, int End)> _tensors = [];

    public SafetensorsFile(string path)
    {
        _bytes = File.ReadAllBytes(path);
        int headerLength = checked((int)BinaryPrimitives.ReadInt64LittleEndian(_bytes));
        _dataStart = 8 + headerLength;
        using JsonDocument header = JsonDocument.Parse(_bytes.AsMemory(8, headerLength));
        foreach (JsonProperty tensor in header.RootElement.EnumerateObject().Where(t => t.Name != "__metadata__"))
        {
            int[] offsets = [.. tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(v => v.GetInt32())];
            int[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32())];
            _tensors[tensor.Name] = (tensor.Value.GetProperty("dtype").GetString()!, shape, offsets[0], offsets[1]);
        }
    }

    public IEnumerable<string> Names => _tensors.Keys;

    public int[] Shape(string name) => _tensors[name].Shape;

    public float[] Floats(string name) => Read<float>(name, "F32");

    public double[] Doubles(string name) => Read<double>(name, "F64");

    public int[] Ints(string name) => Read<int>(name, "I32");

    /// <summary>The bytes of a tensor of any type.</summary>
    public byte[] Bytes(string name)
    {
        var (_, _, start, end) = _tensors[name];
        return _bytes[(_dataStart + start)..(_dataStart + end)];
    }

    private T[] Read<T>(string name, string type)
        where T : unmanaged
    {
        Assert.That(_tensors[name].Type, Is.EqualTo(type), name);
        return MemoryMarshal.Cast<byte, T>(Bytes(name)).ToArray();
    }
}
