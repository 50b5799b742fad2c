using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Attention without a matrix of scores.</summary>
internal sealed class FlashTilePuzzle : Puzzle
{
    private const int Head = 16;
    private const int Tile = 32;

    public override int Number => 20;

    public override string Name => "FlashTile";

    public override string Teaches => "flash attention: tiles of keys, online softmax, causal mask, window, softcap";

    public override string Lesson => "lessons/10-attention.md";

    public override IReadOnlyList<string> Hints =>
    [
        "First for every tile from 0 on: all threads bring 32 keys and 32 values, barrier, each thread goes through the keys that its query sees, barrier. Threads without a query bring too.",
        "For a key: score, softcap, next = max(m, score), keep = exp(m - next), p = exp(score - next); s = s * keep + p; each of 16 sums = sum * keep + p * value. At the end divide by s.",
        "The first key that the group's first query f sees is max(0, f - window + 1): begin with its tile; end with the tile of the group's last query. Key j of a tile at `first` lies at (j - first) * Head.",
    ];

    public override IEnumerable<Trial> Trials() =>
        [Trial(32, 32, 5), Trial(1, 4, 5), Trial(5, 2, 30), Trial(33, 100, 5), Trial(70, 1, 5), Trial(96, 40, 2), Trial(0, 4, 5)];

    public override Trial? CountedTrial() => Trial(96, 32, 5);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial)
    {
        // 96 queries; their groups see 1, 2 and 2 tiles of keys and values.
        double queries = 96 * Head, tiles = 5 * Tile * Head * 2;
        double reads = counters.GlobalLoads.LaneAccesses / queries;
        string advice = reads > (queries + (10 * Tile * Head * 2)) / queries * 1.01
            ? "32 queries want the same keys: bring a tile of keys and values to shared memory once for all threads, and keep the query in local memory."
            : reads > (queries + (6 * Tile * Head * 2)) / queries * 1.01
            ? "some tiles are brought in vain, or elements of a tile twice: tiles behind the group's last query hold only keys that nobody may see, and an element of a tile is brought by one of the 32 threads."
            : "some tiles are brought that no query of the group sees: with a window of 32, queries 64 to 95 see keys from 33 on, so the first tile is not for them.";
        return [Puzzles.Goals.Reads(counters, queries, Math.Round((queries + tiles) / queries, 2) + 0.01, advice), Puzzles.Goals.Moved("read", counters.GlobalLoads, 3)];
    }

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        if (actual.Length == 0)
            return null;
        int tokens = trial.Number("tokens"), window = trial.Number("window");
        float softcap = (float)((NumberArgument)trial.Find("softcap")!).Value;
        bool Is(int seen, double softcap, double divisor, bool causal = true, bool including = true, Func<double, double>? cap = null, bool divides = true, Func<int, int>? from = null) =>
            Attend(trial.Input("q"), trial.Input("k"), trial.Input("v"), tokens, seen, softcap, divisor, causal, including, cap, divides, from).Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-3);
        return Is(window, softcap, 1) ? "The scores are not divided by 4, the root of the head's width."
            : Is(window, double.PositiveInfinity, 4) ? "The softcap is missing: score = softcap * tanh(score / softcap)."
            : Is(tokens + 1, softcap, 4) ? $"Every query sees all keys before it; it should see the last {window} only."
            : Is(window + 1, softcap, 4) ? $"A query sees one key too many: a window of {window} has {window} keys, its own included: j > i - window."
            : Is(window - 1, softcap, 4) ? $"A query sees one key too few: a window of {window} has {window} keys, its own included: j > i - window."
            : Is(tokens + 1, softcap, 4, causal: false) || Is(window, softcap, 4, causal: false) ? "Queries see keys that come after them: the mask is causal, j <= i."
            : Is(window, softcap, 4, including: false) ? "A query does not see its own key: j <= i, not j < i."
            : Is(window, softcap, 4, cap: score => Math.Tanh(score / softcap)) ? "tanh gives numbers from -1 to 1, and the cap has to bring them back to size: softcap * tanh(score / softcap)."
            : Is(window, softcap, 4, divides: false) ? "The sums are not divided by s, the sum of all exp, in the end."
            : Is(window, softcap, 4, from: group => (Math.Max(0, (group * Tile) - window + 1) + Tile - 1) / Tile * Tile) || Is(window, softcap, 4, from: group => group * Tile)
            ? $"The first tile comes too late: in group {(tokens - 1) / Tile}, query {(tokens - 1) / Tile * Tile} sees keys from {Math.Max(0, ((tokens - 1) / Tile * Tile) - window + 1)} on, and those before a multiple of {Tile} are left out. Begin with the tile in which the first key lies that the group's first query sees."
            : actual.Any(float.IsNaN) ? "NaN: does a thread begin with m = minus infinity, and take m - m? Or is s still 0, because it saw no key? Begin with float.MinValue."
            : "The mask, the scale and the softcap are not it alone. When m changes, s and all 16 sums have to be multiplied by exp(old m - new m); and at the end the sums are divided by s.";
    }

    private static Trial Trial(int tokens, int window, float softcap)
    {
        float[] q = [.. Numbers.Uniform(tokens * Head, seed: 1).Select(value => value * 6)], k = Numbers.Uniform(tokens * Head, seed: 2), v = Numbers.Uniform(tokens * Head, seed: 3);
        double[] expected = Attend(q, k, v, tokens, window, softcap, 4, causal: true, including: true);
        return new(
            $"{Numbers.Of(tokens, "token")}, window {window}, softcap {softcap}", Numbers.Groups(tokens, Tile), Tile,
            new InputArgument("q", q) { Columns = Head }, new InputArgument("k", k) { Columns = Head }, new InputArgument("v", v) { Columns = Head },
            // Values are at most 1; exp and tanh of scores below 25 are good to 25 · 2⁻²⁴, the sums of up to 100 terms to as much.
            new OutputArgument("result", expected) { Columns = Head, AbsoluteTolerance = 2e-5 },
            new NumberArgument("tokens", tokens), new NumberArgument("window", window), new NumberArgument("softcap", softcap)) { Owner = i => i / Head };
    }

    private static double[] Attend(float[] q, float[] k, float[] v, int tokens, int window, double softcap, double divisor, bool causal, bool including, Func<double, double>? cap = null, bool divides = true, Func<int, int>? from = null)
    {
        double[] result = new double[tokens * Head];
        for (int i = 0; i < tokens; i++)
        {
            int[] seen = [.. Enumerable.Range(0, tokens).Where(j => j > i - window && (!causal || j <= i) && (including || j != i) && j >= (from?.Invoke(i / Tile) ?? 0))];
            double[] weights = [.. seen.Select(j =>
            {
                double score = Enumerable.Range(0, Head).Sum(h => (double)q[(i * Head) + h] * k[(j * Head) + h]) / divisor;
                return Math.Exp(cap is not null ? cap(score) : double.IsInfinity(softcap) ? score : softcap * Math.Tanh(score / softcap));
            })];
            // Without the division everything is relative to the largest score.
            double sum = divides ? weights.Sum() : weights.DefaultIfEmpty(1).Max();
            for (int h = 0; h < Head; h++)
                result[(i * Head) + h] = seen.Select((j, at) => weights[at] * v[(j * Head) + h]).Sum() / sum;
        }
        return result;
    }
}
