using System.Text.Json;

namespace GemmaIlgpu.Host.Tests;

public class InspectVerbTests
{
    [Test]
    public void The_demo_model_is_the_default() =>
        Assert.That(Gemma.Output("inspect"), Is.EqualTo(Gemma.Output("inspect", Gemma.DemoModel)));

    [Test]
    public void Tables_name_every_tensor_and_the_totals()
    {
        string text = Gemma.Output("inspect");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Match(@"(?m)^vocabularySize +4096$"));
            Assert.That(text, Does.Match(@"(?m)^layerKinds +LGLGLG$"));
            Assert.That(text, Does.Match(@"(?m)^model\.layers\.5\.mlp\.down_proj\.weight +BF16 \[192, 576\] +221 kB$"));
            Assert.That(text, Does.Contain("3,371,712 parameters in 68 tensors"));
            Assert.That(text, Does.Contain("model.safetensors: 6,750,816 bytes"));
            Assert.That(text, Does.Not.Contain('\u001b'));
        }
    }

    [Test]
    public void Json_adds_up()
    {
        JsonElement model = JsonDocument.Parse(Gemma.Output("inspect", "--json")).RootElement;
        JsonElement[] tensors = [.. model.GetProperty("tensors").EnumerateArray()];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tensors, Has.Length.EqualTo(68));
            Assert.That(tensors.Sum(tensor => tensor.GetProperty("bytes").GetInt64()), Is.EqualTo(2 * 3_371_712));
            Assert.That(model.GetProperty("tensorBytes").GetInt64(), Is.EqualTo(2 * 3_371_712));
            Assert.That(model.GetProperty("parameters").GetInt64(), Is.EqualTo(3_371_712));
            Assert.That(model.GetProperty("config").GetProperty("eosIds").EnumerateArray().Select(id => id.GetInt32()), Is.EqualTo([1, 5]));
        }
    }

    [Test]
    public void A_missing_folder_or_a_cut_file_gets_one_sentence()
    {
        using TemporaryFolder folder = new();
        Gemma.AssertComplains(Gemma.Run("inspect", folder.File("none")), ExitCodes.Failure, "none");
        Gemma.AssertComplains(Gemma.Run("inspect", folder.Path), ExitCodes.Failure, "config.json");

        File.Copy(Path.Combine(Gemma.DemoModel, "config.json"), folder.File("config.json"));
        byte[] weights = File.ReadAllBytes(Path.Combine(Gemma.DemoModel, "model.safetensors"));
        foreach (int length in (int[])[0, 7, 8, 1000, weights.Length - 1])
        {
            File.WriteAllBytes(folder.File("model.safetensors"), weights[..length]);
            Gemma.AssertComplains(Gemma.Run("inspect", folder.Path), ExitCodes.Failure, "model.safetensors");
        }
    }
}
