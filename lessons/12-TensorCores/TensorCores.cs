using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 12: an instruction that multiplies matrices, and which thread holds what.</summary>
public sealed class TensorCores : Lesson<TensorCores.Product>
{
    public override int Number => 12;
    public override string Title => "Tensor cores";
    public override string Promise => "How a warp holds a matrix in its registers, and one instruction multiplies it.";
    public override string Page => "12-tensor-cores.md";
    public override SpeedUnit Unit => SpeedUnit.GigaflopsPerSecond;

    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "Three loops.", problem => problem.Bytes(1, 1), PlainCSharp),
        Rung("naive", "One thread per element.", problem => problem.Bytes(1, 1), PerElement<ushort>(BFloat16ProductKernels.Naive)),
        Rung("pairs", "Two bfloat16 a load.", problem => problem.Bytes(1, 1), PerElement<int>(BFloat16ProductKernels.Pairs)),
        Rung("fragments by hand", "A tile for 32 threads, laid out as the tensor core wants it.", problem => problem.Bytes(FragmentKernels.Rows, FragmentKernels.Columns), PerTile(FragmentKernels.ByHand)),
        Rung("mma.sync", "The tensor core does the tile.", problem => problem.Bytes(FragmentKernels.Rows, FragmentKernels.Columns), PerTile(FragmentKernels.TensorCore), WhyNoTensorCores),
    ];

    public override Rung Mine => Yours(TensorCoresMine.Prepare);

    /// <summary>The inputs.</summary>
    public sealed class Product : Problem
    {
        public required int Tokens { get; init; }
        public required int Outputs { get; init; }
        public required int Depth { get; init; }
        public required ushort[] X { get; init; }
        public required ushort[] Weights { get; init; }
        public override string Shape => $"x [{Tokens}, {Depth}], W [{Outputs}, {Depth}] in bfloat16, y [{Tokens}, {Outputs}]";
        public override string NameOf(int element) =>
            RowAndColumn(element, Outputs);
        public override long LeastBytes => (2L * (Tokens + Outputs) * Depth) + (4L * Tokens * Outputs);
        public override long Operations => 2L * Tokens * Outputs * Depth;

        /// <summary>What a tile of so many rows and columns of y reads, and y.</summary>
        public long Bytes(int rows, int columns) =>
            (2L * Depth * (((long)Tokens * Workbench.Groups(Outputs, columns)) + ((long)Outputs * Workbench.Groups(Tokens, rows)))) + (4L * Tokens * Outputs);
    }

    public override Problem Pose(Scale scale)
    {
        (int tokens, int outputs, int depth) = scale == Scale.Small ? (21, 13, 38) : (203, 309, 518);
        float[] x = Inputs.Sixteenths(tokens * depth, seed: 1), weights = Inputs.Sixteenths(outputs * depth, seed: 2);
        double[] expected = new double[tokens * outputs];
        for (int i = 0; i < expected.Length; i++)
        {
            for (int d = 0; d < depth; d++)
                expected[i] += (double)x[(i / outputs * depth) + d] * weights[(i % outputs * depth) + d];
        }

        return new Product
        {
            Tokens = tokens,
            Outputs = outputs,
            Depth = depth,
            X = [.. x.Select(ToBFloat16)],
            Weights = [.. weights.Select(ToBFloat16)],
            Expected = expected,
            Tolerance = 0,
            ToleranceReason = "sixteenths are exact in bfloat16, their products are multiples of 1/256, and so few of them add exactly in float32, in any order",
        };
    }

    // Exact for these inputs; others would have to be rounded.
    private static ushort ToBFloat16(float value) => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);

    private static Action PlainCSharp(Workbench bench, Product problem)
    {
        ushort[] x = problem.X, weights = problem.Weights;
        float[] y = bench.HostResult(problem.Tokens * problem.Outputs);
        int depth = problem.Depth;
        return () =>
        {
            for (int token = 0; token < problem.Tokens; token++)
            {
                for (int output = 0; output < problem.Outputs; output++)
                {
                    float sum = 0f;
                    for (int d = 0; d < depth; d++)
                        sum += BFloat16ProductKernels.ToFloat(x[(token * depth) + d]) * BFloat16ProductKernels.ToFloat(weights[(output * depth) + d]);
                    y[(token * problem.Outputs) + output] = sum;
                }
            }
        };
    }

    private static Func<Workbench, Product, Action> PerElement<T>(Action<ArrayView<T>, ArrayView<T>, View, int, int, int> method)
        where T : unmanaged => (bench, problem) =>
        Launch(bench, problem, method, new Index2D(Workbench.Groups(problem.Outputs, 16), Workbench.Groups(problem.Tokens, 16)), new Index2D(16, 16));

    private static Func<Workbench, Product, Action> PerTile(Action<ArrayView<int>, ArrayView<int>, View, int, int, int> method) => (bench, problem) =>
        Launch(
            bench, problem, method,
            new Index2D(Workbench.Groups(problem.Outputs, FragmentKernels.Columns), Workbench.Groups(problem.Tokens, FragmentKernels.Rows)),
            new Index2D(FragmentKernels.Lanes, 1));

    private static Action Launch<T>(
        Workbench bench, Product problem, Action<ArrayView<T>, ArrayView<T>, View, int, int, int> method, Index2D grid, Index2D group)
        where T : unmanaged
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        ArrayView<T> x = bench.Copy(problem.X).Cast<T>(), weights = bench.Copy(problem.Weights).Cast<T>();
        View y = bench.Result(problem.Tokens * problem.Outputs);
        return () => kernel(new KernelConfig(grid, group), x, weights, y, problem.Tokens, problem.Outputs, problem.Depth);
    }

    private static string? WhyNoTensorCores(Workbench bench) =>
        bench.Accelerator.AcceleratorType == AcceleratorType.Cuda ? null : "it needs an NVIDIA GPU of compute capability 8.0 or more";
}
