using System.Globalization;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using ILGPU;
using ILGPU.Runtime;
using Group = ILGPU.Group;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Random programs of many groups, which threads can share: what Checked says and leaves in memory is compared with groups in their
/// order, and with a search through all pairs of accesses.</summary>
[TestFixture(1)]
[TestFixture(8)]
[TestFixture(32)]
public sealed partial class RandomGroups(int warpSize)
{
    private const int Groups = 7, Threads = 16, Programs = 300;

    // Several blocks, the last of them not whole.
    private const int Cells = 2500;

    private readonly List<(Context Context, Accelerator Accelerator, Action<KernelConfig, ArrayView<int>, ArrayView<int>, int> Kernel)> _devices = [];

    private enum Do
    {
        Nothing,
        Read,
        Write,
        WriteSame,
    }

    // What a group does in a step: some of its threads access neighbouring cells, or one cell.
    private sealed record Act(Do What, int First, int Stride, int Threads);

    private sealed record Access(int Group, int Thread, int Step, Do What, int Cell);

    [OneTimeSetUp]
    public void Open()
    {
        foreach (bool shares in (bool[])[false, true])
        {
            Context context = CheckedDevices.Open(warpSize, null, shares);
            Accelerator accelerator = context.Devices[0].CreateAccelerator(context);
            _devices.Add((context, accelerator, accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, int>(ActOut)));
        }
    }

    [OneTimeTearDown]
    public void Close()
    {
        foreach ((Context context, Accelerator accelerator, _) in _devices)
        {
            accelerator.Dispose();
            context.Dispose();
        }
    }

    // All steps of a group end at a barrier, so that what races is accesses of a step, and of groups.
    private static void ActOut(ArrayView<int> script, ArrayView<int> cells, int steps)
    {
        int sum = 0;
        for (int step = 0; step < steps; step++)
        {
            int at = (step * Grid.DimX + Grid.IdxX) * 4, what = script[at], cell = script[at + 1] + Group.IdxX * script[at + 2];
            if (Group.IdxX < script[at + 3])
            {
                if (what == 1)
                    sum += cells[cell];
                else if (what == 2)
                    cells[cell] = sum + Grid.GlobalIndex.X + 1;
                else if (what == 3)
                    cells[cell] = -1000000;
            }
            Group.Barrier();
        }
    }

    // Mostly the group's own cells, each of which some lanes or one accesses.
    private static Gen<Act> OfGroup(int number) =>
        from what in Gen.Frequency((3, Gen.Constant(Do.Nothing)), (4, Gen.Constant(Do.Read)), (4, Gen.Constant(Do.Write)), (1, Gen.Constant(Do.WriteSame)))
        from stride in Gen.Elements(1, 1, 1, 2, 0)
        from threads in stride == 0 && what != Do.Read ? Gen.Constant(1) : Gen.Elements(Threads, Threads, 5, 1)
        from owner in Gen.Frequency((14, Gen.Constant(number)), (1, Gen.Choose(0, Groups - 1)))
        from place in Gen.Choose(0, 8)
        select new Act(what, (owner * (Cells / Groups)) + (place * 2 * Threads), stride, threads);

    private static Gen<Act[][]> Program() =>
        Gen.CollectToArray(Enumerable.Range(0, Groups), OfGroup).ArrayOf(4);

    private static Access[] Accesses(Act[][] program) =>
    [
        .. from step in Enumerable.Range(0, program.Length)
           from number in Enumerable.Range(0, Groups)
           let act = program[step][number]
           where act.What != Do.Nothing
           from thread in Enumerable.Range(0, act.Threads)
           select new Access(number, thread, step, act.What, act.First + (thread * act.Stride)),
    ];

    private static bool IsRace(Access a, Access b) =>
        (a.Group, a.Thread) != (b.Group, b.Thread) && (a.What != Do.Read || b.What != Do.Read) && (a.Group != b.Group || a.Step == b.Step);

    // Two that write the same have no order and need none.
    private static bool IsEqual(Access a, Access b) => a.What == Do.WriteSame && b.What == Do.WriteSame;

    private static (string? Report, int[] Left) Run(Accelerator accelerator, Action<KernelConfig, ArrayView<int>, ArrayView<int>, int> kernel, Act[][] program)
    {
        using var script = accelerator.Allocate1D([.. program.SelectMany(step => step.SelectMany(act => new[] { (int)act.What, act.First, act.Stride, act.Threads })), 0]);
        using var cells = accelerator.Allocate1D([.. Enumerable.Range(0, Cells).Select(cell => -cell - 1)]);
        try
        {
            kernel((Groups, Threads), script.View, cells.View, program.Length);
            return (null, cells.GetAsArray1D());
        }
        catch (KernelFaultException fault)
        {
            return (fault.Message, cells.GetAsArray1D());
        }
    }

    [Test]
    public void Nobody_can_tell_that_threads_share_the_groups()
    {
        int races = 0;
        long shared = CheckedDevices.SharedLaunches(_devices[1].Accelerator);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Programs).WithReplay(20261123, 7), Prop.ForAll(Program().ToArbitrary(), program =>
        {
            (string? report, int[] left) = Run(_devices[0].Accelerator, _devices[0].Kernel, program);
            (string? reportOfShared, int[] leftByShared) = Run(_devices[1].Accelerator, _devices[1].Kernel, program);
            Assert.That(reportOfShared, Is.EqualTo(report));
            Assert.That(leftByShared, Is.EqualTo(left));
            var pairs = (from cell in Accesses(program).GroupBy(access => access.Cell) from a in cell from b in cell where IsRace(a, b) select (a, b)).ToArray();
            races += pairs.Length > 0 ? 1 : 0;
            Assert.That(report is null, Is.EqualTo(pairs.All(pair => IsEqual(pair.a, pair.b))), report ?? $"{pairs.FirstOrDefault()} was not found");
            if (report is null)
                return;
            Match race = Race().Match(report);
            Assert.That(race.Success, report);
            Assert.That(pairs.Any(pair => pair.a.Cell == Number(race, "cell") && pair.a.Thread == Number(race, "one") && pair.b.Thread == Number(race, "other")), report);
        }));
        Assert.That(races, Is.InRange(Programs / 5, Programs * 4 / 5), "half of the programs should race");
        Assert.That(CheckedDevices.SharedLaunches(_devices[1].Accelerator) - shared, Is.InRange((Programs - races) * 9 / 10, Programs - races + 20));
    }

    private static int Number(Match match, string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"thread \((?<one>\d+), 0, 0\): race: .* element (?<cell>\d+) of cells, which thread \((?<other>\d+), 0, 0\)")]
    private static partial Regex Race();
}
