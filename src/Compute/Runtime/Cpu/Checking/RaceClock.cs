using System.Runtime.CompilerServices;
using System.Numerics;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Numbers what orders the accesses of a launch: beginnings of groups, meetings of groups and warps, and what threads publish
/// by a fence and an atomic operation behind it.</summary>
internal sealed class RaceClock
{
    private readonly List<(int Start, Publications? Seen)> _groups = [];
    private readonly Publications _own = new();
    private int[] _warps = [], _exchanges = [], _acquired = [], _acquiredOfDevice = [];
    private ulong[] _fenced = [], _fencedForDevice = [];
    private int _acquiredByGroup, _acquiredByGroupOfDevice, _lanes;
    private bool _publishes;

    /// <summary>Gets the number of the last event.</summary>
    public int Now { get; private set; } = 1;

    public int LaunchStart { get; private set; }

    public int GroupStart { get; private set; }

    /// <summary>Gets the last meeting of the group that runs.</summary>
    public int Epoch { get; private set; }

    /// <summary>Gets whether the numbers may run out in the next launch; then all that they were noted in has to be forgotten.</summary>
    public bool IsLate => Now > int.MaxValue / 2;

    /// <summary>Begins to count again.</summary>
    public void Restart() => Now = 1;

    public void BeginLaunch()
    {
        LaunchStart = ++Now;
        _groups.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void BeginGroup(int warps, int lanes)
    {
        GroupStart = Epoch = ++Now;
        _lanes = lanes;
        if (_warps.Length < warps)
        {
            (_warps, _exchanges, _acquired, _acquiredOfDevice) = (new int[warps], new int[warps], new int[warps], new int[warps]);
            (_fenced, _fencedForDevice) = (new ulong[warps], new ulong[warps]);
        }
        Array.Clear(_warps);
        Array.Clear(_exchanges);
        Array.Clear(_acquired);
        Array.Clear(_acquiredOfDevice);
        Array.Clear(_fenced);
        Array.Clear(_fencedForDevice);
        (_acquiredByGroup, _acquiredByGroupOfDevice, _publishes) = (0, 0, false);
        _groups.Add((Now, null));
    }

    public void MeetGroup()
    {
        Epoch = ++Now;
        foreach (int time in _acquired)
            _acquiredByGroup = Math.Max(_acquiredByGroup, time);
        foreach (int time in _acquiredOfDevice)
            _acquiredByGroupOfDevice = Math.Max(_acquiredByGroupOfDevice, time);
    }

    public void MeetWarp(int warp) => _warps[warp] = ++Now;

    public void ExchangeInWarp(int warp) => _exchanges[warp] = ++Now;

    /// <summary>Gets the time before which what a warp did is ordered before what it does now. Values that lanes have exchanged
    /// order reads before later writes, but make no write visible.</summary>
    public int OrderedIn(int warp, bool wasRead) => wasRead ? Math.Max(_warps[warp], _exchanges[warp]) : _warps[warp];

    /// <summary>Lanes of a warp order what they did for others to see.</summary>
    public void Fence(int warp, ulong lanes, bool forDevice)
    {
        _fenced[warp] |= lanes;
        if (forDevice)
            _fencedForDevice[warp] |= lanes;
    }

    /// <summary>An atomic operation of a thread: it sees what others have published, and publishes what came before its fence.</summary>
    /// <param name="thread">The thread in its group.</param>
    /// <param name="ofDevice">Whether other groups reach the memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Synchronize(int thread, bool ofDevice)
    {
        int warp = thread / _lanes;
        ulong bit = 1UL << (thread % _lanes);
        if ((_fenced[warp] & bit) != 0)
        {
            if (!_publishes)
                _own.Clear();
            _publishes = true;
            _own.Add(thread, warp, ++Now, Epoch, _warps[warp]);
            if (ofDevice && (_fencedForDevice[warp] & bit) != 0)
            {
                (int start, Publications? seen) = _groups[^1];
                seen ??= new();
                seen.Add(thread, warp, Now, Epoch, _warps[warp]);
                _groups[^1] = (start, seen);
            }
        }
        _acquired[warp] = Now;
        if (ofDevice)
            _acquiredOfDevice[warp] = Now;
    }

    /// <summary>Gets whether an access that has been published is ordered before what a warp of the running group does now.</summary>
    public bool IsSeen(int time, int thread, int byWarp)
    {
        if (time >= GroupStart)
            return _publishes && _own.Cover(time, thread, thread / _lanes, Math.Max(_acquired[byWarp], _acquiredByGroup));
        int acquired = Math.Max(_acquiredOfDevice[byWarp], _acquiredByGroupOfDevice);
        return acquired != 0 && _groups[GroupAt(time)].Seen is { } seen && seen.Cover(time, thread, thread / _lanes, acquired);
    }

    /// <summary>The number of the group that ran at a time.</summary>
    public int GroupAt(int time)
    {
        int low = 0, high = _groups.Count;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = _groups[middle].Start <= time ? (middle, high) : (low, middle);
        }
        return low;
    }

    /// <summary>What the threads of a group have published: their own accesses, and those of others that they had met.</summary>
    private sealed class Publications
    {
        private int[] _ofThreads = [], _metByWarps = [];
        private int _epoch;

        public void Clear()
        {
            Array.Clear(_ofThreads);
            Array.Clear(_metByWarps);
            _epoch = 0;
        }

        public void Add(int thread, int warp, int now, int epoch, int metByWarp)
        {
            Grow(ref _ofThreads, thread);
            Grow(ref _metByWarps, warp);
            _ofThreads[thread] = now;
            _metByWarps[warp] = metByWarp;
            _epoch = epoch;
        }

        public bool Cover(int time, int thread, int warp, int acquired) =>
            time < _epoch
            || (thread < _ofThreads.Length && time < _ofThreads[thread] && _ofThreads[thread] <= acquired)
            || (warp < _metByWarps.Length && time < _metByWarps[warp]);

        private static void Grow(ref int[] array, int index)
        {
            if (index >= array.Length)
                Array.Resize(ref array, (int)BitOperations.RoundUpToPowerOf2((uint)index + 1));
        }
    }
}
