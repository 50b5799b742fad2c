using ILGPU;

namespace GemmaIlgpu.Kernels;

/// <summary>How blocks of 32 weights with a common scale are stored, as in GGUF files.</summary>
public enum BlockType
{
    /// <summary>34 bytes: the scale in binary16, 32 signed bytes.</summary>
    Q8_0,

    /// <summary>18 bytes: the scale in binary16, 16 bytes; byte j holds weights j and j + 16, each plus 8.</summary>
    Q4_0,
}

/// <summary>A weight matrix [Rows, Columns] of blocks, row-major, exactly the bytes of the model file.</summary>
public readonly struct QuantisedMatrix
{
    /// <summary>Weights of a block.</summary>
    public const int BlockLength = 32;

    /// <summary>The bytes of the file; aligned to two bytes.</summary>
    public ArrayView<byte> Data { get; }
    public BlockType Type { get; }
    public int Rows { get; }

    /// <summary>A multiple of <see cref="BlockLength"/>.</summary>
    public int Columns { get; }

    public QuantisedMatrix(ArrayView<byte> data, BlockType type, int rows, int columns)
    {
        if (rows < 1 || columns < 1 || columns % BlockLength != 0)
            throw new ArgumentException($"A matrix of blocks needs rows of whole blocks of {BlockLength}; got [{rows}, {columns}].");
        long expected = (long)rows * (columns / BlockLength) * BytesPerBlock(type);
        if (data.Length != expected)
            throw new ArgumentException($"{type} weights [{rows}, {columns}] take {expected} bytes; got {data.Length}.");
        Data = data;
        Type = type;
        Rows = rows;
        Columns = columns;
    }

    public static int BytesPerBlock(BlockType type) => type switch
    {
        BlockType.Q8_0 => 34,
        BlockType.Q4_0 => 18,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown block type."),
    };
}
