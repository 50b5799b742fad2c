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
        ["SpecializedValues"] = "1 1 1 1 1 1\n0 1 4 9 16 25\n0 1 32 243 1024 3125\n7 5 3 1 -1 -3",
        ["GenericKernels"] = "11 22 33\n2 8 18",
        ["StreamsAndProfiling"] = "16 48\nsome time has passed",
        ["PageLockedCopies"] = "0 1 4 9 16 25 36 49",
        ["MemoryBufferStrides"] = "203 4 0 1 2 3 100 101 102 103 200 201 202 203\n203 3 0 100 200 1 101 201 2 102 202 3 103 203\n1 0 0 2 0 0 3 0 0 4\n36\n3 4 6",
        ["StaticAbstractMembers"] = "6 60\n-1 7\n-2 10",
        ["GroupScan"] = "2 8 4 6 5 1 9 7 10 12 14 16 3 11 13 15\n5 7 15 16 25 29 36 42 3 13 25 36 50 63 79 94\n9 16",
        ["ImplicitGrouping"] = "0 2 4 6 8 10 12 14 16 18\n0 3 6 9 12 15 18 21 24 27\n0 4 8 12 16 20 24 28 32 36",
        ["MathFunctions"] = "4.233 0.810 21.243\n10.381 1.998 0.365\n4 5 5",
        ["Constants"] = "45 48 51 54",
        ["CustomAtomics"] = "1024: 7 7 6",
        ["TiledProduct"] = "63 elements, 0 wrong",
        ["VotesAndBroadcasts"] = "3075 2965\n3f800000 c0000000 3f000000\n2 -1 1.5",
        ["PinnedCopies"] = "0 1 4 9 16 25",
        ["KernelInformation"] = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 0 1\n496 True",
        ["AlgorithmsReduceAndScan"] = "sum 4950, greatest 99\nleast of a part 40\n0 1 3 6 10 15 21 28 … 4950\n0 0 1 3 6 10 15 21 … 4851",
        ["AlgorithmsSorting"] = "-20 -3 0 1 5 7 7 12\n3 to -5: 2 0 4 6 7 3 1 5\n4: 0 1 2 3",
        ["AlgorithmsTransforms"] = "0 1 4 9 16 25 36 49 64 81 100 121\n0 0.25 1 2.25 4 6.25 9 12.25 16 20.25 25 30.25\n2 3 0 0 2 1 2 0 0 2\n"
            + "0 1 2 3 4 0 1 2 3 4 0 1\n0 0 0 0 0 1 1 1 1 1 2 2\n0 0 0 1 1 1 0 0 0 1 1 1\n0 0 42 42 42 1 0 0 0 1 1 1",
        ["AlgorithmsRandom"] = "within [0, 1): True, mean about a half: True\npi to 0.02: True\na die shows 3.5 on average: True",
        ["LowLevelCompilation"] = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n3 4 5 6 103 104 105 106 203 204 205 206 303 304 305 306\nImplicit True",
        ["FixedSizeBuffers"] = "2 1 1 101 of 5\n0 4 0 101 of 5\n2 5",
        ["LocalMemoryMedian"] = "3 3 4 5 5 5 5 6 7 7",
    };

    private static IEnumerable<string> Names => Expected.Keys;

    [TestCaseSource(nameof(Names))]
    public void A_sample_prints_what_it_should(string name) => Assert.That(Output(name), Is.EqualTo(Expected[name]));

    [TestCase("SimpleKernel", "1000 elements, 0 wrong")]
    [TestCase("InlinePtx", "0 2000000000 4000000000 6000000000 8000000000")]
    [TestCase("DeviceInformation", "True True True 1024")]
    public void A_sample_runs_on_every_device_of_its_context(string name, string line)
    {
        string[] lines = Output(name).Split('\n');
        Assert.That(lines, Is.Not.Empty.And.All.EqualTo(line));
    }

    [Test]
    public void Every_sample_has_a_test()
    {
        IEnumerable<string> samples = typeof(SampleTests).Assembly.GetTypes().Where(type => type.Name == "Program").Select(type => type.Namespace!);
        Assert.That(samples, Is.EquivalentTo(Expected.Keys.Concat(["SimpleKernel", "InlinePtx", "DeviceInformation", "FirstKernel", "FirstKernelWrong", "FirstKernelRace"])));
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
