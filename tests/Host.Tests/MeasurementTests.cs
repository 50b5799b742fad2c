using System.Text.Json;
using GemmaIlgpu.Host.Measurement;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Tests;

public class MeasurementTests
{
    [Test]
    public void Bench_writes_figures_that_agree_with_each_other()
    {
        string json = Gemma.Output("bench", "--prompt-tokens", "16,40", "--contexts", "30,20", "--tokens", "8", "--repetitions", "2", "--json");
        JsonElement report = JsonDocument.Parse(json).RootElement;
        double Number(string name) => report.GetProperty(name).GetDouble();
        JsonElement[] prefill = [.. report.GetProperty("prefill").EnumerateArray()], decode = [.. report.GetProperty("decode").EnumerateArray()];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(prefill.Select(figure => figure.GetProperty("promptTokens").GetInt32()), Is.EqualTo([16, 40]));
            Assert.That(decode.Select(figure => figure.GetProperty("context").GetInt32()), Is.EqualTo([30, 20]));
            Assert.That(Number("bytesPerToken"), Is.EqualTo(2 * 3_371_712));
            Assert.That(Number("memoryGigabytesPerSecond"), Is.GreaterThan(0.5));
            Assert.That(Number("peakResidentBytes"), Is.GreaterThan(6_750_816));
            foreach (JsonElement figure in prefill)
            {
                double speed = figure.GetProperty("promptTokens").GetInt32() / figure.GetProperty("firstTokenSeconds").GetDouble();
                Assert.That(figure.GetProperty("tokensPerSecond").GetDouble(), Is.EqualTo(speed).Within(1e-6));
            }
            foreach (JsonElement figure in decode)
            {
                double read = Number("bytesPerToken") * figure.GetProperty("tokensPerSecond").GetDouble() / 1e9;
                Assert.That(figure.GetProperty("runs").GetArrayLength(), Is.EqualTo(2));
                Assert.That(figure.GetProperty("gigabytesPerSecond").GetDouble(), Is.EqualTo(read).Within(1e-6));
                Assert.That(figure.GetProperty("shareOfMemoryBandwidth").GetDouble(), Is.EqualTo(read / Number("memoryGigabytesPerSecond")).Within(1e-6));
            }
        }
    }

    [Test]
    public void Bench_refuses_more_tokens_than_the_context_holds()
    {
        Gemma.AssertComplains(Gemma.Run("bench", "--prompt-tokens", "500", "--tokens", "12"), ExitCodes.Usage, "context of 512");
        Gemma.AssertComplains(Gemma.Run("bench", "--prompt-tokens", "513", "--contexts", "1"), ExitCodes.Usage, "context of 512");
    }

    [Test]
    public void Bench_answers_single_measurements_line_by_line()
    {
        Outcome outcome = Gemma.RunWith("prefill 16\n\ndecode 20 4\ndecode 10 4\n", "bench", "--commands");
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
        JsonElement[] answers = [.. outcome.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answers, Has.Length.EqualTo(5));
            Assert.That(answers[0].GetProperty("bytesPerToken").GetInt64(), Is.EqualTo(2 * 3_371_712));
            Assert.That(answers[1..4].Select(answer => answer.GetProperty("seconds").GetDouble()), Is.All.GreaterThan(0));
            Assert.That(answers[4].GetProperty("peakResidentBytes").GetInt64(), Is.GreaterThan(6_750_816));
        }
    }

    [TestCase("decode 20")]
    [TestCase("prefill 0")]
    [TestCase("sleep")]
    [TestCase("decode 500 12")]
    public void Bench_refuses_lines_it_does_not_know(string line)
    {
        Outcome outcome = Gemma.RunWith(line + "\n", "bench", "--commands");
        Assert.That(outcome.ExitCode, Is.EqualTo(ExitCodes.Usage));
        Assert.That(outcome.Error, Does.Contain(line).Or.Contain("context of 512"));
    }

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
