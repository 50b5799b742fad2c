namespace GemmaIlgpu.Engine.Weights;

/// <summary>The checked head of a GGUF file: metadata and the places of the tensors.</summary>
/// <remarks>
/// Format: "GGUF", version, numbers of tensors and of metadata entries, metadata, tensor descriptions, padding, data.
/// Numbers are little endian, sizes come innermost first. Tensors follow each other in the order of their
/// descriptions, each padded to the alignment. Source: docs/gguf.md of ggml-org/ggml.
/// </remarks>
public sealed class GgufHeader
{
    public const string AlignmentKey = "general.alignment";

    public const uint DefaultAlignment = 32;

    /// <summary>No head is larger: the metadata of Gemma 3, with 262,144 pieces, has some 7 MB.</summary>
    public const int MaxBytes = 1 << 30;

    // ggml keeps names in 64 bytes with a zero at the end.
    private const int MaxNameBytes = 63, MaxRank = 4;

    // Name length, one letter, rank, one size, type, offset.
    private const int SmallestDescription = 8 + 1 + 4 + 8 + 4 + 8;

    private static readonly Dictionary<uint, TensorType> s_types = new()
    {
        [0] = TensorType.F32,
        [1] = TensorType.F16,
        [2] = TensorType.Q4_0,
        [3] = TensorType.Q4_1,
        [6] = TensorType.Q5_0,
        [7] = TensorType.Q5_1,
        [8] = TensorType.Q8_0,
        [10] = TensorType.Q2K,
        [11] = TensorType.Q3K,
        [12] = TensorType.Q4K,
        [13] = TensorType.Q5K,
        [14] = TensorType.Q6K,
        [24] = TensorType.I8,
        [25] = TensorType.I16,
        [26] = TensorType.I32,
        [27] = TensorType.I64,
        [28] = TensorType.F64,
        [30] = TensorType.BF16,
    };

    private GgufHeader(uint version, GgufMetadata metadata, IReadOnlyList<TensorInfo> tensors, uint alignment, long dataStart)
    {
        Version = version;
        Metadata = metadata;
        Tensors = tensors;
        Alignment = alignment;
        DataStart = dataStart;
    }

    /// <summary>2 or 3, which differ only in that 3 may be big endian, which is refused.</summary>
    public uint Version { get; }

    public GgufMetadata Metadata { get; }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Every tensor begins at a multiple of this.</summary>
    public uint Alignment { get; }

    /// <summary>Bytes before the data.</summary>
    public long DataStart { get; }

    /// <summary>The number of a type in files.</summary>
    internal static uint TypeNumber(TensorType type) => s_types.First(entry => entry.Value == type).Key;

    /// <summary>Parses and checks the head of a file.</summary>
    /// <param name="head">The whole file, or its first <see cref="MaxBytes"/> bytes.</param>
    /// <param name="fileLength">Bytes of the whole file.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="ModelFileException">Something is wrong with it.</exception>
    public static GgufHeader Parse(ReadOnlySpan<byte> head, long fileLength, string file)
    {
        var cursor = new GgufCursor(head, file);
        if (!head.StartsWith("GGUF"u8))
            throw new ModelFileException($"{file} does not begin with \"GGUF\". Is it a GGUF file?");
        cursor.ReadUInt32("its magic number");
        uint version = cursor.ReadUInt32("its version");
        if (version is not (2 or 3))
        {
            string hint = version == 1 ? "version 1 is obsolete" : (version & 0xFFFF) == 0 && version != 0 ? "it is big endian" : "it is no version known here";
            throw new ModelFileException($"{file} has GGUF version {version}: {hint}; it must be 2 or 3, little endian.");
        }

        int tensorCount = cursor.ReadCount("tensors", SmallestDescription);
        int entryCount = GgufMetadata.ReadCount(ref cursor);
        GgufMetadata metadata = GgufMetadata.Read(ref cursor, entryCount, file);
        uint alignment = ReadAlignment(metadata);

        var tensors = new List<TensorInfo>();
        var names = new HashSet<string>();
        long expected = 0;
        for (int i = 0; i < tensorCount; i++)
        {
            TensorInfo tensor = ReadTensor(ref cursor, i);
            if (!names.Add(tensor.Name))
                throw cursor.Bad($"it has two tensors named \"{JsonText.Shorten(tensor.Name)}\"");
            // Every reader and writer keeps tensors in order without gaps, which rules out overlaps.
            if (tensor.Offset != expected)
                throw cursor.Bad($"tensor \"{JsonText.Shorten(tensor.Name)}\" starts at byte {(ulong)tensor.Offset} of the data; {expected} was expected");
            if (tensor.Bytes > fileLength - expected)
                throw cursor.Bad($"tensor \"{JsonText.Shorten(tensor.Name)}\" takes {tensor.Bytes:N0} bytes, more than the file has");
            expected = Align(expected + tensor.Bytes, alignment);
            tensors.Add(tensor);
        }

        long dataStart = Align(cursor.Position, alignment);
        // The padding behind the last tensor may be missing.
        if (tensors.Count > 0 && tensors[^1].Offset + tensors[^1].Bytes > fileLength - dataStart)
        {
            throw cursor.Bad(
                $"its tensors take {tensors[^1].Offset + tensors[^1].Bytes:N0} bytes from byte {dataStart:N0} on, but it has {fileLength:N0} bytes");
        }

        return new GgufHeader(version, metadata, tensors, alignment, dataStart);
    }

    /// <summary>The next multiple of the alignment.</summary>
    internal static long Align(long position, uint alignment) => checked(position + alignment - 1) & -(long)alignment;

    private static uint ReadAlignment(GgufMetadata metadata)
    {
        if (!metadata.Values.TryGetValue(AlignmentKey, out object? value))
            return DefaultAlignment;
        return value is uint alignment && System.Numerics.BitOperations.IsPow2(alignment)
            ? alignment
            : throw metadata.Wrong(AlignmentKey, value, "a power of two of 32 bits");
    }

    private static TensorInfo ReadTensor(ref GgufCursor cursor, int number)
    {
        string name = cursor.ReadString($"the name of tensor {number}", MaxNameBytes);
        string what = $"tensor \"{JsonText.Shorten(name)}\"";
        if (name.Length == 0)
            throw cursor.Bad($"the name of tensor {number} is empty");
        uint rank = cursor.ReadUInt32($"the rank of {what}");
        if (rank is < 1 or > MaxRank)
            throw cursor.Bad($"{what} has {rank} dimensions; 1 to {MaxRank} are possible");

        var shape = new long[rank];
        long elements = 1;
        for (int i = (int)rank - 1; i >= 0; i--)
        {
            ulong size = cursor.ReadUInt64($"the sizes of {what}");
            if (size < 1 || size > (ulong)(long.MaxValue / elements))
                throw cursor.Bad($"{what} has a dimension of {size}, which is {(size < 1 ? "nothing" : "more than any file holds")}");
            shape[i] = (long)size;
            elements *= (long)size;
        }

        uint typeNumber = cursor.ReadUInt32($"the type of {what}");
        if (!s_types.TryGetValue(typeNumber, out TensorType type))
            throw cursor.Bad($"{what} has the type number {typeNumber}, which is not supported; supported are {string.Join(", ", s_types.Values.Select(t => t.FileName()))}");
        if (shape[^1] % type.BlockLength() != 0)
            throw cursor.Bad($"{what} has rows of {shape[^1]}, which are not whole blocks of {type.BlockLength()} as {type.FileName()} needs");
        if (elements / type.BlockLength() > long.MaxValue / 2 / type.BlockBytes())
            throw cursor.Bad($"{what} takes more bytes than any file holds");
        ulong offset = cursor.ReadUInt64($"the offset of {what}");
        return new TensorInfo(name, type, shape, (long)offset, type.Bytes(elements));
    }
}
