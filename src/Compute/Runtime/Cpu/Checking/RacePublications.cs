using System.Numerics;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>What the threads of a group have published: what they did before their fence, and what others did that they had met before
/// it, or that others had fenced before they met.</summary>
internal sealed class RacePublications
{
    private (int Fenced, int Published)[] _ofThreads = [];
    private int[] _metByWarps = [];
    private (int Time, ulong Lanes)[] _fencedByWarps = [];
    private int _epoch;

    public void Clear()
    {
        Array.Clear(_ofThreads);
        Array.Clear(_metByWarps);
        Array.Clear(_fencedByWarps);
        _epoch = 0;
    }

    /// <summary>A thread publishes.</summary>
    /// <param name="thread">The thread in its group.</param>
    /// <param name="warp">Its warp.</param>
    /// <param name="now">When.</param>
    /// <param name="fence">Its last fence.</param>
    /// <param name="fences">Those of all.</param>
    public void Add(int thread, int warp, int now, RaceFence fence, RaceFences fences)
    {
        Grow(ref _ofThreads, thread + 1);
        Grow(ref _metByWarps, warp + 1);
        _ofThreads[thread] = (fence.Time, now);
        _metByWarps[warp] = Math.Max(_metByWarps[warp], fence.MetByWarp);
        _epoch = Math.Max(_epoch, fence.Epoch);
        Grow(ref _fencedByWarps, fences.Met.Length);
        fences.Met.CopyTo(_fencedByWarps);
    }

    /// <summary>Gets whether an access is among what somebody sees who looked at a time.</summary>
    public bool Cover(int time, int thread, int lanes, int acquired)
    {
        int warp = thread / lanes;
        return time < _epoch
            || (thread < _ofThreads.Length && time < _ofThreads[thread].Fenced && _ofThreads[thread].Published <= acquired)
            || (warp < _metByWarps.Length && time < _metByWarps[warp])
            || (warp < _fencedByWarps.Length && time < _fencedByWarps[warp].Time && (_fencedByWarps[warp].Lanes >> (thread % lanes) & 1) != 0);
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (length > array.Length)
            Array.Resize(ref array, (int)BitOperations.RoundUpToPowerOf2((uint)length));
    }
}
