using GemmaIlgpu.Kernels.Fast;

namespace GemmaIlgpu.Kernels.Tests.Fast;

public class DecodeAttentionTests
{
    // Query heads, KV heads, columns a lane, past tokens, window, cap. Groups of one, two, an odd number and many heads;
    // positions around a warp, a run of 64 keys and several; windows shorter and longer than that.
    [TestCase(1, 1, 2, 0, 0, 0f)]
    [TestCase(4, 2, 8, 3, 0, 50f)]
    [TestCase(3, 1, 4, 31, 0, 0f)]
    [TestCase(4, 4, 2, 32, 20, 0f)]
    [TestCase(8, 1, 4, 63, 0, 30f)]
    [TestCase(5, 1, 2, 64, 0, 0f)]
    [TestCase(4, 2, 8, 65, 66, 50f)]
    [TestCase(2, 1, 2, 150, 70, 0f)]
    public void Matches_the_double_reference(int heads, int kvHeads, int columns, int past, int window, float cap)
    {
        foreach (CacheType type in Enum.GetValues<CacheType>())
        {
            foreach (TestDevice device in past < 5 ? Devices.AllAndGpu : Devices.AllAndGpu.Where(device => device.IsCompiled))
            {
                var shape = new AttentionShape(heads, kvHeads, columns * device.Warp, 1f / MathF.Sqrt(columns * device.Warp), cap, window);
                AttentionCase exact = AttentionCase.Random(shape, past, tokens: 1, seed: 12);
                int capacity = window == 0 ? past + 5 : Math.Min(past + 1, window + 2);
                exact.Rounded(type).Check(device, Run(device, exact, capacity, type), $"DecodeAttention {type}");
            }
        }
    }

    [Test]
    public void Runs_grow_when_there_would_be_too_many()
    {
        int longest = DecodeAttentionKernels.MaxSplits * DecodeAttentionKernels.KeysPerSplit;
        Assert.Multiple(() =>
        {
            Assert.That(DecodeAttentionKernels.SplitLength(1), Is.EqualTo(DecodeAttentionKernels.KeysPerSplit));
            Assert.That(DecodeAttentionKernels.SplitLength(longest), Is.EqualTo(DecodeAttentionKernels.KeysPerSplit));
            Assert.That(DecodeAttentionKernels.SplitLength(longest + 1), Is.EqualTo(2 * DecodeAttentionKernels.KeysPerSplit));
        });
        TestDevice device = Devices.Fastest;
        var shape = new AttentionShape(2, 1, 2 * device.Warp, 0.25f, 0f, 0);
        AttentionCase data = AttentionCase.Random(shape, longest + 7, tokens: 1, seed: 13);
        data.Check(device, Run(device, data, longest + 8, CacheType.Float32), "DecodeAttention long");
    }

    [Test]
    public void Says_which_head_widths_it_takes()
    {
        TestDevice device = Devices.All[0];
        var shape = new AttentionShape(1, 1, 3 * device.Warp, 1f, 0f, 0);
        AttentionCase data = AttentionCase.Random(shape, past: 0, tokens: 1, seed: 14);
        Assert.That(() => Run(device, data, 1, CacheType.Float32), Throws.ArgumentException.With.Message.Contains("2, 4 or 8 columns a lane"));
    }

    private static float[] Run(TestDevice device, AttentionCase data, int capacity, CacheType type)
    {
        using var kernel = new DecodeAttention(device.Accelerator, device.Tuning);
        using TestCache k = TestCache.Of(device, type, data.K, data.Shape.KvHeads, capacity, data.Shape.HeadDim);
        using TestCache v = TestCache.Of(device, type, data.V, data.Shape.KvHeads, capacity, data.Shape.HeadDim);
        using var q = device.Upload(data.Q);
        using var y = device.Room(data.Q.Length);
        using var position = device.Upload(new[] { data.FirstPosition });
        kernel.Run(device.Stream, data.Shape, q.View, k.Tensor, v.Tensor, y.View, position.View);
        return device.Download(y);
    }
}
