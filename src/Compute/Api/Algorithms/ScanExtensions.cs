using System.Runtime.CompilerServices;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace ILGPU.Algorithms;

/// <summary>Whether a scan takes in the element at its own place.</summary>
public enum ScanKind
{
    /// <summary>The elements up to and with this one.</summary>
    Inclusive,

    /// <summary>The elements before this one.</summary>
    Exclusive,
}

/// <summary>Combines each element with all before it.</summary>
/// <param name="stream">The stream.</param>
/// <param name="input">The elements.</param>
/// <param name="output">The results; it may be the input.</param>
/// <param name="temp">Room as <see cref="ScanExtensions.ComputeScanTempStorageSize{T}"/> says.</param>
public delegate void Scan<T, TStrideIn, TStrideOut>(AcceleratorStream stream, ArrayView1D<T, TStrideIn> input, ArrayView1D<T, TStrideOut> output, ArrayView<int> temp)
    where T : unmanaged
    where TStrideIn : struct, IStride1D
    where TStrideOut : struct, IStride1D;

/// <summary>Combines each element with all before it, in room that a <see cref="ScanProvider"/> has.</summary>
/// <param name="stream">The stream.</param>
/// <param name="input">The elements.</param>
/// <param name="output">The results; it may be the input.</param>
public delegate void BufferedScan<T, TStrideIn, TStrideOut>(AcceleratorStream stream, ArrayView1D<T, TStrideIn> input, ArrayView1D<T, TStrideOut> output)
    where T : unmanaged
    where TStrideIn : struct, IStride1D
    where TStrideOut : struct, IStride1D;

/// <summary>Prefix sums and the like over whole views.</summary>
/// <remarks>Each group combines a part of the view, one group scans what they found, and each group scans its part from there: every element is
/// read twice. The order is always the same, so that repeat runs agree bit for bit.</remarks>
public static class ScanExtensions
{
    private const int GroupSize = 256;

    /// <summary>The elements of temporary room that a scan needs.</summary>
    public static LongIndex1D ComputeScanTempStorageSize<T>(this Accelerator accelerator, LongIndex1D dataLength)
        where T : unmanaged =>
        ((long)Parts(accelerator, dataLength) * Unsafe.SizeOf<T>() + sizeof(int) - 1) / sizeof(int);

    /// <summary>Loads a scan.</summary>
    public static Scan<T, TStrideIn, TStrideOut> CreateScan<T, TStrideIn, TStrideOut, TScanOperation>(this Accelerator accelerator, ScanKind kind)
        where T : unmanaged
        where TStrideIn : struct, IStride1D
        where TStrideOut : struct, IStride1D
        where TScanOperation : struct, IScanReduceOperation<T>
    {
        var combine = accelerator.LoadKernel<ArrayView1D<T, TStrideIn>, ArrayView<T>>(CombineKernel<T, TStrideIn, TScanOperation>);
        var scanParts = accelerator.LoadKernel<ArrayView<T>>(PartsKernel<T, TScanOperation>);
        var scan = accelerator.LoadKernel<ArrayView1D<T, TStrideIn>, ArrayView1D<T, TStrideOut>, ArrayView<T>, int>(ScanKernel<T, TStrideIn, TStrideOut, TScanOperation>);
        return (stream, input, output, temp) =>
        {
            if (input.Length > output.Length)
                throw new ArgumentException($"The input has {input.Length} elements, the output only {output.Length}; it must hold them all.");
            if (input.Length == 0)
                return;
            int parts = Parts(accelerator, input.Length), threads = Threads(accelerator);
            long needed = accelerator.ComputeScanTempStorageSize<T>(input.Length);
            if (temp.Length < needed)
                throw new ArgumentException($"A scan of {input.Length} elements needs {needed} elements of temporary room; {temp.Length} were given.");
            ArrayView<T> sums = temp.SubView(0, needed).Cast<T>();
            combine(stream, new KernelConfig(parts, threads), input, sums);
            scanParts(stream, new KernelConfig(1, threads), sums.SubView(0, parts));
            scan(stream, new KernelConfig(parts, threads), input, output, sums, kind == ScanKind.Inclusive ? 1 : 0);
        };
    }

    /// <summary>Makes room for scans of so many elements of four bytes.</summary>
    public static ScanProvider CreateScanProvider(this Accelerator accelerator, LongIndex1D dataLength) => accelerator.CreateScanProvider<int>(dataLength);

    /// <summary>Makes room for scans of so many elements.</summary>
    public static ScanProvider CreateScanProvider<T>(this Accelerator accelerator, LongIndex1D dataLength)
        where T : unmanaged =>
        new(accelerator, accelerator.ComputeScanTempStorageSize<T>(dataLength));

    private static int Threads(Accelerator accelerator) => Math.Min(GroupSize, accelerator.MaxNumThreadsPerGroup);

    // As many as the threads of the group that scans them.
    private static int Parts(Accelerator accelerator, long length) =>
        (int)Math.Clamp((length + Threads(accelerator) - 1) / Threads(accelerator), 1, Threads(accelerator));

    private static void CombineKernel<T, TStride, TOperation>(ArrayView1D<T, TStride> input, ArrayView<T> sums)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TOperation : struct, IScanReduceOperation<T>
    {
        long part = PartLength(input.Length), end = IntrinsicMath.Min((Grid.IdxX + 1) * part, input.Length);
        T sum = default(TOperation).Identity;
        for (long start = Grid.IdxX * part; start < end; start += Group.DimX)
        {
            long i = start + Group.IdxX;
            T value = i < end ? input[new LongIndex1D(i)] : default(TOperation).Identity;
            GroupExtensions.ExclusiveScanWithBoundaries<T, TOperation>(value, out ScanBoundaries<T> ends);
            sum = default(TOperation).Apply(sum, ends.RightBoundary);
        }

        if (Group.IsFirstThread)
            sums[Grid.IdxX] = sum;
    }

    private static void PartsKernel<T, TOperation>(ArrayView<T> sums)
        where T : unmanaged
        where TOperation : struct, IScanReduceOperation<T>
    {
        T value = Group.IdxX < sums.Length ? sums[Group.IdxX] : default(TOperation).Identity;
        T before = GroupExtensions.ExclusiveScan<T, TOperation>(value);
        if (Group.IdxX < sums.Length)
            sums[Group.IdxX] = before;
    }

    private static void ScanKernel<T, TStrideIn, TStrideOut, TOperation>(ArrayView1D<T, TStrideIn> input, ArrayView1D<T, TStrideOut> output, ArrayView<T> sums, int inclusive)
        where T : unmanaged
        where TStrideIn : struct, IStride1D
        where TStrideOut : struct, IStride1D
        where TOperation : struct, IScanReduceOperation<T>
    {
        long part = PartLength(input.Length), end = IntrinsicMath.Min((Grid.IdxX + 1) * part, input.Length);
        T carry = sums[Grid.IdxX];
        for (long start = Grid.IdxX * part; start < end; start += Group.DimX)
        {
            long i = start + Group.IdxX;
            T value = i < end ? input[new LongIndex1D(i)] : default(TOperation).Identity;
            T before = GroupExtensions.ExclusiveScanWithBoundaries<T, TOperation>(value, out ScanBoundaries<T> ends);
            before = default(TOperation).Apply(carry, before);
            if (i < end)
                output[new LongIndex1D(i)] = inclusive != 0 ? default(TOperation).Apply(before, value) : before;
            carry = default(TOperation).Apply(carry, ends.RightBoundary);
        }
    }

    // Whole rounds of a group, so that no two groups write to one sector.
    private static long PartLength(long length)
    {
        long rounds = (length + Group.DimX - 1) / Group.DimX;
        return (rounds + Grid.DimX - 1) / Grid.DimX * Group.DimX;
    }
}

/// <summary>Room for scans.</summary>
public sealed class ScanProvider : AcceleratorObject
{
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _temp;

    internal ScanProvider(Accelerator accelerator, long tempLength)
        : base(accelerator) => _temp = accelerator.Allocate1D<int>(tempLength);

    /// <summary>Loads a scan that uses this room.</summary>
    public BufferedScan<T, TStrideIn, TStrideOut> CreateScan<T, TStrideIn, TStrideOut, TScanOperation>(ScanKind kind)
        where T : unmanaged
        where TStrideIn : struct, IStride1D
        where TStrideOut : struct, IStride1D
        where TScanOperation : struct, IScanReduceOperation<T>
    {
        Scan<T, TStrideIn, TStrideOut> scan = Accelerator.CreateScan<T, TStrideIn, TStrideOut, TScanOperation>(kind);
        return (stream, input, output) => scan(stream, input, output, _temp.View);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _temp.Dispose();
        base.Dispose(disposing);
    }
}
