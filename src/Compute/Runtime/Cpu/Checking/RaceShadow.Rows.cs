using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>Accesses of several lanes at once.</content>
internal sealed unsafe partial class RaceShadow
{
    /// <summary>Notes accesses of neighbouring granules by the lanes of a warp.</summary>
    /// <returns>False if the lanes have to be looked at one by one; nothing is noted then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryTouchRow(RaceClock clock, int start, long cell, uint firstWho, bool write, int lanes)
    {
        if (HasAtomics(start))
            return false;
        int* time = _times + cell;
        uint* name = _who + cell;
        int warp = ThreadOf(firstWho) / lanes;
        (Vector256<int> launch, Vector256<int> group, Vector256<int> epoch) = (Vector256.Create(start), Vector256.Create(clock.GroupStart), Vector256.Create(clock.Epoch));
        Vector256<int> written = Vector256.Create(clock.OrderedIn(warp, wasRead: false));
        // A read takes the place of one of the same thread only.
        Vector256<int> read = write ? Vector256.Create(clock.OrderedIn(warp, wasRead: true)) : Vector256.Create(int.MinValue);
        Vector256<uint> who = Vector256.Create(firstWho) + Vector256<uint>.Indices;
        (Vector256<uint> threadBits, Vector256<uint> warpBits) = (Vector256.Create(ThreadMask), Vector256.Create(ThreadMask & ~(uint)(lanes - 1)));
        Vector256<int> fine = Vector256<int>.AllBitsSet;
        for (int lane = 0; lane < lanes; lane += 8, who += Vector256.Create(8u))
        {
            fine &= IsFine(time + lane, name + lane, written) & IsFine(time + _cells + lane, name + _cells + lane, read);
            if (write)
                fine &= IsFine(time + (2 * _cells) + lane, name + (2 * _cells) + lane, read);
        }
        if (fine != Vector256<int>.AllBitsSet)
            return false;
        who = Vector256.Create(firstWho) + Vector256<uint>.Indices;
        long run = write ? 0 : _cells;
        for (int lane = 0; lane < lanes; lane += 8, who += Vector256.Create(8u))
        {
            Vector256.Create(clock.Now).Store(time + run + lane);
            who.Store(name + run + lane);
        }
        return true;

        // Before this launch, ordered by a meeting, or the same thread's.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<int> IsFine(int* times, uint* names, Vector256<int> ordered)
        {
            Vector256<int> then = Vector256.Load(times), isOfGroup = Vector256.GreaterThanOrEqual(then, group);
            Vector256<uint> other = Vector256.Load(names) ^ who;
            Vector256<int> isSame = Vector256.Equals(other & threadBits, Vector256<uint>.Zero).AsInt32();
            Vector256<int> isOfWarp = Vector256.Equals(other & warpBits, Vector256<uint>.Zero).AsInt32();
            return Vector256.LessThan(then, launch) | (isOfGroup & (Vector256.LessThan(then, epoch) | isSame | (isOfWarp & Vector256.LessThan(then, ordered))));
        }
    }

    /// <summary>Notes reads of a granule each by some lanes of a warp.</summary>
    /// <returns>False if the lanes have to be looked at one by one; to note some of them again does no harm.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryReadEach(RaceClock clock, int start, long* pointers, long origin, ulong lanes, uint firstWho, int lanesOfWarp)
    {
        if (HasAtomics(start))
            return false;
        int shift = Shift, group = clock.GroupStart, epoch = clock.Epoch, now = clock.Now;
        uint warpBits = ThreadMask & ~(uint)(lanesOfWarp - 1);
        int sync = clock.OrderedIn(ThreadOf(firstWho) / lanesOfWarp, wasRead: false), readSync = clock.OrderedIn(ThreadOf(firstWho) / lanesOfWarp, wasRead: true);
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            long cell = (pointers[lane] - origin) >> shift, first = cell + _cells, second = first + _cells;
            int written = _times[cell];
            if (written >= start && (written < group || written >= epoch)
                && !(written >= group && written < sync && ((_who[cell] ^ firstWho) & warpBits) == 0))
            {
                return false;
            }
            uint who = firstWho + (uint)lane;
            if (_times[first] < epoch || ((_who[first] ^ who) & ThreadMask) == 0 || (_times[first] < readSync && ((_who[first] ^ who) & warpBits) == 0))
            {
                // A reader of another group must not be forgotten.
                if (_times[first] >= start && _times[first] < group)
                    return false;
                (_times[first], _who[first]) = (now, who);
            }
            else if (_times[second] < start || (_times[second] >= group && (_times[second] < epoch || (_times[second] < readSync && ((_who[second] ^ who) & warpBits) == 0))))
            {
                (_times[second], _who[second]) = (now, who);
            }
        }
        return true;
    }

    /// <summary>Notes that lanes of a warp, at least two, read one granule: the first two count.</summary>
    /// <returns>False if the lanes have to be looked at one by one; nothing is noted then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryReadByAll(RaceClock clock, int start, long cell, uint firstWho, uint secondWho, int lanes)
    {
        if (HasAtomics(start))
            return false;
        WarpOrder order = new(clock, start, firstWho, lanes);
        int* time = _times + cell;
        uint* name = _who + cell;
        if (!order.IsBefore(time[0], name[0], order.Written))
            return false;
        if (order.IsBefore(time[_cells], name[_cells], order.Read))
            (time[_cells], name[_cells]) = (clock.Now, firstWho);
        if (order.IsBefore(time[2 * _cells], name[2 * _cells], order.Read))
            (time[2 * _cells], name[2 * _cells]) = (clock.Now, secondWho);
        return true;
    }

    /// <summary>Notes that all lanes of a warp write the same to one granule.</summary>
    /// <returns>False if the lanes have to be looked at one by one; nothing is noted then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryWriteByAll(RaceClock clock, int start, long cell, uint firstWho, int lanes)
    {
        if (HasAtomics(start))
            return false;
        WarpOrder order = new(clock, start, firstWho, lanes);
        int* time = _times + cell;
        uint* name = _who + cell;
        if (!order.IsBefore(time[0], name[0], order.Written) || !order.IsBefore(time[_cells], name[_cells], order.Read)
            || !order.IsBefore(time[2 * _cells], name[2 * _cells], order.Read))
            return false;
        (time[0], name[0]) = (clock.Now, firstWho + (uint)lanes - 1);
        return true;
    }

    /// <summary>Notes writes of a granule each by some lanes of a warp.</summary>
    /// <returns>False if the lanes have to be looked at one by one; to note some of them again does no harm.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryWriteEach(RaceClock clock, int start, long* pointers, long origin, ulong lanes, uint firstWho, int lanesOfWarp)
    {
        if (HasAtomics(start))
            return false;
        int shift = Shift, group = clock.GroupStart, epoch = clock.Epoch, now = clock.Now;
        uint warpBits = ThreadMask & ~(uint)(lanesOfWarp - 1);
        int warp = ThreadOf(firstWho) / lanesOfWarp;
        int written = clock.OrderedIn(warp, wasRead: false), read = clock.OrderedIn(warp, wasRead: true);
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            long cell = (pointers[lane] - origin) >> shift;
            uint who = firstWho + (uint)lane;
            if (!IsFree(cell, who, written) || !IsFree(cell + _cells, who, read) || !IsFree(cell + (2 * _cells), who, read))
                return false;
            (_times[cell], _who[cell]) = (now, who);
        }
        return true;

        bool IsFree(long place, uint who, int ordered)
        {
            int time = _times[place];
            if (time < start || (time >= group && time < epoch))
                return true;
            uint other = _who[place] ^ who;
            return time >= group && ((other & ThreadMask) == 0 || ((other & warpBits) == 0 && time < ordered));
        }
    }
}
