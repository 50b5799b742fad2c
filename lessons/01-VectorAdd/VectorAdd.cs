using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 1: the first kernel, and what limits it.</summary>
public sealed class VectorAdd : Lesson<VectorAdd.Vectors>
{
    private const int GroupSize = 128;

    public override int Number => 1;
    public override string Title => "Vector add";
    public override string Promise => "What a kernel, a thread and a group are, and why adding is limited by memory.";
    public override string Page => "01-vector-add.md";
    public override SpeedUnit Unit => SpeedUnit.GigabytesPerSecond;

    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "A loop.", problem => problem.LeastBytes, PlainCSharp),
        Rung("one thread per element", "The loop's body becomes a method; the loop becomes the grid.", problem => problem.LeastBytes, OnePerThread),
        Rung("grid-stride loop", "As many threads as keep the device busy, each with a loop of its own.", problem => problem.LeastBytes, Strided(VectorAddKernels.GridStride)),
        Rung("whole steps", "The loop's end is the same for all threads; what is left over comes apart.", problem => problem.LeastBytes, Strided(VectorAddKernels.WholeSteps)),
        Rung("sixteen bytes a load", "Four neighbours at once: a quarter of the load instructions.", problem => problem.LeastBytes, FourPerThread),
        Rung("a run per group", "Each group walks through a run of neighbours, from its first to its last.", problem => problem.LeastBytes, RunPerGroup),
    ];

    public override Rung Mine => Yours(VectorAddMine.Prepare);

    /// <summary>The inputs.</summary>
    public sealed class Vectors : Problem
    {
        public required float[] A { get; init; }
        public required float[] B { get; init; }
        public override string Shape => $"a, b, sum [{A.Length:N0}]";
        public override long LeastBytes => 3L * sizeof(float) * A.Length;      // two reads and a write for each element
        public override long Operations => A.Length;
    }

    public override Problem Pose(Scale scale)
    {
        int length = scale == Scale.Small ? 1003 : 4_000_003;
        float[] a = Inputs.Sixteenths(length, seed: 1), b = Inputs.Sixteenths(length, seed: 2);
        return new Vectors
        {
            A = a,
            B = b,
            Expected = [.. a.Zip(b, (x, y) => (double)x + y)],
            Tolerance = 0,
            ToleranceReason = "multiples of 1/16 add exactly",
        };
    }

    private static Action PlainCSharp(Workbench bench, Vectors problem)
    {
        float[] a = problem.A, b = problem.B, sum = bench.HostResult(a.Length);
        return () =>
        {
            for (int i = 0; i < sum.Length; i++)
                sum[i] = a[i] + b[i];
        };
    }

    private static Action OnePerThread(Workbench bench, Vectors problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View>(VectorAddKernels.OnePerThread);
        View a = bench.Copy(problem.A), b = bench.Copy(problem.B), sum = bench.Result(problem.A.Length);
        int groups = Workbench.Groups(problem.A.Length, GroupSize);
        return () => kernel(new KernelConfig(groups, GroupSize), a, b, sum);
    }

    private static Func<Workbench, Vectors, Action> Strided(Action<View, View, View> method) => (bench, problem) =>
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        View a = bench.Copy(problem.A), b = bench.Copy(problem.B), sum = bench.Result(problem.A.Length);
        int groups = 8 * bench.Accelerator.NumMultiprocessors;      // enough that some can wait for memory while others work
        return () => kernel(new KernelConfig(groups, GroupSize), a, b, sum);
    };

    private static Action FourPerThread(Workbench bench, Vectors problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<ArrayView<Four>, ArrayView<Four>, ArrayView<Four>, View, View, View>(
            VectorAddKernels.FourPerThread);
        View a = bench.Copy(problem.A), b = bench.Copy(problem.B), sum = bench.Result(problem.A.Length);
        long whole = a.Length / 4 * 4, rest = a.Length - whole;
        ArrayView<Four> aFours = a.SubView(0, whole).Cast<Four>(), bFours = b.SubView(0, whole).Cast<Four>(), sumFours = sum.SubView(0, whole).Cast<Four>();
        View aRest = a.SubView(whole, rest), bRest = b.SubView(whole, rest), sumRest = sum.SubView(whole, rest);
        int groups = Workbench.Groups(sumFours.Length, GroupSize);
        return () => kernel(new KernelConfig(groups, GroupSize), aFours, bFours, sumFours, aRest, bRest, sumRest);
    }

    private static Action RunPerGroup(Workbench bench, Vectors problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View>(VectorAddKernels.RunPerGroup);
        View a = bench.Copy(problem.A), b = bench.Copy(problem.B), sum = bench.Result(problem.A.Length);
        int threads = bench.Accelerator.WarpSize;       // groups of one warp
        int groups = Workbench.Groups(problem.A.Length, threads * VectorAddKernels.StepsOfRun);
        return () => kernel(new KernelConfig(groups, threads), a, b, sum);
    }
}
