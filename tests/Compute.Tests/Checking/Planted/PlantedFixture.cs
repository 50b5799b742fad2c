using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Runs tables of kernels: those with one bug must be reported, those that only look so must not.</summary>
[TestFixture(1)]
[TestFixture(4)]
[TestFixture(16)]
[TestFixture(32)]
[TestFixture(64)]
public abstract partial class PlantedFixture(int warpSize)
{
    private Context _context = null!, _sharedContext = null!;
    private Accelerator _accelerator = null!, _shared = null!;

    [OneTimeSetUp]
    public void Open()
    {
        (_context, _sharedContext) = (CheckedDevices.Open(warpSize, Options, shares: false), CheckedDevices.Open(warpSize, Options, shares: true));
        _accelerator = _context.GetPreferredDevice(preferCPU: true).CreateAccelerator(_context);
        _shared = _sharedContext.GetPreferredDevice(preferCPU: true).CreateAccelerator(_sharedContext);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _accelerator.Dispose();
        _context.Dispose();
        _shared.Dispose();
        _sharedContext.Dispose();
    }

    /// <summary>What is looked for.</summary>
    protected virtual CheckedOptions Options => new();

    /// <summary>A kernel with a bug, in the line marked "// bug KERNEL"; the other side of a race in the same or in "// with KERNEL".</summary>
    /// <param name="run">The launch.</param>
    /// <param name="texts">What the report must contain.</param>
    /// <param name="from">The narrowest warps at which the bug is one.</param>
    /// <param name="to">The widest.</param>
    /// <param name="name">The case.</param>
    protected static TestCaseData Bug(Action<Bench> run, string[] texts, int from = 1, int to = 64, [CallerArgumentExpression(nameof(run))] string name = "") =>
        new TestCaseData(run, texts, from, to).SetArgDisplayNames(Name(name));

    /// <summary>A kernel without a bug.</summary>
    protected static TestCaseData Right(Action<Bench> run, [CallerArgumentExpression(nameof(run))] string name = "") =>
        new TestCaseData(run).SetArgDisplayNames(Name(name));

    protected void Finds(Action<Bench> run, string[] texts, int from, int to, string path)
    {
        if (warpSize < from || warpSize > to)
        {
            Leaves(run);
            return;
        }
        using var bench = new Bench(_accelerator);
        var fault = Assert.Throws<KernelFaultException>(() => run(bench))!;
        using (var shared = new Bench(_shared))
        {
            var same = Assert.Throws<KernelFaultException>(() => run(shared))!;
            Assert.That(Address().Replace(same.Message, "0x"), Is.EqualTo(Address().Replace(fault.Message, "0x")), "when threads share the groups");
        }
        Match sentence = Sentence().Match(fault.Message);
        Assert.That(sentence.Success, fault.Message);
        string kernel = bench.Kernel.Split('.')[1];
        int bug = LineOf(path, $"// bug {kernel}"), with = LineOf(path, $"// with {kernel}");
        Assert.That(bug, Is.Positive, $"no line is marked '// bug {kernel}'");
        string file = Path.GetFileName(path), what = sentence.Groups["what"].Value;
        using (Assert.EnterMultipleScope())
        {
            foreach (string text in texts)
                Assert.That(fault.Message, Does.Contain(text));
            Assert.That(sentence.Groups["kernel"].Value, Is.EqualTo(bench.Kernel));
            Assert.That(sentence.Groups["file"].Value, Is.EqualTo(file));
            Assert.That(sentence.Groups["lanes"].Value, Is.EqualTo(warpSize.ToString(CultureInfo.InvariantCulture)));
            Assert.That((fault.Line, Path.GetFileName(fault.File)), Is.EqualTo((int.Parse(sentence.Groups["line"].Value, CultureInfo.InvariantCulture), file)));
            if (what.StartsWith("race: ", StringComparison.Ordinal))
            {
                Match race = Race().Match(what);
                Assert.That(race.Success, what);
                int other = int.Parse(race.Groups["line"].Value, CultureInfo.InvariantCulture);
                int[] sides = [Math.Min(fault.Line, other), Math.Max(fault.Line, other)], expected = with > 0 ? [Math.Min(bug, with), Math.Max(bug, with)] : [bug, bug];
                Assert.That(sides, Is.EqualTo(expected), fault.Message);
            }
            else
            {
                Assert.That(fault.Line, Is.EqualTo(bug), fault.Message);
            }
        }
        Assert.That(_accelerator.DefaultStream.IsDisposed, Is.False);
        bench.Auto<Index1D, ArrayView<int>>(AddOne, 5, bench.Ints(5));
    }

    protected void Leaves(Action<Bench> run)
    {
        foreach (Accelerator accelerator in (Accelerator[])[_accelerator, _shared])
        {
            using var bench = new Bench(accelerator);
            run(bench);
        }
    }

    private static void AddOne(Index1D i, ArrayView<int> data) => data[i]++;

    private static string Name(string lambda) => Call().Match(lambda).Groups["name"].Value;

    private static int LineOf(string path, string mark) =>
        Array.FindIndex(s_files.GetOrAdd(path, File.ReadAllLines), text => text.EndsWith(mark, StringComparison.Ordinal)) + 1;

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, string[]> s_files = new();

    [GeneratedRegex("0x[0-9a-f]+")]
    private static partial Regex Address();

    [GeneratedRegex(@"(Run|Auto)(<[^(]*>)?\((?<name>\w+)")]
    private static partial Regex Call();

    [GeneratedRegex(@"^Kernel (?<kernel>\w+\.\w+), group \(\d+, \d+, \d+\), thread \(\d+, \d+, \d+\): (?<what>[^\n]+) \((?<file>\w+\.cs):(?<line>\d+)\); warps of (?<lanes>\d+)\.$")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^race: (reads|writes|changes atomically) (element|byte) \d+ of [\w .']+, which thread \(\d+, \d+, \d+\)( of group \(\d+, \d+, \d+\))? (reads|writes|changes atomically) \(\w+\.cs:(?<line>\d+)\)( with no barrier between them|; groups of one launch have no order)$")]
    private static partial Regex Race();
}
