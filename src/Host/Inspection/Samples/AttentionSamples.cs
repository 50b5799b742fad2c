using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Kernels.Fast;
using ILGPU;

namespace GemmaIlgpu.Host.Inspection.Samples;

/// <summary>Launches of the kernels that work on keys and values: 4 query heads share 2 KV heads.</summary>
internal static class AttentionSamples
{
    private const int QueryHeads = 4, KvHeads = 2, HeadDim = 64;
    private const int Capacity = 100;
    private const int Window = 80;

    public static SampleLaunch? Launch(string name, Type[] types) => name switch
    {
        "KvCacheWrite.Kernel" => new("5 tokens from position 98 on, 2 heads of 64, 100 slots", m => Write(m, SampleTypes.Cache(types[0]))),
        "AttentionPrefill.Kernel" => new("10 tokens from position 70 on, window of 80, cap 50", m => Prefill(m, SampleTypes.Cache(types[0]))),
        "AttentionDecode.SplitKernel" => new("the token at position 90, window of 80, cap 50", m => Decode(m, SampleTypes.Cache(types[0]))),
        "AttentionDecode.MergeKernel" => new("the token at position 90, window of 80, cap 50", m => Decode(m, CacheType.Float32)),
        "DecodeAttentionKernels.SplitKernel" => new("the token at position 90, window of 80, cap 50", m => DecodeFast(m, SampleTypes.Cache(types[0]), types[2])),
        "DecodeAttentionKernels.MergeKernel" => new("the token at position 90, window of 80, cap 50", m => DecodeFast(m, CacheType.Float32, typeof(TwoColumns))),
        "HeadKernels.Kernel" => new("q, k and v of the token at position 90", m => Heads(m, SampleTypes.Cache(types[0]))),
        _ => null,
    };

    private static AttentionShape Shape(int headDim) => new(QueryHeads, KvHeads, headDim, 0.125f, 50f, Window);

    private static void Write(SampleMemory m, CacheType type)
    {
        const int tokens = 5, width = KvHeads * HeadDim;
        new KvCacheWrite(m.Accelerator, m.Tuning).Run(
            m.Stream, m.Floats(tokens * width), m.Floats(tokens * width), m.Cache(type, KvHeads, Capacity, HeadDim), m.Cache(type, KvHeads, Capacity, HeadDim), 98);
    }

    private static void Prefill(SampleMemory m, CacheType type)
    {
        const int tokens = 10, values = tokens * QueryHeads * HeadDim;
        m.Keep(new AttentionPrefill(m.Accelerator, m.Tuning)).Run(
            m.Stream, Shape(HeadDim), m.Floats(values), m.Cache(type, KvHeads, Capacity, HeadDim), m.Cache(type, KvHeads, Capacity, HeadDim), m.Room<float>(values), 70, tokens);
    }

    private static void Decode(SampleMemory m, CacheType type) => m.Keep(new AttentionDecode(m.Accelerator, m.Tuning)).Run(
        m.Stream, Shape(HeadDim), m.Floats(QueryHeads * HeadDim), m.Cache(type, KvHeads, Capacity, HeadDim), m.Cache(type, KvHeads, Capacity, HeadDim),
        m.Room<float>(QueryHeads * HeadDim), 90, 1);

    private static void DecodeFast(SampleMemory m, CacheType type, Type columns)
    {
        int headDim = m.Tuning.WarpSize * (columns == typeof(TwoColumns) ? TwoColumns.Count : columns == typeof(FourColumns) ? FourColumns.Count : EightColumns.Count);
        m.Keep(new DecodeAttention(m.Accelerator, m.Tuning)).Run(
            m.Stream, Shape(headDim), m.Floats(QueryHeads * headDim), m.Cache(type, KvHeads, Capacity, headDim), m.Cache(type, KvHeads, Capacity, headDim),
            m.Room<float>(QueryHeads * headDim), m.Of(90));
    }

    private static void Heads(SampleMemory m, CacheType type) => new DecodeHeads(m.Accelerator, m.Tuning).Run(
        m.Stream, m.Floats(QueryHeads * HeadDim), m.Floats(KvHeads * HeadDim), m.Floats(KvHeads * HeadDim), (m.Floats(HeadDim), m.Floats(HeadDim)), m.Floats(HeadDim / 2), m.Of(90),
        m.Cache(type, KvHeads, Capacity, HeadDim), m.Cache(type, KvHeads, Capacity, HeadDim), 1e-6f, 1f);
}
