using FsCheck;
using FsCheck.Fluent;
using ILGPU;
using ILGPU.Runtime;
using Group = ILGPU.Group;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Random numbers lead all lanes of a kernel the same ways, which part and meet again, past loads side by side and loads of the same;
/// what it computes and what Checked reports must be the same whether parts of it are compiled or all is interpreted.</summary>
[TestFixture(8)]
[TestFixture(32)]
[TestFixture(64)]
public sealed class CompiledWaysAgainstInterpreted(int warpSize)
{
    private const int Rounds = 16, Bytes = 64, Programs = 120;

    private readonly Side _compiled = new(warpSize, null), _interpreted = new(warpSize, new CheckedOptions { BlockLimit = long.MaxValue });
    private readonly HashSet<string> _kinds = [];

    private enum Trouble
    {
        None,
        Index,
        Unwritten,
        Race,
    }

    private sealed record Case(int Groups, int Threads, int Seed, Trouble Trouble, int Round);

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
            from threads in Gen.Elements(warpSize, warpSize + 3, 2 * warpSize)
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from trouble in Gen.Elements(Trouble.None, Trouble.None, Trouble.Index, Trouble.Unwritten, Trouble.Race)
            from round in Gen.Choose(0, Rounds - 1)
            select new Case(groups, threads, seed, trouble, round);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Programs).WithReplay(20261123, 11), Prop.ForAll(cases.ToArbitrary(), made =>
        {
            string compiled = Run(_compiled, made), interpreted = Run(_interpreted, made);
            Assert.That(compiled, Is.EqualTo(interpreted), made.ToString());
            _kinds.Add(compiled.StartsWith('[') ? "" : compiled.Split(' ')[0]);
        }));
        Assert.That(_kinds, Has.Count.AtLeast(4), "programs should be right, and wrong in each way");
    }

    // Bits 0 and 1 of a round's number say which way, bit 2 where to write, the rest where to read.
    private static void Steer(ArrayView<int> script, ArrayView<byte> bytes, ArrayView<float> scales, ArrayView<float> y, int rounds)
    {
        var own = SharedMemory.Allocate<float>(64);
        int warp = Warp.WarpIdx * 4, lane = Warp.LaneIdx, sum = 0;
        for (int i = 0; i < 4; i++)
            own[warp + i] = scales[i];
        Warp.Barrier();
        float product = 1, minimum = 0;
        for (int round = 0; round < rounds; round++)
        {
            int code = script[round], place = code >> 8, level;
            if ((code & 1) != 0)
                level = bytes[place] | (bytes[place + 1] << 8);
            else
                level = bytes[place + 3] | (bytes[place + 2] << 8);
            int slot = (code & 4) != 0 ? 0 : warp;
            own[slot + (round & 3)] = (level + warp) * scales[round & 3];
            if ((code & 1) != 0)
                minimum += bytes[place + 1] * scales[1];
            else
                sum -= level >> (round & 15);
            if ((code & 2) != 0)
                sum += bytes[place] + bytes[place + 2] + bytes[(place & 31) + (lane & 7)];
            Warp.Barrier();
            product += lane < 4 ? own[warp + (round & 3)] : own[warp + ((round + 1) & 3)];
            sum += (level >> (lane & 7)) + (bytes[place + 1] << (code & 3));
            Warp.Barrier();
        }

        y[Grid.GlobalIndex.X] = product + sum - minimum;
    }

    private static string Run(Side side, Case made)
    {
        var random = new Random(made.Seed);
        int[] script = [.. Enumerable.Range(0, Rounds).Select(_ => random.Next(4) | (random.Next(Bytes - 3) << 8))];
        script[made.Round] = made.Trouble switch
        {
            Trouble.Index => random.Next(4) | (random.Next(Bytes - 3, Bytes + 4) << 8),
            Trouble.Unwritten => random.Next(4) | ((Bytes - 4) << 8),
            Trouble.Race => script[made.Round] | 4,
            _ => script[made.Round],
        };
        int written = made.Trouble == Trouble.Unwritten ? Bytes - 1 - random.Next(3) : Bytes;
        byte[] data = new byte[written];
        random.NextBytes(data);
        using MemoryBuffer1D<int, Stride1D.Dense> program = side.Accelerator.Allocate1D(script);
        using MemoryBuffer1D<byte, Stride1D.Dense> bytes = side.Accelerator.Allocate1D<byte>(Bytes);
        using MemoryBuffer1D<float, Stride1D.Dense> scales = side.Accelerator.Allocate1D([0.5f, 1.5f, -2f, 0.25f]), y = side.Accelerator.Allocate1D<float>(made.Groups * made.Threads);
        bytes.View.SubView(0, written).CopyFromCPU(data);
        try
        {
            side.Kernel((made.Groups, made.Threads), program.View, bytes.View, scales.View, y.View, Rounds);
            return $"[{string.Join(", ", y.GetAsArray1D())}]";
        }
        catch (KernelFaultException fault)
        {
            return $"{fault.Kind} {fault.Message} at {fault.File}:{fault.Line}";
        }
    }

    private sealed class Side : IDisposable
    {
        private readonly Context _context;

        public Side(int warpSize, CheckedOptions? options)
        {
            _context = CheckedDevices.Open(warpSize, options, shares: false);
            Accelerator = _context.GetPreferredDevice(preferCPU: true).CreateAccelerator(_context);
            Kernel = Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<byte>, ArrayView<float>, ArrayView<float>, int>(Steer);
        }

        public Accelerator Accelerator { get; }

        public Action<KernelConfig, ArrayView<int>, ArrayView<byte>, ArrayView<float>, ArrayView<float>, int> Kernel { get; }

        public void Dispose()
        {
            Accelerator.Dispose();
            _context.Dispose();
        }
    }
}
