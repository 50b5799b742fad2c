using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Reference;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Model;

/// <summary>Random models whose sizes fit no vector, no tile and no window, against the double-precision reference.</summary>
public sealed class OddShapeTests
{
    private const AttentionKind Local = AttentionKind.Local, Global = AttentionKind.Global;

    private static readonly int[] Text = MakeText(45);

    private static IEnumerable<TestCaseData> Shapes()
    {
        ModelConfig one = KnownModels.Get("gemma-2b"), two = KnownModels.Get("gemma-2-2b"), three = KnownModels.Get("gemma-3-4b");
        yield return Case("as many KV heads as heads", TensorType.F32, Shape(one, 101, 50, 30, 3, 3, 6, [Global, Global]));
        yield return Case("one KV head, wide heads", TensorType.F16, Shape(one, 333, 24, 100, 5, 1, 34, [Global, Global]));
        yield return Case("groups of three", TensorType.BF16, Shape(two, 257, 36, 52, 6, 2, 10, [Local, Global, Local], window: 5));
        yield return Case("smallest of all", TensorType.F32, Shape(two, 10, 8, 8, 2, 1, 2, [Local, Global], window: 1));
        yield return Case("window longer than the text", TensorType.F16, Shape(two, 190, 72, 33, 4, 4, 64, [Local, Global], window: 100));
        yield return Case("seven layers and scaled positions", TensorType.BF16, Shape(three, 130, 46, 70, 4, 2, 22, [Local, Local, Local, Local, Local, Global, Local], window: 3));
        yield return Case("layers in an unusual order", TensorType.F32, Shape(three, 77, 130, 17, 7, 7, 18, [Global, Local, Local], window: 16));
    }

    [TestCaseSource(nameof(Shapes))]
    public void Matches_the_double_reference(TensorType type, ModelConfig shape)
    {
        using var folder = new TemporaryFolder();
        ModelSynthesizer.Write(shape, type, folder.File("model"), seed: 4);
        int[] text = Array.ConvertAll(Text, id => id % shape.VocabularySize);
        float[] expected;
        using (ModelFiles files = ModelFiles.Open(folder.File("model")))
            expected = new ReferenceModel(files).Logits(text);

        foreach (int chunk in new[] { 1, 16, 256 })
        {
            using Engine engine = Engine.Load(folder.File("model"), new EngineOptions { PrefillChunk = chunk, ContextLength = 64 });
            using Generator generator = engine.CreateGenerator();
            float[] actual = Trace.Of(generator, text)["logits"];

            // Logits are about 1 here, a tenth of the golden models'; so is the tolerance.
            double error = TensorAssert.Close(expected, actual, 2e-5, shape.VocabularySize, $"{TestContext.CurrentContext.Test.Name}, chunks of {chunk}");
            TestContext.Out.WriteLine($"chunks of {chunk}: within {error:g2}");
        }
    }

    private static TestCaseData Case(string name, TensorType type, ModelConfig shape) => new TestCaseData(type, shape).SetArgDisplayNames(name, type.ToString());

    private static ModelConfig Shape(
        ModelConfig family, int vocabulary, int embed, int feedForward, int heads, int kvHeads, int headDim, AttentionKind[] kinds, int window = 0) =>
        family with
        {
            VocabularySize = vocabulary,
            EmbedDim = embed,
            FeedForwardDim = feedForward,
            QueryHeads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            LayerKinds = kinds,
            SlidingWindow = window,
            EosIds = [1],
            // 1/√scalar of the file; Gemma 1 always uses the head width.
            QueryScale = family.Family == ModelFamily.Gemma1 ? 1 / MathF.Sqrt(headDim) : family.QueryScale,
        };

    private static int[] MakeText(int length)
    {
        var random = new SeededRandom(21);
        return [.. Enumerable.Range(0, length).Select(_ => (int)(random.NextBits() % 100_000))];
    }
}
