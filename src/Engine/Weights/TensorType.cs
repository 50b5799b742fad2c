namespace GemmaIlgpu.Engine.Weights;

/// <summary>
/// Element types of tensors in files. Weights are F32, F16, BF16 or one of the block types of GGUF, Q8_0 to Q6_K; the
/// others are only listed.
/// </summary>
public enum TensorType
{
    Bool, U8, I8, F8E5M2, F8E4M3, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64, C64,
    Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2K, Q3K, Q4K, Q5K, Q6K,
}

/// <summary>Names and sizes of <see cref="TensorType"/>.</summary>
public static class TensorTypes
{
    /// <summary>Weights that share scales: 32 in the simple block types, 256 in the K types, 1 in plain types.</summary>
    public static int BlockLength(this TensorType type) => type switch
    {
        TensorType.Q8_0 or TensorType.Q4_0 or TensorType.Q4_1 or TensorType.Q5_0 or TensorType.Q5_1 => 32,
        TensorType.Q2K or TensorType.Q3K or TensorType.Q4K or TensorType.Q5K or TensorType.Q6K => 256,
        _ => 1,
    };

    /// <summary>Bytes of one block; of one element in plain types.</summary>
    public static int BlockBytes(this TensorType type) => type switch
    {
        TensorType.Bool or TensorType.U8 or TensorType.I8 or TensorType.F8E5M2 or TensorType.F8E4M3 => 1,
        TensorType.I16 or TensorType.U16 or TensorType.F16 or TensorType.BF16 => 2,
        TensorType.I32 or TensorType.U32 or TensorType.F32 => 4,
        TensorType.I64 or TensorType.U64 or TensorType.F64 or TensorType.C64 => 8,
        TensorType.Q8_0 => 34,
        TensorType.Q4_0 => 18,
        TensorType.Q4_1 => 20,
        TensorType.Q5_0 => 22,
        TensorType.Q5_1 => 24,
        TensorType.Q2K => 84,
        TensorType.Q3K => 110,
        TensorType.Q4K => 144,
        TensorType.Q5K => 176,
        TensorType.Q6K => 210,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown tensor type."),
    };

    /// <summary>Whether weights are stored in blocks with common scales.</summary>
    public static bool IsQuantised(this TensorType type) => type.BlockLength() > 1;

    /// <summary>Bytes of one element of a plain type.</summary>
    public static int Size(this TensorType type) => !type.IsQuantised()
        ? type.BlockBytes()
        : throw new ArgumentException($"{type.FileName()} stores blocks of {type.BlockLength()}, not elements.", nameof(type));

    /// <summary>Bytes of a number of elements, which must be whole blocks.</summary>
    public static long Bytes(this TensorType type, long elements) => elements % type.BlockLength() == 0
        ? checked(elements / type.BlockLength() * type.BlockBytes())
        : throw new ArgumentException($"{elements} elements are not whole blocks of {type.BlockLength()}.", nameof(elements));

    /// <summary>The name in files: "BF16", "Q4_K".</summary>
    public static string FileName(this TensorType type) => type switch
    {
        TensorType.Bool => "BOOL",
        TensorType.F8E5M2 => "F8_E5M2",
        TensorType.F8E4M3 => "F8_E4M3",
        TensorType.Q2K or TensorType.Q3K or TensorType.Q4K or TensorType.Q5K or TensorType.Q6K => type.ToString().Replace("K", "_K", StringComparison.Ordinal),
        _ => type.ToString(),
    };

    /// <summary>The type of a name in safetensors files, which know no blocks, or null when there is none.</summary>
    public static TensorType? Parse(string name)
    {
        foreach (TensorType type in Enum.GetValues<TensorType>())
        {
            if (!type.IsQuantised() && type.FileName() == name)
                return type;
        }

        return null;
    }
}

/// <summary>One tensor of a file.</summary>
/// <param name="Name">Name in the file: "model.layers.0.mlp.up_proj.weight".</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Offset">First byte, counted from the start of the file's data.</param>
/// <param name="Bytes">Length in bytes.</param>
public sealed record TensorInfo(string Name, TensorType Type, IReadOnlyList<long> Shape, long Offset, long Bytes)
{
    /// <summary>"[256, 64]".</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";

    /// <summary>Product of the sizes.</summary>
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);
}
