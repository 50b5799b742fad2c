using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Model;
using GemmaIlgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Cache;

/// <summary>Keys and values of one text, one part for each layer.</summary>
/// <remarks>
/// A global layer appends: the token at position p has slot p. A local layer needs only its window, so it keeps a ring
/// of window + chunk − 1 slots, slot p mod capacity: a chunk's first query still sees its whole window after the chunk's
/// last key is written. Memory grows with the text, doubling, up to these capacities.
/// </remarks>
public sealed class KvCache : IDisposable
{
    private const int FirstCapacity = 512;

    private readonly LayerCache[] _layers;
    private readonly Dictionary<ModelPart, Recording> _recordings = [];
    private readonly int _chunk;

    /// <param name="layerDevices">Where each layer computes.</param>
    /// <param name="config">The shape.</param>
    /// <param name="contextLength">Positions there can be.</param>
    /// <param name="chunk">Tokens computed at once at most.</param>
    /// <param name="layout">How local layers are kept.</param>
    /// <param name="type">How keys and values are stored.</param>
    internal KvCache(IReadOnlyList<Accelerator> layerDevices, ModelConfig config, int contextLength, int chunk, CacheLayout layout, CacheType type)
    {
        ContextLength = contextLength;
        _chunk = chunk;
        int ring = RingCapacity(config, contextLength, chunk, layout);
        _layers = [.. config.LayerKinds.Zip(layerDevices, (kind, accelerator) =>
            new LayerCache(accelerator, type, config.KvHeads, config.HeadDim, kind == AttentionKind.Local ? ring : contextLength))];
        SmallestRing = config.LayerKinds.Contains(AttentionKind.Local) ? ring : contextLength;
        Window = config.SlidingWindow;
    }

    /// <summary>Positions there can be.</summary>
    public int ContextLength { get; }

    /// <summary>Tokens whose keys and values are here; the next token's position.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes of keys, values and scales allocated now.</summary>
    public long Bytes => _layers.Sum(layer => layer.Bytes);

    internal LayerCache this[int layer] => _layers[layer];

    /// <summary>Recorded steps that were replayed, on all devices together.</summary>
    internal int Replays => _recordings.Values.Sum(recording => recording.Replays);

    /// <summary>The recorded decode step of a part of the model, which is bound to this cache's memory.</summary>
    internal Recording RecordingOf(ModelPart part)
    {
        if (!_recordings.TryGetValue(part, out Recording? recording))
            _recordings.Add(part, recording = new Recording(part.Operations.Stream));
        return recording;
    }

    /// <summary>Bytes of the cache of a text that fills its context.</summary>
    internal static long BytesWhenFull(ModelConfig config, int contextLength, int chunk, CacheLayout layout, CacheType type) =>
        Enumerable.Range(0, config.Layers).Sum(layer => LayerBytesWhenFull(config, layer, contextLength, chunk, layout, type));

    /// <summary>Bytes of one layer of it.</summary>
    internal static long LayerBytesWhenFull(ModelConfig config, int layer, int contextLength, int chunk, CacheLayout layout, CacheType type)
    {
        int slots = config.LayerKinds[layer] == AttentionKind.Local ? RingCapacity(config, contextLength, chunk, layout) : contextLength;
        return slots * CacheTensor.BytesPerSlot(type, config.KvHeads, config.HeadDim);
    }

    /// <summary>Slots of a local layer.</summary>
    internal static int RingCapacity(ModelConfig config, int contextLength, int chunk, CacheLayout layout) =>
        layout == CacheLayout.Full ? contextLength : (int)Math.Min(contextLength, (long)config.SlidingWindow + chunk - 1);

    private int SmallestRing { get; }

    private int Window { get; }

    /// <summary>Makes room for the next tokens.</summary>
    internal void Reserve(int tokens)
    {
        if (tokens > _chunk || tokens > ContextLength - Position)
            throw new ArgumentException($"{tokens} tokens after {Position} do not fit a context of {ContextLength} in chunks of {_chunk}.");
        foreach (LayerCache layer in _layers)
        {
            if (!layer.Grow(Position, Math.Max(FirstCapacity, Position + tokens)))
                continue;
            foreach (Recording recording in _recordings.Values)
                recording.Forget();
        }
    }

    /// <summary>Counts tokens whose keys and values every layer has written.</summary>
    internal void Advance(int tokens) => Position += tokens;

    /// <summary>
    /// Forgets the tokens from a position on. A ring may have overwritten what the position's window needs; then
    /// everything is forgotten.
    /// </summary>
    /// <returns>The new position: the wanted one or 0.</returns>
    internal int Rewind(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        int oldestNeeded = Math.Max(0, position - Window + 1), oldestKept = Math.Max(0, Position - SmallestRing);
        bool possible = SmallestRing == ContextLength || oldestNeeded >= oldestKept;
        Position = possible ? position : 0;
        return Position;
    }

    public void Dispose()
    {
        foreach (Recording recording in _recordings.Values)
            recording.Dispose();
        foreach (LayerCache layer in _layers)
            layer.Dispose();
    }
}

/// <summary>Keys and values of one layer, each [K, capacity, H], with the scales of a type that has them.</summary>
internal sealed class LayerCache(Accelerator accelerator, CacheType type, int kvHeads, int headDim, int maxCapacity) : IDisposable
{
    private Part? _keys, _values;

    /// <summary>Slots there are now; position p has slot p mod capacity.</summary>
    public int Capacity { get; private set; }

    public CacheTensor Keys => _keys!.Tensor;

    public CacheTensor Values => _values!.Tensor;

    public long Bytes => Capacity * CacheTensor.BytesPerSlot(type, kvHeads, headDim);

    /// <summary>Makes the capacity at least the wanted one, or the most there can be. Before a ring is full, slot = position, so growing is copying.</summary>
    /// <returns>Whether the memory is another now.</returns>
    public bool Grow(int position, int wanted)
    {
        if (Capacity >= Math.Min(wanted, maxCapacity))
            return false;
        int capacity = (int)Math.Min(maxCapacity, Math.Max(wanted, 2L * Capacity));
        int used = Math.Min(position, Capacity);
        _keys = Move(_keys, capacity, used);
        _values = Move(_values, capacity, used);
        Capacity = capacity;
        return true;
    }

    private Part Move(Part? old, int capacity, int used)
    {
        var part = new Part(accelerator, type, kvHeads, capacity, headDim);
        if (old is not null && used > 0)
        {
            part.CopyFrom(old, used, accelerator.DefaultStream);
            accelerator.DefaultStream.Synchronize();
        }

        old?.Dispose();
        return part;
    }

    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
    }

    /// <summary>The keys or the values, and their memory.</summary>
    private sealed class Part : IDisposable
    {
        private readonly MemoryBuffer1D<byte, Stride1D.Dense> _data;
        private readonly MemoryBuffer1D<float, Stride1D.Dense>? _scales;

        public Part(Accelerator accelerator, CacheType type, int kvHeads, int capacity, int headDim)
        {
            int rows = checked(kvHeads * capacity);
            _data = accelerator.Allocate1D<byte>((long)rows * headDim * CacheTensor.BytesPerValue(type));
            _scales = CacheTensor.HasScales(type) ? accelerator.Allocate1D<float>(rows) : null;
            Tensor = new CacheTensor(type, _data.View, _scales is null ? ArrayView<float>.Empty : _scales.View, kvHeads, capacity, headDim);
        }

        public CacheTensor Tensor { get; }

        /// <summary>Copies the first slots of each head.</summary>
        public void CopyFrom(Part old, int slots, AcceleratorStream stream)
        {
            CopyRows(old.Tensor.Data, Tensor.Data, slots, stream);
            if (_scales is not null)
                CopyRows(old.Tensor.Scales, Tensor.Scales, slots, stream);
        }

        private void CopyRows<T>(ArrayView<T> from, ArrayView<T> to, int slots, AcceleratorStream stream)
            where T : unmanaged
        {
            long oldHead = from.Length / Tensor.KvHeads, newHead = to.Length / Tensor.KvHeads;
            long length = newHead / Tensor.Capacity * slots;
            for (int head = 0; head < Tensor.KvHeads; head++)
                to.SubView(head * newHead, length).CopyFrom(stream, from.SubView(head * oldHead, length));
        }

        public void Dispose()
        {
            _data.Dispose();
            _scales?.Dispose();
        }
    }
}
