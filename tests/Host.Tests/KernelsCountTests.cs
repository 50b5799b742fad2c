using System.Text.Json;

namespace GemmaIlgpu.Host.Tests;

/// <summary><c>gemma kernels count</c>: the numbers of a small launch, and what they mean.</summary>
public sealed class KernelsCountTests
{
    // y += x over 1,000 values: 32 warps of 32 values, the last of 8, none of them shared between lanes.
    [Test]
    public void CountsAreThoseCountedByHand()
    {
        using JsonDocument document = JsonDocument.Parse(Gemma.Output("kernels", "count", "Add", "--json"));
        JsonElement counters = document.RootElement[0].GetProperty("counters");
        Assert.Multiple(() =>
        {
            Assert.That(counters.GetProperty("globalLoads").GetProperty("usedBytes").GetInt64(), Is.EqualTo(2 * 4 * 1000));
            Assert.That(counters.GetProperty("globalLoads").GetProperty("requests").GetInt64(), Is.EqualTo(2 * 32));
            Assert.That(counters.GetProperty("globalLoads").GetProperty("sectors").GetInt64(), Is.EqualTo(2 * 125));
            Assert.That(counters.GetProperty("globalStores").GetProperty("sectors").GetInt64(), Is.EqualTo(125));
            Assert.That(counters.GetProperty("flops").GetInt64(), Is.EqualTo(1000));
            Assert.That(counters.GetProperty("distinctBytes").GetInt64(), Is.EqualTo(8000));
            Assert.That(counters.GetProperty("rooflines")[0].GetProperty("seconds").GetDouble(), Is.EqualTo(8000 / 3.35e12).Within(1e-12).Percent);
        });
    }

    [Test]
    public void TextNamesWhatWasCounted()
    {
        string text = Gemma.Output("kernels", "count", "rmsnorm.kernel", "--gpu", "4090");
        Assert.That(text, Does.Contain("3 groups of 128 threads, warps of 32").And.Contain("sectors of 32 bytes").And.Contain("RTX 4090").And.Not.Contain("H100"));
    }

    // One thread for each of three tokens, which lie apart in memory.
    [Test]
    public void WhatStandsOutIsSaid() => Assert.That(
        Gemma.Output("kernels", "count", "Sampling.PenaliseKernel"),
        Does.Contain("40.5 % of the lanes are idle").And.Match(@"Sampling\.cs:\d+ moves 3\.00 times the sectors that would do to read logits_V, as neighbouring threads go to scattered places"));

    // Of a generic kernel the very instance: 40 rows of 256 weights, one token, 2 or 4 bytes a weight.
    [TestCase("MatVecKernels.RowByRowKernel<Float16Format, ushort>", 2)]
    [TestCase("MatVecKernels.RowByRowKernel<Float32Format, float>", 4)]
    public void GenericKernelsAreCountedByInstance(string name, int bytes)
    {
        using JsonDocument document = JsonDocument.Parse(Gemma.Output("kernels", "count", name, "--json", "--gpu", "a770"));
        JsonElement report = document.RootElement.EnumerateArray().Single(), counters = report.GetProperty("counters");
        Assert.Multiple(() =>
        {
            Assert.That(counters.GetProperty("kernel").GetString(), Is.EqualTo(name));
            Assert.That(counters.GetProperty("distinctBytes").GetInt64(), Is.EqualTo((40 * 256 * bytes) + (256 * 4) + (40 * 4)));
            Assert.That(counters.GetProperty("rooflines").EnumerateArray().Single().GetProperty("gpu").GetString(), Is.EqualTo("Arc A770"));
            Assert.That(report.GetProperty("places").GetProperty("accesses").EnumerateArray().Select(access => access.GetProperty("memory").GetString()), Does.Contain("w_NK"));
        });
    }

    // Warps of 64 lanes ask for 256 bytes at once, those of 4 for 16.
    [TestCase(64, 2 * 16)]
    [TestCase(4, 2 * 250)]
    public void TheWarpWidthDecidesTheRequests(int warp, long loads)
    {
        using JsonDocument document = JsonDocument.Parse(Gemma.Output("kernels", "count", "Add", "--json", "--warp", $"{warp}"));
        Assert.That(document.RootElement[0].GetProperty("counters").GetProperty("globalLoads").GetProperty("requests").GetInt64(), Is.EqualTo(loads));
    }

    // [8, 4] floats to [4, 8]: a row is read at once, its elements are written 32 bytes apart.
    [Test]
    public void KernelsOfAnAssemblyAreCountedWithArgumentsMadeForThem()
    {
        using JsonDocument document = JsonDocument.Parse(Gemma.Output(
            "kernels", "count", "--assembly", Lessons, "--kernel", "TransposeKernels.Naive", "--set", "rows=8", "--set", "columns=4", "--group", "4,8", "--grid", "1", "--json"));
        JsonElement counters = document.RootElement[0].GetProperty("counters"), places = document.RootElement[0].GetProperty("places");
        Assert.Multiple(() =>
        {
            Assert.That(counters.GetProperty("globalLoads").GetProperty("sectors").GetInt64(), Is.EqualTo(4));
            Assert.That(counters.GetProperty("globalStores").GetProperty("sectors").GetInt64(), Is.EqualTo(4));
            Assert.That(counters.GetProperty("distinctBytes").GetInt64(), Is.EqualTo(2 * 32 * 4));
            Assert.That(places.GetProperty("accesses").GetArrayLength(), Is.EqualTo(2));
        });
    }

    [TestCase("TransposeKernels.Nothing", "has no method Nothing")]
    [TestCase("TransposeKernels.Naive", "index", "--set", "rows=100", "--set", "columns=100", "--grid", "4,4", "--group", "32,8")]
    [TestCase("TransposeKernels.Naive", "has no parameter 'height'", "--set", "height=3")]
    public void MistakesInKernelsOfAnAssemblyGetOneSentence(string kernel, string complaint, params string[] options)
    {
        var result = Gemma.Run(["kernels", "count", "--assembly", Lessons, "--kernel", kernel, .. options]);
        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(result.Output, Is.Empty);
        Assert.That(result.Error, Does.StartWith("gemma kernels count: ").And.Contain(complaint).And.Not.Contain("   at ").And.Not.Contain("fault of the program"));
    }

    private static string Lessons => Path.Combine(AppContext.BaseDirectory, "GemmaIlgpu.Lessons.dll");

    [TestCase("kernels", "count", "Nothing", "There is no kernel 'Nothing'")]
    [TestCase("kernels", "count", "Add", "--warp", "5", "--warp takes a power of two from 1 to 64, not 5")]
    [TestCase("kernels", "count", "Add", "--gpu", "3090", "'3090' names 0 of the known GPUs")]
    public void MistakesGetOneSentence(params string[] arguments)
    {
        var result = Gemma.Run(arguments[..^1]);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.Usage));
        Assert.That(result.Error, Does.Contain(arguments[^1]).And.Not.Contain("   at "));
    }

    // Of a family the others are counted all the same.
    [Test]
    public void KernelsForWiderWarpsSayWhyNotOnce()
    {
        var result = Gemma.Run("kernels", "count", "FusedKernels.ProductKernel", "--warp", "4", "--json");
        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Error.Trim().Split('\n'), Has.Length.EqualTo(1).And.One.EndsWith("need warps of 16 lanes or more: --warp 16."));
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.That(document.RootElement.EnumerateArray().Select(report => report.GetProperty("name").GetString()), Is.EqualTo(new[]
        {
            "FusedKernels.ProductKernel<PacketRows<BFloat16Packets>>", "FusedKernels.ProductKernel<PacketRows<Float16Packets>>", "FusedKernels.ProductKernel<PacketRows<Float32Packets>>",
        }));
    }

    [Test]
    public void KernelsForTensorCoresSayWhyNotOnce()
    {
        var result = Gemma.Run("kernels", "count", "FlashKernels");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.Failure));
        Assert.That(result.Error.Trim().Split('\n'), Has.Length.EqualTo(1).And.One.Contains("runs on CUDA devices only"));
    }
}

/// <summary>What devices that check or count say at the end of a run.</summary>
public sealed class DeviceFindingsTests
{
    [Test]
    public void CountedPrintsEveryKernelOnStandardError()
    {
        Outcome outcome = Gemma.Run("run", "Once", "--max-tokens", "2", "--device", "counted", "--temperature", "0");
        Assert.That(outcome.ExitCode, Is.Zero);
        Assert.That(outcome.Error, Does.Contain("MatVecKernels.RowByRowKernel<BFloat16Format, ushort>").And.Contain("least on RTX 4090").And.Match(@"(?m)^all +\d+"));
        Assert.That(outcome.Output, Does.Not.Contain("Kernel"));
    }

    [Test]
    public void CheckedSaysThatNothingIsWrong()
    {
        Outcome outcome = Gemma.Run("run", "Once", "--max-tokens", "2", "--device", "checked");
        Assert.That(outcome.Error, Does.Match(@"checked.*: \d+ launches, nothing wrong in any"));
    }

    [TestCase("checked")]
    [TestCase("counted")]
    public void QuietIsQuiet(string device) =>
        Assert.That(Gemma.Run("run", "Once", "--max-tokens", "1", "--device", device, "--quiet").Error, Is.Empty);

    [Test]
    public void ChosenGpusGetAColumnEach() => Assert.That(
        Gemma.Run("run", "Once", "--max-tokens", "1", "--device", "counted", "--gpu", "h200,7900").Error,
        Does.Contain("least on H200 SXM").And.Contain("least on RX 7900 XTX").And.Not.Contain("4090"));

    // Nothing is timed, so every rung is launched once, and the numbers are the same every time.
    [Test]
    public void LessonsCountEveryRungOnce()
    {
        using JsonDocument document = JsonDocument.Parse(Gemma.Output("lessons", "run", "04", "--device", "counted", "--json"));
        JsonElement[] kernels = [.. document.RootElement.GetProperty("findings")[0].GetProperty("kernels").EnumerateArray()];
        Assert.That(kernels, Has.Length.AtLeast(4).And.All.Matches<JsonElement>(kernel => kernel.GetProperty("launches").GetInt32() == 1));
        JsonElement naive = kernels.Single(kernel => kernel.GetProperty("kernel").GetString() == "TransposeKernels.Naive");
        // [67, 45] values of 4 bytes, each read and written once.
        Assert.That(naive.GetProperty("globalLoads").GetProperty("usedBytes").GetInt64(), Is.EqualTo(67 * 45 * 4));
        Assert.That(naive.GetProperty("globalStores").GetProperty("usedBytes").GetInt64(), Is.EqualTo(67 * 45 * 4));
    }

    [Test]
    public void CheckedLessonsSayHowManyLaunchesWereClean()
    {
        Outcome outcome = Gemma.Run("lessons", "run", "01", "--device", "checked", "--json");
        using JsonDocument document = JsonDocument.Parse(outcome.Output);
        long launches = document.RootElement.GetProperty("findings")[0].GetProperty("cleanLaunches").GetInt64();
        Assert.That(outcome.Error, Does.Contain($": {launches} launches, nothing wrong in any."));
    }

    [Test]
    public void UnknownGpusAreRefusedBeforeTheRun()
    {
        Outcome outcome = Gemma.Run("run", "Once", "--device", "counted", "--gpu", "gt210");
        Gemma.AssertComplains(outcome, ExitCodes.Usage, "'gt210' names 0 of the known GPUs");
    }
}
