namespace GemmaIlgpu.Engine.Configuration;

/// <summary>Shapes of the published sizes, for models of random weights. Source: the `config.json` files of google/gemma-*.</summary>
public static class KnownModels
{
    private static readonly Dictionary<string, ModelConfig> Models = new()
    {
        ["gemma-2b"] = Gemma1(layers: 18, embed: 2048, feedForward: 16384, heads: 8, kvHeads: 1),
        ["gemma-7b"] = Gemma1(layers: 28, embed: 3072, feedForward: 24576, heads: 16, kvHeads: 16),
        ["gemma-2-2b"] = Gemma2(layers: 26, embed: 2304, feedForward: 9216, heads: 8, kvHeads: 4, headDim: 256, scalar: 256),
        ["gemma-2-9b"] = Gemma2(layers: 42, embed: 3584, feedForward: 14336, heads: 16, kvHeads: 8, headDim: 256, scalar: 256),
        ["gemma-2-27b"] = Gemma2(layers: 46, embed: 4608, feedForward: 36864, heads: 32, kvHeads: 16, headDim: 128, scalar: 144),
        ["gemma-3-270m"] = Gemma3(262_144, layers: 18, embed: 640, feedForward: 2048, heads: 4, kvHeads: 1, headDim: 256, scalar: 256, window: 512, context: 32_768, ropeScale: 1),
        ["gemma-3-1b"] = Gemma3(262_144, layers: 26, embed: 1152, feedForward: 6912, heads: 4, kvHeads: 1, headDim: 256, scalar: 256, window: 512, context: 32_768, ropeScale: 1),
        ["gemma-3-4b"] = Gemma3(262_208, layers: 34, embed: 2560, feedForward: 10240, heads: 8, kvHeads: 4, headDim: 256, scalar: 256, window: 1024, context: 131_072, ropeScale: 8),
        ["gemma-3-12b"] = Gemma3(262_208, layers: 48, embed: 3840, feedForward: 15360, heads: 16, kvHeads: 8, headDim: 256, scalar: 256, window: 1024, context: 131_072, ropeScale: 8),
        ["gemma-3-27b"] = Gemma3(262_208, layers: 62, embed: 5376, feedForward: 21504, heads: 32, kvHeads: 16, headDim: 128, scalar: 168, window: 1024, context: 131_072, ropeScale: 8),
    };

    /// <summary>Names that <see cref="Get"/> takes: "gemma-2-2b" and so on.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Models.Keys];

    /// <summary>The shape of a named size.</summary>
    /// <exception cref="InputException">The name is unknown; the message lists the known ones.</exception>
    public static ModelConfig Get(string name) => Models.TryGetValue(name, out ModelConfig? config)
        ? config
        : throw new InputException($"There is no model size \"{name}\"; known are {string.Join(", ", Names)}.");

    private static ModelConfig Gemma1(int layers, int embed, int feedForward, int heads, int kvHeads) => new()
    {
        Family = ModelFamily.Gemma1,
        VocabularySize = 256_000,
        EmbedDim = embed,
        FeedForwardDim = feedForward,
        QueryHeads = heads,
        KvHeads = kvHeads,
        HeadDim = 256,
        LayerKinds = new AttentionKind[layers],
        SlidingWindow = 0,
        AttentionSoftcap = 0,
        FinalSoftcap = 0,
        LocalRopeBase = 1e4f,
        GlobalRopeBase = 1e4f,
        QueryScale = 1 / 16f,
        RmsNormEpsilon = 1e-6f,
        ContextLength = 8192,
        BosId = 2,
        EosIds = [1],
        PadId = 0,
    };

    private static ModelConfig Gemma2(int layers, int embed, int feedForward, int heads, int kvHeads, int headDim, double scalar) =>
        Gemma1(layers, embed, feedForward, heads, kvHeads) with
        {
            Family = ModelFamily.Gemma2,
            HeadDim = headDim,
            LayerKinds = Kinds(layers, period: 2),
            SlidingWindow = 4096,
            AttentionSoftcap = 50,
            FinalSoftcap = 30,
            QueryScale = (float)(1 / Math.Sqrt(scalar)),
        };

    private static ModelConfig Gemma3(
        int vocabulary, int layers, int embed, int feedForward, int heads, int kvHeads, int headDim, double scalar, int window, int context, float ropeScale) =>
        Gemma1(layers, embed, feedForward, heads, kvHeads) with
        {
            Family = ModelFamily.Gemma3,
            VocabularySize = vocabulary,
            HeadDim = headDim,
            LayerKinds = Kinds(layers, period: 6),
            SlidingWindow = window,
            GlobalRopeBase = 1e6f,
            GlobalRopeScale = ropeScale,
            QueryScale = (float)(1 / Math.Sqrt(scalar)),
            ContextLength = context,
            EosIds = [1, 106],
        };

    private static AttentionKind[] Kinds(int layers, int period) =>
        [.. Enumerable.Range(1, layers).Select(layer => layer % period == 0 ? AttentionKind.Global : AttentionKind.Local)];
}
