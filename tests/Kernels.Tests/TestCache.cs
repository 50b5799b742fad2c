using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Tests;

/// <summary>Keys or values in a device's memory, as one of the cache types has them. Slots without a token hold NaN, or the scale NaN.</summary>
public sealed class TestCache : IDisposable
{
    private readonly MemoryBuffer1D<byte, Stride1D.Dense> _data;
    private readonly MemoryBuffer1D<float, Stride1D.Dense>? _scales;

    private TestCache(TestDevice device, CacheType type, byte[] data, float[] scales, int kvHeads, int capacity, int headDim)
    {
        _data = device.Upload(data);
        _scales = CacheTensor.HasScales(type) ? device.Upload(scales) : null;
        Tensor = new CacheTensor(type, _data.View, _scales is null ? ArrayView<float>.Empty : _scales.View, kvHeads, capacity, headDim);
    }

    public CacheTensor Tensor { get; }

    /// <summary>A cache without tokens.</summary>
    public static TestCache Empty(TestDevice device, CacheType type, int kvHeads, int capacity, int headDim) =>
        Of(device, type, [], kvHeads, capacity, headDim);

    /// <summary>A cache as the tokens would have filled it: values are [tokens, K, H] from position 0 on, the newest of a slot stays.</summary>
    public static TestCache Of(TestDevice device, CacheType type, float[] values, int kvHeads, int capacity, int headDim)
    {
        var (data, scales) = Bytes(type, values, kvHeads, capacity, headDim);
        return new TestCache(device, type, data, scales, kvHeads, capacity, headDim);
    }

    /// <summary>The bytes and scales of such a cache.</summary>
    public static (byte[] Data, float[] Scales) Bytes(CacheType type, float[] values, int kvHeads, int capacity, int headDim)
    {
        int rowBytes = headDim * CacheTensor.BytesPerValue(type);
        byte[] data = new byte[kvHeads * capacity * rowBytes];
        Array.Fill(data, (byte)0xFF);       // NaN in every type but bytes, which have their scales for that
        float[] scales = new float[kvHeads * capacity];
        Array.Fill(scales, float.NaN);
        for (int vector = 0; vector < values.Length / headDim; vector++)
        {
            int row = (vector % kvHeads * capacity) + (vector / kvHeads % capacity);
            (byte[] bytes, scales[row]) = CacheReference.Store(type, values.AsSpan(vector * headDim, headDim));
            bytes.CopyTo(data, row * rowBytes);
        }

        return (data, scales);
    }

    public byte[] Data(TestDevice device) => device.Download(_data);

    public float[] Scales(TestDevice device) => _scales is null ? [] : device.Download(_scales);

    public void Dispose()
    {
        _data.Dispose();
        _scales?.Dispose();
    }
}
