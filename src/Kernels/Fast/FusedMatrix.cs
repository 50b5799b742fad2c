using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>A weight matrix of any kind, as the fused products take it.</summary>
public readonly struct FusedMatrix
{
    private const int PacketBytes = 16;

    private FusedMatrix(ArrayView<byte> data, int rows, int columns, Type format)
    {
        Data = data;
        Rows = rows;
        Columns = columns;
        Format = format;
    }

    public ArrayView<byte> Data { get; }
    public int Rows { get; }
    public int Columns { get; }

    /// <summary>How rows are read: an <see cref="IDecodeRows"/>. Matrices of one launch have the same.</summary>
    public Type Format { get; }

    public static implicit operator FusedMatrix(WeightMatrix matrix) => new(matrix.Data, matrix.Rows, matrix.Columns, matrix.Type switch
    {
        WeightType.Float32 => typeof(PacketRows<Float32Packets>),
        WeightType.Float16 => typeof(PacketRows<Float16Packets>),
        _ => typeof(PacketRows<BFloat16Packets>),
    });

    public static implicit operator FusedMatrix(QuantisedMatrix matrix) => new(matrix.Data, matrix.Rows, matrix.Columns, matrix.Type switch
    {
        BlockType.Q8_0 => typeof(BlockRows<Q8_0Format>),
        BlockType.Q4_0 => typeof(BlockRows<Q4_0Format>),
        BlockType.Q4_1 => typeof(BlockRows<Q4_1Format>),
        BlockType.Q5_0 => typeof(BlockRows<Q5_0Format>),
        BlockType.Q5_1 => typeof(BlockRows<Q5_1Format>),
        BlockType.Q2K => typeof(BlockRows<Q2KFormat>),
        BlockType.Q3K => typeof(BlockRows<Q3KFormat>),
        BlockType.Q4K => typeof(BlockRows<Q4KFormat>),
        BlockType.Q5K => typeof(BlockRows<Q5KFormat>),
        BlockType.Q6K => typeof(BlockRows<Q6KFormat>),
        _ => throw new ArgumentOutOfRangeException(nameof(matrix), matrix.Type, "Unknown block type."),
    });

    /// <summary>Whether warps can read the rows: whole packets at an address they can be loaded from, or blocks by 16 lanes.</summary>
    public bool SuitsWarps(int warpSize) => IsOfBlocks
        ? warpSize >= IBlockFormat.Pairs
        : Data.Length / Rows % PacketBytes == 0 && Data.LoadEffectiveAddressAsPtr() % PacketBytes == 0;

    private bool IsOfBlocks => Format.GetGenericTypeDefinition() == typeof(BlockRows<>);
}
