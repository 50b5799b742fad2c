namespace GemmaIlgpu.Engine.Generation;

/// <summary>Writes what a model computes for given ids into a safetensors file, for comparisons with other programs.</summary>
public static class LogitsFile
{
    /// <summary>
    /// Writes `logits` f32 [n, V] (after the cap); with hidden states also `hidden.embed`, `hidden.0` …
    /// `hidden.final` f32 [n, D]; with greedy tokens also `greedy.ids` i32 [greedyTokens], continued with the cache.
    /// </summary>
    public static void Write(Engine engine, ReadOnlySpan<int> ids, string path, bool withHidden, int greedyTokens, CancellationToken cancellation = default) =>
        throw new NotSupportedException();
}
