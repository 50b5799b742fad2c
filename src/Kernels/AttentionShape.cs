using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>The constant part of an attention layer.</summary>
/// <param name="QueryHeads">N, a multiple of <paramref name="KvHeads"/>.</param>
/// <param name="KvHeads">K; query head h uses KV head h / (N / K).</param>
/// <param name="HeadDim">H.</param>
/// <param name="Scale">Factor on q·k, 1/√(query scalar).</param>
/// <param name="Softcap">Scores become cap · tanh(score / cap); 0 = no cap.</param>
/// <param name="Window">Keys a query sees, its own included; 0 = all (a global layer).</param>
public readonly record struct AttentionShape(
    int QueryHeads, int KvHeads, int HeadDim, float Scale, float Softcap, int Window)
{
    /// <summary>Checks everything that a launch relies on and says in one sentence what does not fit.</summary>
    internal void Check(string kernel, View q_TNH, in CacheTensor keys, in CacheTensor values, View y_TNH, int firstPosition, int tokens)
    {
        if (KvHeads < 1 || QueryHeads < 1 || QueryHeads % KvHeads != 0 || HeadDim < 1 || Window < 0 || !(Softcap >= 0f))
        {
            throw new ArgumentException(
                $"{kernel}: {QueryHeads} query heads, {KvHeads} KV heads, head width {HeadDim}, window {Window}, softcap {Softcap} do not " +
                "make an attention layer: query heads must be a multiple of KV heads, nothing may be negative.");
        }

        if (firstPosition < 0 || tokens < 1)
            throw new ArgumentException($"{kernel}: {tokens} tokens from position {firstPosition}; at least one token from position 0 on is needed.");

        long queryValues = (long)tokens * QueryHeads * HeadDim;
        if (q_TNH.Length != queryValues || y_TNH.Length != queryValues)
        {
            throw new ArgumentException(
                $"{kernel}: q has {q_TNH.Length} values, y {y_TNH.Length}; both must be {tokens} × {QueryHeads} × {HeadDim} = {queryValues}.");
        }

        if (keys.KvHeads != KvHeads || keys.HeadDim != HeadDim || values.KvHeads != KvHeads || values.HeadDim != HeadDim ||
            values.Capacity != keys.Capacity || values.Type != keys.Type)
        {
            throw new ArgumentException(
                $"{kernel}: the caches are {keys.Type} [{keys.KvHeads}, {keys.Capacity}, {keys.HeadDim}] and {values.Type} " +
                $"[{values.KvHeads}, {values.Capacity}, {values.HeadDim}]; both must be [{KvHeads}, slots, {HeadDim}] of one type.");
        }

        int last = checked(firstPosition + tokens - 1);
        int visible = last - AttentionRange.First(firstPosition, Window) + 1;
        if (visible > keys.Capacity)
        {
            throw new ArgumentException(
                $"{kernel}: positions {firstPosition} to {last} look at {visible} keys, but the cache keeps {keys.Capacity}.");
        }
    }
}
