using System.Numerics;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using Half = ILGPU.Half;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>What kernels borrow from the class library and from rarer corners of C#.</summary>
public sealed class LibraryTests(string device) : ConformanceTests(device)
{
    [Test] public void Remainders_and_quotients_together() => Check<DivRem, int, int>(Inputs.Range(100));

    private struct DivRem : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            (int quotient, int remainder) = Math.DivRem(value, 7);
            return quotient * 100 + remainder + Math.Sign(value - 50) + Math.Abs(value - 60);
        }
    }

    [Test] public void Powers_of_two() => Check<Pow2, uint, uint>([.. Inputs.Integers<uint>().Where(x => x < 0x4000_0000)]);

    private struct Pow2 : IFunction<uint, uint>
    {
        public static uint Apply(uint value) => BitOperations.RoundUpToPowerOf2(value) + (BitOperations.IsPow2(value) ? 1u : 0u);
    }

    [Test] public void Wide_products() => Check<BigMul, int, long>(Inputs.Integers<int>());

    private struct BigMul : IFunction<int, long>
    {
        public static long Apply(int value) => Math.BigMul(value, 1_000_003) + (long)Math.BigMul((uint)value, 77u);
    }

    [Test] public void Constants_and_angles() => Check<Angles, float, float>(Inputs.Uniform(60));

    private struct Angles : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.DegToRad(value) + XMath.RadToDeg(value) * XMath.PI + MathF.PI * value + (float)(Math.E * value) + float.Epsilon;
    }

    [Test] public void Logarithm_to_a_base()
    {
        double[] values = [0.5, 1, 2, 10, 1000.5];
        Expect.Near([.. values.Select(x => Math.Log(x, 3.0))], Map<LogBase, double, double>(values), 8, i => $"log3({values[i]})", DeviceName, absolute: 1e-15);
    }

    private struct LogBase : IFunction<double, double>
    {
        public static double Apply(double value) => XMath.Log(value, 3.0);
    }

    [Test] public void Half_elements()
    {
        Half[] data = [.. Inputs.Uniform(70).Select(x => (Half)(x * 100))];
        Same([.. data.Select(h => (Half)((float)h * 2 + 1))], Run(data, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Half>>(HalfKernel)(70, view)));
    }

    private static void HalfKernel(Index1D i, ArrayView<Half> data) => data[i] = (Half)((float)data[i] * 2 + 1);

    [Test] public void Library_halves() => Check<SystemHalf, float, float>(Inputs.Uniform(50));

    private struct SystemHalf : IFunction<float, float>
    {
        public static float Apply(float value) => (float)(System.Half)(value * 1000);
    }

    private enum Direction : byte
    {
        North,
        East,
        South,
        West,
    }

    [Test] public void Enums_in_memory_and_in_switches()
    {
        Direction[] data = [.. Inputs.Range(40).Select(i => (Direction)(i % 4))];
        Same([.. data.Select(Turn)], Run(data, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Direction>>(TurnKernel)(40, view)));
    }

    private static void TurnKernel(Index1D i, ArrayView<Direction> data) => data[i] = Turn(data[i]);

    private static Direction Turn(Direction direction)
    {
        switch (direction)
        {
            case Direction.North:
                return Direction.East;
            case Direction.East:
                return Direction.South;
            case Direction.South:
                return Direction.West;
            default:
                return Direction.North;
        }
    }

    [Test] public void Index_types_in_memory()
    {
        Index2D[] actual = Run(new Index2D[30], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Index2D>>(IndexKernel)(30, view));
        Same([.. Inputs.Range(30).Select(i => new Index2D(i % 5 + 1, i / 5 * 2))], actual);
    }

    private static void IndexKernel(Index1D i, ArrayView<Index2D> data) => data[i] = new Index2D(i % 5, i / 5 * 2) + new Index2D(1, 0);

    [Test] public void Switch_on_long_and_nested_patterns() => Check<LongSwitch, int, long>(Inputs.Range(80));

    private struct LongSwitch : IFunction<int, long>
    {
        public static long Apply(int value)
        {
            long wide = value * 1_000_000_000L;
            long first = wide switch { 0 => 1, 5_000_000_000 => 2, 7_000_000_000 => 3, > 60_000_000_000 => 4, _ => 5 };
            var pair = (value % 3, value % 2 == 0);
            int second = pair switch { (0, true) => 10, (0, false) => 20, (1, _) => 30, _ => 40 };
            return first + second;
        }
    }

    [Test] public void Unsafe_pointers_into_locals() => Check<Pointers, int, int>(Inputs.Range(40));

    private unsafe struct Pointers : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int local = value;
            int* pointer = &local;
            *pointer += 5;
            return local * 2;
        }
    }

    [Test] public void Optional_and_named_arguments() => Check<Optional, int, int>(Inputs.Range(20));

    private struct Optional : IFunction<int, int>
    {
        public static int Apply(int value) => Combine(value) + Combine(value, third: 7) + Combine(second: value, first: 2);

        private static int Combine(int first, int second = 3, int third = 4) => first * 100 + second * 10 + third;
    }

    [Test] public void Type_tests_in_generic_code()
    {
        Check<TypeTest<int>, int, int>(Inputs.Range(10));
        Check<TypeTest<float>, float, int>(Inputs.Uniform(10));
        Check<TypeTest<byte>, byte, int>([1, 2, 3]);
    }

    private struct TypeTest<T> : IFunction<T, int>
        where T : unmanaged
    {
        public static int Apply(T value)
        {
            if (typeof(T) == typeof(float))
                return 1;
            if (typeof(T) == typeof(int))
                return 2 + Interop.SizeOf<T>();
            return EqualityComparer(value) + 100;
        }

        private static int EqualityComparer(T value) => value.Equals(default(T)) ? 1 : 0;
    }

    private static class Holder<T>
        where T : unmanaged, INumber<T>
    {
        public static void Kernel(Index1D i, ArrayView<T> data, T amount) => data[i] += amount;
    }

    [Test] public void Kernels_of_generic_classes()
    {
        Same([.. Inputs.Range(30).Select(i => i + 4)], Run(Inputs.Range(30), view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(Holder<int>.Kernel)(30, view, 4)));
        Same([.. Inputs.Range(30).Select(i => i + 0.5)], Run([.. Inputs.Range(30).Select(i => (double)i)], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<double>, double>(Holder<double>.Kernel)(30, view, 0.5)));
    }

    [Test] public void Local_functions_as_kernels()
    {
        static void Kernel(Index1D i, ArrayView<int> data) => data[i] *= 3;
        Same([.. Inputs.Range(25).Select(i => i * 3)], Run(Inputs.Range(25), view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Kernel)(25, view)));
    }

    [Test] public void Loops_over_static_arrays() => Check<ForEach, int, int>(Inputs.Range(30));

    private static readonly int[] s_steps = [1, -2, 3, -4];

    private struct ForEach : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            foreach (int step in s_steps)
                value = value * 2 + step;
            return value;
        }
    }

    [Test] public void Swaps_through_references() => Check<Swaps, int, int>(Inputs.Range(30));

    private struct Swaps : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int a = value, b = value * 2 + 1, c = 7;
            if (a % 2 == 0)
                Swap(ref a, ref b);
            Swap(ref b, ref c);
            ref int last = ref c;
            last += 1000;
            return a * 3 + b * 5 + c;
        }

        private static void Swap<T>(ref T first, ref T second) => (first, second) = (second, first);
    }

    [Test] public void Profiling_markers_order_the_stream()
    {
        using var data = Accelerator.Allocate1D(new int[10]);
        using var first = Accelerator.DefaultStream.AddProfilingMarker();
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(Holder<int>.Kernel)(10, data.View, 1);
        using var second = Accelerator.DefaultStream.AddProfilingMarker();
        Accelerator.Synchronize();
        Assert.That(second - first, Is.GreaterThanOrEqualTo(TimeSpan.Zero));
    }
}
