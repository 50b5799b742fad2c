using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Model;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Planning;

/// <summary>What the parts of a model take, layer by layer, so that they can be divided.</summary>
internal sealed class ShareCosts
{
    private readonly ModelOutline _model;
    private readonly PlanOptions _options;
    private readonly long[] _weights, _cache;   // of the layers before each

    public ShareCosts(ModelOutline model, PlanOptions options)
    {
        _model = model;
        _options = options;
        int layers = model.Config.Layers;
        _weights = new long[layers + 1];
        _cache = new long[layers + 1];
        for (int layer = 0; layer < layers; layer++)
        {
            _weights[layer + 1] = _weights[layer] + model.LayerTensors(layer).Sum(Bytes);
            _cache[layer + 1] = _cache[layer] + options.Sequences * KvCache.LayerBytesWhenFull(model.Config, layer, options.ContextLength, Chunk, options.CacheLayout, options.CacheType);
        }
    }

    /// <summary>Bytes of the embedding, the final norm and the output table.</summary>
    public long TableBytes => _model.TableTensors.Sum(Bytes);

    private int Chunk => Math.Min(_options.PrefillChunk, _options.ContextLength);

    /// <summary>Weights, keys and values of some layers.</summary>
    public long LayerBytes(int first, int count) => Weights(first, count) + Cache(first, count);

    /// <summary>Working memory on a device, whatever its layers.</summary>
    public long Work(DeviceCapacity device, bool tables) =>
        Activations.BytesFor(_model.Config, Chunk)
        + (tables ? (long)_model.Config.VocabularySize * sizeof(float) : 0)
        + MemoryPlan.RoundedActivations(_model, Chunk)
        + MemoryPlan.Attention(_model.Config, _options.ContextLength, Chunk, device.WarpSize);

    /// <summary>The share of a device.</summary>
    public DeviceShare Share(DeviceCapacity device, int first, int count, bool tables) => new()
    {
        Capacity = device,
        FirstLayer = first,
        Layers = count,
        HasTables = tables,
        WeightBytes = Weights(first, count) + (tables ? TableBytes : 0),
        CacheBytes = Cache(first, count),
        WorkBytes = Work(device, tables),
    };

    private long Weights(int first, int count) => _weights[first + count] - _weights[first];

    private long Cache(int first, int count) => _cache[first + count] - _cache[first];

    // Norms are widened to floats on the device.
    private static long Bytes(TensorInfo tensor) => tensor.Shape.Count == 1 ? tensor.Elements * sizeof(float) : tensor.Bytes;
}
