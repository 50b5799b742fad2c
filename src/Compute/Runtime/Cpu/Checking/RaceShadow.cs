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
internal sealed unsafe partial class RaceShadow : IDisposable
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

    /// <summary>Gets the times of writers, of first readers and of second readers, a run of <see cref="Cells"/> each.</summary>
    public int* Times => _times;

    /// <summary>Gets who they are.</summary>
    public uint* Names => _who;

    /// <summary>Gets how many cells a run has.</summary>
    public long Cells => _cells;

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

/// <summary>The other side of a race.</summary>
/// <param name="Time">When it accessed the memory.</param>
/// <param name="Who">The thread and the instruction.</param>
/// <param name="Wrote">Whether it wrote.</param>
internal readonly record struct RaceParty(int Time, uint Who, bool Wrote);
