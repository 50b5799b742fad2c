using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Host.Tests;

public class LogitsVerbTests
{
    private const int Vocabulary = 4096, Width = 192, Layers = 6;

    [TestCaseSource(typeof(Expected), nameof(Expected.Prompts))]
    public void Greedy_ids_are_those_of_the_independent_implementation(object expected)
    {
        Expected.Prompt prompt = (Expected.Prompt)expected;
        using TemporaryFolder folder = new();
        string file = folder.File("logits.safetensors");
        Gemma.Output("logits", "--ids", string.Join(',', prompt.Ids), "--greedy", "40", "--out", file);
        using SafetensorsReader reader = SafetensorsReader.Open(file);
        Assert.That(reader.ReadIds(Find(reader, "greedy.ids")), Is.EqualTo(prompt.GreedyIds));
    }

    [Test]
    public void The_file_holds_what_the_contract_says()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("all.safetensors");
        Outcome outcome = Gemma.Run("logits", "--model", Gemma.DemoModel, "--ids", "2,3806,735", "--out", file, "--hidden", "--greedy", "2");
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
        using SafetensorsReader reader = SafetensorsReader.Open(file);
        string[] hidden = ["hidden.embed", .. Enumerable.Range(0, Layers).Select(layer => $"hidden.{layer}"), "hidden.final"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reader.Tensors.Select(tensor => tensor.Name), Is.EquivalentTo((string[])["logits", "greedy.ids", .. hidden]));
            Assert.That(Find(reader, "logits").Type, Is.EqualTo(TensorType.F32));
            Assert.That(Find(reader, "logits").Shape, Is.EqualTo([3L, Vocabulary]));
            Assert.That(Find(reader, "greedy.ids").Shape, Is.EqualTo([2L]));
            foreach (string name in hidden)
                Assert.That(Find(reader, name).Shape, Is.EqualTo([3L, Width]), name);
            // After the final cap of 30, and of a model that has learnt something.
            float[] logits = reader.ReadFloats(Find(reader, "logits"));
            Assert.That(logits.Max(Math.Abs), Is.GreaterThan(1).And.LessThanOrEqualTo(30));
            Assert.That(Directory.GetFileSystemEntries(folder.Path), Has.Length.EqualTo(1), "temporary files stay behind");
        }
    }

    [Test]
    public void Without_options_there_are_only_logits()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("logits.safetensors");
        Gemma.Output("logits", "--ids", "2", "--out", file);
        using SafetensorsReader reader = SafetensorsReader.Open(file);
        Assert.That(reader.Tensors.Select(tensor => tensor.Name), Is.EqualTo(["logits"]));
    }

    [Test]
    public void Simd_and_debug_agree()
    {
        using TemporaryFolder folder = new();
        float[] simd = Logits(folder, "simd"), debug = Logits(folder, "debug");
        // Two orders of summation through six layers; observed about 1e-5 on logits of up to 30.
        Assert.That(simd.Zip(debug, (a, b) => Math.Abs(a - b)).Max(), Is.LessThan(2e-4f));
    }

    [Test]
    public void A_model_without_a_tokenizer_will_do()
    {
        using TemporaryFolder folder = new();
        foreach (string name in (string[])["config.json", "model.safetensors"])
            File.Copy(Path.Combine(Gemma.DemoModel, name), folder.File(name));
        Gemma.Output("logits", "--model", folder.Path, "--ids", "2,5", "--out", folder.File("logits.safetensors"));
        Gemma.AssertComplains(Gemma.Run("run", "--model", folder.Path, "Once"), ExitCodes.Failure, "tokenizer.model");
    }

    [TestCase("2,4096", ExitCodes.Usage, "--ids holds 4096")]
    [TestCase("2,2147483647", ExitCodes.Usage, "--ids holds 2147483647")]
    public void Bad_ids_leave_no_file(string ids, int exitCode, string sentence)
    {
        using TemporaryFolder folder = new();
        Gemma.AssertComplains(Gemma.Run("logits", "--ids", ids, "--out", folder.File("x.safetensors")), exitCode, sentence);
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.Empty);
    }

    [Test]
    public void More_ids_than_the_context_holds_are_refused()
    {
        using TemporaryFolder folder = new();
        string ids = string.Join(',', Enumerable.Repeat(2, 513));
        Outcome outcome = Gemma.Run("logits", "--ids", ids, "--out", folder.File("x.safetensors"));
        Assert.That(outcome.ExitCode, Is.Not.Zero);
        Gemma.AssertComplains(outcome, outcome.ExitCode, "512");
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.Empty);
    }

    private static float[] Logits(TemporaryFolder folder, string device)
    {
        string file = folder.File($"{device}.safetensors");
        Gemma.Output("logits", "--ids", "2,3806,735,266,554", "--device", device, "--out", file);
        using SafetensorsReader reader = SafetensorsReader.Open(file);
        return reader.ReadFloats(Find(reader, "logits"));
    }

    private static TensorInfo Find(SafetensorsReader reader, string name)
    {
        Assert.That(reader.TryGet(name, out TensorInfo tensor), Is.True, name);
        return tensor;
    }
}
