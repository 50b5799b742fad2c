using GemmaIlgpu.Kernels.Tests.Golden;

namespace GemmaIlgpu.Kernels.Tests;

/// <summary>Queries of some tokens and the keys and values of these and all earlier ones, in order of position.</summary>
public sealed record AttentionCase(AttentionShape Shape, float[] Q, float[] K, float[] V, int FirstPosition)
{
    private double[]? _expected;

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

    public float[] Prefill(TestDevice device, int capacity = 0)
    {
        using var kernel = new AttentionPrefill(device.Accelerator, device.Tuning);
        return Run(device, capacity, kernel.Run);
    }

    public float[] Decode(TestDevice device, int capacity = 0)
    {
        using var kernel = new AttentionDecode(device.Accelerator, device.Tuning);
        return Run(device, capacity, kernel.Run);
    }

    public void Check(TestDevice device, float[] actual, string subject)
    {
        // A score is a sum of ⌈H/warp⌉ + log₂ warp roundings of at most Σ|q·k| · scale, plus scale, cap, the difference
        // to the maximum and the exponential's own few; its error is a relative error of the weight (2: once in the
        // numerator, once in the sum). The weighted sum adds a rounding per key and one per block of keys.
        int keys = FirstPosition + Tokens;
        double largestProducts = LargestProducts() * Shape.Scale;
        double scoreError = ((Math.Ceiling((double)Shape.HeadDim / device.Warp) + device.TreeDepth + 2) * largestProducts) + (8 * LargestScore(largestProducts));
        double roundings = (2 * scoreError) + (2 * keys) + Math.Ceiling((double)keys / device.Warp) + 16;
        double largestValue = V.Where(v => !float.IsNaN(v)).Max(MathF.Abs);
        TensorAssert.Close(Expected, actual, roundings * TensorAssert.Rounding * largestValue, [Tokens, Shape.QueryHeads, Shape.HeadDim], subject, device);
    }

    private double LargestScore(double largestProducts) => Shape.Softcap > 0 ? Math.Min(Shape.Softcap, largestProducts) : largestProducts;

    /// <summary>A bound on Σ|q·k| over all pairs: the largest Euclidean norms multiplied.</summary>
    private double LargestProducts() => LargestNorm(Q) * LargestNorm(K);

    private double LargestNorm(float[] rows) =>
        Math.Sqrt(rows.Chunk(Shape.HeadDim).Max(row => row.Sum(v => float.IsNaN(v) ? 0 : (double)v * v)));

    private delegate void Kernel(
        ILGPU.Runtime.AcceleratorStream stream, AttentionShape shape, ILGPU.ArrayView<float> q, ILGPU.ArrayView<float> k, ILGPU.ArrayView<float> v,
        ILGPU.ArrayView<float> y, int firstPosition, int tokens, int capacity);

    private float[] Run(TestDevice device, int capacity, Kernel kernel)
    {
        int width = Shape.KvHeads * Shape.HeadDim, keys = FirstPosition + Tokens;
        if (capacity == 0)
            capacity = keys;

        // Fill the slots as the tokens would have come; the newest of a slot stays, a slot without a token holds NaN.
        float[] cacheK = new float[capacity * width], cacheV = new float[capacity * width];
        Array.Fill(cacheK, float.NaN);
        Array.Fill(cacheV, float.NaN);
        for (int j = 0; j < keys; j++)
        {
            K.AsSpan(j * width, width).CopyTo(cacheK.AsSpan(j % capacity * width));
            V.AsSpan(j * width, width).CopyTo(cacheV.AsSpan(j % capacity * width));
        }

        using var q = device.Upload(Q);
        using var k = device.Upload(cacheK);
        using var v = device.Upload(cacheV);
        using var y = device.Room(Q.Length);
        kernel(device.Stream, Shape, q.View, k.View, v.View, y.View, FirstPosition, Tokens, capacity);
        return device.Download(y);
    }
}
