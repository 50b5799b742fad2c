using System.Runtime.CompilerServices;
using ILGPU.Algorithms.RadixSortOperations;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Algorithms.Sequencers;
using ILGPU.Runtime;

namespace ILGPU.Algorithms;

/// <summary>Sorts views by the bits of their keys; equal keys keep their order.</summary>
public static class RadixSortExtensions
{
    private const int GroupSize = 256;
    private const int MostThreads = 64 * GroupSize;
    private const int LeastRun = 8;

    // Parts of the temporary room begin at multiples of 16 bytes.
    private const int Alignment = 4;

    /// <summary>The elements of temporary room that sorting keys needs.</summary>
    public static Index1D ComputeRadixSortTempStorageSize<T, TRadixSortOperation>(this Accelerator accelerator, Index1D dataLength)
        where T : unmanaged
        where TRadixSortOperation : struct, IRadixSortOperation<T> =>
        checked((int)(Fixed(accelerator, dataLength.X) + Room<T>(dataLength.X)));

    /// <summary>The elements of temporary room that sorting keys and values needs.</summary>
    public static Index1D ComputeRadixSortPairsTempStorageSize<TKey, TValue, TRadixSortOperation>(this Accelerator accelerator, Index1D dataLength)
        where TKey : unmanaged
        where TValue : unmanaged
        where TRadixSortOperation : struct, IRadixSortOperation<TKey> =>
        checked((int)(Fixed(accelerator, dataLength.X) + Room<TKey>(dataLength.X) + Room<TValue>(dataLength.X)));

    /// <summary>Loads what sorts keys.</summary>
    public static RadixSort<T, TStride> CreateRadixSort<T, TStride, TRadixSortOperation>(this Accelerator accelerator)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TRadixSortOperation : struct, IRadixSortOperation<T>
    {
        var countThere = accelerator.LoadKernel<ArrayView1D<T, TStride>, ArrayView<int>, int, int>(RadixSortKernels.Count<T, TStride, TRadixSortOperation>);
        var countBack = accelerator.LoadKernel<ArrayView1D<T, Stride1D.Dense>, ArrayView<int>, int, int>(RadixSortKernels.Count<T, Stride1D.Dense, TRadixSortOperation>);
        var there = accelerator.LoadKernel<ArrayView1D<T, TStride>, ArrayView1D<T, Stride1D.Dense>, ArrayView<int>, int, int>(
            RadixSortKernels.Scatter<T, TStride, Stride1D.Dense, TRadixSortOperation>);
        var back = accelerator.LoadKernel<ArrayView1D<T, Stride1D.Dense>, ArrayView1D<T, TStride>, ArrayView<int>, int, int>(
            RadixSortKernels.Scatter<T, Stride1D.Dense, TStride, TRadixSortOperation>);
        var scan = accelerator.CreateScan<int, Stride1D.Dense, Stride1D.Dense, AddInt32>(ScanKind.Exclusive);
        return (stream, view, temp) =>
        {
            if (view.Length < 2)
                return;
            Require(temp, accelerator.ComputeRadixSortTempStorageSize<T, TRadixSortOperation>((Index1D)view.Extent));
            KernelConfig config = Config(accelerator, view.Length);
            (ArrayView<int> counts, ArrayView<int> scanTemp, ArrayView<int> rest) = Divide(accelerator, temp, view.Length);
            ArrayView1D<T, Stride1D.Dense> other = Take<T>(ref rest, view.Length);
            foreach ((int shift, int mask, bool isBack) in Passes(default(TRadixSortOperation).NumBits))
            {
                if (isBack)
                    countBack(stream, config, other, counts, shift, mask);
                else
                    countThere(stream, config, view, counts, shift, mask);
                scan(stream, counts, counts, scanTemp);
                if (isBack)
                    back(stream, config, other, view, counts, shift, mask);
                else
                    there(stream, config, view, other, counts, shift, mask);
            }
        };
    }

    /// <summary>Loads what sorts keys and values.</summary>
    public static RadixSortPairs<TKey, TKeyStride, TValue, TValueStride> CreateRadixSortPairs<TKey, TKeyStride, TValue, TValueStride, TRadixSortOperation>(this Accelerator accelerator)
        where TKey : unmanaged
        where TKeyStride : struct, IStride1D
        where TValue : unmanaged
        where TValueStride : struct, IStride1D
        where TRadixSortOperation : struct, IRadixSortOperation<TKey>
    {
        var countThere = accelerator.LoadKernel<ArrayView1D<TKey, TKeyStride>, ArrayView<int>, int, int>(RadixSortKernels.Count<TKey, TKeyStride, TRadixSortOperation>);
        var countBack = accelerator.LoadKernel<ArrayView1D<TKey, Stride1D.Dense>, ArrayView<int>, int, int>(RadixSortKernels.Count<TKey, Stride1D.Dense, TRadixSortOperation>);
        var there = accelerator.LoadKernel<ArrayView1D<TKey, TKeyStride>, ArrayView1D<TKey, Stride1D.Dense>, ArrayView1D<TValue, TValueStride>, ArrayView1D<TValue, Stride1D.Dense>, ArrayView<int>, int, int>(
            RadixSortKernels.ScatterPairs<TKey, TKeyStride, Stride1D.Dense, TValue, TValueStride, Stride1D.Dense, TRadixSortOperation>);
        var back = accelerator.LoadKernel<ArrayView1D<TKey, Stride1D.Dense>, ArrayView1D<TKey, TKeyStride>, ArrayView1D<TValue, Stride1D.Dense>, ArrayView1D<TValue, TValueStride>, ArrayView<int>, int, int>(
            RadixSortKernels.ScatterPairs<TKey, Stride1D.Dense, TKeyStride, TValue, Stride1D.Dense, TValueStride, TRadixSortOperation>);
        var scan = accelerator.CreateScan<int, Stride1D.Dense, Stride1D.Dense, AddInt32>(ScanKind.Exclusive);
        return (stream, keys, values, temp) =>
        {
            if (values.Length < keys.Length)
                throw new ArgumentException($"There are {keys.Length} keys and only {values.Length} values; each key needs one.");
            if (keys.Length < 2)
                return;
            Require(temp, accelerator.ComputeRadixSortPairsTempStorageSize<TKey, TValue, TRadixSortOperation>((Index1D)keys.Extent));
            KernelConfig config = Config(accelerator, keys.Length);
            (ArrayView<int> counts, ArrayView<int> scanTemp, ArrayView<int> rest) = Divide(accelerator, temp, keys.Length);
            ArrayView1D<TKey, Stride1D.Dense> otherKeys = Take<TKey>(ref rest, keys.Length);
            ArrayView1D<TValue, Stride1D.Dense> otherValues = Take<TValue>(ref rest, keys.Length);
            foreach ((int shift, int mask, bool isBack) in Passes(default(TRadixSortOperation).NumBits))
            {
                if (isBack)
                    countBack(stream, config, otherKeys, counts, shift, mask);
                else
                    countThere(stream, config, keys, counts, shift, mask);
                scan(stream, counts, counts, scanTemp);
                if (isBack)
                    back(stream, config, otherKeys, keys, otherValues, values, counts, shift, mask);
                else
                    there(stream, config, keys, otherKeys, values, otherValues, counts, shift, mask);
            }
        };
    }

    /// <summary>Loads what sorts keys and a sequence.</summary>
    public static RadixSortPairs<TKey, TKeyStride, TValue, TValueStride, TSequencer> CreateRadixSortPairs<TKey, TKeyStride, TValue, TValueStride, TSequencer, TRadixSortOperation>(
        this Accelerator accelerator)
        where TKey : unmanaged
        where TKeyStride : struct, IStride1D
        where TValue : unmanaged
        where TValueStride : struct, IStride1D
        where TSequencer : struct, ISequencer<TValue>
        where TRadixSortOperation : struct, IRadixSortOperation<TKey>
    {
        var sequence = accelerator.CreateSequencer<TValue, TValueStride, TSequencer>();
        var sort = accelerator.CreateRadixSortPairs<TKey, TKeyStride, TValue, TValueStride, TRadixSortOperation>();
        return (stream, keys, outputValues, sequencer, temp) =>
        {
            sequence(stream, outputValues, sequencer);
            sort(stream, keys, outputValues, temp);
        };
    }

    /// <summary>Makes room for sorts.</summary>
    public static RadixSortProvider CreateRadixSortProvider(this Accelerator accelerator, Index1D tempStorageSize) => new(accelerator, tempStorageSize);

    /// <summary>Makes room for sorts of so many keys.</summary>
    public static RadixSortProvider CreateRadixSortProvider<T, TRadixSortOperation>(this Accelerator accelerator, Index1D dataLength)
        where T : unmanaged
        where TRadixSortOperation : struct, IRadixSortOperation<T> =>
        new(accelerator, accelerator.ComputeRadixSortTempStorageSize<T, TRadixSortOperation>(dataLength));

    /// <summary>Makes room for sorts of so many keys and values.</summary>
    public static RadixSortProvider CreateRadixSortProvider<TKey, TValue, TRadixSortOperation>(this Accelerator accelerator, Index1D dataLength)
        where TKey : unmanaged
        where TValue : unmanaged
        where TRadixSortOperation : struct, IRadixSortOperation<TKey> =>
        new(accelerator, accelerator.ComputeRadixSortPairsTempStorageSize<TKey, TValue, TRadixSortOperation>(dataLength));

    // There and back, so that the keys end where they began: an odd number of passes gets one more that sorts nothing.
    private static IEnumerable<(int Shift, int Mask, bool IsBack)> Passes(int bits)
    {
        int passes = (bits + RadixSortKernels.Bits - 1) / RadixSortKernels.Bits;
        for (int pass = 0; pass < passes; pass++)
            yield return (pass * RadixSortKernels.Bits, RadixSortKernels.Buckets - 1, pass % 2 == 1);
        if (passes % 2 == 1)
            yield return (0, 0, true);
    }

    private static KernelConfig Config(Accelerator accelerator, long length)
    {
        int group = Math.Min(GroupSize, accelerator.MaxNumThreadsPerGroup);
        long threads = Math.Clamp((length + LeastRun - 1) / LeastRun, 1, MostThreads);
        return new KernelConfig((int)((threads + group - 1) / group), group);
    }

    private static int CountsOf(Accelerator accelerator, long length) => (int)Config(accelerator, length).Size * RadixSortKernels.Buckets;

    private static long Fixed(Accelerator accelerator, long length)
    {
        int counts = CountsOf(accelerator, length);
        return counts + RoundUp(accelerator.ComputeScanTempStorageSize<int>(counts));
    }

    private static long Room<T>(long length) => RoundUp(((length * Unsafe.SizeOf<T>()) + sizeof(int) - 1) / sizeof(int));

    private static long RoundUp(long elements) => (elements + Alignment - 1) / Alignment * Alignment;

    private static (ArrayView<int> Counts, ArrayView<int> ScanTemp, ArrayView<int> Others) Divide(Accelerator accelerator, ArrayView<int> temp, long length)
    {
        int counts = CountsOf(accelerator, length);
        long all = Fixed(accelerator, length);
        return (temp.SubView(0, counts), temp.SubView(counts, all - counts), temp.SubView(all));
    }

    private static ArrayView1D<T, Stride1D.Dense> Take<T>(ref ArrayView<int> rest, long length)
        where T : unmanaged
    {
        long room = Room<T>(length);
        ArrayView1D<T, Stride1D.Dense> part = rest.SubView(0, room).Cast<T>().SubView(0, length);
        rest = rest.SubView(room);
        return part;
    }

    private static void Require(ArrayView<int> temp, Index1D needed)
    {
        if (temp.Length < needed.X)
            throw new ArgumentException($"This sort needs {needed.X} elements of temporary room; {temp.Length} were given.");
    }
}
