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
    public void WhatStandsOutIsSaid() =>
        Assert.That(Gemma.Output("kernels", "count", "Sampling.PenaliseKernel"), Does.Contain("of the lanes are idle").And.Contain("Loads move"));

    [TestCase("kernels", "count", "Nothing", "There is no kernel 'Nothing'")]
    [TestCase("kernels", "count", "Add", "--warp", "5", "--warp takes a power of two from 1 to 64, not 5")]
    [TestCase("kernels", "count", "Add", "--gpu", "3090", "'3090' names 0 of the known GPUs")]
    public void MistakesGetOneSentence(params string[] arguments)
    {
        var result = Gemma.Run(arguments[..^1]);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.Usage));
        Assert.That(result.Error, Does.Contain(arguments[^1]).And.Not.Contain("   at "));
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
        Assert.That(outcome.Error, Does.Contain("MatVecKernels.RowByRowKernel").And.Contain("least time on RTX 4090").And.Contain("launches in all"));
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
}
