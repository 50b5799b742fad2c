using GemmaIlgpu.Kernels.Fast;
using ILGPU;

namespace GemmaIlgpu.Kernels.Tests.Fast;

public class DecodeHeadsTests
{
    // Query heads, KV heads, head width, position, slots: half heads around the warps, an append cache and a ring.
    [TestCase(1, 1, 2, 0, 1)]
    [TestCase(4, 2, 8, 5, 9)]
    [TestCase(3, 1, 34, 11, 7)]
    [TestCase(2, 2, 64, 700, 256)]
    public void Does_what_rotation_and_the_cache_write_do_one_after_the_other(int heads, int kvHeads, int headDim, int position, int capacity)
    {
        float[] q = Inputs.Uniform(heads * headDim, seed: 1), k = Inputs.Uniform(kvHeads * headDim, seed: 2), v = Inputs.Uniform(kvHeads * headDim, seed: 3);
        float[] frequencies = Reference.InverseFrequencies(headDim, 10000);
        foreach (CacheType type in Enum.GetValues<CacheType>())
        {
            foreach (TestDevice device in Devices.AllAndGpu)
            {
                using var case1 = new Run(device, q, k, v, frequencies, type, kvHeads, capacity, headDim);
                using var case2 = new Run(device, q, k, v, frequencies, type, kvHeads, capacity, headDim);
                case1.Fused(position);
                case2.Plain(position);
                Assert.Multiple(() =>
                {
                    Assert.That(case1.Query, Is.EqualTo(case2.Query), $"queries on {device}");
                    Assert.That(case1.KeyBytes, Is.EqualTo(case2.KeyBytes), $"{type} keys on {device}");
                    Assert.That(case1.ValueBytes, Is.EqualTo(case2.ValueBytes), $"{type} values on {device}");
                    Assert.That(case1.Scales, Is.EqualTo(case2.Scales), $"{type} scales on {device}");
                });
            }
        }
    }

    [TestCase(2, 1, 16, 3)]
    [TestCase(4, 2, 66, 40)]
    public void Normalises_queries_and_keys_first_where_there_are_weights(int heads, int kvHeads, int headDim, int position)
    {
        const float epsilon = 1e-6f;
        float[] q = Inputs.Uniform(heads * headDim, seed: 4), k = Inputs.Uniform(kvHeads * headDim, seed: 5), v = Inputs.Uniform(kvHeads * headDim, seed: 6);
        float[] queryNorm = Inputs.Uniform(headDim, seed: 7), keyNorm = Inputs.Uniform(headDim, seed: 8);
        float[] frequencies = Reference.InverseFrequencies(headDim, 10000);
        int[] positions = [position];
        float[] normed = [.. Reference.RmsNorm(q, queryNorm, epsilon, 1).Select(x => (float)x)];
        double[] expected = Reference.Rope(normed, heads, headDim, positions, frequencies);
        float[] normedKeys = [.. Reference.RmsNorm(k, keyNorm, epsilon, 1).Select(x => (float)x)];
        double[] expectedKeys = Reference.Rope(normedKeys, kvHeads, headDim, positions, frequencies);
        foreach (TestDevice device in Devices.AllAndGpu)
        {
            using var run = new Run(device, q, k, v, frequencies, CacheType.Float32, kvHeads, position + 1, headDim);
            using var queryNormBuffer = device.Upload(queryNorm);
            using var keyNormBuffer = device.Upload(keyNorm);
            run.Fused(position, (queryNormBuffer.View, keyNormBuffer.View), epsilon);
            // The norm's relative error (see RmsNorm) and one rounding more here, of values up to about 4; tables and rotation add a few units.
            double tolerance = (((Math.Ceiling(headDim / (double)device.Warp) + device.TreeDepth + 2) / 2) + 12) * 2 * 4 * TensorAssert.Rounding;
            TensorAssert.Close(expected, run.Query, tolerance, [heads, headDim], "DecodeHeads queries", device);
            TensorAssert.Close(expectedKeys, run.Key, tolerance, [kvHeads, headDim], "DecodeHeads keys", device);
        }
    }

    private sealed class Run(TestDevice device, float[] q, float[] k, float[] v, float[] frequencies, CacheType type, int kvHeads, int capacity, int headDim) : IDisposable
    {
        private readonly ILGPU.Runtime.MemoryBuffer1D<float, Stride1D.Dense> _q = device.Upload(q), _k = device.Upload(k), _v = device.Upload(v), _frequencies = device.Upload(frequencies);
        private readonly TestCache _keys = TestCache.Empty(device, type, kvHeads, capacity, headDim), _values = TestCache.Empty(device, type, kvHeads, capacity, headDim);

        public float[] Query => device.Download(_q);

        public float[] Key => device.Download(_k);

        public byte[] KeyBytes => _keys.Data(device);

        public byte[] ValueBytes => _values.Data(device);

        public float[] Scales => [.. _keys.Scales(device), .. _values.Scales(device)];

        public void Fused(int position, (ArrayView<float>, ArrayView<float>) norms = default, float epsilon = 0f)
        {
            using var place = device.Upload(new[] { position });
            new DecodeHeads(device.Accelerator, device.Tuning).Run(
                device.Stream, _q.View, _k.View, _v.View, norms, _frequencies.View, place.View, _keys.Tensor, _values.Tensor, epsilon, 1f);
            device.Accelerator.Synchronize();
        }

        public void Plain(int position)
        {
            int half = headDim / 2;
            using var cos = device.Room(half);
            using var sin = device.Room(half);
            var rope = new Rope(device.Accelerator, device.Tuning);
            rope.Tables(device.Stream, position, 1, _frequencies.View, cos.View, sin.View);
            rope.Run(device.Stream, _q.View, q.Length / headDim, headDim, cos.View, sin.View);
            rope.Run(device.Stream, _k.View, kvHeads, headDim, cos.View, sin.View);
            new KvCacheWrite(device.Accelerator, device.Tuning).Run(device.Stream, _k.View, _v.View, _keys.Tensor, _values.Tensor, position);
            device.Accelerator.Synchronize();
        }

        public void Dispose()
        {
            _q.Dispose();
            _k.Dispose();
            _v.Dispose();
            _frequencies.Dispose();
            _keys.Dispose();
            _values.Dispose();
        }
    }
}
