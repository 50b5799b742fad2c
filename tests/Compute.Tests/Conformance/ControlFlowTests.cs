namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Branches of every shape, taken by some lanes of a warp and not by others.</summary>
public sealed class ControlFlowTests(string device) : ConformanceTests(device)
{
    private static readonly int[] s_values = [.. Enumerable.Range(-7, 90), 1000, 1001, 12345, -12345, 3, 3, 3, 3, 4, 4, 4, 4, int.MaxValue, int.MinValue];

    [Test] public void Nested_ifs() => Check<NestedIfs, int, int>(s_values);

    [Test] public void Else_if_chain() => Check<ElseIfChain, int, int>(s_values);

    [Test] public void Dense_switch() => Check<DenseSwitch, int, int>(s_values);

    [Test] public void Sparse_switch() => Check<SparseSwitch, int, int>(s_values);

    [Test] public void Switch_with_shared_cases() => Check<SharedCases, int, int>(s_values);

    [Test] public void Switch_expression_with_patterns() => Check<SwitchExpression, int, int>(s_values);

    [Test] public void Early_returns() => Check<EarlyReturns, int, int>(s_values);

    [Test] public void Short_circuits() => Check<ShortCircuits, int, int>(s_values);

    [Test] public void Guarded_division() => Check<GuardedDivision, int, int>(s_values);

    [Test] public void Nested_ternaries() => Check<Ternaries, int, int>(s_values);

    [Test] public void Goto_forward_and_back() => Check<Gotos, int, int>(s_values);

    [Test] public void Boolean_locals() => Check<BooleanLocals, int, int>(s_values);

    [Test] public void Boolean_arithmetic() => Check<BooleanArithmetic, int, int>(s_values);

    [Test] public void Empty_branches() => Check<EmptyBranches, int, int>(s_values);

    [Test] public void Values_defined_on_both_sides() => Check<BothSides, int, float>(s_values);

    [Test] public void Diamond_after_diamond() => Check<Diamonds, int, long>(s_values);

    [Test] public void Null_coalescing_style_defaults() => Check<Nullables, int, int>(s_values);

    private struct NestedIfs : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int result = 0;
            if (value > 10)
            {
                if (value % 2 == 0)
                {
                    if (value % 3 == 0)
                        result += 6;
                    else
                        result += 2;
                    result *= 3;
                }
                else if (value % 5 == 0)
                {
                    result -= 5;
                }
                result++;
            }
            else
            {
                if (value < 0)
                    result = -value;
                if (value == 5)
                    result += 500;
            }
            return result;
        }
    }

    private struct ElseIfChain : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int r = value & 15;
            if (r == 0) return 100;
            else if (r == 1) r = 7;
            else if (r < 4) r = r * r;
            else if (r < 8) r -= 11;
            else if (r is 9 or 13) r <<= 3;
            else r = -r;
            return r;
        }
    }

    private struct DenseSwitch : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int result = value;
            switch (value & 7)
            {
                case 0: result += 1; break;
                case 1: result *= 2; break;
                case 2: return -1;
                case 3: result ^= 0x55; break;
                case 4: result = result > 40 ? 40 : result; break;
                case 6: break;
                default: result = 77; break;
            }
            return result + 1000;
        }
    }

    private struct SparseSwitch : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            switch (value)
            {
                case -7: return 1;
                case 5: return 2;
                case 1000: return 3;
                case 12345: return 4;
                case int.MaxValue: return 5;
                default: return 0;
            }
        }
    }

    private struct SharedCases : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int sum = 0;
            switch (value & 7)
            {
                case 0:
                case 1:
                    sum += 10;
                    goto case 5;
                case 2:
                    sum += 20;
                    goto default;
                case 5:
                    sum += 3;
                    break;
                default:
                    sum -= 1;
                    break;
            }
            return sum;
        }
    }

    private struct SwitchExpression : IFunction<int, int>
    {
        public static int Apply(int value) => value switch
        {
            < -5 => 1,
            >= -5 and < 0 => 2,
            0 => 3,
            > 70 when value % 2 == 1 => 4,
            10 or 20 or 30 => 5,
            > 40 => value * 2,
            _ => 7,
        };
    }

    private struct EarlyReturns : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            if (value < 0)
                return -1;
            int a = value * 3;
            if (a % 7 == 0)
                return a;
            if (value > 50)
            {
                if (value % 4 == 1)
                    return 4;
                a += 9;
            }
            return a - Inner(value);
        }

        private static int Inner(int value)
        {
            if (value % 2 == 0)
                return 5;
            if (value % 3 == 0)
                return 50;
            return 500;
        }
    }

    private struct ShortCircuits : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int calls = 0;
            bool a = value > 3 && Count(ref calls, value % 2 == 0) && Count(ref calls, value % 3 == 0);
            bool b = value < 0 || Count(ref calls, value == 5) || (value > 20 && Count(ref calls, value < 30));
            if ((a || b) && !(a && b))
                calls += 100;
            return a ? calls : b ? -calls : calls + 1000;
        }

        private static bool Count(ref int calls, bool result)
        {
            calls++;
            return result;
        }
    }

    // The divisor is zero exactly in the lanes that must not divide.
    private struct GuardedDivision : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int divisor = value & 3;
            int result = -1;
            if (divisor != 0)
                result = value / divisor;
            int other = divisor == 0 ? 5 : value % divisor;
            return result * 10 + other;
        }
    }

    private struct Ternaries : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int a = value > 5 ? value < 20 ? 1 : 2 : value == 0 ? 3 : 4;
            long b = value % 2 == 0 ? 10L : value;
            float c = (value & 1) != 0 ? 1.5f : a > 2 ? 2.5f : -3f;
            return a + (int)b + (int)(c * 2);
        }
    }

    private struct Gotos : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int i = 0, sum = 0;
        again:
            i++;
            if (i == 3)
                goto skip;
            sum += i * value;
            if (sum % 5 == 1)
                goto done;
        skip:
            if (i < (value & 7))
                goto again;
            sum += 1;
        done:
            return sum + i;
        }
    }

    private struct BooleanLocals : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            bool found = false, even = value % 2 == 0;
            for (int i = 0; i < 5; i++)
                found |= value == i * 3;
            bool different = found ^ even;
            bool negated = !different;
            int result = 0;
            if (found) result |= 1;
            if (even) result |= 2;
            if (different) result |= 4;
            if (negated == even) result |= 8;
            if (found != negated) result |= 16;
            return result;
        }
    }

    private struct BooleanArithmetic : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int x = (value > 5 ? 1 : 0) + (value > 10 ? 1 : 0) * 2;
            bool both = (value > 5) & (value < 50), one = (value > 5) | (value == -3);
            return x * 100 + (both ? 10 : 20) + (one ? 3 : 4);
        }
    }

    private struct EmptyBranches : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            if (value > 3) { }
            else value += 2;
            for (int i = 0; i < (value & 7); i += 3) { }
            if (value > 30) { if (value > 40) { } }
            return value;
        }
    }

    private struct BothSides : IFunction<int, float>
    {
        public static float Apply(int value)
        {
            float a;
            int b;
            double c;
            if (value % 3 == 1)
            {
                a = value * 0.5f;
                b = value + 1;
                c = 1.0 / (value + 100000);
            }
            else
            {
                b = value - 1;
                a = b * 0.25f;
                c = b;
            }
            return a + b + (float)c;
        }
    }

    private struct Diamonds : IFunction<int, long>
    {
        public static long Apply(int value)
        {
            long a = value;
            if ((value & 1) != 0) a += 1; else a *= 2;
            if ((value & 2) != 0) a += 10; else a *= 3;
            if ((value & 4) != 0) a += 100; else a *= 5;
            if (a > 200) a -= value; else if (a < -200) a += value;
            return a;
        }
    }

    private struct Nullables : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int? maybe = value % 3 == 0 ? value : null;
            int? other = maybe.HasValue ? maybe.GetValueOrDefault() + 1 : null;
            return other.GetValueOrDefault(-5) * 2;
        }
    }
}
