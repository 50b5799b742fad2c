using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 11: when memory is the limit, fewer bytes are the remedy.</summary>
public sealed class QuantisedMatrixVector : Lesson<QuantisedMatrixVector.Product>
{
    private const int GroupSize = 128;
    private const int Block = QuantisedKernels.Block;

    public override int Number => 11;
    public override string Title => "Quantised matrix-vector";
    public override string Promise => "How weights of one byte are expanded where they are used, and what integer products save.";
    public override string Page => "11-quantised-matrix-vector.md";
    public override SpeedUnit Unit => SpeedUnit.GigabytesPerSecond;

    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "Three loops: rows, blocks, weights.", problem => problem.LeastBytes, PlainCSharp),
        Rung("expand first", "A kernel writes float32 weights, lesson 5's multiplies them.", problem => problem.ExpandedBytes, ExpandFirst),
        Rung("byte by byte", "Each weight is expanded in a register.", problem => problem.Bytes(bytesOfX: 4, weightsOfScale: 1), Launch<sbyte, float>(QuantisedKernels.ByteByByte)),
        Rung("four bytes a load", "An int is taken apart by shifts.", problem => problem.Bytes(bytesOfX: 4, weightsOfScale: 4), Launch<int, Four>(QuantisedKernels.FourBytes)),
        Rung("integer products", "x in bytes too; scales meet whole sums.", problem => problem.Bytes(bytesOfX: 2, weightsOfScale: 4), Integers),
        Rung("row per lane", "Weights are laid out once for the lanes that will read them.", problem => problem.PanelBytes, RowPerLane),
    ];

    public override Rung Mine => Yours(QuantisedMine.Prepare);

    /// <summary>The inputs.</summary>
    public sealed class Product : Problem
    {
        public required int Rows { get; init; }
        public required int Columns { get; init; }
        public required sbyte[] Levels { get; init; }
        public required float[] Scales { get; init; }
        public required sbyte[] XLevels { get; init; }
        public required float[] XScales { get; init; }

        /// <summary>x as float32.</summary>
        public float[] X => [.. XLevels.Select((level, i) => XScales[i / Block] * level)];
        public override string Shape => $"W [{Rows:N0}, {Columns:N0}] in bytes, a scale for 32 of them, x [{Columns:N0}], y [{Rows:N0}]";
        public override long LeastBytes => Levels.Length + (4L * Scales.Length) + XLevels.Length + (4L * XScales.Length) + (4L * Rows);
        public override long Operations => 2L * Rows * Columns;

        /// <summary>Weights once; a scale is loaded for so many of them, x for each row, and y is written.</summary>
        public long Bytes(int bytesOfX, int weightsOfScale) =>
            Levels.Length + (4L * Levels.Length / weightsOfScale) + ((long)bytesOfX * Levels.Length) + (4L * Rows);

        /// <summary>Weights, x, and the scales of both, one for 32 weights; y is written.</summary>
        public long PanelBytes => 2 * (Levels.Length + (4L * Levels.Length / Block)) + (4L * Rows);

        /// <summary>Expanding reads a byte and a scale and writes four bytes; multiplying reads those and x.</summary>
        public long ExpandedBytes => ((1L + 4 + 4 + 4 + 4) * Levels.Length) + (4L * Rows);
    }

    public override Problem Pose(Scale scale)
    {
        (int rows, int blocks) = scale == Scale.Small ? (29, 5) : (2999, 71);
        int columns = blocks * Block;
        // Scales are 1/32 or 1/64 and levels at most 31, so that weights stay within 1 and all products are multiples of 2^-12.
        sbyte[] levels = Inputs.Levels(rows * columns, largest: 31, seed: 1), xLevels = Inputs.Levels(columns, largest: 31, seed: 2);
        float[] scales = [.. Inputs.Levels(rows * blocks, largest: 1, seed: 3).Select(level => level > 0 ? 1 / 32f : 1 / 64f)];
        float[] xScales = [.. Inputs.Levels(blocks, largest: 1, seed: 4).Select(level => level > 0 ? 1 / 32f : 1 / 64f)];
        double[] expected = new double[rows];
        for (int i = 0; i < levels.Length; i++)
            expected[i / columns] += (double)scales[i / Block] * levels[i] * xScales[i % columns / Block] * xLevels[i % columns];
        return new Product
        {
            Rows = rows,
            Columns = columns,
            Levels = levels,
            Scales = scales,
            XLevels = xLevels,
            XScales = xScales,
            Expected = expected,
            Tolerance = 0,
            ToleranceReason = "scales are powers of two here: products are multiples of 2^-12 below 1, and so few of them add exactly, in any order",
        };
    }

    private static Action PlainCSharp(Workbench bench, Product problem)
    {
        float[] y = bench.HostResult(problem.Rows);
        sbyte[] levels = problem.Levels, xLevels = problem.XLevels;
        int blocks = problem.Columns / Block;
        return () =>
        {
            for (int row = 0; row < y.Length; row++)
            {
                float sum = 0f;
                for (int block = 0; block < blocks; block++)
                {
                    int first = ((row * blocks) + block) * Block, products = 0;
                    for (int i = 0; i < Block; i++)
                        products += levels[first + i] * xLevels[(block * Block) + i];
                    sum += problem.Scales[(row * blocks) + block] * problem.XScales[block] * products;
                }

                y[row] = sum;
            }
        };
    }

    private static Action ExpandFirst(Workbench bench, Product problem)
    {
        var expand = bench.Accelerator.LoadStreamKernel<ArrayView<sbyte>, View, View>(QuantisedKernels.Expand);
        var multiply = bench.Accelerator.LoadStreamKernel<View, View, View, int>(MatrixVectorKernels.WarpPerRow);
        ArrayView<sbyte> levels = bench.Copy(problem.Levels);
        View scales = bench.Copy(problem.Scales), x = bench.Copy(problem.X), y = bench.Result(problem.Rows);
        View weights = bench.Scratch<float>(problem.Levels.Length);
        KernelConfig expandConfig = new(Workbench.Groups(weights.Length, GroupSize), GroupSize);
        KernelConfig multiplyConfig = new(bench.GroupsOfWarps(problem.Rows, GroupSize), GroupSize);
        return () =>
        {
            expand(expandConfig, levels, scales, weights);
            multiply(multiplyConfig, weights, x, y, problem.Columns);
        };
    }

    // The same bytes, seen as sbyte or as int; the same floats, seen one by one or in fours.
    private static Func<Workbench, Product, Action> Launch<T, TX>(Action<ArrayView<T>, View, ArrayView<TX>, View> method)
        where T : unmanaged
        where TX : unmanaged => (bench, problem) =>
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        ArrayView<T> levels = bench.Copy(problem.Levels).Cast<T>();
        ArrayView<TX> x = bench.Copy(problem.X).Cast<TX>();
        View scales = bench.Copy(problem.Scales), y = bench.Result(problem.Rows);
        KernelConfig config = new(bench.GroupsOfWarps(problem.Rows, GroupSize), GroupSize);
        return () => kernel(config, levels, scales, x, y);
    };

    private static Action Integers(Workbench bench, Product problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<ArrayView<int>, View, ArrayView<int>, View, View>(QuantisedKernels.Integers);
        ArrayView<int> levels = bench.Copy(problem.Levels).Cast<int>(), xLevels = bench.Copy(problem.XLevels).Cast<int>();
        View scales = bench.Copy(problem.Scales), xScales = bench.Copy(problem.XScales), y = bench.Result(problem.Rows);
        KernelConfig config = new(bench.GroupsOfWarps(problem.Rows, GroupSize), GroupSize);
        return () => kernel(config, levels, scales, xLevels, xScales, y);
    }

    private static Action RowPerLane(Workbench bench, Product problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<ArrayView<int>, View, ArrayView<int>, View, View>(QuantisedKernels.RowPerLane);
        int lanes = bench.Accelerator.WarpSize, groups = bench.GroupsOfWarps(Workbench.Groups(problem.Rows, lanes), lanes), blocks = problem.Columns / Block;
        int[] words = MemoryMarshal.Cast<sbyte, int>(problem.Levels).ToArray();
        ArrayView<int> levels = bench.Copy(Panels(words, problem.Rows, blocks * Block / 4, lanes)), xLevels = bench.Copy(problem.XLevels).Cast<int>();
        View scales = bench.Copy(Panels(problem.Scales, problem.Rows, blocks, lanes)), xScales = bench.Copy(problem.XScales), y = bench.Result(problem.Rows);
        return () => kernel(new KernelConfig(groups, lanes), levels, scales, xLevels, xScales, y);
    }

    // As many rows as a warp has lanes, column by column; zeros behind the last row.
    private static T[] Panels<T>(T[] values, int rows, int columns, int lanes)
    {
        T[] panels = new T[Workbench.Groups(rows, lanes) * lanes * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                panels[(((row / lanes * columns) + column) * lanes) + (row % lanes)] = values[(row * columns) + column];
        }

        return panels;
    }
}
