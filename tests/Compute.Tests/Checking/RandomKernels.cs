using System.Globalization;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using ILGPU;
using ILGPU.Runtime;
using Group = ILGPU.Group;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Random programs of reads, writes, atomic operations and barriers, which one kernel acts out; what Checked says of them is
/// compared with a search through all pairs of accesses.</summary>
[TestFixture(1, false)]
[TestFixture(4, false)]
[TestFixture(8, false)]
[TestFixture(32, false)]
[TestFixture(1, true)]
[TestFixture(4, true)]
[TestFixture(8, true)]
[TestFixture(32, true)]
public sealed partial class RandomKernels(int warpSize, bool shares)
{
    private const int Threads = 12, Groups = 2, Cells = 6, Programs = 400;

    private Context _context = null!;
    private Accelerator _accelerator = null!;
    private Action<KernelConfig, ArrayView<int>, ArrayView<int>, int> _global = null!, _shared = null!;

    private enum Do
    {
        Nothing,
        Read,
        Write,
        Atomic,
    }

    private enum Meet
    {
        Nobody,
        Warp,
        Group,
    }

    // What each thread of each group does, then who meets.
    private sealed record Step((Do What, int Cell)[] Actions, Meet Meets);

    private sealed record Access(int Group, int Thread, int Step, Do What, int Cell);

    [OneTimeSetUp]
    public void Open()
    {
        _context = CheckedDevices.Open(warpSize, null, shares);
        _accelerator = _context.GetPreferredDevice(preferCPU: true).CreateAccelerator(_context);
        _global = _accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, int>(ActGlobally);
        _shared = _accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, int>(ActInGroup);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    // The first number of a step says who meets behind it, the others what each thread does where.
    private static void Act(ArrayView<int> script, ArrayView<int> cells, int steps)
    {
        int stride = Grid.DimX * Group.DimX + 1, sum = 0;
        for (int step = 0; step < steps; step++)
        {
            int action = script[step * stride + 1 + Grid.GlobalIndex.X], cell = action >> 2;
            if ((action & 3) == 1)
            {
                // No cell is so small; that somebody could leave here parts the lanes beyond the barriers.
                if (cells[cell] == int.MinValue)
                    break;
                sum += cells[cell];
            }
            else if ((action & 3) == 2)
            {
                cells[cell] = step * 1000 + Grid.GlobalIndex.X + 1;
            }
            else if ((action & 3) == 3)
            {
                Atomic.Add(ref cells[cell], 1);
            }
            int meet = script[step * stride];
            if (meet == 1)
                Warp.Barrier();
            else if (meet == 2)
                Group.Barrier();
        }
        script[script.IntLength - 1 - Grid.GlobalIndex.X] = sum;
    }

    private static void ActGlobally(ArrayView<int> script, ArrayView<int> cells, int steps) => Act(script, cells, steps);

    private static void ActInGroup(ArrayView<int> script, ArrayView<int> cells, int steps)
    {
        ArrayView<int> own = SharedMemory.Allocate<int>(Cells);
        if (Group.IdxX < Cells)
            own[Group.IdxX] = cells[Group.IdxX];
        Group.Barrier();
        Act(script, own, steps);
    }

    // Mostly nothing and mostly one's own cell, so that about half of the programs are right.
    private static Gen<(Do What, int Cell)> Action(int thread, int groups) =>
        from what in Gen.Frequency((30 * groups * groups, Gen.Constant(Do.Nothing)), (3, Gen.Constant(Do.Read)), (2, Gen.Constant(Do.Write)), (2, Gen.Constant(Do.Atomic)))
        from cell in Gen.Frequency((3, Gen.Constant(thread % Cells)), (1, Gen.Choose(0, Cells - 1)))
        select (what, cell);

    private static Gen<Step[]> Script(int groups) =>
        (from actions in Gen.CollectToArray(Enumerable.Range(0, groups * Threads), thread => Action(thread, groups))
         from meets in Gen.Frequency((2, Gen.Constant(Meet.Nobody)), (1, Gen.Constant(Meet.Warp)), (2, Gen.Constant(Meet.Group)))
         select new Step(actions, meets)).ArrayOf(4);

    private KernelFaultException? Run(Step[] script, int groups, Action<KernelConfig, ArrayView<int>, ArrayView<int>, int> kernel)
    {
        // Behind the steps there is room for what each thread has read.
        int[] numbers = [.. script.SelectMany(step => step.Actions.Select(action => (int)action.What | action.Cell << 2).Prepend((int)step.Meets)), .. new int[groups * Threads]];
        using var program = _accelerator.Allocate1D(numbers);
        using var cells = _accelerator.Allocate1D(new int[Cells]);
        try
        {
            kernel((groups, Threads), program.View, cells.View, script.Length);
            return null;
        }
        catch (KernelFaultException fault)
        {
            return fault;
        }
    }

    private static Access[] Accesses(Step[] script) => [.. script.SelectMany((step, at) => step.Actions
        .Select((action, thread) => new Access(thread / Threads, thread % Threads, at, action.What, action.Cell)).Where(access => access.What != Do.Nothing))];

    private bool IsRace(Step[] script, Access a, Access b)
    {
        if (a.Cell != b.Cell || (a.Group, a.Thread) == (b.Group, b.Thread) || (a.What != Do.Write && b.What != Do.Write && a.What == b.What))
            return false;
        if (a.Group != b.Group)
            return true;
        bool oneWarp = a.Thread / warpSize == b.Thread / warpSize;
        return !script[Math.Min(a.Step, b.Step)..Math.Max(a.Step, b.Step)].Any(step => step.Meets == Meet.Group || (oneWarp && step.Meets == Meet.Warp));
    }

    private void Compare<T>(Gen<T> programs, Func<T, (Step[] Script, Access[] Accesses)> read, Func<T, KernelFaultException?> run)
    {
        int races = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Programs).WithReplay(20261122, 7), Prop.ForAll(programs.ToArbitrary(), program =>
        {
            (Step[] script, Access[] accesses) = read(program);
            var pairs = (from cell in accesses.GroupBy(access => access.Cell) from a in cell from b in cell where IsRace(script, a, b) select (a, b)).ToArray();
            KernelFaultException? fault = run(program);
            races += pairs.Length > 0 ? 1 : 0;
            if (pairs.Length == 0 || fault is null)
                return pairs.Length == 0 && fault is null ? true : throw new InvalidOperationException(fault?.Message ?? $"{pairs[0]} was not found in {string.Join(", ", script.Select(step => step.Meets))}");
            Match race = Race().Match(fault.Message);
            Assert.That(race.Success, fault.Message);
            (int Group, int Thread) one = (fault.GroupIndex.X, fault.ThreadIndex.X);
            (int Group, int Thread) other = (race.Groups["group"] is { Success: true } group ? Number(group) : one.Group, Number(race.Groups["thread"]));
            return pairs.Any(pair => pair.a.Cell == Number(race.Groups["cell"]) && (pair.a.Group, pair.a.Thread) == one && (pair.b.Group, pair.b.Thread) == other);
        }));
        Assert.That(races, Is.InRange(Programs / 5, Programs * 4 / 5), "half of the programs should race");
    }

    private void Compare(int groups, Func<Step[], KernelFaultException?> run) => Compare(Script(groups), script => (script, Accesses(script)), run);

    private static int Number(System.Text.RegularExpressions.Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"race: .* element (?<cell>\d+) of .*, which thread \((?<thread>\d+), 0, 0\)( of group \((?<group>\d+), 0, 0\))?")]
    private static partial Regex Race();

    // What all threads do at once, from a place on and so far apart, as whole warps: these go other ways through the checker.
    private sealed record Row(Do What, int First, int Stride, int From, int To, Meet Meets);

    private const int RowThreads = 64, RowCells = 160;

    private static void ActInRows(ArrayView<int> script, ArrayView<int> cells, int steps)
    {
        int sum = 0;
        for (int step = 0; step < steps; step++)
        {
            int what = script[step * 6], cell = script[step * 6 + 1] + Group.IdxX * script[step * 6 + 2];
            if (Group.IdxX >= script[step * 6 + 3] && Group.IdxX < script[step * 6 + 4])
            {
                if (what == 1)
                    sum += cells[cell];
                else if (what == 2)
                    cells[cell] = step * 1000 + Group.IdxX + 1;
            }
            if (script[step * 6 + 5] == 1)
                Warp.Barrier();
            else if (script[step * 6 + 5] == 2)
                Group.Barrier();
        }
        script[script.IntLength - 1 - Group.IdxX] = sum;
    }

    private static Gen<Row[]> RowProgram() =>
        (from what in Gen.Frequency((1, Gen.Constant(Do.Nothing)), (4, Gen.Constant(Do.Read)), (3, Gen.Constant(Do.Write)))
         from stride in what == Do.Read ? Gen.Elements(0, 0, 1, 1, 2, -1) : Gen.Elements(1, 1, 1, 2, -1)
         from first in Gen.Frequency((4, Gen.Constant(stride < 0 ? RowThreads - 1 : 0)), (1, Gen.Choose(stride < 0 ? RowThreads - 1 : 0, RowCells - 1 - Math.Max(0, stride * (RowThreads - 1)))))
         from part in Gen.Elements((0, RowThreads), (0, RowThreads), (0, 32), (32, RowThreads), (8, 16), (3, 4))
         from meets in Gen.Frequency((2, Gen.Constant(Meet.Nobody)), (2, Gen.Constant(Meet.Warp)), (4, Gen.Constant(Meet.Group)))
         select new Row(what, first, stride, part.Item1, part.Item2, meets)).ArrayOf(6);

    private KernelFaultException? RunRows(Row[] rows)
    {
        using var program = _accelerator.Allocate1D([.. rows.SelectMany(row => new[] { (int)row.What, row.First, row.Stride, row.From, row.To, (int)row.Meets }), .. new int[RowThreads]]);
        using var cells = _accelerator.Allocate1D(new int[RowCells]);
        try
        {
            _accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, int>(ActInRows)((1, RowThreads), program.View, cells.View, rows.Length);
            return null;
        }
        catch (KernelFaultException fault)
        {
            return fault;
        }
    }

    [Test] public void Races_of_whole_warps() => Compare(RowProgram(), rows => (
        [.. rows.Select(row => new Step([], row.Meets))],
        [.. rows.SelectMany((row, at) => Enumerable.Range(row.From, row.To - row.From).Where(_ => row.What != Do.Nothing).Select(thread => new Access(0, thread, at, row.What, row.First + thread * row.Stride)))]), RunRows);

    [Test] public void Races_of_groups_in_global_memory() => Compare(Groups, script => Run(script, Groups, _global));

    [Test] public void Races_of_one_group_in_global_memory() => Compare(1, script => Run(script, 1, _global));

    [Test] public void Races_in_shared_memory() => Compare(1, script => Run(script, 1, _shared));

    // One access of a program without races goes astray, by a random distance.
    [Test] public void An_index_that_goes_astray()
    {
        Gen<(Step[] Script, int Step, int Thread, int Cell)> cases =
            from script in Script(1)
            from step in Gen.Choose(0, script.Length - 1)
            from thread in Gen.Choose(0, Threads - 1)
            from cell in Gen.OneOf(Gen.Choose(-1000, -1), Gen.Choose(Cells, 1000))
            select (script, step, thread, cell);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Programs).WithReplay(20261122, 7), Prop.ForAll(cases.ToArbitrary(), planted =>
        {
            (Step[] script, int at, int thread, int cell) = planted;
            Access[] accesses = Accesses(script);
            if (accesses.Any(a => accesses.Any(b => IsRace(script, a, b))))
                return true;
            script[at].Actions[thread] = (Do.Read, cell);
            string expected = $"thread ({thread}, 0, 0): index {cell} is outside ";
            return Run(script, 1, _global) is { } inGlobal && inGlobal.Message.Contains(expected + "cells of length 6", StringComparison.Ordinal)
                && Run(script, 1, _shared) is { } inShared && inShared.Message.Contains(expected + "shared memory 'own' of length 6", StringComparison.Ordinal);
        }));
    }
}
