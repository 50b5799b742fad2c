namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Numbers what orders the accesses of a launch: beginnings of groups, and meetings of groups and warps.</summary>
internal sealed class RaceClock
{
    private readonly List<(int Start, int Published)> _groups = [];
    private int[] _warps = [], _exchanges = [];

    /// <summary>Gets the number of the last event.</summary>
    public int Now { get; private set; } = 1;

    public int LaunchStart { get; private set; }

    public int GroupStart { get; private set; }

    /// <summary>Gets the last meeting of the group that runs.</summary>
    public int Epoch { get; private set; }

    /// <summary>Gets or sets whether the group that runs has ordered its writes with a fence.</summary>
    public bool Fenced { get; set; }

    /// <summary>Gets or sets whether the group that runs has read what other groups publish.</summary>
    public bool Acquired { get; set; }

    public void BeginLaunch()
    {
        LaunchStart = ++Now;
        _groups.Clear();
    }

    public void BeginGroup(int warps)
    {
        GroupStart = Epoch = ++Now;
        Fenced = Acquired = false;
        if (_warps.Length < warps)
            (_warps, _exchanges) = (new int[warps], new int[warps]);
        Array.Clear(_warps);
        Array.Clear(_exchanges);
        _groups.Add((Now, 0));
    }

    public void MeetGroup() => Epoch = ++Now;

    public void MeetWarp(int warp) => _warps[warp] = ++Now;

    public void ExchangeInWarp(int warp) => _exchanges[warp] = ++Now;

    /// <summary>Gets the time before which what a warp did is ordered before what it does now. Values that lanes have exchanged
    /// order reads before later writes, but make no write visible.</summary>
    public int OrderedIn(int warp, bool wasRead) => wasRead ? Math.Max(_warps[warp], _exchanges[warp]) : _warps[warp];

    /// <summary>A fence and an atomic operation after it make all earlier writes of the group known to groups that look.</summary>
    public void Publish() => _groups[^1] = (GroupStart, ++Now);

    /// <summary>Gets whether a group that ran at a time has published what it did then.</summary>
    public bool IsPublished(int time) => time < _groups[GroupAt(time)].Published;

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
