using GemmaIlgpu.Kernels.Device;
using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>The largest k logits on a GPU: the k-th is found digit by digit, then all from it on are collected and put in order.</summary>
/// <remarks>
/// <para>Shapes: logits [V]; values, ids [k], k at most <see cref="MostCandidates"/>.</para>
/// <para>Launch: one group, of as many threads as it may have; threads run along V.</para>
/// <para>Shared memory: 2,048 counts, 64 sums of them, <see cref="MostCandidates"/> candidates: 12.6 KiB.</para>
/// <para>Traffic: V floats for each of two to seven passes, from the second-level cache after the first; one multiprocessor reads
/// them, in about the time of a tenth of a decoding step of the smallest Gemma. The plain kernel takes k steps that wait
/// for each other, tens of times as long on a GPU.</para>
/// <para>Numerics: comparisons are exact; of equal logits the lowest id comes first, NaN and −∞ never come.</para>
/// <para>Source: radix selection, as in Alabi et al. 2012, "Fast k-selection algorithms for graphics processing units".
/// Plain counterpart: <see cref="Sampling"/>.</para>
/// </remarks>
public static class TopKKernels
{
    /// <summary>Most logits that can be asked for.</summary>
    public const int MostCandidates = 512;

    private const int Digits = 2048;            // of 11 bits
    private const int DigitsPerSum = 32;
    private const int LogitsAtOnce = 4;

    public static void SelectKernel(View logits_V, View values_k, ArrayView<int> ids_k)
    {
        var counts = SharedMemory.Allocate<int>(Digits);
        var sums = SharedMemory.Allocate<int>(Digits / DigitsPerSum);
        var candidates = SharedMemory.Allocate<long>(MostCandidates);
        var found = SharedMemory.Allocate<int>(3);      // digit, candidates with it, candidates wanted of these
        int wanted = values_k.IntLength;

        // 1. The k-th key from its highest digit on, until all keys that begin like it are wanted.
        ulong prefix = 0;
        bool isSplit = true;
        for (int shift = 53; isSplit; shift = shift == 42 ? 32 : shift == 10 ? 0 : shift - 11)
        {
            for (int i = Group.IdxX; i < Digits; i += Group.DimX)
                counts[i] = 0;
            Group.Barrier();        // all counts are 0
            int bits = shift is 32 or 0 ? 10 : 11;       // the value's half ends at 32, the id's at 0
            Count(logits_V, counts, prefix, shift, bits);
            Group.Barrier();        // all logits are counted
            FindDigit(counts, sums, found, wanted);
            prefix |= (ulong)(uint)found[0] << shift;
            isSplit = found[1] > found[2] && shift > 0;
            wanted = found[2];
            Group.Barrier();        // all have read; the next digit may overwrite
        }

        // 2. Everything from there on, in any order.
        if (Group.IdxX == 0)
            found[0] = 0;
        Group.Barrier();            // the number of candidates is 0
        for (int id = Group.IdxX; id < logits_V.IntLength; id += Group.DimX)
        {
            ulong key = Key(logits_V[id], id);
            if (key >= prefix && key > uint.MaxValue)
            {
                int place = Atomic.Add(ref found[0], 1);
                if (place < MostCandidates)
                    candidates[place] = (long)key;
            }
        }
        Group.Barrier();            // all candidates are there

        // 3. A candidate's place is the number of those before it.
        int count = found[0];
        for (int i = Group.IdxX; i < values_k.IntLength; i += Group.DimX)
        {
            ulong own = i < count ? (ulong)candidates[i] : 0;
            int place = i < count ? 0 : i;
            for (int j = 0; j < count; j++)
                place += i < count && (ulong)candidates[j] > own ? 1 : 0;
            int id = (int)~(uint)own;
            values_k[place] = i < count ? logits_V[id] : float.NegativeInfinity;
            ids_k[place] = i < count ? id : -1;
        }
    }

    /// <summary>
    /// A number that orders logits like their values, and equal ones like their falling ids: no two are the same. What is no
    /// logit, NaN and −∞, comes last, with an upper half of 0.
    /// </summary>
    private static ulong Key(float logit, int id)
    {
        uint bits = Interop.FloatAsInt(logit + 0f);     // both zeros become one
        uint ordered = (bits & 0x8000_0000) == 0 ? bits | 0x8000_0000 : ~bits;
        return ((ulong)(logit > float.NegativeInfinity ? ordered : 0) << 32) | ~(uint)id;
    }

    /// <summary>Counts, by their next digit, the keys that begin like the prefix.</summary>
    private static void Count(View logits_V, ArrayView<int> counts, ulong prefix, int shift, int bits)
    {
        int length = logits_V.IntLength;
        int threads = Group.DimX;
        for (int id = Group.IdxX; id < length; id += LogitsAtOnce * threads)
        {
            // Several loads on their way; behind the last logit −∞ stands in, which is never counted.
            int id1 = id + threads, id2 = id1 + threads, id3 = id2 + threads;
            float v0 = logits_V[id], v1 = id1 < length ? logits_V[id1] : float.NegativeInfinity;
            float v2 = id2 < length ? logits_V[id2] : float.NegativeInfinity, v3 = id3 < length ? logits_V[id3] : float.NegativeInfinity;
            Count(counts, Key(v0, id), prefix, shift, bits);
            Count(counts, Key(v1, id1), prefix, shift, bits);
            Count(counts, Key(v2, id2), prefix, shift, bits);
            Count(counts, Key(v3, id3), prefix, shift, bits);
        }
    }

    private static void Count(ArrayView<int> counts, ulong key, ulong prefix, int shift, int bits)
    {
        if (key > uint.MaxValue && ((key ^ prefix) >> (shift + bits - 1)) >> 1 == 0)
            Atomic.Add(ref counts[(int)(key >> shift) & ((1 << bits) - 1)], 1);
    }

    /// <summary>
    /// The digit of the wanted-th largest key, how many keys have it, and how many of these are wanted. When there are not
    /// as many keys, digit 0 and all.
    /// </summary>
    private static void FindDigit(ArrayView<int> counts, ArrayView<int> sums, ArrayView<int> found, int wanted)
    {
        for (int i = Group.IdxX; i < Digits / DigitsPerSum; i += Group.DimX)
        {
            int sum = 0;
            for (int j = 0; j < DigitsPerSum; j++)
                sum += counts[(i * DigitsPerSum) + j];
            sums[i] = sum;
        }
        Group.Barrier();            // all sums are there

        if (Group.IdxX == 0)
        {
            int part = (Digits / DigitsPerSum) - 1;
            while (part > 0 && sums[part] < wanted)
                wanted -= sums[part--];
            int digit = (part * DigitsPerSum) + DigitsPerSum - 1;
            while (digit > part * DigitsPerSum && counts[digit] < wanted)
                wanted -= counts[digit--];
            found[0] = digit;
            found[1] = counts[digit];
            found[2] = wanted;
        }
        Group.Barrier();            // the digit is there
    }
}
