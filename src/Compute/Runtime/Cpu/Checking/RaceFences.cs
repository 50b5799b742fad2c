using System.Numerics;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>A fence of a thread.</summary>
/// <param name="Time">When it was.</param>
/// <param name="Epoch">The last meeting of the group before it.</param>
/// <param name="MetByWarp">The last meeting of the warp before it.</param>
internal readonly record struct RaceFence(int Time, int Epoch, int MetByWarp);

/// <summary>The last fence of each thread of the group that runs.</summary>
internal sealed class RaceFences
{
    private RaceFence[] _ofThreads = [];
    private (int Time, ulong Lanes)[] _met = [];
    private int _lanes;
    private bool _any;

    public void BeginGroup(int warps, int lanes)
    {
        _lanes = lanes;
        if (!_any)
            return;
        Array.Clear(_ofThreads);
        Array.Clear(_met);
        _any = false;
    }

    public void Add(int warp, ulong lanes, RaceFence fence)
    {
        _any = true;
        if (_met.Length <= warp)
        {
            Array.Resize(ref _met, (int)BitOperations.RoundUpToPowerOf2((uint)warp + 1));
            Array.Resize(ref _ofThreads, _met.Length * _lanes);
        }
        for (; lanes != 0; lanes &= lanes - 1)
            _ofThreads[(warp * _lanes) + BitOperations.TrailingZeroCount(lanes)] = fence;
    }

    public void MeetGroup()
    {
        for (int warp = 0; _any && warp < _met.Length; warp++)
            MeetWarp(warp);
    }

    /// <summary>Who meets the warp from here on, meets what it has fenced. Where lanes have fenced one after another, the last counts for all.</summary>
    public void MeetWarp(int warp)
    {
        if (!_any || warp >= _met.Length)
            return;
        for (int lane = 0; lane < _lanes; lane++)
        {
            int time = _ofThreads[(warp * _lanes) + lane].Time;
            if (time != 0)
                _met[warp] = (Math.Max(_met[warp].Time, time), _met[warp].Lanes | 1UL << lane);
        }
    }

    public bool TryGetLast(int thread, out RaceFence fence)
    {
        fence = thread < _ofThreads.Length ? _ofThreads[thread] : default;
        return fence.Time != 0;
    }

    /// <summary>Gets for each warp what its lanes had fenced when they met others.</summary>
    public ReadOnlySpan<(int Time, ulong Lanes)> Met => _met;
}
