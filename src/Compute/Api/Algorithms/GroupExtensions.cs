using ILGPU.Algorithms.ScanReduceOperations;

namespace ILGPU.Algorithms;

/// <summary>Reductions and scans over the threads of a group, counted with X fastest. All threads must take part.</summary>
/// <remarks>
/// Warps combine by shuffles, then their results through shared memory (one value for each warp that a
/// group could have), always in the same order, so that repeat runs agree bit for bit.
/// </remarks>
public static class GroupExtensions
{
    private const int MaxWarps = 1024;  // groups have at most 1024 threads, warps at least one

    /// <summary>Combines the values of all threads; the first thread gets the result, the others something undefined.</summary>
    public static T Reduce<T, TReduction>(T value)
        where T : unmanaged
        where TReduction : struct, IScanReduceOperation<T> =>
        AllReduce<T, TReduction>(value);

    /// <summary>Combines the values of all threads; every thread gets the result.</summary>
    public static T AllReduce<T, TReduction>(T value)
        where T : unmanaged
        where TReduction : struct, IScanReduceOperation<T>
    {
        ArrayView<T> warps = SharedMemory.Allocate<T>(MaxWarps);
        int lane = Warp.LaneIdx;
        int lanes = Lanes();
        for (int offset = Warp.WarpSize / 2; offset > 0; offset /= 2)
        {
            T other = Warp.ShuffleDown(value, offset);
            if (lane + offset < lanes)
                value = default(TReduction).Apply(value, other);
        }

        if (lane == 0)
            warps[Warp.WarpIdx] = value;
        Group.Barrier();        // each warp's result is in place

        T result = warps[0];
        for (int warp = 1; warp < Warps(); warp++)
            result = default(TReduction).Apply(result, warps[warp]);
        Group.Barrier();        // all have read before a caller in a loop writes again
        return result;
    }

    /// <summary>Combines the values of the threads up to this one.</summary>
    public static T InclusiveScan<T, TScanOperation>(T value)
        where T : unmanaged
        where TScanOperation : struct, IScanReduceOperation<T> =>
        InclusiveScanWithBoundaries<T, TScanOperation>(value, out _);

    /// <summary>Combines the values of the threads before this one; the first thread gets the identity.</summary>
    public static T ExclusiveScan<T, TScanOperation>(T value)
        where T : unmanaged
        where TScanOperation : struct, IScanReduceOperation<T> =>
        ExclusiveScanWithBoundaries<T, TScanOperation>(value, out _);

    /// <summary>Combines the values of the threads up to this one.</summary>
    /// <param name="value">This thread's value.</param>
    /// <param name="boundaries">What the first and the last thread get.</param>
    public static T InclusiveScanWithBoundaries<T, TScanOperation>(T value, out ScanBoundaries<T> boundaries)
        where T : unmanaged
        where TScanOperation : struct, IScanReduceOperation<T>
    {
        T before = Scan<T, TScanOperation>(value, out T first, out T all);
        boundaries = new ScanBoundaries<T>(first, all);
        return default(TScanOperation).Apply(before, value);
    }

    /// <summary>Combines the values of the threads before this one; the first thread gets the identity.</summary>
    /// <param name="value">This thread's value.</param>
    /// <param name="boundaries">What the first thread gets, and what one after the last would.</param>
    public static T ExclusiveScanWithBoundaries<T, TScanOperation>(T value, out ScanBoundaries<T> boundaries)
        where T : unmanaged
        where TScanOperation : struct, IScanReduceOperation<T>
    {
        T before = Scan<T, TScanOperation>(value, out _, out T all);
        boundaries = new ScanBoundaries<T>(default(TScanOperation).Identity, all);
        return before;
    }

    /// <summary>Combines the values of the threads before this one.</summary>
    private static T Scan<T, TScanOperation>(T value, out T first, out T all)
        where T : unmanaged
        where TScanOperation : struct, IScanReduceOperation<T>
    {
        ArrayView<T> warps = SharedMemory.Allocate<T>(MaxWarps);
        ArrayView<T> firsts = SharedMemory.Allocate<T>(1);
        int lane = Warp.LaneIdx;
        T inclusive = WarpExtensions.InclusiveScan<T, TScanOperation>(value);
        T lower = Warp.ShuffleUp(inclusive, 1);
        if (lane == Lanes() - 1)
            warps[Warp.WarpIdx] = inclusive;
        if (Group.LinearIndex == 0)
            firsts[0] = value;
        Group.Barrier();        // each warp's total is in place

        T before = default(TScanOperation).Identity;
        T total = before;
        for (int warp = 0; warp < Warps(); warp++)
        {
            if (warp == Warp.WarpIdx)
                before = total;
            total = default(TScanOperation).Apply(total, warps[warp]);
        }

        first = firsts[0];
        all = total;
        Group.Barrier();        // all have read before a caller in a loop writes again
        return lane == 0 ? before : default(TScanOperation).Apply(before, lower);
    }

    private static int Warps() => (Group.DimX * Group.DimY * Group.DimZ + Warp.WarpSize - 1) / Warp.WarpSize;

    /// <summary>Counts the threads of this warp; the last warp of a group may have fewer than the others.</summary>
    private static int Lanes()
    {
        int rest = Group.DimX * Group.DimY * Group.DimZ - Warp.WarpIdx * Warp.WarpSize;
        return rest < Warp.WarpSize ? rest : Warp.WarpSize;
    }
}
