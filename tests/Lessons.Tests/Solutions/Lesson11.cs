using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 11.</summary>
internal static class Lesson11
{
    private const int Block = QuantisedKernels.Block;

    public static void Kernel(ArrayView<sbyte> levels, View scales, ArrayView<sbyte> xLevels, View xScales, View y)
    {
        int row = (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx, blocks = xScales.IntLength;
        if (row >= y.Length)
            return;
        float sum = 0f;
        for (int block = Warp.LaneIdx; block < blocks; block += Warp.WarpSize)
        {
            long first = (((long)row * blocks) + block) * Block;
            int products = 0;
            for (int i = 0; i < Block; i++)
                products += levels[first + i] * xLevels[(block * Block) + i];
            sum += scales[((long)row * blocks) + block] * (xScales[block] * products);
        }

        sum = Warps.Sum(sum);
        if (Warp.IsFirstLane)
            y[row] = sum;
    }

    public static Action Prepare(Workbench bench, QuantisedMatrixVector.Product problem)
    {
        const int groupSize = 128;
        var kernel = bench.Accelerator.LoadStreamKernel<ArrayView<sbyte>, View, ArrayView<sbyte>, View, View>(Kernel);
        ArrayView<sbyte> levels = bench.Copy(problem.Levels), xLevels = bench.Copy(problem.XLevels);
        View scales = bench.Copy(problem.Scales), xScales = bench.Copy(problem.XScales), y = bench.Result(problem.Rows);
        KernelConfig config = new(bench.GroupsOfWarps(problem.Rows, groupSize), groupSize);
        return () => kernel(config, levels, scales, xLevels, xScales, y);
    }
}
