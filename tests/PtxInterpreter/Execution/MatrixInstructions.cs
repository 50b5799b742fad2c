using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GemmaIlgpu.PtxInterpreter.Memory;
using GemmaIlgpu.PtxInterpreter.Operations;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>An instruction that all 32 lanes must carry out together.</summary>
internal abstract class WholeWarpInstruction : WarpInstruction
{
    public override uint Members(Warp warp, uint mask)
    {
        if (warp.Live != uint.MaxValue)
            throw warp.Fault("all 32 lanes of the warp must take part, but some have exited or do not exist", ~warp.Live);
        return uint.MaxValue;
    }
}

/// <summary>mma.sync: D = A·B + C. Products are exact and their sum is rounded once, which is at least as exact as
/// any hardware.</summary>
internal sealed unsafe class MatrixMultiply(FragmentLayout layout, bool saturate) : WholeWarpInstruction
{
    public required int[] A { get; init; }

    public required int[] B { get; init; }

    public required int[] C { get; init; }

    public required int[] D { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        const int M = FragmentLayout.M, N = FragmentLayout.N;
        int k = layout.K;
        double* a_MK = stackalloc double[M * 32];
        double* b_KN = stackalloc double[32 * N];
        double* c_MN = stackalloc double[M * N];
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < layout.ElementsA; i++)
            {
                (int row, int column) = layout.A(lane, i);
                a_MK[(row * k) + column] = Element(warp, A[i / layout.PerRegister], lane, i % layout.PerRegister, layout.TypeA);
            }
            for (int i = 0; i < layout.ElementsB; i++)
            {
                (int row, int column) = layout.B(lane, i);
                b_KN[(row * N) + column] = Element(warp, B[i / layout.PerRegister], lane, i % layout.PerRegister, layout.TypeB);
            }
            for (int i = 0; i < 4; i++)
            {
                (int row, int column) = FragmentLayout.C(lane, i);
                c_MN[(row * N) + column] = Accumulated(warp, lane, i);
            }
        }
        for (int m = 0; m < M; m++)
        {
            Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
            for (int i = 0; i < k; i++)
            {
                Vector256<double> a = Vector256.Create(a_MK[(m * k) + i]);
                low += a * Vector256.Load(b_KN + (i * N));
                high += a * Vector256.Load(b_KN + (i * N) + 4);
            }
            (low + Vector256.Load(c_MN + (m * N))).Store(c_MN + (m * N));
            (high + Vector256.Load(c_MN + (m * N) + 4)).Store(c_MN + (m * N) + 4);
        }
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                (int row, int column) = FragmentLayout.C(lane, i);
                Give(warp, lane, i, c_MN[(row * N) + column]);
            }
        }
    }

    private static double Element(Warp warp, int register, int lane, int part, PtxType type)
    {
        uint word = ((uint*)(warp.Registers + register))[lane];
        return type switch
        {
            // The lower 13 bits do not take part.
            PtxType.TF32 => BitConverter.UInt32BitsToSingle(word & 0xFFFF_E000),
            PtxType.F16 => Rounding.FromHalf((ushort)(word >> (16 * part))),
            PtxType.BF16 => Rounding.FromBrain((ushort)(word >> (16 * part))),
            PtxType.S8 => (sbyte)(word >> (8 * part)),
            _ => (byte)(word >> (8 * part)),
        };
    }

    private double Accumulated(Warp warp, int lane, int i) => layout.Accumulator switch
    {
        PtxType.F32 => ((float*)(warp.Registers + C[i]))[lane],
        PtxType.S32 => ((int*)(warp.Registers + C[i]))[lane],
        _ => Rounding.FromHalf((ushort)(((uint*)(warp.Registers + C[i / 2]))[lane] >> (16 * (i % 2)))),
    };

    private void Give(Warp warp, int lane, int i, double value)
    {
        switch (layout.Accumulator)
        {
            case PtxType.F32:
                ((float*)(warp.Registers + D[i]))[lane] = (float)value;
                break;
            case PtxType.S32:
                ((int*)(warp.Registers + D[i]))[lane] = saturate ? int.CreateSaturating(value) : unchecked((int)(long)value);
                break;
            default:
                ((ushort*)(warp.Registers + D[i / 2]))[(2 * lane) + (i % 2)] = Rounding.ToHalf(value);
                break;
        }
    }
}

/// <summary>ldmatrix and stmatrix: 8 × 8 matrices of 16 bits, whose rows lie where eight lanes each point.</summary>
internal sealed unsafe class MatrixMove(AddressOperandPlan address, int[] registers, bool load, bool transpose) : WholeWarpInstruction
{
    public override void Execute(Warp warp, uint mask)
    {
        byte** rows = stackalloc byte*[32];
        uint pointing = registers.Length == 4 ? uint.MaxValue : (1u << (8 * registers.Length)) - 1;
        address.Resolve(warp, pointing, 16, write: !load, rows);
        for (int matrix = 0; matrix < registers.Length; matrix++)
        {
            ushort* register = (ushort*)(warp.Registers + registers[matrix]);
            for (int lane = 0; lane < 32; lane++)
            {
                for (int part = 0; part < 2; part++)
                {
                    (int row, int column) = (lane / 4, (lane % 4 * 2) + part);
                    if (transpose)
                        (row, column) = (column, row);
                    ushort* element = (ushort*)rows[(8 * matrix) + row] + column;
                    if (load)
                        register[(2 * lane) + part] = *element;
                    else
                        *element = register[(2 * lane) + part];
                }
            }
        }
    }
}

/// <summary>movmatrix: transposes an 8 × 8 matrix that lies in one register of each lane.</summary>
internal sealed unsafe class MatrixTranspose(int source, int destination) : WholeWarpInstruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ushort* before = stackalloc ushort[64];
        new ReadOnlySpan<ushort>(warp.Registers + source, 64).CopyTo(new Span<ushort>(before, 64));
        ushort* after = (ushort*)(warp.Registers + destination);
        for (int row = 0; row < 8; row++)
            for (int column = 0; column < 8; column++)
                after[(row * 8) + column] = before[(column * 8) + row];
    }
}
