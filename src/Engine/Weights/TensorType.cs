namespace GemmaIlgpu.Engine.Weights;

/// <summary>Element types a safetensors file may hold. Weights are F32, F16 or BF16; the others are only listed.</summary>
public enum TensorType
{
    Bool, U8, I8, F8E5M2, F8E4M3, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64, C64,
}

/// <summary>Names and sizes of <see cref="TensorType"/>.</summary>
public static class TensorTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this TensorType type) => type switch
    {
        TensorType.Bool or TensorType.U8 or TensorType.I8 or TensorType.F8E5M2 or TensorType.F8E4M3 => 1,
        TensorType.I16 or TensorType.U16 or TensorType.F16 or TensorType.BF16 => 2,
        TensorType.I32 or TensorType.U32 or TensorType.F32 => 4,
        _ => 8,
    };

    /// <summary>The name in files: "BF16".</summary>
    public static string FileName(this TensorType type) => type switch
    {
        TensorType.Bool => "BOOL",
        TensorType.F8E5M2 => "F8_E5M2",
        TensorType.F8E4M3 => "F8_E4M3",
        _ => type.ToString(),
    };

    /// <summary>The type of a name in files, or null when there is none.</summary>
    public static TensorType? Parse(string name)
    {
        foreach (TensorType type in Enum.GetValues<TensorType>())
        {
            if (type.FileName() == name)
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
}
