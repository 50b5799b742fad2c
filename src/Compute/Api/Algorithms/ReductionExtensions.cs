using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace ILGPU.Algorithms;

/// <summary>Combines all elements of a view.</summary>
/// <param name="stream">The stream.</param>
/// <param name="input">The elements.</param>
/// <param name="output">Gets the result in its first element.</param>
public delegate void Reduction<T, TStride>(AcceleratorStream stream, ArrayView1D<T, TStride> input, ArrayView<T> output)
    where T : unmanaged
    where TStride : struct, IStride1D;

/// <summary>Combines all elements of views.</summary>
/// <remarks>Groups combine what their threads have read and add it to the result atomically, in the order in which they come: sums of floats
/// may differ from run to run in their last bits.</remarks>
public static class ReductionExtensions
{
    private const int GroupSize = 256;
    private const int ElementsOfThread = 16;

    /// <summary>Loads what combines elements.</summary>
    public static Reduction<T, TStride> CreateReduction<T, TStride, TReduction>(this Accelerator accelerator)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TReduction : struct, IScanReduceOperation<T>
    {
        var begin = accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<T>>(BeginKernel<T, TReduction>);
        var combine = accelerator.LoadKernel<ArrayView1D<T, TStride>, ArrayView<T>>(CombineKernel<T, TStride, TReduction>);
        return (stream, input, output) =>
        {
            begin(stream, 1, output);
            if (input.Length > 0)
                combine(stream, Config(accelerator, input.Length), input, output);
        };
    }

    /// <summary>Combines all elements.</summary>
    public static void Reduce<T, TReduction>(this Accelerator accelerator, AcceleratorStream stream, ArrayView<T> input, ArrayView<T> output)
        where T : unmanaged
        where TReduction : struct, IScanReduceOperation<T> =>
        accelerator.Reduce<T, Stride1D.Dense, TReduction>(stream, input, output);

    /// <summary>Combines all elements, and waits for the result.</summary>
    public static T Reduce<T, TReduction>(this Accelerator accelerator, AcceleratorStream stream, ArrayView<T> input)
        where T : unmanaged
        where TReduction : struct, IScanReduceOperation<T> =>
        accelerator.Reduce<T, Stride1D.Dense, TReduction>(stream, input);

    /// <summary>Combines all elements.</summary>
    public static Task<T> ReduceAsync<T, TReduction>(this Accelerator accelerator, AcceleratorStream stream, ArrayView<T> input)
        where T : unmanaged
        where TReduction : struct, IScanReduceOperation<T> =>
        accelerator.ReduceAsync<T, Stride1D.Dense, TReduction>(stream, input);

    /// <summary>Combines all elements.</summary>
    public static void Reduce<T, TStride, TReduction>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> input, ArrayView<T> output)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TReduction : struct, IScanReduceOperation<T>
    {
        accelerator.LaunchAutoGrouped(BeginKernel<T, TReduction>, stream, new Index1D(1), output);
        if (input.Length > 0)
            accelerator.Launch(CombineKernel<T, TStride, TReduction>, stream, Config(accelerator, input.Length), input, output);
    }

    /// <summary>Combines all elements, and waits for the result.</summary>
    public static T Reduce<T, TStride, TReduction>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> input)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TReduction : struct, IScanReduceOperation<T>
    {
        using MemoryBuffer1D<T, Stride1D.Dense> output = accelerator.Allocate1D<T>(1);
        accelerator.Reduce<T, TStride, TReduction>(stream, input, output.View);
        return output.GetAsArray1D(stream)[0];
    }

    /// <summary>Combines all elements.</summary>
    public static Task<T> ReduceAsync<T, TStride, TReduction>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> input)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TReduction : struct, IScanReduceOperation<T> =>
        Task.Run(() => accelerator.Reduce<T, TStride, TReduction>(stream, input));

    private static KernelConfig Config(Accelerator accelerator, long length)
    {
        int threads = Math.Min(GroupSize, accelerator.MaxNumThreadsPerGroup);
        long groups = Math.Min((length + threads - 1) / threads, Math.Max(accelerator.NumMultiprocessors * 4L, length / (threads * ElementsOfThread * 64L)));
        return new KernelConfig((int)Math.Min(groups, 4096), threads);
    }

    private static void BeginKernel<T, TReduction>(Index1D i, ArrayView<T> output)
        where T : unmanaged
        where TReduction : struct, IScanReduceOperation<T> =>
        output[i] = default(TReduction).Identity;

    private static void CombineKernel<T, TStride, TReduction>(ArrayView1D<T, TStride> input, ArrayView<T> output)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TReduction : struct, IScanReduceOperation<T>
    {
        T value = default(TReduction).Identity;
        long step = (long)Grid.DimX * Group.DimX;
        for (long i = Grid.LongGlobalIndex.X; i < input.Length; i += step)
            value = default(TReduction).Apply(value, input[new LongIndex1D(i)]);
        value = GroupExtensions.Reduce<T, TReduction>(value);
        if (Group.IsFirstThread)
            default(TReduction).AtomicApply(ref output[0], value);
    }
}
