using System.Text.Json;

namespace GemmaIlgpu.Host.Tests;

/// <summary>Devices by name, layers divided over them, and that it is always said what runs where.</summary>
public class DeviceOptionTests
{
    private const string Where = "demo model: layers 0-1 on simd (CPU, ";

    [Test]
    public void A_divided_run_says_what_runs_where_even_in_a_pipe_and_gives_the_same_text()
    {
        string[] run = ["run", "Once upon a time", "--max-tokens", "8", "--temperature", "0"];
        Outcome whole = Gemma.Run([.. run, "--device", "simd"]);
        Outcome divided = Gemma.Run([.. run, "--device", "simd,simd", "--gpu-layers", "2"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(divided.Output, Is.EqualTo(whole.Output));
            Assert.That(whole.Error, Is.Empty);
            Assert.That(divided.Error, Does.StartWith(Where).And.Contain(", 2-5 on simd (CPU, ").And.EndWith(", logits on simd\n"));
            Assert.That(Gemma.Run([.. run, "--device", "simd,simd", "--gpu-layers", "99"]).Error, Does.StartWith("demo model: all 6 layers and logits on simd (CPU, "));
            Assert.That(Gemma.Run([.. run, "--device", "simd,simd", "--quiet"]).Error, Is.Empty);
        }
    }

    [Test]
    public void Json_of_measurements_and_plans_says_what_runs_where()
    {
        string[] where = ["--device", "simd,simd", "--gpu-layers", "5"];
        JsonElement bench = Parse("bench", "--prompt-tokens", "8", "--tokens", "2", "--repetitions", "1", "--json");
        JsonElement plan = Parse("plan", "--json");
        foreach (JsonElement split in new[] { bench.GetProperty("split"), plan.GetProperty("split") })
        {
            Assert.That(
                split.EnumerateArray().Select(share => (share.GetProperty("device").GetString(), share.GetProperty("firstLayer").GetInt32(), share.GetProperty("layers").GetInt32(), share.GetProperty("logits").GetBoolean())),
                Is.EqualTo(new[] { ("simd", 0, 5, true), ("simd", 5, 1, false) }));
        }

        JsonElement Parse(params string[] args) => JsonDocument.Parse(Gemma.Output([.. args, .. where])).RootElement;
    }

    [Test]
    public void A_plan_lists_the_shares()
    {
        string text = Gemma.Output("plan", "--like", "gemma-2-2b", "--device", "simd,debug", "--gpu-layers", "7");
        Assert.That(text, Does.Match(@"(?m)^simd +0-6 and logits +2\.27 GB ").And.Match(@"(?m)^debug +7-25 +2\.96 GB "));
    }

    [Test]
    public void Devices_are_listed_for_programs_too()
    {
        JsonElement[] devices = [.. JsonDocument.Parse(Gemma.Output("devices", "--json")).RootElement.EnumerateArray()];
        JsonElement simd = devices.Single(device => device.GetProperty("name").GetString() == "simd");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(simd.GetProperty("isUsable").GetBoolean(), Is.True);
            Assert.That(simd.GetProperty("memoryBytes").GetInt64(), Is.Positive);
            Assert.That(simd.GetProperty("multiprocessors").GetInt32(), Is.EqualTo(Environment.ProcessorCount));
            // What cannot be used says why.
            Assert.That(devices.Select(device => device.GetProperty("isUsable").GetBoolean() == (device.GetProperty("unusableReason").ValueKind == JsonValueKind.Null)), Is.All.True);
        }
    }

    [TestCase("run x --device simd --gpu-layers 3", "simd is the only one")]
    [TestCase("run x --device simd,gpu", "There is no device \"gpu\"; here are auto, ")]
    [TestCase("run x --device cuda:99", "There is no device \"cuda:99\"; here are auto, ")]
    [TestCase("plan --device nothing", "There is no device \"nothing\"")]
    [TestCase("bench --gpu-layers -1", "--gpu-layers takes a whole number from 0")]
    public void Bad_devices_get_one_sentence(string line, string about) =>
        Gemma.AssertComplains(Gemma.Run(line.Split(' ')), ExitCodes.Usage, about);
}
