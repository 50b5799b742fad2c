using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>Which element of a matrix each lane holds where, as the ISA's figures for mma.m16n8k* show.
/// <c>g</c> is lane / 4 and <c>t</c> lane % 4; elements are numbered along the lane's registers.</summary>
internal sealed class FragmentLayout
{
    private FragmentLayout(int k, PtxType accumulator, PtxType typeA, PtxType typeB)
    {
        K = k;
        Accumulator = accumulator;
        TypeA = typeA;
        TypeB = typeB;
    }

    public const int M = 16;

    public const int N = 8;

    public int K { get; }

    public PtxType Accumulator { get; }

    public PtxType TypeA { get; }

    public PtxType TypeB { get; }

    /// <summary>Elements of A or B in a 32-bit register.</summary>
    public int PerRegister => TypeA switch { PtxType.TF32 => 1, PtxType.S8 or PtxType.U8 => 4, _ => 2 };

    public int ElementsA => M * K / 32;

    public int ElementsB => K * N / 32;

    public int RegistersA => ElementsA / PerRegister;

    public int RegistersB => ElementsB / PerRegister;

    public int RegistersC => Accumulator == PtxType.F16 ? 2 : 4;

    public static FragmentLayout? Find(string shape, List<PtxType> types)
    {
        (PtxType d, PtxType a, PtxType b, PtxType c) = (types[0], types[1], types[2], types[3]);
        int k = int.Parse(shape.AsSpan(6), System.Globalization.CultureInfo.InvariantCulture);
        bool bytes = a is PtxType.S8 or PtxType.U8 && b is PtxType.S8 or PtxType.U8;
        bool exists = d == c && k switch
        {
            4 => a == PtxType.TF32 && b == a && d == PtxType.F32,
            8 => b == a && ((a is PtxType.TF32 or PtxType.BF16 && d == PtxType.F32) || (a == PtxType.F16 && d is PtxType.F32 or PtxType.F16)),
            16 => (b == a && ((a == PtxType.BF16 && d == PtxType.F32) || (a == PtxType.F16 && d is PtxType.F32 or PtxType.F16))) || (bytes && d == PtxType.S32),
            _ => bytes && d == PtxType.S32,
        };
        return exists ? new FragmentLayout(k, d, a, b) : null;
    }

    /// <summary>Row and column of A's element <paramref name="i"/>.</summary>
    public (int Row, int Column) A(int lane, int i)
    {
        // Registers alternate between the rows g and g + 8, then move on by the columns that four lanes cover.
        (int register, int part) = (i / PerRegister, i % PerRegister);
        return ((lane / 4) + (8 * (register % 2)), (lane % 4 * PerRegister) + part + (4 * PerRegister * (register / 2)));
    }

    /// <summary>Row (along K) and column of B's element.</summary>
    public (int Row, int Column) B(int lane, int i)
    {
        (int register, int part) = (i / PerRegister, i % PerRegister);
        return ((lane % 4 * PerRegister) + part + (4 * PerRegister * register), lane / 4);
    }

    /// <summary>Row and column of C's and D's element, of which each lane has four.</summary>
    public static (int Row, int Column) C(int lane, int i) => ((lane / 4) + (8 * (i / 2)), (lane % 4 * 2) + (i % 2));
}
