using System.Diagnostics;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>What came of it when threads shared the groups of a kernel's launches.</summary>
internal sealed class SharingHistory
{
    private const double LeastSeconds = 100e-6;
    private const int MostSkipped = 1024;

    private double _secondsOfGroup = double.PositiveInfinity;
    private int _skipped, _skips = 1;

    /// <summary>Gets whether it is worth while to wake others for a launch.</summary>
    public bool IsWorthwhile(long groups)
    {
        if (groups * _secondsOfGroup < LeastSeconds)
            return false;
        if (_skipped == 0)
            return true;
        _skipped--;
        return false;
    }

    /// <summary>Notes how long groups took, all in all.</summary>
    public void Took(long ticks, long groups) => _secondsOfGroup = ticks / (double)Stopwatch.Frequency / groups;

    /// <summary>Notes that a launch was run again: groups that write the same, for example, which is no fault.</summary>
    public void WasInVain()
    {
        _skipped = _skips;
        _skips = Math.Min(2 * _skips, MostSkipped);
    }
}
