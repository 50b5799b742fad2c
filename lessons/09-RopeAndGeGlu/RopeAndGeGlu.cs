using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 9: small operations between the large ones, and what they cost when each has a kernel.</summary>
public sealed class RopeAndGeGlu : Lesson<RopeAndGeGlu.Layer>
{
    private const int GroupSize = 64;

    public override int Number => 9;
    public override string Title => "RoPE and GeGLU fusion";
    public override string Promise => "What fusing kernels saves, and how to choose what a thread should own.";
    public override string Page => "09-rope-and-geglu.md";
    public override SpeedUnit Unit => SpeedUnit.GigabytesPerSecond;

    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "The formulas, one after the other.", problem => problem.LeastBytes, PlainCSharp),
        Rung("a kernel per step", "Tables, rotation, gelu, product: four kernels.", StepBytes, PerStep),
        Rung("fused", "One thread per pair, no table; gelu and product together.", problem => PairBytes(problem, problem.Heads), Fused(RopeKernels.PerPair, perHead: true)),
        Rung("one angle for all heads", "Sine and cosine once for each token and pair.", problem => PairBytes(problem, 1), Fused(RopeKernels.PerAngle, perHead: false)),
    ];

    public override Rung Mine => Yours(RopeAndGeGluMine.Prepare);

    /// <summary>The inputs. The result is the rotated x, then gelu(gate) · up.</summary>
    public sealed class Layer : Problem
    {
        public required int Tokens { get; init; }
        public required int Heads { get; init; }
        public required float[] Frequencies { get; init; }
        public required float[] X { get; init; }
        public required float[] Gate { get; init; }
        public required float[] Up { get; init; }
        public int Pairs => Frequencies.Length;
        public override string Shape => $"x [{Tokens}, {Heads}, {2 * Pairs}], gate, up [{Gate.Length:N0}]";
        public override string NameOf(int element) =>
            element < X.Length ? FormattableString.Invariant($"rotated x, token {element / (2 * Pairs * Heads)}, head {element / (2 * Pairs) % Heads}, column {element % (2 * Pairs)}") : FormattableString.Invariant($"gelu(gate) · up, element {element - X.Length:N0}");
        public override long LeastBytes => 4L * ((2L * X.Length) + Pairs + (3L * Gate.Length));
        public override long Operations => (3L * Tokens * Pairs) + (3L * X.Length) + (10L * Gate.Length);
    }

    // The tables are written and, for each element, read; each element is read by two threads; gelu's result goes to memory and back.
    private static long StepBytes(Layer p) => 4L * ((3L * p.Tokens * p.Pairs) + (5L * p.X.Length) + (5L * p.Gate.Length));

    // A frequency is read once for each pair of each head, or once for all heads.
    private static long PairBytes(Layer p, int readsOfFrequency) => 4L * ((2L * p.X.Length) + ((long)p.Tokens * p.Pairs * readsOfFrequency) + (3L * p.Gate.Length));

    public override Problem Pose(Scale scale)
    {
        (int tokens, int heads, int pairs, int width) = scale == Scale.Small ? (7, 3, 11, 53) : (251, 7, 97, 2017);
        float[] frequencies = [.. Enumerable.Range(0, pairs).Select(i => (float)Math.Pow(10_000, -(double)i / pairs))];
        float[] x = Inputs.Uniform(tokens * heads * 2 * pairs, largest: 1f, seed: 1);
        float[] gate = Inputs.Uniform(tokens * width, largest: 3f, seed: 2), up = Inputs.Uniform(tokens * width, largest: 1f, seed: 3);
        double[] expected = new double[x.Length + gate.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int d = i % (2 * pairs), token = i / (heads * 2 * pairs);
            double angle = (double)token * frequencies[d % pairs];
            expected[i] = d < pairs
                ? (x[i] * Math.Cos(angle)) - (x[i + pairs] * Math.Sin(angle))
                : (x[i] * Math.Cos(angle)) + (x[i - pairs] * Math.Sin(angle));
        }

        for (int i = 0; i < gate.Length; i++)
            expected[x.Length + i] = 0.5 * gate[i] * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (gate[i] + (0.044715 * Math.Pow(gate[i], 3))))) * up[i];
        return new Layer
        {
            Tokens = tokens,
            Heads = heads,
            Frequencies = frequencies,
            X = x,
            Gate = gate,
            Up = up,
            Expected = expected,
            Tolerance = Math.Max(2 * (tokens + 8), 3 * 40) * Math.ScaleB(1, -24),
            ToleranceReason = "an angle up to the number of tokens is rounded by 2^-24 of itself and turns two coordinates; or 40 roundings of a gelu up to 3, for tanh and its argument",
        };
    }

    private static Action PlainCSharp(Workbench bench, Layer problem)
    {
        float[] x = problem.X, gate = problem.Gate, up = problem.Up, result = bench.HostResult(problem.X.Length + problem.Gate.Length);
        int pairs = problem.Pairs;
        return () =>
        {
            for (int head = 0; head < problem.Tokens * problem.Heads; head++)
            {
                for (int pair = 0; pair < pairs; pair++)
                {
                    int at = (head * 2 * pairs) + pair;
                    (float sine, float cosine) = MathF.SinCos(head / problem.Heads * problem.Frequencies[pair]);
                    result[at] = (x[at] * cosine) - (x[at + pairs] * sine);
                    result[at + pairs] = (x[at + pairs] * cosine) + (x[at] * sine);
                }
            }

            for (int i = 0; i < gate.Length; i++)
            {
                float inner = 0.79788456f * (gate[i] + (0.044715f * gate[i] * gate[i] * gate[i]));
                result[x.Length + i] = 0.5f * gate[i] * (1f + MathF.Tanh(inner)) * up[i];
            }
        };
    }

    private static KernelConfig Threads(long count) => new(Workbench.Groups(count, GroupSize), GroupSize);

    private static Action PerStep(Workbench bench, Layer problem)
    {
        var table = bench.Accelerator.LoadStreamKernel<View, View, View>(RopeKernels.Table);
        var rotate = bench.Accelerator.LoadStreamKernel<View, View, View, View, int, int>(RopeKernels.PerElement);
        var gelu = bench.Accelerator.LoadStreamKernel<View, View>(GeGluKernels.Gelu);
        var multiply = bench.Accelerator.LoadStreamKernel<View, View, View>(GeGluKernels.Multiply);
        View x = bench.Copy(problem.X), frequencies = bench.Copy(problem.Frequencies), gate = bench.Copy(problem.Gate), up = bench.Copy(problem.Up);
        View cosines = bench.Scratch<float>(problem.Tokens * problem.Pairs), sines = bench.Scratch<float>(problem.Tokens * problem.Pairs);
        View activated = bench.Scratch<float>(problem.Gate.Length);
        View result = bench.Result(problem.X.Length + problem.Gate.Length);
        View rotated = result.SubView(0, x.Length), product = result.SubView(x.Length, gate.Length);
        return () =>
        {
            table(Threads(cosines.Length), frequencies, cosines, sines);
            rotate(Threads(x.Length), x, cosines, sines, rotated, problem.Heads, problem.Pairs);
            gelu(Threads(gate.Length), gate, activated);
            multiply(Threads(gate.Length), activated, up, product);
        };
    }

    private static Func<Workbench, Layer, Action> Fused(Action<View, View, View, int> rope, bool perHead) => (bench, problem) =>
    {
        var rotate = bench.Accelerator.LoadStreamKernel(rope);
        var geGlu = bench.Accelerator.LoadStreamKernel<View, View, View>(GeGluKernels.Fused);
        View x = bench.Copy(problem.X), frequencies = bench.Copy(problem.Frequencies), gate = bench.Copy(problem.Gate), up = bench.Copy(problem.Up);
        View result = bench.Result(problem.X.Length + problem.Gate.Length);
        View rotated = result.SubView(0, x.Length), product = result.SubView(x.Length, gate.Length);
        int threads = problem.Tokens * problem.Pairs * (perHead ? problem.Heads : 1);
        return () =>
        {
            rotate(Threads(threads), x, frequencies, rotated, problem.Heads);
            geGlu(Threads(gate.Length), gate, up, product);
        };
    };
}
