using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Structs in every place where a kernel can have one.</summary>
public sealed class StructTests(string device) : ConformanceTests(device)
{
    private record struct Vec3(float X, float Y, float Z)
    {
        public float X = X, Y = Y, Z = Z;

        public static Vec3 operator +(Vec3 a, Vec3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

        public static Vec3 operator *(Vec3 a, float s) => new(a.X * s, a.Y * s, a.Z * s);

        public readonly float LengthSquared => Dot(this);

        public readonly float Dot(in Vec3 other) => X * other.X + Y * other.Y + Z * other.Z;

        public void Scale(float factor)
        {
            X *= factor;
            Y *= factor;
            Z *= factor;
        }
    }

    private record struct Particle(Vec3 Position, Vec3 Velocity, int Id, byte Kind, double Mass)
    {
        public Vec3 Position = Position, Velocity = Velocity;
    }

    [Test] public void Nested_structs_in_global_memory()
    {
        Particle[] data = [.. Inputs.Range(70).Select(i => new Particle(new(i, i * 2, -i), new(0.5f, i % 3, 1), i, (byte)i, i * 0.1))];
        Particle[] actual = Run(data, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Particle>, float>(StepKernel)(70, view, 0.25f));
        Same([.. data.Select(p => Step(p, 0.25f))], actual);
    }

    private static void StepKernel(Index1D i, ArrayView<Particle> particles, float dt) => particles[i] = Step(particles[i], dt);

    private static Particle Step(Particle p, float dt)
    {
        p.Position += p.Velocity * dt;
        if (p.Position.LengthSquared > 100)
        {
            p.Velocity.Scale(0.5f);
            p.Kind++;
        }
        else
        {
            p.Mass -= p.Velocity.Dot(p.Position);
        }
        return p with { Id = p.Id * 2 };
    }

    [Test] public void Fields_written_in_place()
    {
        Particle[] data = [.. Inputs.Range(33).Select(i => new Particle(new(i, 1, 2), default, i, 0, 0))];
        Particle[] actual = Run(data, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Particle>>(InPlaceKernel)(33, view));
        Same([.. data.Select(p => new Particle(new(p.Position.X, p.Position.X + 3, 2), new(0, 0, p.Id * 0.5f), p.Id, (byte)(p.Id % 2 == 0 ? 7 : 0), 1))], actual);
    }

    private static void InPlaceKernel(Index1D i, ArrayView<Particle> particles)
    {
        ref Particle p = ref particles[i];
        p.Position.Y = p.Position.X + 3;
        p.Velocity.Z = i * 0.5f;
        p.Mass += 1;
        if (i % 2 == 0)
            particles[i].Kind = 7;
    }

    private readonly struct Settings(ArrayView<float> table, int offset, float scale, bool invert)
    {
        public readonly ArrayView<float> Table = table;
        public readonly int Offset = offset;
        public readonly float Scale = scale;
        public readonly bool Invert = invert;

        public float this[int i] => Table[(i + Offset) % Table.IntLength] * (Invert ? -Scale : Scale);
    }

    [Test] public void Parameter_with_a_view_inside([Values] bool invert)
    {
        float[] table = Inputs.Uniform(13);
        using var buffer = Accelerator.Allocate1D(table);
        float[] actual = Run(new float[50], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, Settings>(SettingsKernel)(50, view, new Settings(buffer.View, 5, 2f, invert)));
        Same([.. Inputs.Range(50).Select(i => table[(i + 5) % 13] * (invert ? -2f : 2f))], actual);
    }

    private static void SettingsKernel(Index1D i, ArrayView<float> result, Settings settings) => result[i] = settings[i];

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private record struct Packed(byte A, int B, short C, double D);

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct Spread
    {
        [FieldOffset(2)]
        public short Two;
        [FieldOffset(8)]
        public float Eight;
        [FieldOffset(12)]
        public int Twelve;
    }

    [Test] public void Packed_layout()
    {
        Packed[] data = [.. Inputs.Range(41).Select(i => new Packed((byte)i, i * 1000, (short)-i, i / 3.0))];
        Same([.. data.Select(p => new Packed((byte)(p.A + 1), p.B - p.C, (short)(p.C * 2), p.D + p.A))],
            Run(data, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Packed>>(PackedKernel)(41, view)));
    }

    private static void PackedKernel(Index1D i, ArrayView<Packed> data)
    {
        Packed p = data[i];
        data[i] = new Packed((byte)(p.A + 1), p.B - p.C, (short)(p.C * 2), p.D + p.A);
    }

    [Test] public void Explicit_layout()
    {
        Spread[] data = [.. Inputs.Range(29).Select(i => new Spread { Two = (short)i, Eight = i * 0.5f, Twelve = -i })];
        Spread[] actual = Run(data, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Spread>>(SpreadKernel)(29, view));
        Same([.. data.Select(s => (double)(s.Two + 1))], [.. actual.Select(s => (double)s.Two)]);
        Same([.. data.Select(s => s.Eight * s.Twelve)], [.. actual.Select(s => s.Eight)]);
        Same([.. data.Select(s => s.Twelve)], [.. actual.Select(s => s.Twelve)]);
    }

    private static void SpreadKernel(Index1D i, ArrayView<Spread> data)
    {
        data[i].Two++;
        data[i].Eight *= data[i].Twelve;
    }

    private struct Pair<T1, T2>(T1 first, T2 second)
        where T1 : unmanaged
        where T2 : unmanaged
    {
        public T1 First = first;
        public T2 Second = second;

        public readonly Pair<T2, T1> Swapped => new(Second, First);
    }

    [Test] public void Generic_structs() => Check<SwapPair, int, long>(Inputs.Range(60));

    private struct SwapPair : IFunction<int, long>
    {
        public static long Apply(int value)
        {
            var pair = new Pair<byte, Pair<int, double>>((byte)value, new(value * 3, value * 0.5));
            Pair<Pair<int, double>, byte> swapped = pair.Swapped;
            swapped.First.First += swapped.Second;
            return swapped.First.First * 1000L + (long)swapped.First.Second + swapped.Swapped.First;
        }
    }

    [Test] public void Tuples() => Check<Tuples1, int, int>(Inputs.Range(40));

    private struct Tuples1 : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            (int quotient, int remainder) = Divide(value, 7);
            var (a, b, c) = (quotient, remainder, value);
            (a, b, c) = (c, a, b);
            var named = (Low: a & 15, High: a >> 4, Inner: (b, c));
            return named.Low + named.High * 100 + named.Inner.b * 10000 + named.Item3.Item2;
        }

        private static (int Quotient, int Remainder) Divide(int a, int b) => (a / b, a % b);
    }

    [Test] public void In_ref_and_out_parameters() => Check<References, int, int>(Inputs.Range(50));

    private struct References : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            Vec3 v = new(value, 1, 2);
            Grow(ref v, value % 4);
            Split(in v, out int whole, out bool large);
            ref float chosen = ref v.Y;
            chosen += 10;
            if (large)
                Increase(ref whole);
            ref int target = ref whole;
            target *= 2;
            return whole + (int)v.Y * 1000;
        }

        private static void Grow(ref Vec3 v, int times)
        {
            for (int i = 0; i < times; i++)
                v.Scale(1.5f);
        }

        private static void Split(in Vec3 v, out int whole, out bool large)
        {
            whole = (int)(v.X + v.Z);
            large = whole > 30;
        }

        private static void Increase(ref int value) => value += 7;
    }

    [Test] public void Structs_through_divergent_control_flow() => Check<Divergent, int, float>(Inputs.Range(100));

    private struct Divergent : IFunction<int, float>
    {
        public static float Apply(int value)
        {
            Vec3 best = default, current = new(value % 5, value % 7, 1);
            for (int i = 0; i < value % 11; i++)
            {
                current = i % 2 == 0 ? current + new Vec3(1, 0, i) : current * 0.75f;
                if (current.LengthSquared > best.LengthSquared)
                    best = current;
                else if (i > 6)
                    break;
            }
            return best.X + best.Y * 10 + best.Z * 100;
        }
    }

    [Test] public void System_numerics_like_copies() => Check<Copies, int, int>(Inputs.Range(20));

    private struct Counter
    {
        public int Value;
        public int Steps;

        public Counter Next()
        {
            Value += ++Steps;
            return this;
        }
    }

    private struct Copies : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            var a = new Counter { Value = value };
            Counter b = a;
            b.Next().Next();        // the second works on a copy
            a = b.Next();
            return a.Value * 100 + b.Steps * 10 + a.Steps;
        }
    }

    private struct BigStruct
    {
        public long A, B, C, D, E, F, G, H;
        public Vec3 I, J, K;
        public short L;
    }

    [Test] public void Big_structs_as_parameters_and_in_shared_memory([Values(5, 40)] int group)
    {
        var big = new BigStruct { A = 1, B = 2, C = 3, D = 4, E = 5, F = 6, G = 7, H = 8, I = new(1, 2, 3), J = new(4, 5, 6), K = new(7, 8, 9), L = 10 };
        double[] actual = Run(new double[group], view => Accelerator.LoadStreamKernel<ArrayView<double>, BigStruct>(BigKernel)((1, group), view, big));
        Same([.. Inputs.Range(group).Select(t => (t + 1) % group * 8.0 + 10 + 7 + 8 + 5)], actual);
    }

    private static void BigKernel(ArrayView<double> result, BigStruct big)
    {
        ArrayView<BigStruct> shared = SharedMemory.Allocate<BigStruct>(64);
        big.H *= Group.IdxX;
        shared[Group.IdxX] = big;
        Group.Barrier();
        BigStruct other = shared[(Group.IdxX + 1) % Group.DimX];
        result[Group.IdxX] = other.H + other.L + other.K.X + other.K.Y + other.J.Y;
    }

    private unsafe struct Fixed
    {
        public fixed int Values[4];
        public int Sum;
    }

    [Test] public void Fixed_size_buffers()
    {
        Fixed[] actual = Run(new Fixed[30], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Fixed>>(FixedKernel)(30, view));
        Same([.. Inputs.Range(30).Select(i => i * 6)], [.. actual.Select(f => f.Sum)]);
    }

    private static unsafe void FixedKernel(Index1D i, ArrayView<Fixed> data)
    {
        ref Fixed f = ref data[i];
        for (int k = 0; k < 4; k++)
            f.Values[k] = i * k;
        for (int k = 0; k < 4; k++)
            f.Sum += f.Values[k];
    }

    [Test] public void Structs_with_fixed_buffers_are_copied_whole()
    {
        Fixed[] data = new Fixed[30];
        for (int i = 0; i < 30; i++)
            data[i] = Make(i);
        Fixed[] actual = Run(data, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Fixed>>(SwapPairs)(15, view));
        Same([.. Inputs.Range(30).SelectMany(i => Values(data[i ^ 1]))], [.. actual.SelectMany(Values)]);
    }

    private static unsafe Fixed Make(int seed)
    {
        Fixed made = new() { Sum = -seed };
        for (int k = 0; k < 4; k++)
            made.Values[k] = seed * 10 + k;
        return made;
    }

    private static unsafe int[] Values(Fixed f) => [f.Values[0], f.Values[1], f.Values[2], f.Values[3], f.Sum];

    private static void SwapPairs(Index1D i, ArrayView<Fixed> data) => (data[2 * i], data[2 * i + 1]) = (data[2 * i + 1], data[2 * i]);

    [Test] public void Fixed_buffers_of_parameters_and_locals_are_indexed()
    {
        Fixed[] actual = Run(new Fixed[30], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Fixed>, Fixed>(LocalFixedKernel)(30, view, Make(5)));
        for (int i = 0; i < 30; i++)
            Same([50 + i % 4, 53 + (i % 2 == 0 ? 1000 : 0), 50 + (i + 2) % 4, i, -5 + 4 * i], Values(actual[i]));
    }

    private static unsafe void LocalFixedKernel(Index1D i, ArrayView<Fixed> data, Fixed given)
    {
        Fixed own = default;
        own.Values[0] = given.Values[i % 4];
        Fixed copy = given;
        if (i % 2 == 0)
            copy.Values[3] += 1000;
        own.Values[1] = copy.Values[3];
        own.Values[2] = Pick(given, i + 2);
        for (int k = 0; k < 4; k++)
            own.Values[3] = i;
        own.Sum = given.Sum + 4 * i;
        data[i] = own;
    }

    private static unsafe int Pick(Fixed f, int i)
    {
        f.Values[i % 4]++;
        return f.Values[i % 4] - 1;
    }

    [System.Runtime.CompilerServices.InlineArray(5)]
    private struct Five
    {
        private short _first;
    }

    private struct Nested
    {
        public Five Numbers;
        public double Weight;
    }

    [Test] public void Inline_arrays_of_parameters_and_locals_are_indexed()
    {
        Nested given = new() { Weight = 0.5 };
        for (int k = 0; k < 5; k++)
            given.Numbers[k] = (short)(k - 2);
        Nested[] actual = Run(new Nested[20], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Nested>, Nested>(InlineArrayKernel)(20, view, given));
        Same([.. Inputs.Range(20).SelectMany(i => Inputs.Range(5).Select(k => (double)((k + i) % 5 - 2 + (k == i % 5 ? 100 : 0))).Append(0.5 * i))],
            [.. actual.SelectMany(one => Inputs.Range(5).Select(k => (double)one.Numbers[k]).Append(one.Weight))]);
    }

    private static void InlineArrayKernel(Index1D i, ArrayView<Nested> data, Nested given)
    {
        Nested own = default;
        for (int k = 0; k < 5; k++)
            own.Numbers[k] = given.Numbers[(k + i) % 5];
        own.Numbers[i % 5] += 100;
        own.Weight = given.Weight * i;
        data[i] = own;
    }
}
