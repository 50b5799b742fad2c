using ILGPU.Algorithms.ScanReduceOperations;

namespace ILGPU.Algorithms;

/// <summary>Reductions and scans over the lanes of a warp. All lanes must take part.</summary>
public static class WarpExtensions
{
    /// <summary>Combines the values of all lanes; lane 0 gets the result, the others something undefined.</summary>
    public static T Reduce<T, TReduction>(T value)
        where T : unmanaged
        where TReduction : struct, IScanReduceOperation<T>
    {
        for (int offset = Warp.WarpSize / 2; offset > 0; offset /= 2)
            value = default(TReduction).Apply(value, Warp.ShuffleDown(value, offset));
        return value;
    }

    /// <summary>Combines the values of all lanes; every lane gets the result.</summary>
    public static T AllReduce<T, TReduction>(T value)
        where T : unmanaged
        where TReduction : struct, IScanReduceOperation<T>
    {
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value = default(TReduction).Apply(value, Warp.ShuffleXor(value, mask));
        return value;
    }

    /// <summary>Combines the values of the lanes up to this one.</summary>
    public static T InclusiveScan<T, TScan>(T value)
        where T : unmanaged
        where TScan : struct, IScanReduceOperation<T>
    {
        int lane = Warp.LaneIdx;
        for (int delta = 1; delta < Warp.WarpSize; delta *= 2)
        {
            T lower = Warp.ShuffleUp(value, delta);
            if (lane >= delta)
                value = default(TScan).Apply(lower, value);
        }

        return value;
    }

    /// <summary>Combines the values of the lanes before this one; lane 0 gets the identity.</summary>
    public static T ExclusiveScan<T, TScan>(T value)
        where T : unmanaged
        where TScan : struct, IScanReduceOperation<T>
    {
        T lower = Warp.ShuffleUp(InclusiveScan<T, TScan>(value), 1);
        return Warp.LaneIdx == 0 ? default(TScan).Identity : lower;
    }
}
