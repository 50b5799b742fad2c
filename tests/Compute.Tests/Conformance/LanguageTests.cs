using System.Numerics;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Generics, interfaces on structs, static data, specialised values and other parts of C#.</summary>
public sealed class LanguageTests(string device) : ConformanceTests(device)
{
    private static readonly int[] s_primes = [2, 3, 5, 7, 11, 13, 17, 19];
    private static readonly float[] s_weights = [0.25f, 0.5f, 0.125f];
    private static readonly byte[] s_bytes = [1, 200, 255, 7];
    private static readonly double s_scale = 1.5;
    private static readonly int s_offset = 40;
    private static readonly (int A, float B) s_pair = (7, 0.5f);
    private const long Big = 5_000_000_000;

    private interface IOperation<T>
        where T : unmanaged
    {
        T Apply(T a, T b);
    }

    private struct Sum<T> : IOperation<T>
        where T : unmanaged, INumber<T>
    {
        public readonly T Apply(T a, T b) => a + b;
    }

    private struct Product<T> : IOperation<T>
        where T : unmanaged, INumber<T>
    {
        public readonly T Apply(T a, T b) => a * b;
    }

    private readonly struct Scaled(int factor) : IOperation<int>
    {
        public int Apply(int a, int b) => a * factor - b;
    }

    [Test] public void Generic_kernels_with_operations()
    {
        Same([.. Inputs.Range(40).Select(i => i + 3)], Fold<int, Sum<int>>(Inputs.Range(40), 3, default));
        Same([.. Inputs.Range(40).Select(i => i * 3L)], Fold<long, Product<long>>([.. Inputs.Range(40).Select(i => (long)i)], 3L, default));
        Same([.. Inputs.Range(40).Select(i => i * 0.5)], Fold<double, Product<double>>([.. Inputs.Range(40).Select(i => (double)i)], 0.5, default));
        Same([.. Inputs.Range(40).Select(i => i * 9 - 2)], Fold<int, Scaled>(Inputs.Range(40), 2, new Scaled(9)));
    }

    private T[] Fold<T, TOperation>(T[] data, T operand, TOperation operation)
        where T : unmanaged
        where TOperation : unmanaged, IOperation<T> =>
        Run(data, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<T>, T, TOperation>(FoldKernel)(data.Length, view, operand, operation));

    private static void FoldKernel<T, TOperation>(Index1D i, ArrayView<T> data, T operand, TOperation operation)
        where T : unmanaged
        where TOperation : unmanaged, IOperation<T> => data[i] = operation.Apply(data[i], operand);

    [Test] public void Number_interfaces()
    {
        Check<Polynomial<int>, int, int>(Inputs.Range(30));
        Check<Polynomial<float>, float, float>(Inputs.Uniform(30));
        Check<Polynomial<double>, double, double>([.. Inputs.Uniform(30).Select(x => (double)x)]);
        Check<Polynomial<long>, long, long>([.. Inputs.Range(30).Select(x => x * Big)]);
    }

    private struct Polynomial<T> : IFunction<T, T>
        where T : INumber<T>
    {
        public static T Apply(T value)
        {
            T sum = T.Zero;
            for (T term = T.One; term < T.One + T.One + T.One + T.One; term++)
                sum = sum * value + term;
            return T.Max(sum, -sum);
        }
    }

    private interface IShape
    {
        static abstract float Area(float size);

        static virtual int Corners => 4;
    }

    private struct Square : IShape
    {
        public static float Area(float size) => size * size;
    }

    private struct Triangle : IShape
    {
        public static float Area(float size) => size * size / 2;

        public static int Corners => 3;
    }

    private struct ShapeFunction<TShape> : IFunction<float, float>
        where TShape : struct, IShape
    {
        public static float Apply(float value) => TShape.Area(value) + TShape.Corners;
    }

    [Test] public void Static_abstract_members()
    {
        Check<ShapeFunction<Square>, float, float>(Inputs.Uniform(20));
        Check<ShapeFunction<Triangle>, float, float>(Inputs.Uniform(20));
    }

    [Test] public void Static_readonly_data() => Check<StaticData, int, double>(Inputs.Range(50));

    private struct StaticData : IFunction<int, double>
    {
        public static double Apply(int value)
        {
            double sum = s_offset * s_scale + s_pair.A * s_pair.B + s_primes.Length;
            for (int i = 0; i < s_weights.Length; i++)
                sum += s_weights[i] * value;
            return sum + s_primes[value % 8] + s_bytes[value & 3] + Big;
        }
    }

    [Test] public void Span_literals() => Check<SpanLiteral, int, int>(Inputs.Range(30));

    private struct SpanLiteral : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            ReadOnlySpan<byte> table = [3, 1, 4, 1, 5, 9, 2, 6];
            ReadOnlySpan<int> large = [100000, -200000, 300000];
            return table[value % 8] + large[value % 3];
        }
    }

    [Test] public void Specialised_values([Values(1, 4, 7)] int rounds)
    {
        int[] actual = Run(Inputs.Range(33), view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, SpecializedValue<int>, SpecializedValue<bool>>(SpecialisedKernel)(
            33, view, SpecializedValue.New(rounds), SpecializedValue.New(rounds > 3)));
        Same([.. Inputs.Range(33).Select(i =>
        {
            for (int k = 0; k < rounds; k++)
                i = i * 2 + k;
            return rounds > 3 ? -i : i;
        })], actual);
    }

    private static void SpecialisedKernel(Index1D i, ArrayView<int> data, SpecializedValue<int> rounds, SpecializedValue<bool> negate)
    {
        ArrayView<int> history = LocalMemory.Allocate<int>(rounds);
        int value = data[i];
        for (int k = 0; k < rounds; k++)
            history[k] = value = value * 2 + k;
        data[i] = negate ? -history[rounds - 1] : history[rounds - 1];
    }

    [Test] public void Parameters_of_every_type()
    {
        double[] actual = Run(new double[17], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<double>, sbyte, byte, short, ushort, int, uint, long, ulong, float, double, bool, char>(ParameterKernel)(
            17, view, -3, 250, -30000, 60000, -2_000_000_000, 4_000_000_000, -Big, 18_000_000_000_000_000_000, 0.5f, 0.25, true, 'x'));
        Same([.. Inputs.Range(17).Select(i => i + -3.0 + 250 + -30000 + 60000 + -2_000_000_000.0 + 4_000_000_000.0 + -(double)Big + 18_000_000_000_000_000_000.0 + 0.5 + 0.25 + 1 + 'x')], actual);
    }

    private static void ParameterKernel(Index1D i, ArrayView<double> data, sbyte a, byte b, short c, ushort d, int e, uint f, long g, ulong h, float j, double k, bool l, char m) =>
        data[i] = i.X + (double)a + b + c + d + e + f + g + h + j + k + (l ? 1 : 0) + m;

    [Test] public void Long_and_float_parameters_mixed_with_structs()
    {
        float[] actual = Run(new float[9], view => Accelerator.LoadStreamKernel<ArrayView<float>, Index2D, float, LongIndex2D>(IndexParameterKernel)((3, 3), view, new Index2D(3, 4), 0.5f, new LongIndex2D(5, 6)));
        Same([.. Inputs.Range(9).Select(i => i + 3 * 4 * 0.5f + 11)], actual);
    }

    private static void IndexParameterKernel(ArrayView<float> data, Index2D a, float scale, LongIndex2D b) =>
        data[Grid.GlobalIndex.X] = Grid.GlobalIndex.X + a.X * a.Y * scale + b.X + b.Y;

    [Test] public void Index_arithmetic() => Check<Indices, int, int>(Inputs.Range(60));

    private struct Indices : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            Index1D one = value;
            Index2D two = new(value % 7, value / 7);
            Index3D three = new(two, 3);
            Index2D moved = two + new Index2D(1, 2) * new Index2D(2, 2);
            bool inside = moved.InBounds(new Index2D(6, 9));
            Index1D bounded = Index1D.Clamp(one, 5, 20);
            LongIndex1D wide = one;
            (int x, int y) = two;
            return moved.X + moved.Y * 10 + (inside ? 100 : 0) + bounded * 1000 + three.Size + (int)wide + x - y + (two == moved ? 1 : 0) + Index1D.Min(one, 3);
        }
    }

    [Test] public void Local_functions_and_static_lambdas() => Check<LocalFunctions, int, int>(Inputs.Range(40));

    private struct LocalFunctions : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int captured = value * 2;
            int Twice(int x) => x * 2 + captured;
            static int Square(int x) => x * x;
            return Twice(Square(value)) + Twice(3);
        }
    }

    [Test] public void Compound_assignment_and_increments() => Check<Compound, int, int>(Inputs.Range(60));

    private struct Compound : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int a = value, b = a++ + ++a;
            b += a-- - --a;
            a <<= 2;
            a |= b & 7;
            b ^= a >>= 1;
            short c = (short)b;
            c += 30000;
            byte d = (byte)a;
            d -= 100;
            d++;
            uint e = (uint)a;
            e >>= 3;
            e %= 11;
            return a + b * 3 + c * 5 + d * 7 + (int)e;
        }
    }

    [Test] public void Checked_free_unsigned_mixtures() => Check<Unsigned, int, long>(Inputs.Integers<int>());

    private struct Unsigned : IFunction<int, long>
    {
        public static long Apply(int value)
        {
            uint u = unchecked((uint)value);
            ulong wide = u * 3ul;
            bool large = u > 0x8000_0000;
            int quotient = (int)(u / 7), remainder = (int)(u % 7);
            return (long)(wide >> 3) + (large ? 1000 : 0) + quotient - remainder + (u < 5u ? 7 : 0) + (value < 0 ? 13 : 0);
        }
    }

    [Test] public void Constants_fold_as_csharp_does() => Check<Folding, int, double>(Inputs.Range(8));

    private struct Folding : IFunction<int, double>
    {
        public static double Apply(int value)
        {
            float third = 1f / 3;
            double exact = third;
            int shift = 1 << (value + 29);
            float inf = float.MaxValue * 2, nan = inf - inf;
            return exact + shift + (float.IsNaN(nan) ? 1 : 0) + (inf > 1e38f ? 2 : 0) + -7 / 2 + -7 % 3 + (uint)3 / 2;
        }
    }

    [Test] public void Printing_does_not_disturb() => Check<Prints, int, int>(Inputs.Range(5));

    private struct Prints : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            if (value > 100)
                Interop.WriteLine("value {0}", value);
            return value + Interop.SizeOf<double>();
        }
    }
}
