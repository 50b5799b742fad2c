namespace GemmaIlgpu.Kernels.Tests;

/// <summary>
/// Random quantised weights: draws levels, scales and minima, computes the weights they stand for in double and packs them
/// as the published descriptions of the block types say (docs/gguf.md of ggml-org/ggml; llama.cpp pull request 1684).
/// Shares no code with the kernels, which unpack.
/// </summary>
public sealed class BlockWriter
{
    private readonly Random _random;
    private readonly BlockType _type;
    private readonly List<byte> _bytes = [];
    private readonly List<double> _weights = [];
    private readonly List<double> _parts = [];

    private BlockWriter(BlockType type, int length, int seed)
    {
        _random = new Random(seed);
        _type = type;
        while (_weights.Count < length)
        {
            switch (type)
            {
                case BlockType.Q8_0: Simple(-128, 128, offset: 0, hasMinimum: false); break;
                case BlockType.Q4_0: Simple(0, 16, offset: 8, hasMinimum: false); break;
                case BlockType.Q4_1: Simple(0, 16, offset: 0, hasMinimum: true); break;
                case BlockType.Q5_0: Simple(0, 32, offset: 16, hasMinimum: false); break;
                case BlockType.Q5_1: Simple(0, 32, offset: 0, hasMinimum: true); break;
                case BlockType.Q2K: Q2(); break;
                case BlockType.Q3K: Q3(); break;
                case BlockType.Q4K: Q4Or5(16); break;
                case BlockType.Q5K: Q4Or5(32); break;
                default: Q6(); break;
            }
        }
    }

    /// <summary>Bytes, weights, and |scale · level| + |minimum| of each weight: what its rounding errors grow with.</summary>
    public static (byte[] Bytes, double[] Weights, double[] Parts) Write(BlockType type, int length, int seed)
    {
        var writer = new BlockWriter(type, length, seed);
        return ([.. writer._bytes], [.. writer._weights], [.. writer._parts]);
    }

    private int[] Levels(int low, int high, int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(low, high))];

    // 2⁻⁸ to 2⁻⁴ of both signs.
    private double Factor() => (double)(System.Half)((_random.Next(2) == 0 ? -1 : 1) * Math.Pow(2, -8 + (4 * _random.NextDouble())));

    private void Half(double value) => _bytes.AddRange(BitConverter.GetBytes((System.Half)value));

    private void Weight(double scale, int level, double minimum)
    {
        _weights.Add((scale * level) - minimum);
        _parts.Add(Math.Abs(scale * level) + Math.Abs(minimum));
    }

    private void Simple(int low, int high, int offset, bool hasMinimum)
    {
        double scale = Factor(), minimum = hasMinimum ? Factor() : scale * offset;
        int[] levels = Levels(low, high, 32);
        Half(scale);
        if (hasMinimum)
            Half(-minimum);
        if (high == 32)
            _bytes.AddRange(BitConverter.GetBytes(levels.Select((level, i) => (uint)(level >> 4) << i).Aggregate((a, b) => a | b)));
        if (_type == BlockType.Q8_0)
            _bytes.AddRange(levels.Select(level => unchecked((byte)level)));
        else
            _bytes.AddRange(Enumerable.Range(0, 16).Select(i => (byte)((levels[i] & 15) | ((levels[i + 16] & 15) << 4))));
        foreach (int level in levels)
            Weight(scale, level, minimum);
    }

    private void Q2()
    {
        double d = Factor(), m = Factor();
        int[] scales = Levels(0, 16, 16), minima = Levels(0, 16, 16), levels = Levels(0, 4, 256);
        _bytes.AddRange(scales.Zip(minima, (scale, minimum) => (byte)(scale | (minimum << 4))));
        _bytes.AddRange(BitPairs(levels));
        Half(d);
        Half(m);
        for (int i = 0; i < 256; i++)
            Weight(d * scales[i / 16], levels[i], m * minima[i / 16]);
    }

    private void Q3()
    {
        double d = Factor();
        int[] scales = Levels(0, 64, 16), levels = Levels(0, 8, 256);
        for (int i = 0; i < 32; i++)
            _bytes.Add((byte)Enumerable.Range(0, 8).Sum(bit => (levels[(32 * bit) + i] >> 2) << bit));
        _bytes.AddRange(BitPairs([.. levels.Select(level => level & 3)]));
        for (int i = 0; i < 8; i++)
            _bytes.Add((byte)((scales[i] & 15) | ((scales[i + 8] & 15) << 4)));
        for (int i = 0; i < 4; i++)
            _bytes.Add((byte)Enumerable.Range(0, 4).Sum(part => (scales[(4 * part) + i] >> 4) << (2 * part)));
        Half(d);
        for (int i = 0; i < 256; i++)
            Weight(d * (scales[i / 16] - 32), levels[i], 4 * d * (scales[i / 16] - 32));
    }

    private void Q4Or5(int levelCount)
    {
        double d = Factor(), m = Factor();
        int[] scales = Levels(0, 64, 8), minima = Levels(0, 64, 8), levels = Levels(0, levelCount, 256);
        Half(d);
        Half(m);
        for (int i = 0; i < 4; i++)
            _bytes.Add((byte)(scales[i] | ((scales[i + 4] >> 4) << 6)));
        for (int i = 0; i < 4; i++)
            _bytes.Add((byte)(minima[i] | ((minima[i + 4] >> 4) << 6)));
        for (int i = 0; i < 4; i++)
            _bytes.Add((byte)((scales[i + 4] & 15) | ((minima[i + 4] & 15) << 4)));
        if (levelCount == 32)
        {
            for (int i = 0; i < 32; i++)
                _bytes.Add((byte)Enumerable.Range(0, 8).Sum(bit => (levels[(32 * bit) + i] >> 4) << bit));
        }

        for (int run = 0; run < 4; run++)
        {
            for (int i = 0; i < 32; i++)
                _bytes.Add((byte)((levels[(64 * run) + i] & 15) | ((levels[(64 * run) + 32 + i] & 15) << 4)));
        }

        for (int i = 0; i < 256; i++)
            Weight(d * scales[i / 32], levels[i], m * minima[i / 32]);
    }

    private void Q6()
    {
        double d = Factor() / 64;
        int[] scales = Levels(-128, 128, 16), levels = Levels(0, 64, 256);
        for (int half = 0; half < 2; half++)
        {
            for (int i = 0; i < 64; i++)
                _bytes.Add((byte)((levels[(128 * half) + i] & 15) | ((levels[(128 * half) + 64 + i] & 15) << 4)));
        }

        for (int half = 0; half < 2; half++)
        {
            for (int i = 0; i < 32; i++)
                _bytes.Add((byte)Enumerable.Range(0, 4).Sum(part => (levels[(128 * half) + (32 * part) + i] >> 4) << (2 * part)));
        }

        _bytes.AddRange(scales.Select(scale => unchecked((byte)scale)));
        Half(d);
        d = (double)(System.Half)d;
        for (int i = 0; i < 256; i++)
            Weight(d * scales[i / 16], levels[i], 32 * d * scales[i / 16]);
    }

    // Runs of 32 bytes hold 128 weights, four in a byte, 32 apart.
    private static IEnumerable<byte> BitPairs(int[] levels)
    {
        for (int run = 0; run < 2; run++)
        {
            for (int i = 0; i < 32; i++)
                yield return (byte)Enumerable.Range(0, 4).Sum(part => levels[(128 * run) + (32 * part) + i] << (2 * part));
        }
    }
}
