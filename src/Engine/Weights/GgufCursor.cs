using System.Buffers.Binary;
using System.Text;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>Reads the head of a GGUF file from front to back; nothing is read or allocated that the remaining bytes do not cover.</summary>
internal ref struct GgufCursor(ReadOnlySpan<byte> bytes, string file)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly string _file = file;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public byte ReadByte(string what) => Take(1, what)[0];

    public ushort ReadUInt16(string what) => BinaryPrimitives.ReadUInt16LittleEndian(Take(2, what));

    public uint ReadUInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong ReadUInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    public float ReadSingle(string what) => BinaryPrimitives.ReadSingleLittleEndian(Take(4, what));

    public double ReadDouble(string what) => BinaryPrimitives.ReadDoubleLittleEndian(Take(8, what));

    public bool ReadBool(string what) => ReadByte(what) switch
    {
        0 => false,
        1 => true,
        byte other => throw Bad($"{what} is the truth value {other}; it must be 0 or 1"),
    };

    /// <summary>A number of things, each of which takes at least some bytes.</summary>
    public int ReadCount(string what, int bytesEach)
    {
        ulong count = ReadUInt64($"the number of {what}");
        return count <= (ulong)(Remaining / bytesEach)
            ? (int)count
            : throw Bad($"it claims {count:N0} {what}, but only {Remaining:N0} bytes follow in its head");
    }

    /// <summary>A length, then so many bytes of UTF-8.</summary>
    public string ReadString(string what, int maxBytes = int.MaxValue)
    {
        ulong length = ReadUInt64(what);
        if (length > (ulong)Remaining)
            throw Bad($"{what} claims {length:N0} bytes, but only {Remaining:N0} follow in its head");
        if (length > (ulong)maxBytes)
            throw Bad($"{what} has {length:N0} bytes; at most {maxBytes:N0} are allowed");
        try
        {
            return StrictUtf8.GetString(Take((int)length, what));
        }
        catch (DecoderFallbackException)
        {
            throw Bad($"{what} is not valid UTF-8");
        }
    }

    public readonly ModelFileException Bad(string fault) => new($"{_file} cannot be used: {fault}. Is the download complete?");

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > Remaining)
            throw Bad($"it ends within {what}");
        ReadOnlySpan<byte> taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }
}
