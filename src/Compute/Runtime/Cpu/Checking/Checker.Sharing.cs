using System.Numerics;
using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Backends.Lockstep;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>What is different if this is one of several that look at some groups of a launch each.</content>
internal sealed unsafe partial class Checker
{
    private readonly SharedLaunch? _sharing;
    private readonly LaunchPart? _part;

    /// <summary>Looks at a part of a launch.</summary>
    /// <param name="all">Who knows the memory of the launch, and lives longer.</param>
    /// <param name="sharing">The launch.</param>
    /// <param name="part">The part.</param>
    public Checker(Checker all, SharedLaunch sharing, LaunchPart part)
    {
        (_program, _launch, _memory, _options, _clock) = (all._program, all._launch, all._memory, all._options, part.Clock);
        (_known, _sharedRegions) = (all._known, part.SharedRegions);
        (_parameters, _named, _foreign) = (all._parameters, all._named, all._foreign);
        (_sharing, _part) = (sharing, part);
        _sites = new CheckedSite?[_program.Values.Length];
        _windows = New<AccessWindow>();
        _noted = New<NotedSite>();
        _clock.BeginLaunch();
    }

    /// <summary>The memory of parameters; null if that of one is unknown or gone.</summary>
    public IReadOnlyList<CheckedRegion>? RegionsOf(int[] parameters)
    {
        List<CheckedRegion> regions = [];
        foreach (int parameter in parameters)
        {
            if (FindRegion(_named[parameter].Start) is not { IsDisposed: false } region)
                return null;
            regions.Add(region);
        }
        return [.. regions.Distinct()];
    }

    private static OperationCanceledException Stopped() => new("The launch is run again, one group after another.");

    // Others have to know before memory or what is known of it changes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void NoteTouch(LockstepWarp warp, Instruction* i, CheckedSite site)
    {
        if (_sharing!.IsStopped)
            throw Stopped();
        if (site.Blocks is not { } blocks)
            return;
        bool fits = !site.IsPacked;
        if (warp.Pattern != AddressPattern.Scattered)
        {
            long bytes = warp.Pattern == AddressPattern.Contiguous ? (long)i->Size * warp.Lanes : i->Size;
            fits &= blocks.Touch(warp.FirstAddress - site.Region!.Start, bytes, site.Writes);
        }
        else
        {
            long* pointers = warp.Pointers(i);
            long origin = site.Region!.Start - i->Offset;
            for (ulong left = warp.Mask; left != 0; left &= left - 1)
                fits &= blocks.Touch(pointers[BitOperations.TrailingZeroCount(left)] - origin, i->Size, site.Writes);
        }
        if (!fits)
            throw Stopped();
    }
}
