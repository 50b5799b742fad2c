namespace GemmaIlgpu.Kernels.Tests;

public class KvCacheWriteTests
{
    // Append; a ring before, across and long after its first wrap; a whole ring at once.
    [TestCase(3, 0, 10)]
    [TestCase(4, 6, 10)]
    [TestCase(4, 8, 10)]
    [TestCase(1, 57, 10)]
    [TestCase(10, 33, 10)]
    public void Each_token_goes_to_its_position_modulo_the_capacity(int tokens, int firstPosition, int capacity)
    {
        foreach ((int kvHeads, int headDim) in new[] { (1, 1), (3, 5), (1, 16), (2, 33) })
        {
            int width = kvHeads * headDim;
            float[] k = Inputs.Uniform(tokens * width, seed: 1), v = Inputs.Uniform(tokens * width, seed: 2);
            foreach (CacheType type in Enum.GetValues<CacheType>())
                CheckWrite(type, k, v, kvHeads, headDim, firstPosition, capacity);
        }
    }

    [Test]
    public void Values_are_rounded_to_the_nearest_even_one_of_every_type()
    {
        // Halfway cases of both 16-bit types, subnormals, the largest values, both zeros; head vectors of 8.
        float[] values =
        [
            1f + (1f / 2048), 1f + (3f / 2048), 1f + (1f / 256), 1f + (3f / 256), -1f - (1f / 2048), -1f - (5f / 256), 0f, -0f,
            65503.9f, 65504f, 65519.9f, 65520f, 1e6f, -3e38f, 6.1e-5f, 6.0975552e-5f,
            1f / (1 << 24), 1.5f / (1 << 24), 2.5f / (1 << 24), 0.5f / (1 << 24), 0.51f / (1 << 24), 1e-8f, 1e-40f, -1e-45f,
            0f, 0f, 0f, 0f, -0f, 0f, 0f, 0f,
            1e-31f, -2e-31f, 0f, 0f, 0f, 0f, 0f, 0f,
            .. Inputs.Uniform(400, seed: 3, scale: 5f),
        ];
        foreach (CacheType type in Enum.GetValues<CacheType>())
            CheckWrite(type, values, values, kvHeads: 1, headDim: 8, firstPosition: 0, capacity: values.Length / 8);
    }

    [Test]
    public void Stored_values_err_by_no_more_than_their_type_says()
    {
        float[] values = [.. Enumerable.Range(0, 5).SelectMany(i => Inputs.Uniform(64, seed: i, scale: MathF.Pow(10, i - 3)))];
        foreach (CacheType type in Enum.GetValues<CacheType>())
        {
            float[] rounded = CacheReference.Rounded(type, values, 64);
            for (int i = 0; i < values.Length; i++)
            {
                double largest = values.AsSpan(i / 64 * 64, 64).ToArray().Max(MathF.Abs);
                // The bounds that CacheFormats.cs states; a byte's level and scale round twice more in float32.
                double bound = type switch
                {
                    CacheType.Float32 => 0,
                    CacheType.Float16 => Math.ScaleB(Math.Abs(values[i]), -11) + Math.ScaleB(1, -25),
                    CacheType.BFloat16 => Math.ScaleB(Math.Abs(values[i]), -8),
                    _ => largest / 254 * (1 + 1e-4),
                };
                Assert.That(Math.Abs((double)rounded[i] - values[i]), Is.LessThanOrEqualTo(bound), $"{type} of {values[i]}");
            }
        }
    }

    [Test]
    public void Broken_values_do_not_come_back_as_numbers([Values] CacheType type, [Values(float.NaN, float.PositiveInfinity)] float broken)
    {
        // A float16 cache saturates infinities; it is the one type that may.
        if (type == CacheType.Float16 && !float.IsNaN(broken))
            return;
        var shape = new AttentionShape(1, 1, 8, 1f, 0f, 0);
        foreach (TestDevice device in Devices.All)
        {
            using var k = device.Upload(new float[] { 1, 2, 3, 4, 5, 6, 7, 8 });
            using var v = device.Upload(new float[] { 1, broken, 3, 4, 5, 6, 7, 8 });
            using var y = device.Room(8);
            using TestCache keys = TestCache.Empty(device, type, 1, 1, 8), values = TestCache.Empty(device, type, 1, 1, 8);
            new KvCacheWrite(device.Accelerator, device.Tuning).Run(device.Stream, k.View, v.View, keys.Tensor, values.Tensor, 0);
            using var attention = new AttentionPrefill(device.Accelerator, device.Tuning);
            attention.Run(device.Stream, shape, k.View, keys.Tensor, values.Tensor, y.View, 0, 1);
            Assert.That(float.IsFinite(device.Download(y)[1]), Is.False, $"{type} on {device}");
        }
    }

    [Test]
    public void More_tokens_than_slots_and_unlike_caches_are_refused()
    {
        TestDevice device = Devices.All[0];
        using var k = device.Room(6);
        using TestCache cache = TestCache.Empty(device, CacheType.Float32, 1, 2, 2), other = TestCache.Empty(device, CacheType.Int8, 1, 2, 2);
        Assert.That(
            () => new KvCacheWrite(device.Accelerator).Run(device.Stream, k.View, k.View, cache.Tensor, cache.Tensor, 0),
            Throws.ArgumentException.With.Message.EqualTo("KvCacheWrite: 3 tokens do not fit 2 slots."));
        Assert.That(
            () => new KvCacheWrite(device.Accelerator).Run(device.Stream, k.View, k.View, cache.Tensor, other.Tensor, 0),
            Throws.ArgumentException.With.Message.EqualTo("KvCacheWrite: keys are Float32 [1, 2, 2], values Int8 [1, 2, 2]; both must be the same."));
    }

    [Test]
    public void A_cache_of_the_wrong_size_is_refused()
    {
        TestDevice device = Devices.All[0];
        using var bytes = device.Upload(new byte[8]);
        using var scales = device.Room(2);
        Assert.That(
            () => new CacheTensor(CacheType.BFloat16, bytes.View, scales.View, 1, 2, 2),
            Throws.ArgumentException.With.Message.EqualTo("A BFloat16 cache [1, 2, 2] takes 8 bytes and 0 scales; got 8 and 2."));
    }

    private static void CheckWrite(CacheType type, float[] k, float[] v, int kvHeads, int headDim, int firstPosition, int capacity)
    {
        foreach (TestDevice device in Devices.All)
        {
            using var kBuffer = device.Upload(k);
            using var vBuffer = device.Upload(v);
            using TestCache keys = TestCache.Empty(device, type, kvHeads, capacity, headDim), values = TestCache.Empty(device, type, kvHeads, capacity, headDim);
            new KvCacheWrite(device.Accelerator, device.Tuning).Run(device.Stream, kBuffer.View, vBuffer.View, keys.Tensor, values.Tensor, firstPosition);
            CheckContents(device, type, keys, k, kvHeads, headDim, firstPosition, capacity, "keys");
            CheckContents(device, type, values, v, kvHeads, headDim, firstPosition, capacity, "values");
        }
    }

    // Every byte and scale: those of the tokens, and untouched ones elsewhere.
    private static void CheckContents(
        TestDevice device, CacheType type, TestCache cache, float[] source, int kvHeads, int headDim, int firstPosition, int capacity, string what)
    {
        (byte[] data, float[] scales) = TestCache.Bytes(type, [], kvHeads, capacity, headDim);
        int rowBytes = headDim * CacheTensor.BytesPerValue(type);
        for (int vector = 0; vector < source.Length / headDim; vector++)
        {
            int row = (vector % kvHeads * capacity) + ((firstPosition + (vector / kvHeads)) % capacity);
            (byte[] bytes, scales[row]) = CacheReference.Store(type, source.AsSpan(vector * headDim, headDim));
            bytes.CopyTo(data, row * rowBytes);
        }

        Assert.That(cache.Data(device), Is.EqualTo(data), $"{type} {what} on {device}");
        if (CacheTensor.HasScales(type))
            Assert.That(cache.Scales(device), Is.EqualTo(scales), $"scales of {what} on {device}");
    }
}
