using System.Reflection;

namespace GemmaIlgpu.Lessons.Tests;

/// <summary>
/// Programs as people write them against ILGPU, in Samples/, each with a Main of its own: they compile unchanged against our
/// runtime and print what they should.
/// </summary>
public class SampleTests
{
    private static readonly Dictionary<string, string> Expected = new()
    {
        ["ExplicitGrouping"] = "0 0 0 0 1 1 1 1 2 2\n0 1 2 3 0 1 2 3 0 1",
        ["SharedMemoryReverse"] = "7 6 5 4 3 2 1 0 15 14 13 12 11 10 9 8",
        ["DynamicSharedMemory"] = "8: 36 36\n32: 528 528\n64: 2080 2080",
        ["WarpShuffle"] = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 -1\n100\n120",
        ["GroupReduction"] = "2080 6176 10272\n64 128 192",
        ["AtomicOperationsSample"] = "499500 999 0 31 1 1",
        ["MultiDimensionalViews"] = "1 4\n2 5\n3 6\n123 110 2",
        ["Structures"] = "(4.5, 9) after 9\n(5.5, 9) after 5\n(20, 0) after 0",
        ["SpecializedValues"] = "1 1 1 1 1 1\n0 1 4 9 16 25\n0 1 32 243 1024 3125",
        ["GenericKernels"] = "11 22 33\n2 8 18",
        ["StreamsAndProfiling"] = "16 48\nsome time has passed",
        ["PageLockedCopies"] = "0 1 4 9 16 25 36 49",
        ["LocalMemoryMedian"] = "3 3 4 5 5 5 5 6 7 7",
    };

    private static IEnumerable<string> Names => Expected.Keys;

    [TestCaseSource(nameof(Names))]
    public void A_sample_prints_what_it_should(string name) => Assert.That(Output(name), Is.EqualTo(Expected[name]));

    [Test]
    public void A_simple_kernel_runs_on_every_device_of_the_default_context()
    {
        string[] lines = Output("SimpleKernel").Split('\n');
        Assert.That(lines, Is.Not.Empty.And.All.EqualTo("1000 elements, 0 wrong"));
    }

    [Test]
    public void Every_sample_has_a_test()
    {
        IEnumerable<string> samples = typeof(SampleTests).Assembly.GetTypes().Where(type => type.Name == "Program").Select(type => type.Namespace!);
        Assert.That(samples, Is.EquivalentTo(Expected.Keys.Concat(["SimpleKernel", "FirstKernel", "FirstKernelWrong", "FirstKernelRace"])));
    }

    internal static string Output(string sample)
    {
        MethodInfo main = typeof(SampleTests).Assembly.GetType($"{sample}.Program")!.GetMethod("Main", BindingFlags.Static | BindingFlags.NonPublic)!;
        TextWriter console = Console.Out;
        using StringWriter output = new();
        try
        {
            Console.SetOut(output);
            main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null);
        }
        finally
        {
            Console.SetOut(console);
        }

        return output.ToString().ReplaceLineEndings("\n").TrimEnd();
    }
}
