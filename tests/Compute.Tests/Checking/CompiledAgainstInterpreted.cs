using FsCheck;
using FsCheck.Fluent;
using GemmaIlgpu.Compute.Backends.Lockstep;
using ILGPU;
using ILGPU.Runtime;
using Group = ILGPU.Group;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Random numbers lead the lanes of one kernel apart, astray and into each other; what it computes and what Checked reports
/// must be the same whether parts of it are compiled or all is interpreted.</summary>
[TestFixture(8)]
[TestFixture(32)]
[TestFixture(64)]
public sealed class CompiledAgainstInterpreted(int warpSize)
{
    private const int Rounds = 12, Cells = 96, Programs = 150;

    // Who counts blocks wants to see each of them, so nothing compiled runs there.
    private readonly Side _compiled = new(warpSize, null), _interpreted = new(warpSize, new CheckedOptions { BlockLimit = long.MaxValue });
    private int _faults;

    private enum Trouble
    {
        None,
        Index,
        Unwritten,
        Division,
        Race,
        Last,
    }

    private sealed record Case(int Groups, int Threads, int Seed, Trouble Trouble, int Round, int Thread);

    [OneTimeTearDown]
    public void Close()
    {
        _compiled.Dispose();
        _interpreted.Dispose();
    }

    [Test]
    public void Compute_and_report_the_same()
    {
        Gen<Case> cases =
            from groups in Gen.Choose(1, 3)
            from threads in Gen.Elements(5, warpSize, warpSize, warpSize + 3, 2 * warpSize)
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from trouble in Gen.Elements(Trouble.None, Trouble.None, Trouble.Index, Trouble.Unwritten, Trouble.Division, Trouble.Race, Trouble.Last)
            from round in Gen.Choose(0, Rounds - 1)
            from thread in Gen.Choose(0, (groups * threads) - 1)
            select new Case(groups, threads, seed, trouble, round, thread);
        int before = LaneRegions.Compiled;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Programs).WithReplay(20261123, 9), Prop.ForAll(cases.ToArbitrary(), made =>
        {
            string compiled = Run(_compiled, made), interpreted = Run(_interpreted, made);
            Assert.That(compiled, Is.EqualTo(interpreted), made.ToString());
            _faults += compiled.StartsWith('[') ? 0 : 1;
        }));
        Assert.That(LaneRegions.Compiled - before, Is.GreaterThan(10), "parts for all lanes and for some");
        Assert.That(_faults, Is.InRange(Programs / 4, Programs * 4 / 5), "some of the programs should be wrong");
    }

    // Each round a number tells each thread what to do: bits 0 and 1 which way, 2 and 3 whether to write, 4 to 7 how often, the rest where.
    private static void Wander(ArrayView<int> script, ArrayView<int> x, ArrayView<int> cells, ArrayView<float> scales, ArrayView<float> y, int rounds, int reach)
    {
        var own = SharedMemory.Allocate<float>(2);
        int thread = Grid.GlobalIndex.X, all = Grid.DimX * Group.DimX, lane = Warp.LaneIdx, sum = 0;
        if (Group.IdxX < 2)
            own[Group.IdxX] = scales[Group.IdxX];
        Group.Barrier();
        float product = 1;
        for (int round = 0; round < rounds; round++)
        {
            int code = script[(round * all) + thread], way = code & 3, place = code >> 8;

            // A short way around, with a load that may go astray; then two that both load.
            if (way == 1)
                sum += x[place];
            product *= (lane & 7) < 4 ? own[0] : own[1];
            sum += x[(lane & 15) + round] + (lane >= 4 ? x[lane >> 2] : x[place & 31]);

            // Somebody writes: in a row, and anywhere.
            if ((code & 4) != 0)
                y[thread] = product + sum;
            if ((code & 8) != 0)
                cells[place] = thread;

            // As far as some lanes reach, which may be too far.
            if (Group.IdxX >= (place & 7) && Group.IdxX < way * 8)
                sum += cells[thread] + thread;
            if (lane >= 3 && lane < 5 + reach)
            {
                y[thread] += x[lane + 1];
                y[thread] -= scales[lane - 3];
                sum++;
            }

            // A loop that lanes leave one after the other, and a long way that some go, where they part again.
            for (int times = 0; times < ((code >> 4) & 15); times++)
                sum += x[times + (lane % 4)];

            // What lanes found stays theirs while others still search.
            int found, at = place & 15;
            while (true)
            {
                y[thread] += 1;
                found = (int)y[thread] + x[at] + (lane * round);
                if ((found & 7) == way || at >= 40)
                    break;
                at++;
            }

            sum += found * at;
            if (way > 1)
            {
                int divisor = x[place & 31] - 1;
                if (way == 2)
                {
                    sum += 1000 / divisor;
                    if (sum > 5000)
                        sum -= 5000;
                    product += x[lane & 3];
                }
                else
                {
                    sum ^= divisor;
                    y[thread] += sum & 7;
                }

                sum += round;
            }
        }

        y[thread] += sum + product;
    }

    private static string Run(Side side, Case made)
    {
        int all = made.Groups * made.Threads;
        var random = new Random(made.Seed);
        int[] script = [.. Enumerable.Range(0, Rounds * all).Select(at => random.Next(4) | (random.Next(4) == 0 ? 4 : 0) | (random.Next(16) == 0 ? 8 : 0) | (random.Next(4) << 4))];
        // Everybody reads anywhere, and writes to places of their own.
        for (int at = 0; at < script.Length; at++)
            script[at] = (script[at] & 8) != 0 ? (script[at] & ~3) | ((at % all) << 8) : script[at] | (random.Next(Cells) << 8);
        ref int wrong = ref script[(made.Round * all) + made.Thread];
        wrong = made.Trouble switch
        {
            Trouble.Index => (random.Next(2) == 0 ? -random.Next(1, 100) : Cells + random.Next(100)) << 8 | 1,
            Trouble.Unwritten => Cells << 8 | 1,
            Trouble.Division => 31 << 8 | 2,
            Trouble.Race => ((made.Thread + 1) % all) << 8 | 8,
            _ => wrong,
        };
        int written = made.Trouble == Trouble.Unwritten ? Cells : Cells + 1;
        int[] numbers = [.. Enumerable.Range(0, Cells + 1).Select(at => at == 31 && made.Trouble == Trouble.Division ? 1 : at + 2)];
        using MemoryBuffer1D<int, Stride1D.Dense> program = side.Accelerator.Allocate1D(script), x = side.Accelerator.Allocate1D<int>(Cells + 1), cells = side.Accelerator.Allocate1D(new int[all]);
        using MemoryBuffer1D<float, Stride1D.Dense> scales = side.Accelerator.Allocate1D([0.5f, 1.5f]), y = side.Accelerator.Allocate1D(new float[all]);
        x.View.SubView(0, written).CopyFromCPU(numbers[..written]);
        ArrayView<int> seen = x.View.SubView(0, made.Trouble == Trouble.Index ? Cells : Cells + 1);
        try
        {
            side.Kernel((made.Groups, made.Threads), program.View, seen, cells.View, scales.View, y.View, Rounds, made.Trouble == Trouble.Last ? 1 : 0);
            return $"[{string.Join(", ", y.GetAsArray1D())}; {string.Join(", ", cells.GetAsArray1D())}]";
        }
        catch (KernelFaultException fault)
        {
            return $"{fault.Message} at {fault.File}:{fault.Line}";
        }
    }

    private sealed class Side : IDisposable
    {
        private readonly Context _context;

        public Side(int warpSize, CheckedOptions? options)
        {
            _context = CheckedDevices.Open(warpSize, options, shares: false);
            Accelerator = _context.GetPreferredDevice(preferCPU: true).CreateAccelerator(_context);
            Kernel = Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<float>, ArrayView<float>, int, int>(Wander);
        }

        public Accelerator Accelerator { get; }

        public Action<KernelConfig, ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<float>, ArrayView<float>, int, int> Kernel { get; }

        public void Dispose()
        {
            Accelerator.Dispose();
            _context.Dispose();
        }
    }
}
