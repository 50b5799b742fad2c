using System.Numerics;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>The operators of every number type, against the same operators in C#.</summary>
public sealed class ArithmeticTests(string device) : ConformanceTests(device)
{
    [Test] public void Sbyte_operators() => Integer<sbyte>();

    [Test] public void Byte_operators() => Integer<byte>();

    [Test] public void Short_operators() => Integer<short>();

    [Test] public void Ushort_operators() => Integer<ushort>();

    [Test] public void Int_operators() => Integer<int>();

    [Test] public void Uint_operators() => Integer<uint>();

    [Test] public void Long_operators() => Integer<long>();

    [Test] public void Ulong_operators() => Integer<ulong>();

    [Test] public void Float_operators() => Floating<float>();

    [Test] public void Double_operators() => Floating<double>();

    private void Integer<T>()
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T[] values = Inputs.Integers<T>();
        (T[] a, T[] b) = Inputs.Pairs(values, values);
        Common(a, b);
        Check<And<T>, T, T, T>(a, b);
        Check<Or<T>, T, T, T>(a, b);
        Check<Xor<T>, T, T, T>(a, b);
        Check<Complement<T>, T, T>(values);
        Check<Increment<T>, T, T>(values);
        Check<Decrement<T>, T, T>(values);
        (T[] shifted, int[] counts) = Inputs.Pairs(values, [0, 1, 5, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, -1]);
        Check<ShiftLeft<T>, T, int, T>(shifted, counts);
        Check<ShiftRight<T>, T, int, T>(shifted, counts);
        Check<ShiftRightUnsigned<T>, T, int, T>(shifted, counts);
        // Dividing by zero and the one quotient that does not fit have no value.
        var divisible = a.Zip(b).Where(pair => pair.Second != T.Zero && !(pair.First == T.MinValue && T.IsNegative(pair.Second) && pair.Second == -T.One)).ToArray();
        T[] dividends = [.. divisible.Select(pair => pair.First)], divisors = [.. divisible.Select(pair => pair.Second)];
        Check<Divide<T>, T, T, T>(dividends, divisors);
        Check<Remainder<T>, T, T, T>(dividends, divisors);
    }

    private void Floating<T>()
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        T[] values = Inputs.Floats<T>();
        (T[] a, T[] b) = Inputs.Pairs(values, values);
        Common(a, b);
        Check<Divide<T>, T, T, T>(a, b);
        Check<Remainder<T>, T, T, T>(a, b);
    }

    private void Common<T>(T[] a, T[] b)
        where T : unmanaged, INumber<T>
    {
        Check<Add<T>, T, T, T>(a, b);
        Check<Subtract<T>, T, T, T>(a, b);
        Check<Multiply<T>, T, T, T>(a, b);
        Check<Negate<T>, T, T>(a);
        Check<Comparisons<T>, T, T, int>(a, b);
        Check<ComparedBranches<T>, T, T, int>(a, b);
    }

    private struct Add<T> : IFunction<T, T, T>
        where T : INumber<T>
    {
        public static T Apply(T first, T second) => first + second;
    }

    private struct Subtract<T> : IFunction<T, T, T>
        where T : INumber<T>
    {
        public static T Apply(T first, T second) => first - second;
    }

    private struct Multiply<T> : IFunction<T, T, T>
        where T : INumber<T>
    {
        public static T Apply(T first, T second) => first * second;
    }

    private struct Divide<T> : IFunction<T, T, T>
        where T : INumber<T>
    {
        public static T Apply(T first, T second) => first / second;
    }

    private struct Remainder<T> : IFunction<T, T, T>
        where T : INumber<T>
    {
        public static T Apply(T first, T second) => first % second;
    }

    private struct Negate<T> : IFunction<T, T>
        where T : INumber<T>
    {
        public static T Apply(T value) => -value;
    }

    private struct Increment<T> : IFunction<T, T>
        where T : INumber<T>
    {
        public static T Apply(T value) => ++value;
    }

    private struct Decrement<T> : IFunction<T, T>
        where T : INumber<T>
    {
        public static T Apply(T value) => --value;
    }

    private struct And<T> : IFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T first, T second) => first & second;
    }

    private struct Or<T> : IFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T first, T second) => first | second;
    }

    private struct Xor<T> : IFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T first, T second) => first ^ second;
    }

    private struct Complement<T> : IFunction<T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T value) => ~value;
    }

    private struct ShiftLeft<T> : IFunction<T, int, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T first, int second) => first << second;
    }

    private struct ShiftRight<T> : IFunction<T, int, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T first, int second) => first >> second;
    }

    private struct ShiftRightUnsigned<T> : IFunction<T, int, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T first, int second) => first >>> second;
    }

    private struct Comparisons<T> : IFunction<T, T, int>
        where T : INumber<T>
    {
        public static int Apply(T first, T second) =>
            (first == second ? 1 : 0) | (first != second ? 2 : 0) | (first < second ? 4 : 0) | (first <= second ? 8 : 0) | (first > second ? 16 : 0) | (first >= second ? 32 : 0);
    }

    private struct ComparedBranches<T> : IFunction<T, T, int>
        where T : INumber<T>
    {
        public static int Apply(T first, T second)
        {
            int result = 0;
            if (!(first < second))
                result += 1;
            if (!(first > second))
                result += 2;
            if (first <= second && !(first == second))
                result += 4;
            bool either = first >= second || first != second;
            if (!either)
                result += 8;
            return either & first < second ? result : ~result;
        }
    }
}
