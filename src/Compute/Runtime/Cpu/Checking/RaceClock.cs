using System.Runtime.CompilerServices;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Numbers what orders the accesses of a launch: beginnings of groups, meetings of groups and warps, and what threads publish
/// by a fence and an atomic operation behind it.</summary>
internal sealed class RaceClock
{
    private readonly List<(int Start, RacePublications? Seen)> _groups = [];
    private readonly RacePublications _own = new();
    private int[] _warps = [], _exchanges = [], _acquired = [], _acquiredOfDevice = [];
    private readonly RaceFences _fences = new(), _fencesForDevice = new();
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
            (_warps, _exchanges, _acquired, _acquiredOfDevice) = (new int[warps], new int[warps], new int[warps], new int[warps]);
        Array.Clear(_warps);
        Array.Clear(_exchanges);
        Array.Clear(_acquired);
        Array.Clear(_acquiredOfDevice);
        _fences.BeginGroup(warps, lanes);
        _fencesForDevice.BeginGroup(warps, lanes);
        (_acquiredByGroup, _acquiredByGroupOfDevice, _publishes) = (0, 0, false);
        _groups.Add((Now, null));
    }

    public void MeetGroup()
    {
        Epoch = ++Now;
        _fences.MeetGroup();
        _fencesForDevice.MeetGroup();
        foreach (int time in _acquired)
            _acquiredByGroup = Math.Max(_acquiredByGroup, time);
        foreach (int time in _acquiredOfDevice)
            _acquiredByGroupOfDevice = Math.Max(_acquiredByGroupOfDevice, time);
    }

    public void MeetWarp(int warp)
    {
        _warps[warp] = ++Now;
        _fences.MeetWarp(warp);
        _fencesForDevice.MeetWarp(warp);
    }

    public void ExchangeInWarp(int warp) => _exchanges[warp] = ++Now;

    /// <summary>Gets the time before which what a warp did is ordered before what it does now. Values that lanes have exchanged
    /// order reads before later writes, but make no write visible.</summary>
    public int OrderedIn(int warp, bool wasRead) => wasRead ? Math.Max(_warps[warp], _exchanges[warp]) : _warps[warp];

    /// <summary>Lanes of a warp order what they did for others to see.</summary>
    public void Fence(int warp, ulong lanes, bool forDevice)
    {
        var fence = new RaceFence(++Now, Epoch, _warps[warp]);
        _fences.Add(warp, lanes, fence);
        if (forDevice)
            _fencesForDevice.Add(warp, lanes, fence);
    }

    /// <summary>An atomic operation of a thread: it sees what others have published, and publishes what came before its fence.</summary>
    /// <param name="thread">The thread in its group.</param>
    /// <param name="ofDevice">Whether other groups reach the memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Synchronize(int thread, bool ofDevice)
    {
        int warp = thread / _lanes;
        if (_fences.TryGetLast(thread, out RaceFence fence))
        {
            if (!_publishes)
                _own.Clear();
            _publishes = true;
            _own.Add(thread, warp, ++Now, fence, _fences);
            if (ofDevice && _fencesForDevice.TryGetLast(thread, out fence))
            {
                (int start, RacePublications? seen) = _groups[^1];
                seen ??= new();
                seen.Add(thread, warp, Now, fence, _fencesForDevice);
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
            return _publishes && _own.Cover(time, thread, _lanes, Math.Max(_acquired[byWarp], _acquiredByGroup));
        int acquired = Math.Max(_acquiredOfDevice[byWarp], _acquiredByGroupOfDevice);
        return acquired != 0 && _groups[GroupAt(time)].Seen is { } seen && seen.Cover(time, thread, _lanes, acquired);
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
}
