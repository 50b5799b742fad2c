using GemmaIlgpu.Kernels.Tests.Golden;

namespace GemmaIlgpu.Kernels.Tests;

public class AttentionTests
{
    // Query heads, KV heads, head width, past tokens, new tokens, window, cap. Keys sit around warps of 4, 8, 16 and 32;
    // head widths around one and four warps; rows (tokens · G) around a tile of 16 and odd.
    [TestCase(1, 1, 4, 0, 1, 0, 0f)]
    [TestCase(4, 2, 6, 0, 7, 0, 0f)]
    [TestCase(2, 1, 8, 0, 8, 3, 50f)]
    [TestCase(3, 3, 10, 5, 17, 4, 0f)]
    [TestCase(8, 1, 12, 3, 5, 0, 50f)]
    [TestCase(4, 4, 16, 31, 2, 16, 0f)]
    [TestCase(4, 2, 33, 15, 1, 0, 30f)]
    [TestCase(2, 2, 64, 0, 33, 9, 0f)]
    [TestCase(16, 2, 24, 20, 3, 0, 0f)]
    public void Prefill_matches_the_double_reference(int heads, int kvHeads, int headDim, int past, int tokens, int window, float cap)
    {
        var shape = new AttentionShape(heads, kvHeads, headDim, 1f / MathF.Sqrt(headDim), cap, window);
        AttentionCase exact = AttentionCase.Random(shape, past, tokens, seed: 11);
        foreach (CacheType type in Enum.GetValues<CacheType>())
        {
            AttentionCase data = exact.Rounded(type);
            foreach (TestDevice device in data.IsSmall ? Devices.AllAndWide : type == CacheType.Float32 ? Devices.All : Devices.Compiled)
                data.Check(device, exact.Prefill(device, type: type), $"AttentionPrefill {type}");
        }
    }

    [TestCase(1, 1, 4, 0, 0, 0f)]
    [TestCase(4, 2, 6, 3, 0, 0f)]
    [TestCase(2, 1, 8, 4, 3, 50f)]
    [TestCase(3, 3, 10, 31, 0, 0f)]
    [TestCase(8, 1, 12, 32, 20, 50f)]
    [TestCase(4, 4, 16, 33, 16, 0f)]
    [TestCase(5, 1, 33, 63, 0, 30f)]
    [TestCase(4, 2, 64, 128, 0, 0f)]
    [TestCase(16, 2, 24, 300, 0, 0f)]
    public void Decode_matches_the_double_reference(int heads, int kvHeads, int headDim, int past, int window, float cap)
    {
        var shape = new AttentionShape(heads, kvHeads, headDim, 1f / MathF.Sqrt(headDim), cap, window);
        AttentionCase exact = AttentionCase.Random(shape, past, tokens: 1, seed: 12);
        foreach (CacheType type in Enum.GetValues<CacheType>())
        {
            AttentionCase data = exact.Rounded(type);
            foreach (TestDevice device in data.IsSmall ? Devices.AllAndWide : type == CacheType.Float32 ? Devices.All : Devices.Compiled)
                data.Check(device, exact.Decode(device, type: type), $"AttentionDecode {type}");
        }
    }

    [TestCaseSource(nameof(GoldenCases))]
    public void Matches_the_golden_values(string name)
    {
        AttentionCase data = AttentionCase.Golden(name);
        Assert.That(data.Expected, Is.EqualTo(GoldenOps.File.Doubles($"{name}.y")).Within(1e-6), "our reference (scale in float32) against the golden values");
        foreach (TestDevice device in Devices.All)
        {
            data.Check(device, data.Prefill(device), "AttentionPrefill golden");
            if (data.Tokens == 1)
                data.Check(device, data.Decode(device), "AttentionDecode golden");
        }
    }

    [Test]
    public void A_window_as_long_as_the_text_is_global()
    {
        var local = new AttentionShape(4, 2, 12, 0.3f, 50f, Window: 23);
        AttentionCase data = AttentionCase.Random(local, past: 10, tokens: 13, seed: 13);
        AttentionCase global = data with { Shape = local with { Window = 0 } };
        foreach (TestDevice device in Devices.All)
            Assert.That(data.Prefill(device), Is.EqualTo(global.Prefill(device)), device.ToString());
    }

    [Test]
    public void Identical_values_come_back_as_they_are()
    {
        var shape = new AttentionShape(4, 2, 10, 0.4f, 0f, Window: 7);
        AttentionCase data = AttentionCase.Random(shape, past: 3, tokens: 19, seed: 14);
        for (int i = 0; i < data.V.Length; i++)
            data.V[i] = 0.25f + (i % shape.HeadDim);
        double[] expected = [.. data.Q.Select((_, i) => 0.25 + (i % shape.HeadDim))];
        foreach (TestDevice device in Devices.All)
        {
            // Weights sum to one up to a rounding per key of the window, and the same again in the weighted sum.
            TensorAssert.CloseRelative(expected, data.Prefill(device), 2 * (7 + 3) * TensorAssert.Rounding, [19, 4, 10], "Attention over equal values", device);
        }
    }

    [Test]
    public void Any_chunking_of_a_prompt_agrees()
    {
        var shape = new AttentionShape(4, 2, 12, 0.3f, 50f, Window: 8);
        AttentionCase whole = AttentionCase.Random(shape, past: 0, tokens: 21, seed: 15);
        int row = shape.QueryHeads * shape.HeadDim;
        foreach (TestDevice device in Devices.All)
        {
            foreach (int[] chunks in new int[][] { [1, 20], [7, 7, 7], [16, 5] })
            {
                int start = 0;
                foreach (int tokens in chunks)
                {
                    AttentionCase chunk = whole.Part(start, tokens);
                    chunk.Check(device, tokens == 1 ? chunk.Decode(device) : chunk.Prefill(device), "Attention in chunks");
                    Assert.That(chunk.Expected, Is.EqualTo(whole.Expected[(start * row)..((start + tokens) * row)]), "the reference itself");
                    start += tokens;
                }
            }
        }
    }

    [Test]
    public void Prefill_does_not_depend_on_how_a_prompt_is_cut()
    {
        // Blocks of keys begin at fixed positions, so each row adds the same numbers in the same order.
        var shape = new AttentionShape(4, 2, 12, 0.3f, 50f, Window: 70);
        AttentionCase whole = AttentionCase.Random(shape, past: 0, tokens: 150, seed: 18);
        int row = shape.QueryHeads * shape.HeadDim;
        foreach (TestDevice device in Devices.Compiled)
        {
            float[] expected = whole.Prefill(device);
            foreach ((int start, int tokens) in new[] { (0, 7), (7, 70), (77, 64), (141, 9) })
                Assert.That(whole.Part(start, tokens).Prefill(device), Is.EqualTo(expected[(start * row)..((start + tokens) * row)]), $"{tokens} from {start} on {device}");
        }
    }

    [TestCase(8, 1)]
    [TestCase(8, 5)]
    [TestCase(1, 4)]
    public void A_ring_gives_the_same_as_a_full_cache(int window, int tokens)
    {
        var shape = new AttentionShape(4, 2, 12, 0.3f, 50f, window);
        foreach (int past in new[] { 0, 6, 7, 8, 29, 100 })
        {
            AttentionCase data = AttentionCase.Random(shape, past, tokens, seed: 16);
            foreach (TestDevice device in Devices.All)
            {
                int ring = window + tokens - 1;
                foreach (CacheType type in Enum.GetValues<CacheType>())
                {
                    Assert.That(data.Prefill(device, ring, type), Is.EqualTo(data.Prefill(device, 0, type)), $"{type} prefill after {past} on {device}");
                    if (tokens == 1)
                        Assert.That(data.Decode(device, ring, type), Is.EqualTo(data.Decode(device, 0, type)), $"{type} decode after {past} on {device}");
                }
            }
        }
    }

    [Test]
    public void Nothing_leaks_from_slots_that_no_query_sees()
    {
        var shape = new AttentionShape(4, 2, 12, 0.3f, 50f, Window: 5);
        AttentionCase data = AttentionCase.Random(shape, past: 20, tokens: 3, seed: 17);
        int width = shape.KvHeads * shape.HeadDim, firstVisible = 20 - 5 + 1;
        data.K.AsSpan(0, firstVisible * width).Fill(float.NaN);
        data.V.AsSpan(0, firstVisible * width).Fill(float.NaN);
        foreach (TestDevice device in Devices.All)
        {
            // Unwritten slots behind the last token hold NaN as well: the cache has room for 16 more.
            foreach (CacheType type in Enum.GetValues<CacheType>())
            {
                AttentionCase rounded = data.Rounded(type), last = data.Part(22, 1);
                rounded.Check(device, data.Prefill(device, 39, type), $"AttentionPrefill {type} beside NaN");
                last.Rounded(type).Check(device, last.Decode(device, 39, type), $"AttentionDecode {type} beside NaN");
            }
        }
    }

    [Test]
    public void Says_which_shapes_do_not_fit()
    {
        TestDevice device = Devices.All[0];
        using var q = device.Room(2 * 4 * 8);
        using TestCache cache = TestCache.Empty(device, CacheType.Float32, 2, 8, 8), other = TestCache.Empty(device, CacheType.BFloat16, 2, 8, 8);
        using var prefill = new AttentionPrefill(device.Accelerator);
        using var decode = new AttentionDecode(device.Accelerator);
        var shape = new AttentionShape(4, 2, 8, 1f, 0f, 0);
        Assert.Multiple(() =>
        {
            Assert.That(
                () => prefill.Run(device.Stream, shape, q.View, cache.Tensor, cache.Tensor, q.View, 7, 2),
                Throws.ArgumentException.With.Message.EqualTo("AttentionPrefill: positions 7 to 8 look at 9 keys, but the cache keeps 8."));
            Assert.That(
                () => prefill.Run(device.Stream, shape with { QueryHeads = 3 }, q.View, cache.Tensor, cache.Tensor, q.View, 0, 2),
                Throws.ArgumentException.With.Message.Contains("query heads must be a multiple of KV heads"));
            Assert.That(
                () => prefill.Run(device.Stream, shape, q.View, cache.Tensor, other.Tensor, q.View, 0, 2),
                Throws.ArgumentException.With.Message.EqualTo(
                    "AttentionPrefill: the caches are Float32 [2, 8, 8] and BFloat16 [2, 8, 8]; both must be [2, slots, 8] of one type."));
            Assert.That(
                () => decode.Run(device.Stream, shape, q.View, cache.Tensor, cache.Tensor, q.View, 0, 2),
                Throws.ArgumentException.With.Message.EqualTo("AttentionDecode: 2 tokens; it handles one, AttentionPrefill many."));
        });
    }

    private static IEnumerable<string> GoldenCases() => GoldenOps.Of("attention");
}
