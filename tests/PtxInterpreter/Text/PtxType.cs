namespace GemmaIlgpu.PtxInterpreter.Text;

/// <summary>The fundamental types of PTX, and the packed and alternate ones that instructions name.</summary>
public enum PtxType
{
    Pred, B8, B16, B32, B64, B128,
    U8, U16, U32, U64,
    S8, S16, S32, S64,
    F16, BF16, F32, F64, F16x2, BF16x2, TF32,
}

/// <summary>What the ISA says of each type: its size and its class.</summary>
internal static class PtxTypes
{
    private static readonly Dictionary<string, PtxType> ByName =
        Enum.GetValues<PtxType>().ToDictionary(type => type.ToString().ToLowerInvariant());

    public static bool TryParse(string name, out PtxType type) => ByName.TryGetValue(name, out type);

    public static string Name(this PtxType type) => "." + type.ToString().ToLowerInvariant();

    /// <summary>Bytes of a value; a predicate takes none in memory.</summary>
    public static int Size(this PtxType type) => type switch
    {
        PtxType.Pred => 0,
        PtxType.B8 or PtxType.U8 or PtxType.S8 => 1,
        PtxType.B16 or PtxType.U16 or PtxType.S16 or PtxType.F16 or PtxType.BF16 => 2,
        PtxType.B64 or PtxType.U64 or PtxType.S64 or PtxType.F64 => 8,
        PtxType.B128 => 16,
        _ => 4,
    };

    public static bool IsBits(this PtxType type) => type is >= PtxType.B8 and <= PtxType.B128;

    public static bool IsSigned(this PtxType type) => type is >= PtxType.S8 and <= PtxType.S64;

    public static bool IsUnsigned(this PtxType type) => type is >= PtxType.U8 and <= PtxType.U64;

    public static bool IsInteger(this PtxType type) => type.IsSigned() || type.IsUnsigned();

    public static bool IsFloat(this PtxType type) => type >= PtxType.F16;

    /// <summary>Whether an operand declared as <paramref name="register"/> may stand where an instruction has
    /// <paramref name="instruction"/>: same size, and the same class unless one of them is untyped bits.</summary>
    public static bool Accepts(this PtxType instruction, PtxType register)
    {
        if (instruction == PtxType.Pred || register == PtxType.Pred)
            return instruction == register;
        if (instruction.Size() != register.Size())
            return false;
        if (instruction.IsBits() || register.IsBits() || instruction == register)
            return true;
        return instruction.IsInteger() && register.IsInteger();
    }

    /// <summary>The relaxed rule of ld, st and cvt: the register may also be wider, unless floats are involved.</summary>
    public static bool AcceptsWider(this PtxType instruction, PtxType register)
    {
        if (instruction.Accepts(register))
            return true;
        if (instruction == PtxType.Pred || register == PtxType.Pred || register.Size() < instruction.Size())
            return false;
        // f16 and bf16 stay in 16-bit registers; f32 and f64 in their own size.
        return !instruction.IsFloat() && !register.IsFloat();
    }

    /// <summary>The .NET type that holds a value of this type in a register of its own size.</summary>
    public static Type Clr(this PtxType type) => type switch
    {
        PtxType.B8 or PtxType.U8 => typeof(byte),
        PtxType.S8 => typeof(sbyte),
        PtxType.B16 or PtxType.U16 or PtxType.BF16 => typeof(ushort),
        PtxType.S16 => typeof(short),
        PtxType.S32 => typeof(int),
        PtxType.B64 or PtxType.U64 => typeof(ulong),
        PtxType.S64 => typeof(long),
        PtxType.F16 => typeof(Half),
        PtxType.F32 => typeof(float),
        PtxType.F64 => typeof(double),
        PtxType.Pred or PtxType.B128 => throw new ArgumentException($"{type.Name()} has no scalar."),
        _ => typeof(uint),
    };

    /// <summary>The unsigned .NET type of a size in bytes.</summary>
    public static Type Unsigned(int size) => size switch
    {
        1 => typeof(byte),
        2 => typeof(ushort),
        4 => typeof(uint),
        _ => typeof(ulong),
    };

    /// <summary>The signed .NET type of a size in bytes.</summary>
    public static Type Signed(int size) => size switch
    {
        1 => typeof(sbyte),
        2 => typeof(short),
        4 => typeof(int),
        _ => typeof(long),
    };
}
