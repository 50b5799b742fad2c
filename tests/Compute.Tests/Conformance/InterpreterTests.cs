using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Every thread runs its own random program in a little interpreter: divergence of every kind at once.</summary>
public sealed class InterpreterTests(string device) : ConformanceTests(device)
{
    private const int ProgramLength = 32;

    [TestCase(1, 333)]
    [TestCase(2, 1000)]
    [TestCase(3, 64)]
    public void Random_programs_agree_with_the_same_method_in_csharp(int seed, int threads)
    {
        byte[] code = new byte[threads * ProgramLength];
        new Random(seed).NextBytes(code);
        int[] input = Inputs.Random(threads, 1_000_000, seed);
        using var codes = Accelerator.Allocate1D(code);
        using var inputs = Accelerator.Allocate1D(input);
        using var results = Accelerator.Allocate1D<long>(threads);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<byte>, ArrayView<int>, ArrayView<long>>(Kernel)(threads, codes.View, inputs.View, results.View);
        Accelerator.Synchronize();

        long[] expected = [.. Enumerable.Range(0, threads).Select(i => Reference(code.AsSpan(i * ProgramLength, ProgramLength), input[i]))];
        Same(expected, results.GetAsArray1D());
    }

    private static void Kernel(Index1D i, ArrayView<byte> code, ArrayView<int> input, ArrayView<long> result)
    {
        ArrayView<byte> program = code.SubView(i.X * ProgramLength, ProgramLength);
        int a = input[i], b = 1, stack = 0;
        long c = 7;
        float f = 1;
        int steps = 0;
        for (int pc = 0; pc < ProgramLength && steps < 200; steps++)
        {
            int op = program[pc], argument = op >> 4;
            pc++;
            switch (op & 15)
            {
                case 0: a += b; break;
                case 1: a -= argument; break;
                case 2: a *= argument + 1; break;
                case 3: b ^= a; break;
                case 4: (a, b) = (b, a); break;
                case 5: c = c * 31 + a; break;
                case 6: f = f * 0.5f + a; break;
                case 7: b = (int)c >> argument; break;
                case 8:
                    if (a < b)
                        pc += argument;
                    break;
                case 9:
                    while (a > 1000)
                        a /= argument + 2;
                    break;
                case 10:
                    if ((a & 1) != 0 && stack < 3)
                    {
                        pc -= argument;
                        if (pc < 0)
                            pc = 0;
                        stack++;
                    }
                    break;
                case 11:
                    for (int k = 0; k < argument; k++)
                    {
                        if (((b >> k) & 1) == 0)
                            continue;
                        c += k;
                        if (c % 13 == 4)
                            break;
                    }
                    break;
                case 12: a = f > 100 ? (int)f : -a; break;
                case 13: b = argument > 8 ? a + 1 : b - 1; break;
                case 14: c -= (uint)a; break;
                default:
                    if (argument == 15)
                        pc = ProgramLength;
                    else if (argument > 10)
                        a = ~a;
                    break;
            }
        }
        result[i] = c + a * 3L + b + (int)f + steps * 1_000_000_007L;
    }

    // The same statements over a span: a kernel cannot use spans, C# cannot use views.
    private static long Reference(ReadOnlySpan<byte> program, int input)
    {
        int a = input, b = 1, stack = 0;
        long c = 7;
        float f = 1;
        int steps = 0;
        for (int pc = 0; pc < ProgramLength && steps < 200; steps++)
        {
            int op = program[pc], argument = op >> 4;
            pc++;
            switch (op & 15)
            {
                case 0: a += b; break;
                case 1: a -= argument; break;
                case 2: a *= argument + 1; break;
                case 3: b ^= a; break;
                case 4: (a, b) = (b, a); break;
                case 5: c = c * 31 + a; break;
                case 6: f = f * 0.5f + a; break;
                case 7: b = (int)c >> argument; break;
                case 8:
                    if (a < b)
                        pc += argument;
                    break;
                case 9:
                    while (a > 1000)
                        a /= argument + 2;
                    break;
                case 10:
                    if ((a & 1) != 0 && stack < 3)
                    {
                        pc -= argument;
                        if (pc < 0)
                            pc = 0;
                        stack++;
                    }
                    break;
                case 11:
                    for (int k = 0; k < argument; k++)
                    {
                        if (((b >> k) & 1) == 0)
                            continue;
                        c += k;
                        if (c % 13 == 4)
                            break;
                    }
                    break;
                case 12: a = f > 100 ? (int)f : -a; break;
                case 13: b = argument > 8 ? a + 1 : b - 1; break;
                case 14: c -= (uint)a; break;
                default:
                    if (argument == 15)
                        pc = ProgramLength;
                    else if (argument > 10)
                        a = ~a;
                    break;
            }
        }
        return c + a * 3L + b + (int)f + steps * 1_000_000_007L;
    }
}
