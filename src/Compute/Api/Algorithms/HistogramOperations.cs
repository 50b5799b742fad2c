namespace ILGPU.Algorithms.HistogramOperations;

/// <summary>Adds one to a bin.</summary>
public interface IIncrementOperation<TBinType>
    where TBinType : struct
{
    /// <summary>Adds one, atomically.</summary>
    /// <param name="target">The bin.</param>
    /// <param name="incrementOverflow">Whether the bin cannot hold the sum.</param>
    void Increment(ref TBinType target, out bool incrementOverflow);
}

/// <summary>Says in which bins a value counts.</summary>
public interface IComputeMultiBinOperation<T, TBinType, TIncrementor>
    where T : unmanaged
    where TBinType : unmanaged
    where TIncrementor : struct, IIncrementOperation<TBinType>
{
    /// <summary>Adds one to each of the bins.</summary>
    /// <param name="value">The value.</param>
    /// <param name="histogram">The bins.</param>
    /// <param name="incrementOperation">What adds one.</param>
    /// <param name="incrementOverflow">Whether a bin cannot hold the sum.</param>
    void ComputeHistogramBins(T value, ArrayView<TBinType> histogram, in TIncrementor incrementOperation, out bool incrementOverflow);
}

/// <summary>Says in which bin a value counts.</summary>
public interface IComputeSingleBinOperation<T, TIndex>
    where T : unmanaged
    where TIndex : struct, IGenericIndex<TIndex>
{
    /// <summary>The bin.</summary>
    /// <param name="value">The value.</param>
    /// <param name="numBins">How many bins there are.</param>
    TIndex ComputeHistogramBin(T value, TIndex numBins);
}

/// <summary>Adds one to <see cref="int"/> bins.</summary>
public readonly struct HistogramIncrementInt32 : IIncrementOperation<int>
{
    /// <inheritdoc/>
    public void Increment(ref int target, out bool incrementOverflow) =>
        incrementOverflow = Atomic.Add(ref target, 1) == int.MaxValue;
}

/// <summary>Adds one to <see cref="long"/> bins.</summary>
public readonly struct HistogramIncrementInt64 : IIncrementOperation<long>
{
    /// <inheritdoc/>
    public void Increment(ref long target, out bool incrementOverflow) =>
        incrementOverflow = Atomic.Add(ref target, 1) == long.MaxValue;
}

/// <summary>Adds one to <see cref="uint"/> bins.</summary>
public readonly struct HistogramIncrementUInt32 : IIncrementOperation<uint>
{
    /// <inheritdoc/>
    public void Increment(ref uint target, out bool incrementOverflow) =>
        incrementOverflow = Atomic.Add(ref target, 1) == uint.MaxValue;
}

/// <summary>Adds one to <see cref="ulong"/> bins.</summary>
public readonly struct HistogramIncrementUInt64 : IIncrementOperation<ulong>
{
    /// <inheritdoc/>
    public void Increment(ref ulong target, out bool incrementOverflow) =>
        incrementOverflow = Atomic.Add(ref target, 1) == ulong.MaxValue;
}

/// <summary>Adds one to <see cref="float"/> bins, which become inexact but do not overflow.</summary>
public readonly struct HistogramIncrementFloat : IIncrementOperation<float>
{
    /// <inheritdoc/>
    public void Increment(ref float target, out bool incrementOverflow)
    {
        Atomic.Add(ref target, 1);
        incrementOverflow = false;
    }
}

/// <summary>Adds one to <see cref="double"/> bins, which become inexact but do not overflow.</summary>
public readonly struct HistogramIncrementDouble : IIncrementOperation<double>
{
    /// <inheritdoc/>
    public void Increment(ref double target, out bool incrementOverflow)
    {
        Atomic.Add(ref target, 1);
        incrementOverflow = false;
    }
}
