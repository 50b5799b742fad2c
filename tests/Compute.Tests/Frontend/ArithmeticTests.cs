using System.Numerics;
using ILGPU;
using Half = System.Half;

namespace GemmaIlgpu.Compute.Tests.Frontend;

/// <summary>Operators, conversions and library functions give the bits that plain C# gives.</summary>
public class ArithmeticTests
{
    private static readonly int[] s_ints = [0, 1, -1, 2, 3, 7, -8, 31, 32, 33, 127, 128, 255, 256, -129, 32767, 32768, 65535, 65536, 123456789, -987654321, int.MaxValue, int.MinValue];
    private static readonly long[] s_longs = [0, 1, -1, 5, -7, 63, 64, 255, 65536, int.MaxValue, int.MinValue, 1L << 40, -(1L << 50), long.MaxValue, long.MinValue];
    private static readonly float[] s_floats = [0f, -0f, 1f, -1f, 0.5f, 1.5f, 2.5f, -2.5f, 1e-40f, 3.14159f, -1234.567f, 65504f, 65520f, 1e10f, -3e9f, 5e18f, 1e20f, float.MaxValue, float.Epsilon, float.NaN, float.PositiveInfinity, float.NegativeInfinity];
    private static readonly double[] s_doubles = [0d, -0d, 1d, -1d, 0.5, 2.5, -3.75, 1e-310, 1e10, -3e9, 5e18, 1.8e19, 1e300, 1 + 1.0 / 2048 + 1e-12, 2049.0000001, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static void Ints(ArrayView<int> r, int a, int b)
    {
        r[0] = a + b;
        r[1] = a - b;
        r[2] = a * b;
        r[3] = b != 0 && !(a == int.MinValue && b == -1) ? a / b : 0;
        r[4] = b != 0 && !(a == int.MinValue && b == -1) ? a % b : 0;
        r[5] = a << b;
        r[6] = a >> b;
        r[7] = a >>> b;
        r[8] = a & b | a ^ ~b;
        r[9] = -a;
        r[10] = a / 8 + a % 8 + a / 7 + a % -16 + a * 9 + a / int.MinValue;
        r[11] = (sbyte)a + (byte)b + (short)a + (ushort)b;
        r[12] = (a < b ? 1 : 0) + (a <= b ? 2 : 0) + (a > b ? 4 : 0) + (a >= b ? 8 : 0) + (a == b ? 16 : 0) + (a != b ? 32 : 0);
        r[13] = Math.Min(a, b) ^ Math.Max(a, b);
        r[14] = Math.Clamp(a, -100, 100) + Math.Sign(b) + int.CopySign(a == int.MinValue ? 0 : a, b);
        r[15] = BitOperations.PopCount((uint)a) + BitOperations.LeadingZeroCount((uint)b) * 64 + BitOperations.TrailingZeroCount(a) * 4096;
        r[16] = (int)BitOperations.RotateLeft((uint)a, b) ^ (int)uint.RotateRight((uint)b, a);
        r[17] = BitOperations.Log2((uint)a);
        r[18] = a == int.MinValue ? 0 : Math.Abs(a);
        (int quotient, int remainder) = Math.DivRem(a, 10);
        r[19] = quotient * 100 + remainder;
        byte wrapping = (byte)(a + b);
        wrapping++;
        r[20] = wrapping;
        short narrow = (short)(a * b);
        narrow -= 5;
        r[21] = narrow;
        r[22] = Unsigned((uint)a, (uint)b);
    }

    private static int Unsigned(uint a, uint b)
    {
        uint x = b != 0 ? a / b + a % b : 7;
        x ^= a / 16 + a % 16 + a / 10;
        x += a < b ? 1u : 0u;
        x += a >= b ? 2u : 0u;
        x ^= Math.Min(a, b) + Math.Max(a, 5u);
        return (int)x + (a > 0 ? 1 : 0);
    }

    private static void Longs(ArrayView<long> r, long a, long b)
    {
        r[0] = a + b;
        r[1] = a - b * 3;
        r[2] = b != 0 && !(a == long.MinValue && b == -1) ? a / b ^ a % b : 0;
        r[3] = a << (int)b ^ a >> (int)b ^ a >>> (int)b;
        r[4] = (long)((ulong)a / ((ulong)b | 1)) ^ (long)((ulong)a % ((ulong)b | 1));
        r[5] = (int)a + (uint)b;
        r[6] = (a < b ? 1 : 0) + ((ulong)a < (ulong)b ? 2 : 0) + (a == b ? 4 : 0);
        r[7] = BitOperations.PopCount((ulong)a) + BitOperations.LeadingZeroCount((ulong)b) + BitOperations.TrailingZeroCount(a) + BitOperations.Log2((ulong)b);
        r[8] = a / 1024 + a % 1024;
        r[9] = (sbyte)a + (ushort)b + (nint)a;
        r[10] = Math.Max(a, b) ^ (long)Math.Min((ulong)a, (ulong)b);
    }

    private static void Floats(ArrayView<float> r, ArrayView<int> i, float a, float b)
    {
        r[0] = a + b;
        r[1] = a - b;
        r[2] = a * b;
        r[3] = a / b;
        r[4] = a % b;
        r[5] = -a;
        r[6] = MathF.Min(a, b);
        r[7] = MathF.Max(a, b);
        r[8] = MathF.FusedMultiplyAdd(a, b, 1.25f);
        r[9] = a * 1f + 0f;
        r[10] = MathF.Round(a) + MathF.Floor(b);
        r[11] = MathF.Round(a, MidpointRounding.AwayFromZero) + MathF.Ceiling(a) + MathF.Truncate(b);
        r[12] = MathF.Sqrt(MathF.Abs(a));
        r[13] = MathF.CopySign(a, b);
        r[14] = Math.Clamp(a, -1f, 2f);
        r[15] = (float)(Half)a;
        r[16] = a * 0f + (b - 0f);
        r[17] = (float)((double)a * b);
        i[0] = (a < b ? 1 : 0) + (a <= b ? 2 : 0) + (a > b ? 4 : 0) + (a >= b ? 8 : 0) + (a == b ? 16 : 0) + (a != b ? 32 : 0);
        i[1] = (!(a < b) ? 1 : 0) + (!(a <= b) ? 2 : 0) + (!(a > b) ? 4 : 0) + (!(a >= b) ? 8 : 0);
        i[2] = (int)a;
        i[3] = (int)(uint)a;
        i[4] = (int)(long)a ^ (int)((long)a >> 32);
        i[5] = (int)(ulong)a ^ (int)((ulong)a >> 32);
        i[6] = (byte)a + 256 * (sbyte)b + (short)a + (ushort)b;
        i[7] = BitConverter.SingleToInt32Bits(a) ^ (int)Interop.FloatAsInt(b);
        i[8] = (float.IsNaN(a) ? 1 : 0) + (float.IsInfinity(b) ? 2 : 0) + (float.IsFinite(a) ? 4 : 0);
        i[9] = BitConverter.HalfToInt16Bits((Half)b);
        if (a < b && !(b >= 1e9f) || float.IsNaN(a))
            i[10] = 1;
    }

    private static void Doubles(ArrayView<double> r, ArrayView<int> i, double a, double b, int k)
    {
        r[0] = a + b * a;
        r[1] = a / b % 3;
        r[2] = Math.Min(a, b) + Math.Max(a, b);
        r[3] = (float)a;
        r[4] = k + (uint)k + (double)(ulong)(k * 77777777777L);
        r[5] = (float)k + (float)(uint)k;
        r[6] = Math.FusedMultiplyAdd(a, b, 1);
        i[0] = (int)a ^ (int)(uint)b;
        i[1] = (int)(long)a ^ (int)(ulong)b;
        i[2] = a > b ? 1 : a < b ? 2 : a == b ? 3 : 4;
        i[3] = BitConverter.HalfToInt16Bits((Half)a);
        i[4] = Interop.FloatAsInt((ILGPU.Half)a);
    }

    [Test]
    public void Int_arithmetic_is_that_of_csharp()
    {
        foreach (int a in s_ints)
            foreach (int b in s_ints)
                KernelRunner.Check(Ints, new int[23], a, b);
    }

    [Test]
    public void Long_arithmetic_is_that_of_csharp()
    {
        foreach (long a in s_longs)
            foreach (long b in s_longs)
                KernelRunner.Check(Longs, new long[11], a, b);
    }

    [Test]
    public void Float_arithmetic_is_that_of_csharp()
    {
        foreach (float a in s_floats)
            foreach (float b in s_floats)
                KernelRunner.Check(Floats, new float[18], new int[11], a, b);
    }

    [Test]
    public void Double_arithmetic_is_that_of_csharp()
    {
        foreach (double a in s_doubles)
            foreach (double b in s_doubles)
                KernelRunner.Check(Doubles, new double[7], new int[5], a, b, (int)(a * 3));
    }
}
