using BenchmarkDotNet.Attributes;
using GemmaIlgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Benchmarks;

/// <summary>One global layer of Gemma 2 2B after so many positions: decode of one token, and prefill of the last 128.</summary>
public class AttentionBenchmarks : KernelBenchmark
{
    private const int NewTokens = 128;
    private static readonly AttentionShape s_shape = new(QueryHeads: 8, KvHeads: 4, HeadDim: 256, Scale: 1 / 16f, Softcap: 50, Window: 0);

    private AttentionDecode _decode = null!;
    private AttentionPrefill _prefill = null!;
    private MemoryBuffer1D<float, Stride1D.Dense> _q = null!, _y = null!;
    private CacheTensor _keys, _values;

    /// <summary>S: tokens in the cache, the new ones included.</summary>
    [Params(128, 2048)]
    public int Positions { get; set; }

    /// <summary>How keys and values are stored.</summary>
    [Params(CacheType.Float32, CacheType.Float16, CacheType.BFloat16, CacheType.Int8)]
    public CacheType Type { get; set; }

    private int QueryWidth => s_shape.QueryHeads * s_shape.HeadDim;

    [GlobalSetup]
    public void Setup()
    {
        _decode = new AttentionDecode(Accelerator);
        _prefill = new AttentionPrefill(Accelerator);
        long cache = (long)Positions * s_shape.KvHeads * s_shape.HeadDim;
        _q = Values((long)NewTokens * QueryWidth);
        _keys = Cache();
        _values = Cache();
        new KvCacheWrite(Accelerator).Run(Stream, Values(cache).View.BaseView, Values(cache).View.BaseView, _keys, _values, 0);
        _y = Accelerator.Allocate1D<float>((long)NewTokens * QueryWidth);

        // The last of the new tokens is what decode computes; two kernels must agree on it.
        Prefill();
        float prefilled = _y.GetAsArray1D()[^1];
        _q.View.SubView((NewTokens - 1) * QueryWidth, QueryWidth).CopyTo(_q.View.SubView(0, QueryWidth));
        Decode();
        Check(prefilled, _y.GetAsArray1D()[QueryWidth - 1], 1e-5);
    }

    [Benchmark]
    public void Decode()
    {
        _decode.Run(Stream, s_shape, _q.View.BaseView.SubView(0, QueryWidth), _keys, _values, _y.View.BaseView.SubView(0, QueryWidth), Positions - 1, 1);
        Stream.Synchronize();
    }

    [Benchmark]
    public void Prefill()
    {
        _prefill.Run(Stream, s_shape, _q.View.BaseView, _keys, _values, _y.View.BaseView, Positions - NewTokens, NewTokens);
        Stream.Synchronize();
    }

    private CacheTensor Cache()
    {
        long rows = (long)Positions * s_shape.KvHeads;
        ArrayView<byte> data = Accelerator.Allocate1D<byte>(rows * s_shape.HeadDim * CacheTensor.BytesPerValue(Type)).View;
        ArrayView<float> scales = CacheTensor.HasScales(Type) ? Accelerator.Allocate1D<float>(rows).View : ArrayView<float>.Empty;
        return new CacheTensor(Type, data, scales, s_shape.KvHeads, Positions, s_shape.HeadDim);
    }
}
