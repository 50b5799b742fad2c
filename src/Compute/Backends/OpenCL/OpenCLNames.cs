using System.Globalization;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

/// <summary>How types, constants and names are spelled in OpenCL C. Integers are unsigned, whose arithmetic wraps;
/// operations that are signed say so.</summary>
internal static class OpenCLNames
{
    private const int MaxName = 100;

    public static string Type(IrType type) => type switch
    {
        IrType.Bool => "bool",
        IrType.I32 => "uint",
        IrType.I64 => "ulong",
        IrType.F32 => "float",
        _ => "double",
    };

    /// <summary>The type of a variable that holds a value.</summary>
    public static string TypeOf(IrValue value) => value.Type == IrType.Ptr ? Pointer(value.Space) : Type(value.Type);

    public static string Signed(IrType type) => type == IrType.I64 ? "long" : "int";

    public static string Space(AddressSpace space) => space switch
    {
        AddressSpace.Global => "__global",
        AddressSpace.Shared => "__local",
        AddressSpace.Local => "__private",
        _ => "__constant",
    };

    public static string Pointer(AddressSpace space) => Space(space) + " uchar*";

    /// <summary>The type of what lies in memory: one that may alias every other, since views can be cast.</summary>
    public static string Memory(MemoryType type) => type switch
    {
        MemoryType.I8 => "m_char",
        MemoryType.U8 => "m_uchar",
        MemoryType.I16 => "m_short",
        MemoryType.U16 => "m_ushort",
        MemoryType.I32 => "m_uint",
        MemoryType.I64 => "m_ulong",
        MemoryType.F32 => "m_float",
        _ => "m_double",
    };

    public static string Literal(IrValue value) => value.Type switch
    {
        IrType.Bool => value.Immediate != 0 ? "true" : "false",
        IrType.I32 => Integer((int)value.Immediate, "u"),
        IrType.I64 => Integer(value.Immediate, "ul"),
        IrType.Ptr => $"(({Pointer(value.Space)})0)",
        _ => Float(value),
    };

    // Minus on an unsigned number wraps, so -1u is 4294967295u.
    public static string Integer(long value, string suffix) => value switch
    {
        long.MinValue => "0x8000000000000000ul",
        < 0 => $"(-{(-value).ToString(CultureInfo.InvariantCulture)}{suffix})",
        _ => value.ToString(CultureInfo.InvariantCulture) + suffix,
    };

    private static string Float(IrValue value)
    {
        bool isSingle = value.Type == IrType.F32;
        double number = value.FloatConstant;
        // What a decimal number might lose is written as bits.
        if (!double.IsFinite(number) || (number != 0 && Math.Abs(number) < (isSingle ? 1.17549435e-38 : 2.2250738585072014e-308)))
            return isSingle ? $"as_float(0x{(uint)value.Immediate:x8}u)" : $"as_double(0x{value.Immediate:x16}ul)";
        string text = isSingle ? ((float)number).ToString("R", CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture);
        if (!text.AsSpan().ContainsAny('.', 'E'))
            text += ".0";
        if (isSingle)
            text += "f";
        return text[0] == '-' ? $"({text})" : text;
    }

    /// <summary>Makes a name of the language from any text, short enough for drivers that name files after kernels.</summary>
    public static string Identifier(string text) =>
        "kernel_" + string.Concat(text.Take(MaxName).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
