using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Weights of four bits.</summary>
internal sealed class QuantisedDotPuzzle : Puzzle
{
    private const int GroupSize = 32;

    public override int Number => 19;

    public override string Name => "QuantisedDot";

    public override string Teaches => "4-bit weights, two in a byte, unpacked in registers";

    public override string Lesson => "lessons/11-quantised-matrix-vector.md";

    public override IReadOnlyList<string> Hints =>
    [
        "Let a thread take bytes, not weights: t, t + 32, … of the row's columns / 2. Each gives two weights of the same block.",
        "Byte i of the row lies in block i / 16; its weights are number i % 16 and i % 16 + 16 of that block. (b & 15) - 8 and (b >> 4) - 8.",
        "int b = packed[row * columns / 2 + i]; int first = i / 16 * 32 + i % 16; sum += (((b & 15) - 8) * x[first] + ((b >> 4) - 8) * x[first + 16]) * scales[row * columns / 32 + i / 16];",
    ];

    public override IEnumerable<Trial> Trials() => new[] { (2, 64), (1, 32), (3, 96), (2, 0), (5, 256) }.Select(size => Trial(size.Item1, size.Item2));

    public override Trial? CountedTrial() => Trial(4, 2048);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        Puzzles.Goals.Reads(counters, 4 * 2048, 2, "for each weight half a byte, half a scale and its x. Take both weights of a byte, and their scale, at once."),
        Puzzles.Goals.Moved("read", counters.GlobalLoads, 1.6),
        Puzzles.Goals.Busy(counters, 60, "one thread works for many. Let each of the 32 take every 32nd byte."),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        bool Is(Reading reading) => Dot(trial, reading).Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-3);
        return output.Expected.Length == 0 || trial.Number("columns") == 0 ? null
            : Is(new Reading { High = 0 }) ? "Only the low four bits of each byte are in the sum: the high four, b >> 4, are weights too."
            : Is(new Reading { Low = 0 }) ? "Only the high four bits of each byte are in the sum: the low four, b & 15, are weights too."
            : Is(new Reading { Interleaved = true }) ? "The high four bits of byte j are taken for weight 2 j + 1 of the block; they are weight j + 16, and the low ones weight j."
            : Is(new Reading { Swapped = true }) ? "The halves of the bytes have changed places: the low four bits, b & 15, are weight j of the block, the high four, b >> 4, weight j + 16."
            : Is(new Reading { LowLess = 0 }) || Is(new Reading { HighLess = 0 }) || Is(new Reading { LowLess = 0, HighLess = 0 }) ? "The bits go from 0 to 15, the weights from -8 to 7: take 8 off both halves, before the scale."
            : Is(new Reading { FirstRowsScales = true }) ? "Every row takes the scales of row 0: row r has columns / 32 of its own, and they begin at r * columns / 32."
            : actual.Any(value => value == 0) && output.Expected.All(value => value != 0) ? "Some rows come to 0: do all bytes of a short row have a thread, if a row has fewer bytes than the group has threads?"
            : "Unpack one block by hand: byte j of a block holds weight j in its low and weight j + 16 in its high four bits, each less 8; weight number w of the block belongs to x[32 * block + w].";
    }

    private static double[] Dot(Trial trial, Reading reading) => Dot(
        (byte[])((InputArgument)trial.Find("packed")!).Data, trial.Input("scales"), trial.Input("x"), trial.Outputs.First().Expected.Length, trial.Number("columns"), reading);

    private static double[] Dot(byte[] packed, float[] scales, float[] x, int rows, int columns, Reading reading)
    {
        double[] result = new double[rows];
        for (int i = 0; i < packed.Length; i++)
        {
            int row = i / (columns / 2), j = i % (columns / 2), block = j / 16, place = j % 16;
            int first = (block * 32) + (reading.Interleaved ? 2 * place : place), second = reading.Interleaved ? first + 1 : first + 16;
            if (reading.Swapped)
                (first, second) = (second, first);
            double low = reading.Low * ((packed[i] & 15) - reading.LowLess), high = reading.High * ((packed[i] >> 4) - reading.HighLess);
            result[row] += scales[(reading.FirstRowsScales ? 0 : row * columns / 32) + block] * ((low * x[first]) + (high * x[second]));
        }
        return result;
    }

    private static Trial Trial(int rows, int columns)
    {
        byte[] packed = new byte[rows * columns / 2];
        new Random(19).NextBytes(packed);
        // Powers of two and whole numbers, so that every sum is exact.
        float[] scales = [.. Numbers.Whole(rows * columns / 32, seed: 5).Select(value => value > 0 ? 0.5f : 0.25f)], x = Numbers.Whole(columns, seed: 6);
        return new(
            $"{Numbers.Of(rows, "row")} of {Numbers.Of(columns, "column")}", rows, GroupSize,
            new InputArgument("packed", packed) { Columns = columns / 2 }, new InputArgument("scales", scales) { Columns = columns / 32 }, new InputArgument("x", x),
            new OutputArgument("result", Dot(packed, scales, x, rows, columns, new Reading())), new NumberArgument("columns", columns)) { Owner = row => row * GroupSize };
    }

    // How the bytes are read: rightly, or wrongly in one respect.
    private sealed record Reading
    {
        public int Low { get; init; } = 1;

        public int High { get; init; } = 1;

        public int LowLess { get; init; } = 8;

        public int HighLess { get; init; } = 8;

        public bool Interleaved { get; init; }

        public bool Swapped { get; init; }

        public bool FirstRowsScales { get; init; }
    }
}
