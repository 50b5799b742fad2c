namespace GemmaIlgpu.Kernels.Tests;

/// <summary>Shapes that nobody thought of, drawn from a seed; the case's name and message say which.</summary>
public class RandomShapesTests
{
    [Test]
    public void Attention_matches_the_reference([Range(0, 39)] int seed)
    {
        var random = new Random(seed);
        int kvHeads = random.Next(1, 4), heads = kvHeads * random.Next(1, 6);
        int window = random.Next(3) == 0 ? 0 : random.Next(1, 40);
        float cap = random.Next(2) == 0 ? 0f : 50f;
        var shape = new AttentionShape(heads, kvHeads, random.Next(1, 70), 0.3f, cap, window);
        int past = random.Next(0, 90), tokens = random.Next(1, 24);
        int capacity = AttentionRange.SlotsNeeded(past + tokens, window, tokens) + random.Next(0, 5);
        CacheType type = Enum.GetValues<CacheType>()[seed % 4];
        AttentionCase data = AttentionCase.Random(shape, past, tokens, seed), last = data.Part(past + tokens - 1, 1);
        AttentionCase expected = data.Rounded(type), expectedLast = last.Rounded(type);
        foreach (TestDevice device in Devices.Compiled)
        {
            expected.Check(device, data.Prefill(device, capacity, type), $"AttentionPrefill {type} of {shape}, {past} + {tokens} tokens, {capacity} slots,");
            expectedLast.Check(device, last.Decode(device, capacity, type), $"AttentionDecode {type} of {shape}, {past + tokens - 1} + 1 tokens, {capacity} slots,");
        }
    }

    [Test]
    public void Matrix_products_match_the_reference([Range(0, 39)] int seed)
    {
        var random = new Random(seed);
        int tokens = random.Next(1, 12), rows = random.Next(1, 40), width = random.Next(1, random.Next(2) == 0 ? 100 : 2500);
        WeightType type = Enum.GetValues<WeightType>()[seed % 3];
        MatMulTests.Check(
            Inputs.Uniform(tokens * width, seed), Inputs.Weights(rows * width, type, seed + 1), type, tokens, rows, width,
            $"MatMul {type} of {tokens} tokens and [{rows}, {width}]", Devices.Compiled);
    }
}
