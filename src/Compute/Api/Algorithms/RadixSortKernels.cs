using ILGPU.Algorithms.RadixSortOperations;

namespace ILGPU.Algorithms;

/// <summary>One pass of a radix sort over four bits. Each thread has a run of keys: it counts how many go to each of 16 buckets, the counts of
/// all threads are scanned bucket by bucket, and each thread puts its keys in their order where the scan says. Keys of one bucket keep
/// their order.</summary>
internal static class RadixSortKernels
{
    public const int Bits = 4;
    public const int Buckets = 1 << Bits;

    public static void Count<TKey, TStride, TOperation>(Runtime.ArrayView1D<TKey, TStride> keys, ArrayView<int> counts, int shift, int mask)
        where TKey : unmanaged
        where TStride : struct, IStride1D
        where TOperation : struct, IRadixSortOperation<TKey>
    {
        int thread = Grid.GlobalIndex.X, threads = Grid.DimX * Group.DimX;
        ArrayView<int> own = LocalMemory.Allocate<int>(Buckets);
        for (int bucket = 0; bucket < Buckets; bucket++)
            own[bucket] = 0;
        (long from, long to) = Run(keys.Length, thread, threads);
        for (long i = from; i < to; i++)
            own[default(TOperation).ExtractRadixBits(keys[new LongIndex1D(i)], shift, mask)]++;
        for (int bucket = 0; bucket < Buckets; bucket++)
            counts[(bucket * threads) + thread] = own[bucket];
    }

    public static void Scatter<TKey, TStride, TStrideTo, TOperation>(
        Runtime.ArrayView1D<TKey, TStride> keys,
        Runtime.ArrayView1D<TKey, TStrideTo> keysTo,
        ArrayView<int> counts,
        int shift,
        int mask)
        where TKey : unmanaged
        where TStride : struct, IStride1D
        where TStrideTo : struct, IStride1D
        where TOperation : struct, IRadixSortOperation<TKey>
    {
        ArrayView<int> places = LoadPlaces(counts);
        (long from, long to) = Run(keys.Length, Grid.GlobalIndex.X, Grid.DimX * Group.DimX);
        for (long i = from; i < to; i++)
        {
            TKey key = keys[new LongIndex1D(i)];
            int bucket = default(TOperation).ExtractRadixBits(key, shift, mask);
            keysTo[new Index1D(places[bucket])] = key;
            places[bucket]++;
        }
    }

    public static void ScatterPairs<TKey, TStride, TStrideTo, TValue, TValueStride, TValueStrideTo, TOperation>(
        Runtime.ArrayView1D<TKey, TStride> keys,
        Runtime.ArrayView1D<TKey, TStrideTo> keysTo,
        Runtime.ArrayView1D<TValue, TValueStride> values,
        Runtime.ArrayView1D<TValue, TValueStrideTo> valuesTo,
        ArrayView<int> counts,
        int shift,
        int mask)
        where TKey : unmanaged
        where TStride : struct, IStride1D
        where TStrideTo : struct, IStride1D
        where TValue : unmanaged
        where TValueStride : struct, IStride1D
        where TValueStrideTo : struct, IStride1D
        where TOperation : struct, IRadixSortOperation<TKey>
    {
        ArrayView<int> places = LoadPlaces(counts);
        (long from, long to) = Run(keys.Length, Grid.GlobalIndex.X, Grid.DimX * Group.DimX);
        for (long i = from; i < to; i++)
        {
            TKey key = keys[new LongIndex1D(i)];
            int bucket = default(TOperation).ExtractRadixBits(key, shift, mask);
            keysTo[new Index1D(places[bucket])] = key;
            valuesTo[new Index1D(places[bucket])] = values[new LongIndex1D(i)];
            places[bucket]++;
        }
    }

    private static ArrayView<int> LoadPlaces(ArrayView<int> counts)
    {
        ArrayView<int> places = LocalMemory.Allocate<int>(Buckets);
        for (int bucket = 0; bucket < Buckets; bucket++)
            places[bucket] = counts[(bucket * Grid.DimX * Group.DimX) + Grid.GlobalIndex.X];
        return places;
    }

    private static (long From, long To) Run(long length, int thread, int threads)
    {
        long run = (length + threads - 1) / threads;
        return (IntrinsicMath.Min(thread * run, length), IntrinsicMath.Min((thread + 1) * run, length));
    }
}
