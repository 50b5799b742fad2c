namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Loops of every shape; most run a different number of times in every lane.</summary>
public sealed class LoopTests(string device) : ConformanceTests(device)
{
    private static readonly int[] s_values = [.. Enumerable.Range(-3, 70), 3, 3, 3, 3, 200, 1, 0, 199, 64, 65, 66];

    [Test] public void While() => Check<WhileLoop, int, int>(s_values);

    [Test] public void Do_while() => Check<DoWhile, int, int>(s_values);

    [Test] public void For_with_break_and_continue() => Check<BreakContinue, int, int>(s_values);

    [Test] public void Several_exits() => Check<SeveralExits, int, int>(s_values);

    [Test] public void Return_inside_a_loop() => Check<ReturnInside, int, int>(s_values);

    [Test] public void Return_inside_nested_loops() => Check<ReturnInsideNested, int, int>(s_values);

    [Test] public void Nested_divergent_bounds() => Check<NestedBounds, int, int>(s_values);

    [Test] public void Triple_nesting() => Check<TripleNesting, int, int>(s_values);

    [Test] public void Swapped_loop_variables() => Check<Swap, int, int>(s_values);

    [Test] public void Rotated_loop_variables() => Check<Rotation, int, long>(s_values);

    [Test] public void Fibonacci_numbers() => Check<Fibonacci, int, long>(s_values);

    [Test] public void Collatz_steps() => Check<Collatz, int, int>(s_values);

    [Test] public void Greatest_common_divisor() => Check<Gcd, int, int>(s_values);

    [Test] public void Value_from_the_last_iteration() => Check<LastIteration, int, int>(s_values);

    [Test] public void Uniform_loop_in_divergent_branch() => Check<UniformInDivergent, int, float>(s_values);

    [Test] public void Uniform_loop_in_divergent_loop() => Check<UniformInDivergentLoop, int, int>(s_values);

    [Test] public void Divergent_loop_in_uniform_loop() => Check<DivergentInUniformLoop, int, int>(s_values);

    [Test] public void Counting_down_and_by_steps() => Check<Steps, int, int>(s_values);

    [Test] public void Long_counter() => Check<LongCounter, int, long>(s_values);

    [Test] public void Float_counter() => Check<FloatCounter, int, float>(s_values);

    [Test] public void Condition_with_several_parts() => Check<CompoundCondition, int, int>(s_values);

    [Test] public void Loop_with_a_switch() => Check<LoopWithSwitch, int, int>(s_values);

    [Test] public void Flag_that_ends_the_loop() => Check<FlagLoop, int, int>(s_values);

    [Test] public void Infinite_loop_with_break() => Check<Forever, int, int>(s_values);

    [Test] public void Loops_one_after_another() => Check<Sequence, int, int>(s_values);

    [Test] public void Carried_floats_and_doubles() => Check<Newton, int, double>(s_values);

    [Test] public void Unsigned_counter_near_wrap_around() => Check<UnsignedWrap, int, uint>(s_values);

    [Test] public void Early_continue_skips_the_tail() => Check<ContinueOuter, int, int>(s_values);

    private struct WhileLoop : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int i = 0, sum = 0;
            while (i < value)
            {
                sum += i * i;
                i++;
            }
            return sum;
        }
    }

    private struct DoWhile : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int digits = 0, rest = value;
            do
            {
                digits++;
                rest /= 3;
            }
            while (rest != 0);
            return digits;
        }
    }

    private struct BreakContinue : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int sum = 0;
            for (int i = 0; i < 100; i++)
            {
                if (i % 3 == 0)
                    continue;
                if (i > value)
                    break;
                sum += i;
                if (sum > 300)
                    break;
                if (i % 5 == value % 5)
                    continue;
                sum += 1000;
            }
            return sum;
        }
    }

    private struct SeveralExits : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int i = 0, why = 0;
            while (true)
            {
                i++;
                if (i * i > value) { why = 1; break; }
                if (i % 11 == 10) { why = 2; break; }
                if (value - i == 20) { why = 3; break; }
            }
            return i * 10 + why;
        }
    }

    private struct ReturnInside : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            for (int i = 2; i * i <= value; i++)
                if (value % i == 0)
                    return i;
            return value;
        }
    }

    private struct ReturnInsideNested : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int steps = 0;
            for (int a = 1; a < 20; a++)
            {
                for (int b = a; b < 20; b++)
                {
                    steps++;
                    if (a * a + b * b == value)
                        return a * 100 + b;
                    if (a * b > value + 50)
                        break;
                }
                if (steps > 150)
                    return -steps;
            }
            return steps;
        }
    }

    private struct NestedBounds : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int sum = 0;
            for (int i = 0; i < value % 7; i++)
                for (int j = i; j < value % 5 + i; j++)
                    sum += i * 10 + j;
            return sum;
        }
    }

    private struct TripleNesting : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int sum = 0;
            for (int i = 0; i <= (value & 3); i++)
            {
                int j = 0;
                while (j < i + (value & 1))
                {
                    int k = j;
                    do
                    {
                        sum += i * 100 + j * 10 + k;
                        if (sum % 7 == 3)
                            break;
                        k += 2;
                    }
                    while (k < value % 6);
                    j++;
                }
                if (sum > 2000)
                    break;
            }
            return sum;
        }
    }

    private struct Swap : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int a = 1, b = 2;
            for (int i = 0; i < value; i++)
                (a, b) = (b, a);
            return a * 10 + b;
        }
    }

    private struct Rotation : IFunction<int, long>
    {
        public static long Apply(int value)
        {
            int a = 1, b = 2, c = 3;
            long trace = 0;
            for (int i = 0; i < (value & 31); i++)
            {
                (a, b, c) = (c, a, b + i);
                trace = trace * 3 + a;
            }
            return trace + a * 100L + b * 10 + c;
        }
    }

    private struct Fibonacci : IFunction<int, long>
    {
        public static long Apply(int value)
        {
            long a = 0, b = 1;
            for (int i = 0; i < value; i++)
            {
                long next = a + b;
                a = b;
                b = next;
            }
            return a;
        }
    }

    private struct Collatz : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int steps = 0;
            long n = value;
            while (n > 1)
            {
                n = n % 2 == 0 ? n / 2 : 3 * n + 1;
                steps++;
            }
            return steps;
        }
    }

    private struct Gcd : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int a = value, b = 36;
            while (b != 0)
            {
                int t = a % b;
                a = b;
                b = t;
            }
            return a;
        }
    }

    private struct LastIteration : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int last = -1, previous = -2;
            for (int i = 0; i < value; i += 1 + (i & 3))
            {
                previous = last;
                last = i * 7;
            }
            return last * 1000 + previous;
        }
    }

    private struct UniformInDivergent : IFunction<int, float>
    {
        public static float Apply(int value)
        {
            float sum = 1;
            if (value % 3 != 0)
            {
                for (int i = 0; i < 10; i++)
                    sum = sum * 0.5f + value;
                if (value > 20)
                    for (int i = 0; i < 4; i++)
                        sum += i;
            }
            return sum;
        }
    }

    private struct UniformInDivergentLoop : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int sum = 0;
            for (int i = 0; i < value % 9; i++)
            {
                int inner = 0;
                for (int j = 0; j < 5; j++)
                    inner += j * i;
                sum += inner + 1;
            }
            return sum;
        }
    }

    private struct DivergentInUniformLoop : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int sum = 0;
            for (int i = 0; i < 6; i++)
            {
                int j = i;
                while (j < value % 10)
                {
                    sum += j;
                    j += 2;
                }
                sum *= 2;
            }
            return sum;
        }
    }

    private struct Steps : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int sum = 0;
            for (int i = value; i > 0; i -= 3)
                sum += i;
            for (int i = 1; i < value; i <<= 1)
                sum += 1000;
            for (int i = 100; i >= value; i >>= 1)
            {
                sum += 7;
                if (i == 0)
                    break;
            }
            return sum;
        }
    }

    private struct LongCounter : IFunction<int, long>
    {
        public static long Apply(int value)
        {
            long sum = 0;
            for (long i = 3_000_000_000; i < 3_000_000_000 + value; i++)
                sum += i;
            return sum;
        }
    }

    private struct FloatCounter : IFunction<int, float>
    {
        public static float Apply(int value)
        {
            float sum = 0;
            for (float x = 0; x < value; x += 1.25f)
                sum += x;
            return sum;
        }
    }

    private struct CompoundCondition : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int i = 0, sum = 0;
            while ((i < value && sum < 200) || i < 3)
            {
                sum += i * 3;
                i += sum % 2 == 0 ? 1 : 2;
            }
            return sum * 100 + i;
        }
    }

    private struct LoopWithSwitch : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int state = value & 3, count = 0;
            while (count < 40)
            {
                switch (state)
                {
                    case 0: state = (value + count) % 3 == 0 ? 1 : 2; break;
                    case 1: state = 3; count += 2; break;
                    case 2: state = 0; count++; continue;
                    default:
                        if (count > value)
                            return count * 10 + state;
                        state = count & 1;
                        break;
                }
                count++;
            }
            return -count;
        }
    }

    private struct FlagLoop : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            bool done = false;
            int i = 0;
            while (!done)
            {
                i += 3;
                done = i >= value || i % 7 == 0;
            }
            return i;
        }
    }

    private struct Forever : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            uint state = (uint)value + 1;
            int count = 0;
            for (; ; )
            {
                state = state * 1664525 + 1013904223;
                count++;
                if (state >> 28 == 3)
                    break;
            }
            return count;
        }
    }

    private struct Sequence : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int a = 0;
            for (int i = 0; i < value; i++)
                a += 2;
            for (int i = 0; i < a; i += 5)
                a--;
            while (a > 17)
                a -= 17;
            return a;
        }
    }

    private struct Newton : IFunction<int, double>
    {
        public static double Apply(int value)
        {
            double target = Math.Abs(value) + 2, x = target;
            float last = 0;
            while (Math.Abs(x * x - target) > 1e-9)
            {
                x = 0.5 * (x + target / x);
                last += 1;
            }
            return x + last;
        }
    }

    private struct UnsignedWrap : IFunction<int, uint>
    {
        public static uint Apply(int value)
        {
            uint sum = 0;
            for (uint i = uint.MaxValue - 5; i != (uint)(value & 15); i++)
                sum = sum * 31 + i;
            return sum;
        }
    }

    private struct ContinueOuter : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int sum = 0;
            for (int i = 0; i < 12; i++)
            {
                bool skip = false;
                for (int j = 0; j <= i; j++)
                {
                    if ((i + j) % 6 == value % 6)
                    {
                        skip = true;
                        break;
                    }
                }
                if (skip)
                    continue;
                sum += i * i;
            }
            return sum;
        }
    }
}
