namespace GemmaIlgpu.PtxInterpreter.Operations;

/// <summary>Arithmetic of f16 and bf16: exact in double, rounded once.</summary>
internal static class HalfFunctions
{
    public static double Read(ushort bits, bool brain) => brain ? Rounding.FromBrain(bits) : Rounding.FromHalf(bits);

    public static ushort Round(double value, bool brain) => brain ? Rounding.ToBrain(value) : Rounding.ToHalf(value);

    public static ushort Add(ushort a, ushort b, bool brain)
    {
        (double sum, double rest) = Rounding.Sum(Read(a, brain), Read(b, brain));
        return Round(Rounding.Odd(sum, rest), brain);
    }

    public static uint Add2(uint a, uint b, bool brain) =>
        Add((ushort)a, (ushort)b, brain) | ((uint)Add((ushort)(a >> 16), (ushort)(b >> 16), brain) << 16);

    public static double Fused(double a, double b, double c)
    {
        (double sum, double rest) = Rounding.Sum(a * b, c);
        return Rounding.Odd(sum, rest);
    }

    /// <summary>A function of values applied to bits, with what the modifiers ask for around it.</summary>
    public static Func<ushort, ushort, ushort, ushort> Scalar(Func<double, double, double, double> function, bool brain, bool flush, bool clamp, bool relu) => (a, b, c) =>
    {
        double result = function(Operand(a, brain, flush), Operand(b, brain, flush), Operand(c, brain, flush));
        if (clamp)
            result = result > 0 ? Math.Min(result, 1) : 0;
        if (relu)
            result = result > 0 || double.IsNaN(result) ? result : 0;
        ushort bits = Round(result, brain);
        return flush && (bits & 0x7C00) == 0 ? (ushort)(bits & 0x8000) : bits;
    };

    public static Func<uint, uint, uint, uint> Packed(Func<ushort, ushort, ushort, ushort> scalar) => (a, b, c) =>
        scalar((ushort)a, (ushort)b, (ushort)c) | ((uint)scalar((ushort)(a >> 16), (ushort)(b >> 16), (ushort)(c >> 16)) << 16);

    private static double Operand(ushort bits, bool brain, bool flush) =>
        flush && (bits & 0x7C00) == 0 ? (bits & 0x8000) != 0 ? -0.0 : 0.0 : Read(bits, brain);
}
