using ILGPU;

namespace GemmaIlgpu.Kernels;

/// <summary>How quantised weights are stored; the names of GGUF files.</summary>
public enum BlockType
{
    Q8_0,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q2K,
    Q3K,
    Q4K,
    Q5K,
    Q6K,
}

/// <summary>Sizes of block types.</summary>
public static class BlockTypes
{
    /// <summary>Weights of a block: 32, or 256 for the K types.</summary>
    public static int BlockLength(this BlockType type) => type is BlockType.Q8_0 or BlockType.Q4_0 or BlockType.Q4_1 or BlockType.Q5_0 or BlockType.Q5_1 ? 32 : 256;

    /// <summary>Bytes of a block; always even.</summary>
    public static int BlockBytes(this BlockType type) => type switch
    {
        BlockType.Q8_0 => 34,
        BlockType.Q4_0 => 18,
        BlockType.Q4_1 => 20,
        BlockType.Q5_0 => 22,
        BlockType.Q5_1 => 24,
        BlockType.Q2K => 84,
        BlockType.Q3K => 110,
        BlockType.Q4K => 144,
        BlockType.Q5K => 176,
        BlockType.Q6K => 210,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown block type."),
    };
}

/// <summary>A weight matrix [Rows, Columns] of blocks, row-major, exactly the bytes of the model file.</summary>
public readonly struct QuantisedMatrix
{
    /// <summary>The bytes of the file; aligned to two bytes.</summary>
    public ArrayView<byte> Data { get; }
    public BlockType Type { get; }
    public int Rows { get; }

    /// <summary>A multiple of the type's block length.</summary>
    public int Columns { get; }

    public QuantisedMatrix(ArrayView<byte> data, BlockType type, int rows, int columns)
    {
        int length = type.BlockLength();
        if (rows < 1 || columns < 1 || columns % length != 0)
            throw new ArgumentException($"A {type} matrix needs rows of whole blocks of {length}; got [{rows}, {columns}].");
        long expected = (long)rows * (columns / length) * type.BlockBytes();
        if (data.Length != expected)
            throw new ArgumentException($"{type} weights [{rows}, {columns}] take {expected} bytes; got {data.Length}.");
        Data = data;
        Type = type;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Halfwords of a row.</summary>
    public int RowHalves => Columns / Type.BlockLength() * (Type.BlockBytes() / 2);
}
