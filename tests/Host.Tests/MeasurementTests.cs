using System.Text.Json;
using GemmaIlgpu.Host.Measurement;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Tests;

public class MeasurementTests
{
    [Test]
    public void Bench_writes_figures_that_agree_with_each_other()
    {
        string json = Gemma.Output("bench", "--prompt-tokens", "16", "--tokens", "8", "--repetitions", "2", "--json");
        JsonElement report = JsonDocument.Parse(json).RootElement;
        double Number(string name) => report.GetProperty(name).GetDouble();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.GetProperty("decodeRuns").GetArrayLength(), Is.EqualTo(2));
            Assert.That(Number("bytesPerToken"), Is.EqualTo(2 * 3_371_712));
            Assert.That(Number("decodeGigabytesPerSecond"), Is.EqualTo(Number("bytesPerToken") * Number("decodeTokensPerSecond") / 1e9).Within(1e-6));
            Assert.That(Number("prefillTokensPerSecond"), Is.EqualTo(16 / Number("timeToFirstTokenSeconds")).Within(1e-6));
            Assert.That(Number("memoryGigabytesPerSecond"), Is.GreaterThan(0.5));
            Assert.That(Number("peakResidentBytes"), Is.GreaterThan(6_750_816));
        }
    }

    [Test]
    public void Bench_refuses_more_tokens_than_the_context_holds() =>
        Gemma.AssertComplains(Gemma.Run("bench", "--prompt-tokens", "500", "--tokens", "13"), ExitCodes.Usage, "context of 512");

    [Test]
    public void Devices_lists_both_kinds()
    {
        string text = Gemma.Output("devices");
        Assert.That(text, Does.Match("(?m)^simd +yes ").And.Match("(?m)^debug +yes "));
    }

    [Test]
    public void Peak_memory_counts_what_was_touched()
    {
        long before = Machine.PeakResidentBytes();
        byte[] touched = new byte[64 << 20];
        Array.Fill(touched, (byte)1);
        Assert.That(Machine.PeakResidentBytes(), Is.GreaterThanOrEqualTo(before));
        Assert.That(before, Is.GreaterThan(1 << 20));
        GC.KeepAlive(touched);
    }

    [TestCase(0, "0 B")]
    [TestCase(999, "999 B")]
    [TestCase(1000, "1.00 kB")]
    [TestCase(221_184, "221 kB")]
    [TestCase(5_228_717_056, "5.23 GB")]
    public void Bytes_are_given_in_decimal_units(long bytes, string text) => Assert.That(Quantity.Bytes(bytes), Is.EqualTo(text));
}
