using GemmaIlgpu.Engine.Configuration;

namespace GemmaIlgpu.Host.Measurement;

/// <summary>How many multiplications and additions a model takes, so that speeds compare with what a device can do.</summary>
internal static class ModelWork
{
    /// <summary>Floating-point operations of a prompt: two for each weight and token, the logits once, and attention over what each token sees.</summary>
    public static double Prefill(ModelConfig config, int tokens)
    {
        double table = (double)config.VocabularySize * config.EmbedDim;
        double layers = config.ParameterCount - (config.TiedEmbedding ? 1 : 2) * table;
        double seen = config.LayerKinds.Sum(kind => Seen(tokens, kind == AttentionKind.Local ? config.SlidingWindow : tokens));
        return 2 * tokens * layers + 2 * table + 4 * seen * config.QueryHeads * config.HeadDim;
    }

    // Keys that all tokens of a prompt see together, themselves included.
    private static double Seen(double tokens, double window)
    {
        double full = Math.Min(tokens, window);
        return full * (full + 1) / 2 + (tokens - full) * window;
    }
}
