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
        foreach (int width in new[] { 1, 15, 16, 33 })
        {
            float[] k = Inputs.Uniform(tokens * width, seed: 1), v = Inputs.Uniform(tokens * width, seed: 2);
            float[] expectedK = new float[capacity * width], expectedV = new float[capacity * width];
            Array.Fill(expectedK, float.NaN);
            Array.Fill(expectedV, float.NaN);
            for (int t = 0; t < tokens; t++)
            {
                int slot = (firstPosition + t) % capacity;
                k.AsSpan(t * width, width).CopyTo(expectedK.AsSpan(slot * width));
                v.AsSpan(t * width, width).CopyTo(expectedV.AsSpan(slot * width));
            }

            foreach (TestDevice device in Devices.All)
            {
                using var kBuffer = device.Upload(k);
                using var vBuffer = device.Upload(v);
                using var cacheK = device.Room(capacity * width);
                using var cacheV = device.Room(capacity * width);
                new KvCacheWrite(device.Accelerator, device.Tuning)
                    .Run(device.Stream, kBuffer.View, vBuffer.View, cacheK.View, cacheV.View, firstPosition, capacity);
                Assert.That(device.Download(cacheK), Is.EqualTo(expectedK), $"keys on {device}");
                Assert.That(device.Download(cacheV), Is.EqualTo(expectedV), $"values on {device}");
            }
        }
    }

    [Test]
    public void More_tokens_than_slots_are_refused()
    {
        TestDevice device = Devices.All[0];
        using var k = device.Room(6);
        using var cache = device.Room(4);
        Assert.That(
            () => new KvCacheWrite(device.Accelerator).Run(device.Stream, k.View, k.View, cache.View, cache.View, 0, 2),
            Throws.ArgumentException.With.Message.EqualTo("KvCacheWrite: 3 tokens do not fit 2 slots."));
    }
}
