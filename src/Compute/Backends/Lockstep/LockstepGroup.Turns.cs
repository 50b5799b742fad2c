using System.Numerics;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Warps that wait for what others write.</content>
internal sealed unsafe partial class LockstepGroup
{
    /// <summary>Gets how often memory may have changed.</summary>
    public long Changes => _warps.Sum(warp => (long)warp.Changes);

    /// <summary>What goes wrong if warps only repeat what they have done.</summary>
    public KernelFaultException NoEnd(LockstepWarp warp)
    {
        var places = new List<(string Where, List<int> Threads)>();
        foreach (LockstepWarp other in _warps)
            AddPlaces(other, other.Waiting, places);
        string text = string.Join("; ", places.Select(place => $"{Names(place.Threads)} {place.Where}"));
        int first = (warp.Number * Program.Lanes) + BitOperations.TrailingZeroCount(warp.Mask);
        return Fault(first, Program.LocationOf(warp.Block), $"goes round in a loop without an end, in which nothing changes any more: {text}", null).With(KernelFaultKind.NoEnd);
    }

    private void TakeTurns()
    {
        long changes = Changes;
        LockstepWarp? waits = null;
        bool all = true;
        foreach (LockstepWarp warp in _warps)
        {
            if (!warp.HasPaused)
                continue;
            warp.Run();
            waits ??= warp;
            all &= warp.HasPaused && warp.IsBack;
        }
        if (all && waits is not null && Changes == changes)
            throw NoEnd(waits);
    }
}
