using System.Buffers.Binary;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Walks the fields of one protobuf message without copying; every length is checked against what is left.</summary>
/// <remarks>Source: protobuf.dev/programming-guides/encoding. Groups (wire types 3 and 4) do not occur in the format read here.</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, string source)
{
    private const int Varint = 0, Fixed64 = 1, Length = 2, Fixed32 = 5;

    private readonly string _source = source;
    private ReadOnlySpan<byte> _rest = message;
    private int _wireType;

    /// <summary>Number of the field that the next read or skip takes.</summary>
    public int Field { get; private set; }

    /// <summary>Reads the next field's tag; false at the end of the message.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        ulong tag = RawVarint();
        _wireType = (int)(tag & 7);
        if (tag >> 3 is 0 or > 0x1FFF_FFFF)
            throw Damaged("a field has an impossible number");
        Field = (int)(tag >> 3);
        return true;
    }

    public bool ReadBool() => ReadInteger() != 0;

    public ulong ReadInteger()
    {
        Expect(Varint, "an integer");
        return RawVarint();
    }

    public float ReadFloat()
    {
        Expect(Fixed32, "a number of 4 bytes");
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>Bytes of a string, bytes or message field.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        Expect(Length, "text or a message");
        return Take(RawVarint());
    }

    public void Skip()
    {
        switch (_wireType)
        {
            case Varint: RawVarint(); break;
            case Fixed64: Take(8); break;
            case Length: Take(RawVarint()); break;
            case Fixed32: Take(4); break;
            default: throw Damaged($"field {Field} has the unknown wire type {_wireType}");
        }
    }

    private readonly void Expect(int wireType, string wanted)
    {
        if (_wireType != wireType)
            throw Damaged($"field {Field} should hold {wanted} but has wire type {_wireType}");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw Damaged($"field {Field} claims {count} bytes where {_rest.Length} are left");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private ulong RawVarint()
    {
        ulong value = 0;
        for (int i = 0; i < _rest.Length && i < 10; i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }
        throw Damaged(_rest.Length < 10 ? "it ends in the middle of a number" : "a number is longer than 10 bytes");
    }

    private readonly ModelFileException Damaged(string what) => new($"{_source} is not a readable SentencePiece model: {what}.");
}
