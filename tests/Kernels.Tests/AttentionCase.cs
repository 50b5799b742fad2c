using GemmaIlgpu.Kernels.Tests.Golden;

namespace GemmaIlgpu.Kernels.Tests;

/// <summary>Queries of some tokens and the keys and values of these and all earlier ones, in order of position.</summary>
public sealed record AttentionCase(AttentionShape Shape, float[] Q, float[] K, float[] V, int FirstPosition)
{
    private double[]? _expected;
    private double? _tolerance;

    public int Tokens => Q.Length / (Shape.QueryHeads * Shape.HeadDim);

    /// <summary>Little enough for the slowest device.</summary>
    public bool IsSmall => (long)Q.Length * (FirstPosition + Tokens) < 4000;

    public double[] Expected => _expected ??= Reference.Attention(Shape, Q, K, V, FirstPosition);

    public static AttentionCase Random(AttentionShape shape, int past, int tokens, int seed)
    {
        int keys = (past + tokens) * shape.KvHeads * shape.HeadDim;
        return new AttentionCase(
            shape,
            Inputs.Uniform(tokens * shape.QueryHeads * shape.HeadDim, seed, scale: 3f),
            Inputs.Uniform(keys, seed + 1000, scale: 3f),
            Inputs.Uniform(keys, seed + 2000),
            past);
    }

    public static AttentionCase Golden(string name)
    {
        var shape = new AttentionShape(
            (int)GoldenOps.Number(name, "query_heads"), (int)GoldenOps.Number(name, "kv_heads"), (int)GoldenOps.Number(name, "head_dim"),
            (float)GoldenOps.Number(name, "scale"), (float)GoldenOps.Number(name, "softcap"), (int)GoldenOps.Number(name, "window"));
        return new AttentionCase(
            shape, GoldenOps.File.Floats($"{name}.q"), GoldenOps.File.Floats($"{name}.k"), GoldenOps.File.Floats($"{name}.v"),
            (int)GoldenOps.Number(name, "past"));
    }

    /// <summary>The tokens at positions start … start + tokens − 1 alone, with everything before them.</summary>
    public AttentionCase Part(int start, int tokens)
    {
        int q = Shape.QueryHeads * Shape.HeadDim, kv = Shape.KvHeads * Shape.HeadDim;
        int first = start - FirstPosition;
        return new AttentionCase(Shape, Q[(first * q)..((first + tokens) * q)], K[..((start + tokens) * kv)], V[..((start + tokens) * kv)], start);
    }

    public float[] Prefill(TestDevice device, int capacity = 0, CacheType type = CacheType.Float32)
    {
        using var kernel = new AttentionPrefill(device.Accelerator, device.Tuning);
        return Run(device, capacity, type, kernel.Run);
    }

    public float[] Decode(TestDevice device, int capacity = 0, CacheType type = CacheType.Float32)
    {
        using var kernel = new AttentionDecode(device.Accelerator, device.Tuning);
        return Run(device, capacity, type, kernel.Run);
    }

    /// <summary>
    /// The same case with keys and values as a cache type keeps them. Reading them is exact, so kernels over a cache of that
    /// type are held to the bound of <see cref="Check"/> against this case.
    /// </summary>
    public AttentionCase Rounded(CacheType type) => this with
    {
        K = CacheReference.Rounded(type, K, Shape.HeadDim),
        V = CacheReference.Rounded(type, V, Shape.HeadDim),
        _expected = null,
        _tolerance = null,
    };

    /// <summary>
    /// The rule of FlashAttention's own tests: at most twice the largest error of a naive float32 version, plus two units
    /// in the last place of the largest value.
    /// </summary>
    public void Check(TestDevice device, float[] actual, string subject) =>
        TensorAssert.Close(Expected, actual, Tolerance, [Tokens, Shape.QueryHeads, Shape.HeadDim], subject, device);

    private double Tolerance => _tolerance ??=
        (2 * Reference.NaiveAttention(Shape, Q, K, V, FirstPosition).Zip(Expected, (n, e) => Math.Abs(n - e)).Max())
        + (4 * TensorAssert.Rounding * V.Where(v => !float.IsNaN(v)).Max(MathF.Abs));

    private delegate void Kernel(
        ILGPU.Runtime.AcceleratorStream stream, AttentionShape shape, ILGPU.ArrayView<float> q, CacheTensor keys, CacheTensor values,
        ILGPU.ArrayView<float> y, int firstPosition, int tokens);

    private float[] Run(TestDevice device, int capacity, CacheType type, Kernel kernel)
    {
        int keys = FirstPosition + Tokens;
        if (capacity == 0)
            capacity = keys;
        using TestCache k = TestCache.Of(device, type, K, Shape.KvHeads, capacity, Shape.HeadDim);
        using TestCache v = TestCache.Of(device, type, V, Shape.KvHeads, capacity, Shape.HeadDim);
        using var q = device.Upload(Q);
        using var y = device.Room(Q.Length);
        kernel(device.Stream, Shape, q.View, k.Tensor, v.Tensor, y.View, FirstPosition, Tokens);
        return device.Download(y);
    }
}
