using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 3: many threads, one number.</summary>
public sealed class Reduction : Lesson<Reduction.Numbers>
{
    private const int GroupSize = ReductionKernels.GroupSize;

    public override int Number => 3;
    public override string Title => "Reduction";
    public override string Promise => "How threads of a group, of a warp and of many groups bring their numbers together.";
    public override string Page => "03-reduction.md";
    public override SpeedUnit Unit => SpeedUnit.GigabytesPerSecond;

    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "A loop.", problem => problem.LeastBytes, PlainCSharp),
        Rung("atomics", "Every thread adds to one number in memory.", problem => 3L * sizeof(float) * problem.Values.Length, Atomics),
        Rung("tree", "A group adds pairs of pairs in shared memory.", TreeBytes, PerGroup(ReductionKernels.Tree)),
        Rung("warp first", "Lanes exchange numbers without memory.", TreeBytes, PerGroup(ReductionKernels.WarpFirst)),
        Rung("grid-stride", "Each thread adds many numbers before it meets others.", problem => problem.LeastBytes, GridStride),
    ];

    public override Rung Mine => Yours(ReductionMine.Prepare);

    /// <summary>The inputs.</summary>
    public sealed class Numbers : Problem
    {
        public required float[] Values { get; init; }
        public override string Shape => $"values [{Values.Length:N0}], sum [1]";
        public override long LeastBytes => sizeof(float) * ((long)Values.Length + 1);
        public override long Operations => Values.Length;
    }

    // Each level reads its numbers and writes one for each group.
    private static long TreeBytes(Numbers problem)
    {
        long bytes = 0;
        for (long count = problem.Values.Length; count > 1; count = Workbench.Groups(count, GroupSize))
            bytes += sizeof(float) * (count + Workbench.Groups(count, GroupSize));
        return bytes;
    }

    public override Problem Pose(Scale scale)
    {
        float[] values = Inputs.Sixteenths(scale == Scale.Small ? 1003 : 1_000_003, seed: 1);
        return new Numbers
        {
            Values = values,
            Expected = [values.Sum(value => (double)value)],
            Tolerance = 0,
            ToleranceReason = "a million multiples of 1/16 add exactly, in any order",
        };
    }

    private static Action PlainCSharp(Workbench bench, Numbers problem)
    {
        float[] values = problem.Values, result = bench.HostResult(1);
        return () =>
        {
            float sum = 0f;
            for (int i = 0; i < values.Length; i++)
                sum += values[i];
            result[0] = sum;
        };
    }

    private static Action Atomics(Workbench bench, Numbers problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View>(ReductionKernels.Atomics);
        View values = bench.Copy(problem.Values), sum = bench.Result(1);
        return () =>
        {
            sum.MemSetToZero();
            kernel(new KernelConfig(Workbench.Groups(values.Length, GroupSize), GroupSize), values, sum);
        };
    }

    // A launch leaves one number for each group; launches follow until one number is left.
    private static Func<Workbench, Numbers, Action> PerGroup(Action<View, View> method) => (bench, problem) =>
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        View values = bench.Copy(problem.Values), sum = bench.Result(1);
        List<View> levels = [];
        for (int count = problem.Values.Length; count > 1;)
        {
            count = Workbench.Groups(count, GroupSize);
            levels.Add(count == 1 ? sum : bench.Scratch<float>(count));
        }

        return () =>
        {
            View from = values;
            foreach (View to in levels)
            {
                kernel(new KernelConfig(checked((int)to.Length), GroupSize), from, to);
                from = to;
            }
        };
    };

    private static Action GridStride(Workbench bench, Numbers problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View>(ReductionKernels.GridStride);
        int groups = 4 * bench.Accelerator.NumMultiprocessors;
        View values = bench.Copy(problem.Values), partial = bench.Scratch<float>(groups), sum = bench.Result(1);
        return () =>
        {
            kernel(new KernelConfig(groups, GroupSize), values, partial);
            kernel(new KernelConfig(1, GroupSize), partial, sum);
        };
    }
}
