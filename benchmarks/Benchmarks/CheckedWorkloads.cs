using GemmaIlgpu.Kernels;
using GemmaIlgpu.Lessons;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Benchmarks;

/// <summary>What a kernel computes on one accelerator, ready to be repeated.</summary>
internal sealed record CheckedWorkload(string Name, Func<Accelerator, Action> Prepare);

/// <summary>Launches large enough to measure: the kernels of a model and every rung of the lessons.</summary>
internal static class CheckedWorkloads
{
    private static readonly Kernels.AttentionShape s_heads = new(QueryHeads: 4, KvHeads: 2, HeadDim: 256, Scale: 1 / 16f, Softcap: 50, Window: 0);

    public static IEnumerable<CheckedWorkload> All =>
    [
        new("matrix-vector, float32", device => Product(device, WeightType.Float32, tokens: 1, rows: 512, columns: 2304)),
        new("matrix-vector, bfloat16", device => Product(device, WeightType.BFloat16, tokens: 1, rows: 512, columns: 2304)),
        new("matrix-vector, bfloat16, long rows", device => Product(device, WeightType.BFloat16, tokens: 1, rows: 128, columns: 9216)),
        .. Quantised("matrix-vector", tokens: 1),
        new("matrix product, 32 tokens, float32", device => Product(device, WeightType.Float32, tokens: 32, rows: 256, columns: 1152)),
        new("matrix product, 32 tokens, bfloat16", device => Product(device, WeightType.BFloat16, tokens: 32, rows: 256, columns: 1152)),
        .. Quantised("matrix product, 32 tokens", tokens: 32),
        new("attention, one token after 512", device => Attention(device, positions: 512, tokens: 1, CacheType.Float32)),
        new("attention, one token after 512, bfloat16", device => Attention(device, positions: 512, tokens: 1, CacheType.BFloat16)),
        new("attention, 64 tokens after 64", device => Attention(device, positions: 128, tokens: 64, CacheType.Float32)),
        new("attention, 64 tokens after 64, int8", device => Attention(device, positions: 128, tokens: 64, CacheType.Int8)),
        new("RMSNorm, 64 rows of 2304", Norm),
        new("GeGLU, 64 rows of 2304", GeGlu),
        new("RoPE, 64 tokens of 8 heads", Rope),
        new("softmax, 32 rows of 4096", Softmax),
        new("addition of 262144 numbers", Add),
        new("embedding of 64 tokens", Embedding),
        new("argmax of 65536 logits", ArgMax),
        .. LessonCatalog.All.SelectMany(Rungs),
    ];

    private static IEnumerable<CheckedWorkload> Quantised(string name, int tokens) =>
        Enum.GetValues<BlockType>().Select(type => new CheckedWorkload($"{name}, {type.ToString().Replace("K", "_K", StringComparison.Ordinal)}", device => Product(device, type, tokens)));

    private static IEnumerable<CheckedWorkload> Rungs(Lesson lesson)
    {
        // The first rung is plain C#, and one is for tensor cores.
        Lazy<Problem> problem = new(() => lesson.Pose(Scale.Full));
        return lesson.Rungs.Skip(1).Where(rung => rung.Name != "mma.sync").Select(rung => new CheckedWorkload($"lesson {lesson.Number}: {rung.Name}", device =>
        {
            var bench = new Workbench(device);
            return rung.Prepare(bench, problem.Value);
        }));
    }

    private static View Values(Accelerator device, long count)
    {
        var random = new Random(1);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (random.NextSingle() * 2) - 1;
        return device.Allocate1D(values).View.BaseView;
    }

    // Small bytes in the upper halves of numbers keep the exponents of bfloat16, binary16 and float32 small.
    private static ArrayView<byte> Bytes(Accelerator device, long count)
    {
        byte[] bytes = new byte[count];
        new Random(2).NextBytes(bytes);
        for (long i = 1; i < count; i += 2)
            bytes[i] &= 0x3B;
        return device.Allocate1D(bytes).View.BaseView;
    }

    private static Action Product(Accelerator device, WeightType type, int tokens, int rows, int columns)
    {
        var product = new MatMul(device);
        var weights = new WeightMatrix(Bytes(device, (long)rows * columns * WeightMatrix.BytesPerElement(type)), type, rows, columns);
        View x = Values(device, (long)tokens * columns), y = Values(device, (long)tokens * rows);
        return () => product.Run(device.DefaultStream, x, weights, y);
    }

    private static Action Product(Accelerator device, BlockType type, int tokens)
    {
        const int Rows = 512, Columns = 1536;
        var product = new QuantisedMatMul(device);
        var weights = new QuantisedMatrix(Bytes(device, (long)Rows * Columns / type.BlockLength() * type.BlockBytes()), type, Rows, Columns);
        View x = Values(device, (long)tokens * Columns), y = Values(device, (long)tokens * Rows);
        return () => product.Run(device.DefaultStream, x, weights, y);
    }

    private static Action Attention(Accelerator device, int positions, int tokens, CacheType type)
    {
        int width = s_heads.QueryHeads * s_heads.HeadDim;
        long cache = (long)positions * s_heads.KvHeads * s_heads.HeadDim;
        CacheTensor keys = Cache(device, positions, type), values = Cache(device, positions, type);
        new KvCacheWrite(device).Run(device.DefaultStream, Values(device, cache), Values(device, cache), keys, values, 0);
        View q = Values(device, (long)tokens * width), y = Values(device, (long)tokens * width);
        if (tokens == 1)
        {
            var decode = new AttentionDecode(device);
            return () => decode.Run(device.DefaultStream, s_heads, q, keys, values, y, positions - 1, 1);
        }
        var prefill = new AttentionPrefill(device);
        return () => prefill.Run(device.DefaultStream, s_heads, q, keys, values, y, positions - tokens, tokens);
    }

    private static CacheTensor Cache(Accelerator device, int positions, CacheType type)
    {
        long rows = (long)positions * s_heads.KvHeads;
        ArrayView<byte> data = device.Allocate1D<byte>(rows * s_heads.HeadDim * CacheTensor.BytesPerValue(type)).View;
        View scales = CacheTensor.HasScales(type) ? device.Allocate1D<float>(rows).View : View.Empty;
        return new CacheTensor(type, data, scales, s_heads.KvHeads, positions, s_heads.HeadDim);
    }

    private static Action Norm(Accelerator device)
    {
        var norm = new RmsNorm(device);
        View x = Values(device, 64 * 2304), weights = Values(device, 2304), y = Values(device, 64 * 2304);
        return () => norm.Run(device.DefaultStream, x, weights, y, 1e-6f, 1);
    }

    private static Action GeGlu(Accelerator device)
    {
        var activation = new GeGlu(device);
        View gate = Values(device, 64 * 2304), up = Values(device, 64 * 2304), y = Values(device, 64 * 2304);
        return () => activation.Run(device.DefaultStream, gate, up, y);
    }

    private static Action Rope(Accelerator device)
    {
        const int Tokens = 64, Heads = 8, HeadDim = 256;
        var rope = new Rope(device);
        View x = Values(device, Tokens * Heads * HeadDim), cos = Values(device, Tokens * HeadDim / 2), sin = Values(device, Tokens * HeadDim / 2);
        rope.Tables(device.DefaultStream, 0, Tokens, Values(device, HeadDim / 2), cos, sin);
        return () => rope.Run(device.DefaultStream, x, Heads, HeadDim, cos, sin);
    }

    private static Action Softmax(Accelerator device)
    {
        var softmax = new Softmax(device);
        View x = Values(device, 32 * 4096), y = Values(device, 32 * 4096);
        return () => softmax.Run(device.DefaultStream, x, y, 4096);
    }

    private static Action Add(Accelerator device)
    {
        var add = new Add(device);
        View x = Values(device, 262144), y = Values(device, 262144);
        return () => add.Run(device.DefaultStream, x, y);
    }

    private static Action Embedding(Accelerator device)
    {
        var embedding = new Embedding(device);
        var table = new WeightMatrix(Bytes(device, 2L * 256 * 2304), WeightType.BFloat16, 256, 2304);
        ArrayView<int> ids = device.Allocate1D(Enumerable.Range(0, 64).ToArray()).View.BaseView;
        View x = Values(device, 64 * 2304);
        return () => embedding.Run(device.DefaultStream, ids, table, x, 48);
    }

    private static Action ArgMax(Accelerator device)
    {
        var sampling = new Sampling(device);
        View logits = Values(device, 65536);
        ArrayView<int> result = device.Allocate1D<int>(1).View.BaseView;
        return () => sampling.ArgMax(device.DefaultStream, logits, result);
    }
}
