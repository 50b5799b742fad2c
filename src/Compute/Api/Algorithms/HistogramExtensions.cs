using ILGPU.Algorithms.HistogramOperations;
using ILGPU.Runtime;

namespace ILGPU.Algorithms;

/// <summary>Counts values.</summary>
/// <param name="stream">The stream.</param>
/// <param name="view">The values.</param>
/// <param name="histogram">The bins, to which is added.</param>
/// <param name="histogramOverflow">Gets 1 in its first element if a bin could not hold its sum; nothing otherwise.</param>
public delegate void Histogram<T, TStride, TBinType>(AcceleratorStream stream, ArrayView1D<T, TStride> view, ArrayView<TBinType> histogram, ArrayView<int> histogramOverflow)
    where T : unmanaged
    where TStride : struct, IStride1D
    where TBinType : unmanaged;

/// <summary>Counts values, whatever the bins hold.</summary>
/// <param name="stream">The stream.</param>
/// <param name="view">The values.</param>
/// <param name="histogram">The bins, to which is added.</param>
public delegate void HistogramUnchecked<T, TStride, TBinType>(AcceleratorStream stream, ArrayView1D<T, TStride> view, ArrayView<TBinType> histogram)
    where T : unmanaged
    where TStride : struct, IStride1D
    where TBinType : unmanaged;

/// <summary>Counts values into bins.</summary>
public static class HistogramExtensions
{
    /// <summary>Loads what counts values.</summary>
    public static Histogram<T, TStride, TBinType> CreateHistogram<T, TStride, TBinType, TIncrementor, TLocator>(this Accelerator accelerator)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TBinType : unmanaged
        where TIncrementor : struct, IIncrementOperation<TBinType>
        where TLocator : struct, IComputeMultiBinOperation<T, TBinType, TIncrementor>
    {
        var launch = accelerator.LoadAutoGroupedKernel<LongIndex1D, ArrayView1D<T, TStride>, ArrayView<TBinType>, ArrayView<int>>(Kernel<T, TStride, TBinType, TIncrementor, TLocator>);
        return (stream, view, histogram, histogramOverflow) => launch(stream, view.Length, view, histogram, histogramOverflow);
    }

    /// <summary>Loads what counts values, whatever the bins hold.</summary>
    public static HistogramUnchecked<T, TStride, TBinType> CreateHistogramUnchecked<T, TStride, TBinType, TIncrementor, TLocator>(this Accelerator accelerator)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TBinType : unmanaged
        where TIncrementor : struct, IIncrementOperation<TBinType>
        where TLocator : struct, IComputeMultiBinOperation<T, TBinType, TIncrementor>
    {
        var launch = accelerator.LoadAutoGroupedKernel<LongIndex1D, ArrayView1D<T, TStride>, ArrayView<TBinType>>(UncheckedKernel<T, TStride, TBinType, TIncrementor, TLocator>);
        return (stream, view, histogram) => launch(stream, view.Length, view, histogram);
    }

    /// <summary>Counts into the bins of a view.</summary>
    public static void Histogram<T, TStride, TBinType, TIncrementor, TLocator>(
        this Accelerator accelerator,
        AcceleratorStream stream,
        ArrayView1D<T, TStride> view,
        ArrayView<TBinType> histogram,
        ArrayView<int> histogramOverflow)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TBinType : unmanaged
        where TIncrementor : struct, IIncrementOperation<TBinType>
        where TLocator : struct, IComputeMultiBinOperation<T, TBinType, TIncrementor> =>
        accelerator.LaunchAutoGrouped(Kernel<T, TStride, TBinType, TIncrementor, TLocator>, stream, new LongIndex1D(view.Length), view, histogram, histogramOverflow);

    /// <summary>Counts into the bins of a view, whatever they hold.</summary>
    public static void HistogramUnchecked<T, TStride, TBinType, TIncrementor, TLocator>(
        this Accelerator accelerator,
        AcceleratorStream stream,
        ArrayView1D<T, TStride> view,
        ArrayView<TBinType> histogram)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TBinType : unmanaged
        where TIncrementor : struct, IIncrementOperation<TBinType>
        where TLocator : struct, IComputeMultiBinOperation<T, TBinType, TIncrementor> =>
        accelerator.LaunchAutoGrouped(UncheckedKernel<T, TStride, TBinType, TIncrementor, TLocator>, stream, new LongIndex1D(view.Length), view, histogram);

    /// <summary>Counts into the bins of a view.</summary>
    public static void Histogram<T, TStride, TLocator>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, ArrayView<int> histogram, ArrayView<int> histogramOverflow)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TLocator : struct, IComputeSingleBinOperation<T, Index1D> =>
        accelerator.Histogram<T, TStride, int, HistogramIncrementInt32, SingleBin<T, int, HistogramIncrementInt32, TLocator>>(stream, view, histogram, histogramOverflow);

    /// <summary>Counts into the bins of a view.</summary>
    public static void Histogram<T, TStride, TLocator>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, ArrayView<long> histogram, ArrayView<int> histogramOverflow)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TLocator : struct, IComputeSingleBinOperation<T, Index1D> =>
        accelerator.Histogram<T, TStride, long, HistogramIncrementInt64, SingleBin<T, long, HistogramIncrementInt64, TLocator>>(stream, view, histogram, histogramOverflow);

    /// <summary>Counts into the bins of a view.</summary>
    public static void Histogram<T, TStride, TLocator>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, ArrayView<uint> histogram, ArrayView<int> histogramOverflow)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TLocator : struct, IComputeSingleBinOperation<T, Index1D> =>
        accelerator.Histogram<T, TStride, uint, HistogramIncrementUInt32, SingleBin<T, uint, HistogramIncrementUInt32, TLocator>>(stream, view, histogram, histogramOverflow);

    /// <summary>Counts into the bins of a view.</summary>
    public static void Histogram<T, TStride, TLocator>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, ArrayView<ulong> histogram, ArrayView<int> histogramOverflow)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TLocator : struct, IComputeSingleBinOperation<T, Index1D> =>
        accelerator.Histogram<T, TStride, ulong, HistogramIncrementUInt64, SingleBin<T, ulong, HistogramIncrementUInt64, TLocator>>(stream, view, histogram, histogramOverflow);

    /// <summary>Counts into the bins of a view.</summary>
    public static void Histogram<T, TStride, TLocator>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, ArrayView<float> histogram, ArrayView<int> histogramOverflow)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TLocator : struct, IComputeSingleBinOperation<T, Index1D> =>
        accelerator.Histogram<T, TStride, float, HistogramIncrementFloat, SingleBin<T, float, HistogramIncrementFloat, TLocator>>(stream, view, histogram, histogramOverflow);

    /// <summary>Counts into the bins of a view.</summary>
    public static void Histogram<T, TStride, TLocator>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, ArrayView<double> histogram, ArrayView<int> histogramOverflow)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TLocator : struct, IComputeSingleBinOperation<T, Index1D> =>
        accelerator.Histogram<T, TStride, double, HistogramIncrementDouble, SingleBin<T, double, HistogramIncrementDouble, TLocator>>(stream, view, histogram, histogramOverflow);

    private static void Kernel<T, TStride, TBinType, TIncrementor, TLocator>(LongIndex1D i, ArrayView1D<T, TStride> view, ArrayView<TBinType> histogram, ArrayView<int> histogramOverflow)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TBinType : unmanaged
        where TIncrementor : struct, IIncrementOperation<TBinType>
        where TLocator : struct, IComputeMultiBinOperation<T, TBinType, TIncrementor>
    {
        default(TLocator).ComputeHistogramBins(view[i], histogram, default, out bool overflows);
        if (overflows)
            Atomic.Exchange(ref histogramOverflow[0], 1);
    }

    private static void UncheckedKernel<T, TStride, TBinType, TIncrementor, TLocator>(LongIndex1D i, ArrayView1D<T, TStride> view, ArrayView<TBinType> histogram)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TBinType : unmanaged
        where TIncrementor : struct, IIncrementOperation<TBinType>
        where TLocator : struct, IComputeMultiBinOperation<T, TBinType, TIncrementor> =>
        default(TLocator).ComputeHistogramBins(view[i], histogram, default, out _);

    private readonly struct SingleBin<T, TBinType, TIncrementor, TLocator> : IComputeMultiBinOperation<T, TBinType, TIncrementor>
        where T : unmanaged
        where TBinType : unmanaged
        where TIncrementor : struct, IIncrementOperation<TBinType>
        where TLocator : struct, IComputeSingleBinOperation<T, Index1D>
    {
        public void ComputeHistogramBins(T value, ArrayView<TBinType> histogram, in TIncrementor incrementOperation, out bool incrementOverflow)
        {
            Index1D bin = default(TLocator).ComputeHistogramBin(value, histogram.IntExtent);
            incrementOperation.Increment(ref histogram[bin], out incrementOverflow);
        }
    }
}
