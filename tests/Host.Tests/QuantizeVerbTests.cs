using System.Text.Json;

namespace GemmaIlgpu.Host.Tests;

public class QuantizeVerbTests
{
    [Test]
    public void A_copy_in_bf16_runs_like_the_original()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("demo.gguf");
        string report = Gemma.Output("quantize", Gemma.DemoModel, file, "--type", "bf16");

        Assert.That(report, Does.Match(@"(?m)^blk\.\*\.ffn_down\.weight +6 +BF16 BF16 +1\.33 MB +0\.00e\+0 +0\.00e\+0$"));
        Assert.That(report.Split('\n'), Has.Length.LessThan(20), "kinds of tensors, not tensors");
        string[] prompt = ["run", "Once upon a time", "--temperature", "0", "--max-tokens", "8"];
        Assert.That(Gemma.Output([.. prompt, "--model", file]), Is.EqualTo(Gemma.Output(prompt)));
        Assert.That(Gemma.Output("inspect", file), Does.Contain("3,371,712 parameters in 68 tensors"));
    }

    [Test]
    public void The_report_as_json_has_every_tensor()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("demo.gguf");
        JsonElement report = JsonDocument.Parse(Gemma.Output("quantize", Gemma.DemoModel, file, "--type", "q8_0", "--json")).RootElement;

        Assert.That(report.GetProperty("bytes").GetInt64(), Is.EqualTo(new FileInfo(file).Length));
        JsonElement[] tensors = [.. report.GetProperty("tensors").EnumerateArray()];
        Assert.That(tensors, Has.Length.EqualTo(68));
        Assert.That(tensors.Select(tensor => tensor.GetProperty("relativeError").GetDouble()), Is.All.LessThan(0.02));
    }

    [Test]
    public void Every_tensor_is_listed_when_asked_for()
    {
        using TemporaryFolder folder = new();
        string report = Gemma.Output("quantize", Gemma.DemoModel, folder.File("demo.gguf"), "--type", "Q8_0", "--verbose");
        Assert.That(report, Does.Match(@"(?m)^blk\.5\.ffn_down\.weight +BF16 Q8_0 +118 kB +\d\.\d\de-3 +\d\.\d\de-\d$"));
    }

    [Test]
    public void Rows_that_are_not_whole_blocks_are_said()
    {
        using TemporaryFolder folder = new();
        string report = Gemma.Output("quantize", Gemma.DemoModel, folder.File("demo.gguf"), "--type", "q4_k");
        Assert.That(report, Does.Contain("Q4_K stores blocks of 256 weights").And.Contain("1 Q8_0, 42 Q5_0"));
    }

    [Test]
    public void What_cannot_be_done_gets_one_sentence()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("demo.gguf");
        Gemma.AssertComplains(Gemma.Run("quantize", Gemma.DemoModel, file, "--type", "q7_0"), ExitCodes.Usage, "--type takes ");
        Gemma.AssertComplains(Gemma.Run("quantize", folder.File("none.gguf"), file, "--type", "q8_0"), ExitCodes.Failure, "none.gguf");
        Gemma.AssertComplains(Gemma.Run("quantize", Gemma.DemoModel, folder.Path, "--type", "q8_0"), ExitCodes.Failure, "is a folder");

        File.WriteAllBytes(file, File.ReadAllBytes(Path.Combine(Gemma.DemoModel, "model.safetensors")));
        Gemma.AssertComplains(Gemma.Run("inspect", file), ExitCodes.Failure, "Is it a GGUF file?");
    }
}
