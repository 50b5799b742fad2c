using ILGPU.Algorithms.ComparisonOperations;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace ILGPU.Algorithms;

/// <summary>Leaves the first of equal neighbours at the beginning of a view.</summary>
/// <param name="stream">The stream.</param>
/// <param name="input">The elements.</param>
/// <param name="output">Gets in its first element how many are left.</param>
/// <param name="temp">Room as <see cref="UniqueExtensions.ComputeUniqueTempStorageSize{T}"/> says.</param>
public delegate void Unique<T>(AcceleratorStream stream, ArrayView<T> input, ArrayView<long> output, ArrayView<int> temp)
    where T : unmanaged;

/// <summary>Leaves the first of equal neighbours; of a sorted view that is each value once.</summary>
/// <remarks>One group goes through the view, a row of threads at a time, so that elements can move to the front in place.</remarks>
public static class UniqueExtensions
{
    private const int GroupSize = 256;

    /// <summary>The elements of temporary room that are needed.</summary>
    public static LongIndex1D ComputeUniqueTempStorageSize<T>(this Accelerator accelerator, LongIndex1D dataLength)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentOutOfRangeException.ThrowIfNegative(dataLength.X);
        return 1;
    }

    /// <summary>Loads what leaves the first of equal neighbours.</summary>
    public static Unique<T> CreateUnique<T, TComparisonOperation>(this Accelerator accelerator)
        where T : unmanaged
        where TComparisonOperation : struct, IComparisonOperation<T>
    {
        var launch = accelerator.LoadKernel<ArrayView<T>, ArrayView<long>>(Kernel<T, TComparisonOperation>);
        var config = new KernelConfig(1, Math.Min(GroupSize, accelerator.MaxNumThreadsPerGroup));
        return (stream, input, output, temp) => launch(stream, config, input, output);
    }

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique<T, TComparisonOperation>(this Accelerator accelerator, AcceleratorStream stream, ArrayView<T> input)
        where T : unmanaged
        where TComparisonOperation : struct, IComparisonOperation<T>
    {
        using MemoryBuffer1D<long, Stride1D.Dense> output = accelerator.Allocate1D<long>(1);
        ArrayView<long> count = output.View;
        accelerator.Launch(Kernel<T, TComparisonOperation>, stream, new KernelConfig(1, Math.Min(GroupSize, accelerator.MaxNumThreadsPerGroup)), input, count);
        return output.GetAsArray1D(stream)[0];
    }

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<sbyte> input) => accelerator.Unique<sbyte, ComparisonInt8>(stream, input);

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<short> input) => accelerator.Unique<short, ComparisonInt16>(stream, input);

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<int> input) => accelerator.Unique<int, ComparisonInt32>(stream, input);

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<long> input) => accelerator.Unique<long, ComparisonInt64>(stream, input);

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<byte> input) => accelerator.Unique<byte, ComparisonUInt8>(stream, input);

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<ushort> input) => accelerator.Unique<ushort, ComparisonUInt16>(stream, input);

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<uint> input) => accelerator.Unique<uint, ComparisonUInt32>(stream, input);

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<ulong> input) => accelerator.Unique<ulong, ComparisonUInt64>(stream, input);

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<Half> input) => accelerator.Unique<Half, ComparisonHalf>(stream, input);

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<float> input) => accelerator.Unique<float, ComparisonFloat>(stream, input);

    /// <summary>Leaves the first of equal neighbours, and says how many elements are left.</summary>
    public static long Unique(this Accelerator accelerator, AcceleratorStream stream, ArrayView<double> input) => accelerator.Unique<double, ComparisonDouble>(stream, input);

    private static void Kernel<T, TComparisonOperation>(ArrayView<T> input, ArrayView<long> output)
        where T : unmanaged
        where TComparisonOperation : struct, IComparisonOperation<T>
    {
        ArrayView<T> last = SharedMemory.Allocate<T>(1);
        long left = 0;
        for (long start = 0; start < input.Length; start += Group.DimX)
        {
            long i = start + Group.IdxX;
            bool isInside = i < input.Length;
            T value = isInside ? input[i] : default;
            // What stands before the row may have been written over; it was kept.
            T before = value;
            if (isInside && i > 0)
                before = Group.IdxX == 0 ? last[0] : input[i - 1];
            Group.Barrier();        // all have read the row
            int stays = isInside && (i == 0 || default(TComparisonOperation).Compare(before, value) != 0) ? 1 : 0;
            int place = GroupExtensions.ExclusiveScanWithBoundaries<int, AddInt32>(stays, out ScanBoundaries<int> ends);
            if (stays != 0)
                input[left + place] = value;
            if (Group.IdxX == Group.DimX - 1)
                last[0] = value;
            left += ends.RightBoundary;
            Group.Barrier();        // the row is written, and its last element kept
        }

        if (Group.IsFirstThread)
            output[0] = left;
    }
}
