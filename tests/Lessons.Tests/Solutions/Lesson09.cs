using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 9.</summary>
internal static class Lesson09
{
    public static void Kernel(View x, View frequencies, View rotated, View gate, View up, View product, int heads)
    {
        int half = frequencies.IntLength, angles = x.IntLength / (2 * heads), i = Grid.GlobalIndex.X;
        if (i < angles)
            Rotate(x, frequencies, rotated, heads, i % half, i / half);
        else if (i - angles < gate.Length)
            product[i - angles] = Gelu(gate[i - angles]) * up[i - angles];
    }

    private static void Rotate(View x, View frequencies, View y, int heads, int pair, int token)
    {
        int half = frequencies.IntLength, at = (token * heads * 2 * half) + pair;
        float angle = token * frequencies[pair], cosine = XMath.Cos(angle), sine = XMath.Sin(angle);
        for (int head = 0; head < heads; head++)
        {
            float first = x[at], second = x[at + half];
            y[at] = (first * cosine) - (second * sine);
            y[at + half] = (second * cosine) + (first * sine);
            at += 2 * half;
        }
    }

    private static float Gelu(float x) => 0.5f * x * (1f + XMath.Tanh(0.79788456f * (x + (0.044715f * x * x * x))));

    public static Action Prepare(Workbench bench, RopeAndGeGlu.Layer problem)
    {
        const int groupSize = 64;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, View, View, View, int>(Kernel);
        View x = bench.Copy(problem.X), frequencies = bench.Copy(problem.Frequencies), gate = bench.Copy(problem.Gate), up = bench.Copy(problem.Up);
        View result = bench.Result(problem.X.Length + problem.Gate.Length);
        View rotated = result.SubView(0, x.Length), product = result.SubView(x.Length, gate.Length);
        int groups = Workbench.Groups((x.Length / (2 * problem.Heads)) + gate.Length, groupSize);
        return () => kernel(new KernelConfig(groups, groupSize), x, frequencies, rotated, gate, up, product, problem.Heads);
    }
}
