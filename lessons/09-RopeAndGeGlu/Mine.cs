using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 9. It begins as the two fused kernels: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 09 --only mine</c>.
/// </summary>
public static class RopeAndGeGluMine
{
    /// <summary>RoPE: a thread for each pair of each head.</summary>
    public static void Rotate(View x, View frequencies, View y, int heads)
    {
        int i = Grid.GlobalIndex.X, half = frequencies.IntLength;
        if (i >= x.Length / 2)
            return;
        int pair = i % half, head = i / half, token = head / heads;
        float angle = token * frequencies[pair], cosine = XMath.Cos(angle), sine = XMath.Sin(angle);
        int at = (head * 2 * half) + pair;
        float first = x[at], second = x[at + half];
        y[at] = (first * cosine) - (second * sine);
        y[at + half] = (second * cosine) + (first * sine);
    }

    /// <summary>GeGLU: a thread for each element.</summary>
    public static void Gate(View gate, View up, View y)
    {
        int i = Grid.GlobalIndex.X;
        if (i >= y.Length)
            return;
        float x = gate[i], inner = 0.79788456f * (x + (0.044715f * x * x * x));
        y[i] = 0.5f * x * (1f + XMath.Tanh(inner)) * up[i];
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, RopeAndGeGlu.Layer problem)
    {
        const int groupSize = 64;
        var rotate = bench.Accelerator.LoadStreamKernel<View, View, View, int>(Rotate);
        var gateOf = bench.Accelerator.LoadStreamKernel<View, View, View>(Gate);
        View x = bench.Copy(problem.X), frequencies = bench.Copy(problem.Frequencies), gate = bench.Copy(problem.Gate), up = bench.Copy(problem.Up);
        View result = bench.Result(problem.X.Length + problem.Gate.Length);     // the rotated x, then gelu(gate) · up
        View rotated = result.SubView(0, x.Length), product = result.SubView(x.Length, gate.Length);
        int rotateGroups = Workbench.Groups(x.Length / 2, groupSize), gateGroups = Workbench.Groups(gate.Length, groupSize);
        return () =>
        {
            rotate(new KernelConfig(rotateGroups, groupSize), x, frequencies, rotated, problem.Heads);
            gateOf(new KernelConfig(gateGroups, groupSize), gate, up, product);
        };
    }
}
