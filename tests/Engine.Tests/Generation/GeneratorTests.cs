using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Generation;

public sealed class GeneratorTests
{
    private static readonly int[] Prompt = [2, 3806, 735, 266, 554];

    private static readonly SamplingOptions Greedy = SamplingOptions.Greedy with { MaxTokens = 12, StopAtEndOfText = false };

    private Engine _engine = null!;

    [OneTimeSetUp]
    public void Load() => _engine = Engine.Load(TestPaths.Demo, new EngineOptions { ContextLength = 64, PrefillChunk = 16 });

    [OneTimeTearDown]
    public void Unload() => _engine?.Dispose();

    [Test]
    public void The_last_item_says_why_it_ended()
    {
        using Generator generator = _engine.CreateGenerator();
        GeneratedToken[] tokens = [.. generator.Generate(Prompt, Greedy)];

        Assert.That(tokens, Has.Length.EqualTo(12));
        Assert.That(tokens[..^1].Select(token => token.Stop), Is.All.Null);
        Assert.That(tokens[^1].Stop, Is.EqualTo(StopReason.MaxTokens));
        Assert.That(generator.TokenIds, Is.EqualTo(Prompt.Concat(tokens.Select(token => token.Id))));
    }

    [Test]
    public void A_second_prompt_goes_on_where_the_first_answer_ended()
    {
        using Generator generator = _engine.CreateGenerator();
        int[] answer = [.. generator.Generate(Prompt, Greedy).Select(token => token.Id)];
        int[] second = [.. generator.Generate([277, 316], Greedy).Select(token => token.Id)];

        using Generator fresh = _engine.CreateGenerator();
        Assert.That(fresh.Generate([.. Prompt, .. answer, 277, 316], Greedy).Select(token => token.Id), Is.EqualTo(second));
    }

    [Test]
    public void One_seed_gives_one_text()
    {
        string Text(ulong seed)
        {
            using Generator generator = _engine.CreateGenerator();
            return string.Concat(generator.Generate(Prompt, new SamplingOptions { Seed = seed, MaxTokens = 40 }).Select(token => token.Text));
        }

        string first = Text(1);
        Assert.That(Text(1), Is.EqualTo(first));
        Assert.That(Text(2), Is.Not.EqualTo(first));
    }

    [Test]
    public void A_stop_string_is_not_printed()
    {
        // The greedy text begins " the King's daughter was sitting".
        using Generator generator = _engine.CreateGenerator();
        GeneratedToken[] tokens = [.. generator.Generate(Prompt, Greedy with { StopStrings = ["zzz", "aughter w"] })];

        Assert.That(string.Concat(tokens.Select(token => token.Text)), Is.EqualTo(" the King's d"));
        Assert.That(tokens[^1].Stop, Is.EqualTo(StopReason.StopString));
    }

    [Test]
    public void The_end_of_a_turn_ends_the_answer_and_is_not_part_of_the_text()
    {
        // 745 is the second token of the greedy continuation.
        using TemporaryFolder folder = new TemporaryFolder().With(TestPaths.Demo);
        File.WriteAllText(folder.File("generation_config.json"), """{"eos_token_id": [1, 745]}""");
        using Engine engine = Engine.Load(folder.Path);
        using Generator generator = engine.CreateGenerator();
        GeneratedToken[] tokens = [.. generator.Generate(Prompt, Greedy with { StopAtEndOfText = true })];

        Assert.That(tokens.Select(token => (token.Id, token.Stop)), Is.EqualTo(new (int, StopReason?)[] { (268, null), (745, StopReason.EndOfText) }));
        Assert.That(string.Concat(tokens.Select(token => token.Text)), Is.EqualTo(" the"));
        Assert.That(generator.TokenIds, Is.EqualTo(Prompt.Append(268)));
    }

    [Test]
    public void A_full_context_ends_the_answer()
    {
        using Generator generator = _engine.CreateGenerator();
        GeneratedToken[] tokens = [.. generator.Generate(Prompt, Greedy with { MaxTokens = 0 })];

        Assert.That(tokens, Has.Length.EqualTo(64 - Prompt.Length));
        Assert.That(tokens[^1].Stop, Is.EqualTo(StopReason.ContextFull));
        Assert.That(generator.Remaining, Is.Zero);
        Assert.That(() => generator.Generate([7], Greedy), Throws.TypeOf<InputException>().With.Message.Contains("the context holds 64, of which 64 are used"));
    }

    [Test]
    public void A_prompt_that_fills_the_context_leaves_no_room_for_an_answer()
    {
        using Generator generator = _engine.CreateGenerator();
        GeneratedToken[] tokens = [.. generator.Generate(Enumerable.Repeat(7, 64).ToArray(), Greedy)];

        Assert.That(tokens, Is.EqualTo(new[] { new GeneratedToken(-1, "", StopReason.ContextFull) }));
    }

    [Test]
    public void Cancelling_ends_the_answer_and_the_text_can_go_on()
    {
        using var source = new CancellationTokenSource();
        using Generator generator = _engine.CreateGenerator();
        var ids = new List<int>();
        foreach (GeneratedToken token in generator.Generate(Prompt, Greedy, source.Token))
        {
            if (token.Stop is not null)
                Assert.That((token.Id, token.Stop), Is.EqualTo((-1, StopReason.Cancelled)));
            else
                ids.Add(token.Id);
            if (ids.Count == 3)
                source.Cancel();
        }

        Assert.That(ids, Has.Count.EqualTo(3));
        using Generator fresh = _engine.CreateGenerator();
        Assert.That(generator.Generate([277], Greedy).Select(token => token.Id), Is.EqualTo(fresh.Generate([.. Prompt, .. ids, 277], Greedy).Select(token => token.Id)));
    }

    [Test]
    public void Wrong_prompts_get_one_sentence()
    {
        using Generator generator = _engine.CreateGenerator();

        Assert.That(() => generator.Prefill([]), Throws.TypeOf<InputException>().With.Message.Contains("no tokens"));
        Assert.That(() => generator.Generate([], Greedy), Throws.TypeOf<InputException>());
        Assert.That(() => generator.Prefill([2, 4096]), Throws.TypeOf<InputException>().With.Message.EqualTo("The token id 4096 is outside the vocabulary; ids of this model are 0 to 4095."));
        Assert.That(() => generator.Prefill([-1]), Throws.TypeOf<InputException>());
        Assert.That(() => generator.Prefill(new int[65]), Throws.TypeOf<InputException>().With.Message.Contains("65 tokens, but the context holds 64"));
        Assert.That(generator.TokenIds, Is.Empty);
    }

    [Test]
    public void Wrong_options_get_one_sentence()
    {
        Assert.That(() => Engine.Load(TestPaths.Demo, new EngineOptions { ContextLength = 513 }), Throws.TypeOf<InputException>().With.Message.Contains("513 tokens").And.Message.Contains("512"));
        Assert.That(() => Engine.Load(TestPaths.Demo, new EngineOptions { Device = "abacus" }), Throws.TypeOf<InputException>().With.Message.Contains("simd"));
        Assert.That(() => new EngineOptions { PrefillChunk = 0 }, Throws.TypeOf<InputException>());
        Assert.That(() => new EngineOptions { Threads = -1 }, Throws.TypeOf<InputException>());
    }

    [Test]
    public void A_tokenizer_of_another_model_is_refused()
    {
        using TemporaryFolder folder = new TemporaryFolder().With(TestPaths.Golden("gemma2-gqa"));
        File.Copy(Path.Combine(TestPaths.Demo, "tokenizer.model"), folder.File("tokenizer.model"));

        Assert.That(() => Engine.Load(folder.Path), Throws.TypeOf<ModelFileException>().With.Message.Contains("has 4096 pieces, but the model has 512"));
    }

    [Test]
    public void A_logits_file_holds_what_a_script_needs()
    {
        using var folder = new TemporaryFolder();
        LogitsFile.Write(_engine, Prompt, folder.File("all.safetensors"), withHidden: true, greedyTokens: 12);
        using SafetensorsReader reader = SafetensorsReader.Open(folder.File("all.safetensors"));
        Dictionary<string, string> shapes = reader.Tensors.ToDictionary(tensor => tensor.Name, tensor => $"{tensor.Type} {tensor.ShapeText}");

        string[] hidden = ["embed", "0", "1", "2", "3", "4", "5", "final"];
        Assert.That(shapes.Keys, Is.EquivalentTo(hidden.Select(name => $"hidden.{name}").Concat(["logits", "greedy.ids"])));
        Assert.That(shapes["logits"], Is.EqualTo("F32 [5, 4096]"));
        Assert.That(shapes["hidden.3"], Is.EqualTo("F32 [5, 192]"));
        Assert.That(shapes["greedy.ids"], Is.EqualTo("I32 [12]"));
        reader.TryGet("greedy.ids", out TensorInfo greedy);
        using Generator generator = _engine.CreateGenerator();
        Assert.That(reader.ReadIds(greedy), Is.EqualTo(generator.Generate(Prompt, Greedy).Select(token => token.Id)));
    }

    [Test]
    public void A_logits_file_that_cannot_be_made_is_not_begun()
    {
        using var folder = new TemporaryFolder();

        Assert.That(() => LogitsFile.Write(_engine, [4096], folder.File("x"), false, 0), Throws.TypeOf<InputException>());
        Assert.That(() => LogitsFile.Write(_engine, Prompt, folder.File("x"), false, 61), Throws.TypeOf<InputException>().With.Message.Contains("61 are to follow"));
        Assert.That(() => LogitsFile.Write(_engine, Prompt, folder.File("x"), true, 3, new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    [Test]
    public void Weights_that_are_no_numbers_are_reported_and_can_still_be_looked_at()
    {
        using TemporaryFolder folder = new TemporaryFolder().With(TestPaths.Golden("gemma1-mha-f32"));
        using (FileStream file = File.OpenWrite(folder.File(ModelFiles.SingleFileName)))
        {
            // The last tensor of the file lies at its end; every bit set is NaN.
            file.Seek(-4, SeekOrigin.End);
            file.Write([0xFF, 0xFF, 0xFF, 0xFF]);
        }

        using Engine engine = Engine.Load(folder.Path);
        using Generator generator = engine.CreateGenerator();
        Assert.That(() => generator.Generate([2, 7], Greedy).Count(), Throws.TypeOf<ModelFileException>().With.Message.Contains("Are the weights damaged?"));
        LogitsFile.Write(engine, [2, 7], folder.File("logits"), withHidden: true, greedyTokens: 0);
        Assert.That(() => LogitsFile.Write(engine, [2, 7], folder.File("greedy"), withHidden: false, greedyTokens: 1), Throws.TypeOf<ModelFileException>());
        Assert.That(File.Exists(folder.File("logits")) && !File.Exists(folder.File("greedy")));
    }
}
