using System.Globalization;
using System.Text;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>The kinds of registers that PTX tells apart.</summary>
internal enum RegisterClass { Predicate, Short, Int, Long, Float, Double }

/// <summary>Hands out registers and declares them.</summary>
internal sealed class PtxRegisters
{
    private static readonly (string Prefix, string Type)[] s_classes = [("%p", ".pred"), ("%rs", ".b16"), ("%r", ".b32"), ("%rd", ".b64"), ("%f", ".f32"), ("%fd", ".f64")];

    private readonly int[] _counts = new int[s_classes.Length];

    public string New(RegisterClass kind) => string.Create(CultureInfo.InvariantCulture, $"{s_classes[(int)kind].Prefix}{_counts[(int)kind]++}");

    public string New(IrValue value) => New(ClassOf(value));

    /// <summary>The class of a value's register. Shared and local memory fit 32-bit addresses.</summary>
    public static RegisterClass ClassOf(IrValue value) => value.Type switch
    {
        IrType.Bool => RegisterClass.Predicate,
        IrType.I32 => RegisterClass.Int,
        IrType.I64 => RegisterClass.Long,
        IrType.F32 => RegisterClass.Float,
        IrType.F64 => RegisterClass.Double,
        IrType.Ptr => HasShortAddress(value) ? RegisterClass.Int : RegisterClass.Long,
        _ => throw new InvalidOperationException($"{value} has no register."),
    };

    public static bool HasShortAddress(IrValue pointer) => pointer.Space is AddressSpace.Shared or AddressSpace.Local;

    public void Declare(StringBuilder text)
    {
        for (int i = 0; i < s_classes.Length; i++)
            if (_counts[i] > 0)
                text.Append(CultureInfo.InvariantCulture, $"    .reg {s_classes[i].Type} {s_classes[i].Prefix}<{_counts[i]}>;\n");
    }
}
