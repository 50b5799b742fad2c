using FsCheck;
using FsCheck.Fluent;
using ILGPU;

namespace GemmaIlgpu.Compute.Tests.Frontend;

/// <summary>Every shape of control flow that the C# compiler makes.</summary>
public class ControlFlowTests
{
    private static void NestedLoops(ArrayView<int> r, int a, int b)
    {
        int sum = 0;
        for (int i = 0; i < (a & 7); i++)
        {
            if (i == (b & 3))
                continue;
            for (int j = i; ; j++)
            {
                if (j > 6)
                    break;
                int k = j;
                while (k > 0)
                {
                    k -= 2;
                    if ((k ^ b) == 1)
                        goto next;
                    sum += k * i;
                }
                do
                {
                    sum ^= j;
                    k++;
                }
                while (k < i);
            next:
                sum++;
            }
        }
        r[0] = sum;
        r[1] = a;
    }

    private static void Conditions(ArrayView<int> r, int a, int b)
    {
        bool p = a > b, q = (a & 1) == 0;
        bool both = p && q || !p && b > 3;
        r[0] = both ? a : q ? b : p ? 5 : -1;
        r[1] = p == q ? 1 : 0;
        r[2] = p ^ q ? 10 : 20;
        r[3] = (p & !q) | both ? 3 : 4;
        bool flag = false;
        for (int i = 0; i < 5; i++)
        {
            flag |= i == (a & 7);
            if (flag && i > (b & 3))
                r[4] += i;
        }
        r[5] = flag ? 1 : 0;
        int x = a;
        r[6] = (x += b) > 0 ? x++ : --x;
        r[7] = x;
        r[8] = Math.Max(p ? a : b, q ? a : b);
    }

    private static void Switches(ArrayView<int> r, int a, int b)
    {
        switch (a & 15)
        {
            case 0:
            case 1:
                r[0] = b;
                break;
            case 2:
                r[0] = -b;
                goto case 4;
            case 3:
                return;
            case 4:
                r[1] = 44;
                break;
            case 7 when b > 0:
                r[1] = 77;
                break;
            default:
                r[1] = a;
                break;
        }
        r[2] = (b & 7) switch
        {
            0 => 11,
            1 or 2 => 22,
            > 5 => a > 0 ? 33 : 34,
            _ => 44,
        };
        r[3] = a switch
        {
            1000 => 1,
            -5 => 2,
            77777 => 3,
            int.MaxValue => 4,
            _ => 5,
        };
    }

    private static void Gotos(ArrayView<int> r, int a, int b)
    {
        int n = 0;
    top:
        n++;
        if (a > b && n < 5)
            goto middle;
        n += 3;
        if (n > 20)
            goto done;
    middle:
        n += 2;
        if ((n ^ a) % 3 != 0)
            goto top;
        if (n < 10)
            goto top;
    done:
        r[0] = n;
    }

    private static void EarlyReturns(ArrayView<int> r, int a, int b)
    {
        r[0] = Search(a, b);
        r[1] = Search(b, a) + Search(a & 3, 1);
        if (a < 0)
            return;
        r[2] = Gcd(a, b & 0xFFFF);
    }

    private static int Search(int a, int b)
    {
        for (int i = 0; i < 10; i++)
        {
            if (i * i == a)
                return i;
            if (b + i == a)
                return -i;
        }
        return a > b ? 100 : 200;
    }

    private static int Gcd(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }

    private static void RotatingVariables(ArrayView<int> r, int a, int b)
    {
        int x = a, y = b, z = 1;
        for (int i = 0; i < 7; i++)
        {
            int old = x;
            x = y;
            y = z;
            z = old + i;
            if (z > 50)
                (x, z) = (z, x);
        }
        r[0] = x;
        r[1] = y;
        r[2] = z;
    }

    private static readonly Action<ArrayView<int>, int, int>[] s_kernels = [NestedLoops, Conditions, Switches, Gotos, EarlyReturns, RotatingVariables];

    [TestCaseSource(nameof(s_kernels))]
    public void Control_flow_is_that_of_csharp(Action<ArrayView<int>, int, int> kernel)
    {
        for (int a = -4; a < 20; a++)
            for (int b = -3; b < 9; b++)
                KernelRunner.Check(kernel, new int[9], a, b);
        Prop.ForAll<int, int>((a, b) =>
        {
            KernelRunner.Check(kernel, new int[9], a * 7919, b);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(1234, 5679));
    }
}
