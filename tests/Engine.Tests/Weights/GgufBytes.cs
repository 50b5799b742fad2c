using System.Text;

namespace GemmaIlgpu.Engine.Tests.Weights;

/// <summary>Builds GGUF files byte by byte from the format's description, right or wrong as a test wants.</summary>
internal sealed class GgufBytes
{
    public const uint OfUInt8 = 0, OfUInt32 = 4, OfInt32 = 5, OfFloat32 = 6, OfBool = 7, OfText = 8, OfArray = 9, OfUInt64 = 10;

    private readonly List<byte[]> _entries = [], _tensors = [];

    public uint Version { get; init; } = 3;

    public ulong? TensorCount { get; init; }

    public ulong? EntryCount { get; init; }

    public int Alignment { get; init; } = 32;

    /// <summary>Bytes behind the head.</summary>
    public int DataLength { get; init; }

    public GgufBytes Entry(string key, uint type, params byte[][] value)
    {
        _entries.Add([.. String(key), .. U32(type), .. value.SelectMany(part => part)]);
        return this;
    }

    public GgufBytes Tensor(string name, uint type, ulong offset, params ulong[] sizes)
    {
        _tensors.Add([.. String(name), .. U32((uint)sizes.Length), .. sizes.SelectMany(U64), .. U32(type), .. U64(offset)]);
        return this;
    }

    public byte[] Build()
    {
        var bytes = new List<byte>("GGUF"u8.ToArray());
        bytes.AddRange(U32(Version));
        bytes.AddRange(U64(TensorCount ?? (ulong)_tensors.Count));
        bytes.AddRange(U64(EntryCount ?? (ulong)_entries.Count));
        bytes.AddRange(_entries.Concat(_tensors).SelectMany(part => part));
        while (bytes.Count % Alignment != 0)
            bytes.Add(0);
        bytes.AddRange(new byte[DataLength]);
        return [.. bytes];
    }

    public static byte[] U8(byte value) => [value];

    public static byte[] U32(uint value) => BitConverter.GetBytes(value);

    public static byte[] U64(ulong value) => BitConverter.GetBytes(value);

    public static byte[] F32(float value) => BitConverter.GetBytes(value);

    public static byte[] String(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return [.. U64((ulong)utf8.Length), .. utf8];
    }
}
