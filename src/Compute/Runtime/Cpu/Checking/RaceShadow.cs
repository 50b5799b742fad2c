using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>What an access does.</summary>
internal enum AccessKind
{
    Read,
    Write,
    Atomic,

    /// <summary>A read of what the kernel compares and exchanges: it may be out of date, and the kernel knows.</summary>
    AtomicRead,
}

/// <summary>Who accessed each granule of a memory last: the writer, two readers, and two threads that changed it atomically, each with
/// a time.</summary>
/// <remarks>
/// Times are numbers of <see cref="RaceClock"/>, so nothing is cleared between barriers, groups or launches. Two readers are
/// enough: a writer races with one of them, whoever it is, if others have read than the writer alone. So are two atomic operations.
/// Who: 11 bits of the thread in its group, 20 of the instruction, 1 for atomic operations.
/// </remarks>
internal sealed unsafe class RaceShadow : IDisposable
{
    private const int ThreadBits = 11;
    public const uint ThreadMask = (1 << ThreadBits) - 1;
    private const uint AtomicBit = 1u << 31;

    private readonly long _cells;
    private int* _times;    // writer, first reader, second reader: three runs of _cells
    private uint* _who;
    private int* _atomicTimes;      // the same for atomic operations: two runs, if there are any
    private uint* _atomicWho;
    private int _lastAtomic;

    public RaceShadow(long bytes, int granule)
    {
        (Granule, Shift, _cells) = (granule, BitOperations.Log2((uint)granule), bytes / granule + 8);
        _times = (int*)NativeMemory.AllocZeroed((nuint)_cells * 3, 4);
        _who = (uint*)NativeMemory.AllocZeroed((nuint)_cells * 3, 4);
    }

    ~RaceShadow() => Dispose();

    /// <summary>Gets the bytes of a granule.</summary>
    public int Granule { get; }

    /// <summary>Gets its logarithm.</summary>
    public int Shift { get; }

    public static int ThreadOf(uint who) => (int)(who & ThreadMask);

    public static int InstructionOf(uint who) => (int)(who >> ThreadBits & 0xFFFFF);

    public static bool IsAtomic(uint who) => (who & AtomicBit) != 0;

    public static uint Who(int thread, int instruction, AccessKind kind) =>
        (uint)thread | (uint)instruction << ThreadBits | (kind is AccessKind.Atomic or AccessKind.AtomicRead ? AtomicBit : 0);

    /// <summary>Notes an access of one granule by one thread.</summary>
    /// <param name="clock">What is ordered.</param>
    /// <param name="start">Since when accesses count: the launch, or the group for shared memory.</param>
    /// <param name="cell">The granule.</param>
    /// <param name="who">The thread and its instruction.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="lanes">Lanes of a warp.</param>
    /// <param name="other">The access without order, if there is one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Touch(RaceClock clock, int start, long cell, uint who, AccessKind kind, int lanes, out RaceParty other)
    {
        int* time = _times + cell;
        uint* name = _who + cell;
        bool races = Conflicts(clock, start, time[0], name[0], who, lanes, false);
        other = races ? new(time[0], name[0], true) : default;
        if (!races && kind is AccessKind.Read or AccessKind.Write && HasAtomics(start))
            races = ConflictsWithAtomic(clock, start, cell, who, lanes, out other);
        if (kind is AccessKind.Read or AccessKind.AtomicRead)
        {
            Note(clock, start, time + _cells, name + _cells, who, lanes, true);
            return races;
        }
        for (int reader = 1; reader <= 2 && !races; reader++)
        {
            races = Conflicts(clock, start, time[reader * _cells], name[reader * _cells], who, lanes, true) && !IsAtomic(name[reader * _cells] & who);
            if (races)
                other = new(time[reader * _cells], name[reader * _cells], false);
        }
        if (kind == AccessKind.Atomic)
            NoteAtomic(clock, start, cell, who, lanes);
        else
            (time[0], name[0]) = (clock.Now, who);
        return races;
    }

    // In the first of two places if nobody else is there any more, else in the second.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Note(RaceClock clock, int start, int* time, uint* name, uint who, int lanes, bool reads)
    {
        for (long place = 0; place < 2 * _cells; place += _cells)
        {
            if (!IsPast(clock, start, time[place]) && !IsSame(clock, time[place], name[place], who) && !IsOutdated(clock, time[place], name[place], who, lanes, reads))
                continue;
            (time[place], name[place]) = (clock.Now, who);
            return;
        }
    }

    // Whoever does not wait for a warp's new access does not wait for one that the warp has ordered before it either.
    private static bool IsOutdated(RaceClock clock, int time, uint who, uint other, int lanes, bool reads)
    {
        int warp = ThreadOf(other) / lanes;
        return time >= clock.GroupStart && ThreadOf(who) / lanes == warp && time < clock.OrderedIn(warp, reads);
    }

    private bool HasAtomics(int start) => _lastAtomic >= start && _atomicTimes != null;

    private void NoteAtomic(RaceClock clock, int start, long cell, uint who, int lanes)
    {
        if (_atomicTimes == null)
        {
            _atomicTimes = (int*)NativeMemory.AllocZeroed((nuint)_cells * 2, 4);
            _atomicWho = (uint*)NativeMemory.AllocZeroed((nuint)_cells * 2, 4);
        }
        _lastAtomic = clock.Now;
        Note(clock, start, _atomicTimes + cell, _atomicWho + cell, who, lanes, false);
    }

    private bool ConflictsWithAtomic(RaceClock clock, int start, long cell, uint who, int lanes, out RaceParty other)
    {
        for (long at = cell; at < 2 * _cells; at += _cells)
        {
            if (Conflicts(clock, start, _atomicTimes[at], _atomicWho[at], who, lanes, false))
            {
                other = new(_atomicTimes[at], _atomicWho[at], true);
                return true;
            }
        }
        other = default;
        return false;
    }

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

    /// <summary>Adds who has accessed granules to what is known of others; a multiple of 8 granules.</summary>
    /// <param name="start">Since when accesses count.</param>
    /// <param name="first">The first granule.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="accessed">For each, whether somebody has accessed it.</param>
    /// <param name="written">For each, whether somebody has written it.</param>
    /// <returns>Whether two have accessed the same granule and one of them wrote it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Meets(int start, long first, int count, int* accessed, int* written)
    {
        Vector256<int> before = Vector256.Create(start - 1), meet = default;
        for (int cell = 0; cell < count; cell += 8)
        {
            Vector256<int> wrote = Vector256.GreaterThan(Vector256.Load(_times + first + cell), before);
            Vector256<int> read = Vector256.GreaterThan(Vector256.Load(_times + _cells + first + cell), before);
            (Vector256<int> others, Vector256<int> writers) = (Vector256.Load(accessed + cell), Vector256.Load(written + cell));
            meet |= (wrote & others) | (read & writers);
            (others | wrote | read).Store(accessed + cell);
            (writers | wrote).Store(written + cell);
        }
        return meet != default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_times);
        NativeMemory.Free(_who);
        NativeMemory.Free(_atomicTimes);
        NativeMemory.Free(_atomicWho);
        _times = _atomicTimes = null;
        _who = _atomicWho = null;
        GC.SuppressFinalize(this);
    }

    // Before this launch, or ordered by a barrier of the group that runs.
    private static bool IsPast(RaceClock clock, int start, int time) => time < start || (time >= clock.GroupStart && time < clock.Epoch);

    private static bool IsSame(RaceClock clock, int time, uint who, uint other) =>
        time >= clock.GroupStart && ((who ^ other) & ThreadMask) == 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Conflicts(RaceClock clock, int start, int time, uint who, uint other, int lanes, bool wasRead)
    {
        if (IsPast(clock, start, time) || IsSame(clock, time, who, other))
            return false;
        int thread = ThreadOf(who), warp = ThreadOf(other) / lanes;
        if (time >= clock.GroupStart && thread / lanes == warp && time < clock.OrderedIn(warp, wasRead))
            return false;
        return !clock.IsSeen(time, thread, warp);
    }
}

/// <summary>What comes before an access of a warp.</summary>
internal readonly struct WarpOrder
{
    /// <summary>The time before which the warp's own accesses are ordered: writes, and reads.</summary>
    public readonly int Written, Read;

    private readonly int _start, _group, _epoch;
    private readonly uint _who, _bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WarpOrder(RaceClock clock, int start, uint who, int lanes)
    {
        int warp = RaceShadow.ThreadOf(who) >> BitOperations.TrailingZeroCount(lanes);
        (Written, Read) = (clock.OrderedIn(warp, wasRead: false), clock.OrderedIn(warp, wasRead: true));
        (_start, _group, _epoch) = (start, clock.GroupStart, clock.Epoch);
        (_who, _bits) = (who, RaceShadow.ThreadMask & ~(uint)(lanes - 1));
    }

    /// <summary>Whether an access was before the launch, or is ordered by a meeting of the group or of the warp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsBefore(int time, uint who, int ordered) =>
        time < _start || (time >= _group && (time < _epoch || (((who ^ _who) & _bits) == 0 && time < ordered)));
}

/// <summary>The other side of a race.</summary>
/// <param name="Time">When it accessed the memory.</param>
/// <param name="Who">The thread and the instruction.</param>
/// <param name="Wrote">Whether it wrote.</param>
internal readonly record struct RaceParty(int Time, uint Who, bool Wrote);
