using GemmaIlgpu.Engine.Planning;

namespace GemmaIlgpu.Host.Measurement;

/// <summary>What one device holds and computes, in JSON.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Description">The hardware.</param>
/// <param name="FirstLayer">The first of its layers.</param>
/// <param name="Layers">How many it computes.</param>
/// <param name="Logits">Whether embedding and logits are made here.</param>
/// <param name="WeightBytes">Bytes of its weights.</param>
/// <param name="CacheBytes">Keys and values when the context is full.</param>
/// <param name="WorkBytes">Working memory.</param>
/// <param name="FreeBytes">What the device had free before.</param>
internal sealed record ShareFigure(
    string Device, string Description, int FirstLayer, int Layers, bool Logits, long WeightBytes, long CacheBytes, long WorkBytes, long FreeBytes)
{
    public static ShareFigure[] Of(LayerSplit split) =>
    [
        .. split.Shares.Select(share => new ShareFigure(
            share.Name, share.Capacity.Device.Description, share.FirstLayer, share.Layers, share.HasTables,
            share.WeightBytes, share.CacheBytes, share.WorkBytes, share.Capacity.FreeBytes)),
    ];
}
