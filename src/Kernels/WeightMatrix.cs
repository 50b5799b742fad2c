using ILGPU;

namespace GemmaIlgpu.Kernels;

/// <summary>How a weight is stored.</summary>
public enum WeightType
{
    Float32,
    Float16,
    BFloat16,
}

/// <summary>A weight matrix [Rows, Columns], row-major, exactly the bytes of the model file.</summary>
public readonly struct WeightMatrix
{
    /// <summary>The bytes of the file; aligned to one element.</summary>
    public ArrayView<byte> Data { get; }
    public WeightType Type { get; }
    public int Rows { get; }
    public int Columns { get; }

    public WeightMatrix(ArrayView<byte> data, WeightType type, int rows, int columns)
    {
        if (rows < 1 || columns < 1)
            throw new ArgumentException($"A weight matrix needs at least one row and column; got [{rows}, {columns}].");
        long expected = checked((long)rows * columns * BytesPerElement(type));
        if (data.Length != expected)
            throw new ArgumentException($"{type} weights [{rows}, {columns}] take {expected} bytes; got {data.Length}.");
        Data = data;
        Type = type;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Rows rowStart … rowStart + rows − 1 as a matrix of their own; nothing is copied.</summary>
    public WeightMatrix Slice(int rowStart, int rows)
    {
        if (rowStart < 0 || rows < 1 || rowStart > Rows - rows)
            throw new ArgumentException($"Rows {rowStart} to {rowStart + (long)rows - 1} of a matrix with {Rows} rows.");
        long rowBytes = (long)Columns * BytesPerElement(Type);
        return new WeightMatrix(Data.SubView(rowStart * rowBytes, rows * rowBytes), Type, rows, Columns);
    }

    /// <summary>Bytes of one stored weight.</summary>
    public static int BytesPerElement(WeightType type) => type switch
    {
        WeightType.Float32 => 4,
        WeightType.Float16 or WeightType.BFloat16 => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown weight type."),
    };
}
