using ILGPU;

namespace GemmaIlgpu.Kernels;

/// <summary>How keys and values are stored.</summary>
public enum CacheType
{
    /// <summary>float32: nothing is lost.</summary>
    Float32,

    /// <summary>binary16.</summary>
    Float16,

    /// <summary>bfloat16.</summary>
    BFloat16,

    /// <summary>Signed bytes with a float32 scale for each head vector.</summary>
    Int8,
}

/// <summary>
/// The keys or the values of one layer, [K, S, H]: a KV head's vectors follow each other, so that decoding reads one
/// unbroken stream. The key at position j has slot j mod S.
/// </summary>
public readonly struct CacheTensor
{
    public CacheType Type { get; }

    /// <summary>The values or levels.</summary>
    public ArrayView<byte> Data { get; }

    /// <summary>[K, S] with <see cref="CacheType.Int8"/>, else nothing.</summary>
    public ArrayView<float> Scales { get; }

    public int KvHeads { get; }

    /// <summary>S: slots.</summary>
    public int Capacity { get; }

    public int HeadDim { get; }

    public CacheTensor(CacheType type, ArrayView<byte> data, ArrayView<float> scales, int kvHeads, int capacity, int headDim)
    {
        if (kvHeads < 1 || capacity < 1 || headDim < 1)
            throw new ArgumentException($"A cache needs at least one KV head, slot and column; got [{kvHeads}, {capacity}, {headDim}].");
        long rows = (long)kvHeads * capacity, scaleCount = HasScales(type) ? rows : 0;
        if (rows > int.MaxValue || data.Length != rows * headDim * BytesPerValue(type) || scales.Length != scaleCount)
        {
            throw new ArgumentException(
                $"A {type} cache [{kvHeads}, {capacity}, {headDim}] takes {rows * headDim * BytesPerValue(type)} bytes and {scaleCount} scales; " +
                $"got {data.Length} and {scales.Length}.");
        }

        Type = type;
        Data = data;
        Scales = scales;
        KvHeads = kvHeads;
        Capacity = capacity;
        HeadDim = headDim;
    }

    /// <summary>Bytes of one stored key or value, without its share of the scale.</summary>
    public static int BytesPerValue(CacheType type) => type switch
    {
        CacheType.Float32 => 4,
        CacheType.Float16 or CacheType.BFloat16 => 2,
        CacheType.Int8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown cache type."),
    };

    /// <summary>Whether head vectors have scales.</summary>
    public static bool HasScales(CacheType type) => type == CacheType.Int8;

    /// <summary>Bytes of a layer's keys and values together, for each slot.</summary>
    public static long BytesPerSlot(CacheType type, int kvHeads, int headDim) =>
        2L * kvHeads * (((long)headDim * BytesPerValue(type)) + (HasScales(type) ? sizeof(float) : 0));
}
