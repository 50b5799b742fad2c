using System.Numerics;
using System.Runtime.CompilerServices;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>A load or store whose accesses are noted in the shadow and are nothing unusual mostly: what that takes, side by side in memory.</summary>
internal readonly unsafe struct NotedSite
{
    /// <summary>The first address.</summary>
    public readonly long Start;

    /// <summary>Places from there on where an access may begin; none if it has to be looked at.</summary>
    public readonly ulong Places;

    /// <summary>The address of the first byte that the shadow knows.</summary>
    public readonly long Origin;

    /// <summary>The instruction, as the shadow names it.</summary>
    public readonly uint Name;

    /// <summary>One less than the bytes of an access, which are a granule.</summary>
    public readonly int Rest;

    /// <summary>The logarithm of the bytes.</summary>
    public readonly byte Shift;

    public readonly bool IsShared, IsWrite;

    private readonly ulong* _written;
    private readonly int* _times;
    private readonly uint* _who;
    private readonly long _cells;

    public NotedSite(CheckedSite site, NamedMemory memory, CheckedRegion region, RaceShadow races)
    {
        (Start, Places, Origin) = (memory.Start, (ulong)Math.Max(0, memory.Bytes - site.Size + 1), region.Start);
        (Name, Rest, Shift) = (RaceShadow.Who(0, site.Instruction, site.Kind), site.Size - 1, (byte)BitOperations.Log2((uint)site.Size));
        (IsShared, IsWrite) = (region.IsShared, site.Writes);
        _written = region.Written is { } written ? written.Bits : null;
        _times = races.Times;
        _who = races.Names;
        _cells = races.Cells;
    }

    /// <summary>Whether the bytes of an access are written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsWritten(long offset) => _written == null || (~(_written[offset >> 6] >> (int)(offset & 63)) & ((1UL << (Rest + 1)) - 1)) == 0;

    /// <summary>Notes that lanes of a warp read one granule: the first two count.</summary>
    /// <returns>False if nothing is noted, because they are less than two or have to be looked at one by one.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadByAll(long offset, in WarpOrder order, int now, ulong lanes)
    {
        long cell = offset >> Shift, first = cell + _cells, second = first + _cells;
        ulong others = lanes & (lanes - 1);
        if (others == 0 || !order.IsBefore(_times[cell], _who[cell], order.Written))
            return false;
        if (order.IsBefore(_times[first], _who[first], order.Read))
            (_times[first], _who[first]) = (now, order.Who + (uint)BitOperations.TrailingZeroCount(lanes));
        if (order.IsBefore(_times[second], _who[second], order.Read))
            (_times[second], _who[second]) = (now, order.Who + (uint)BitOperations.TrailingZeroCount(others));
        return true;
    }

    /// <summary>Notes that all lanes of a warp write the same to one granule.</summary>
    /// <returns>False if nothing is noted, because they have to be looked at one by one.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWriteByAll(long offset, in WarpOrder order, int now, int lanes)
    {
        long cell = offset >> Shift, first = cell + _cells, second = first + _cells;
        if (!order.IsBefore(_times[cell], _who[cell], order.Written) || !order.IsBefore(_times[first], _who[first], order.Read)
            || !order.IsBefore(_times[second], _who[second], order.Read))
            return false;
        (_times[cell], _who[cell]) = (now, order.Who + (uint)lanes - 1);
        return true;
    }
}

/// <summary>What comes before an access of a warp.</summary>
internal readonly struct WarpOrder
{
    /// <summary>The time before which the warp's own accesses are ordered: writes, and reads.</summary>
    public readonly int Written, Read;

    /// <summary>Who makes the access in lane 0.</summary>
    public readonly uint Who;

    private readonly int _start, _group, _epoch;
    private readonly uint _warp;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WarpOrder(RaceClock clock, int start, uint who, int lanes)
    {
        int warp = RaceShadow.ThreadOf(who) >> BitOperations.TrailingZeroCount(lanes);
        Written = clock.OrderedIn(warp, wasRead: false);
        Read = clock.OrderedIn(warp, wasRead: true);
        (_start, _group, _epoch) = (start, clock.GroupStart, clock.Epoch);
        (Who, _warp) = (who, RaceShadow.ThreadMask & ~(uint)(lanes - 1));
    }

    /// <summary>Whether an access was before the launch, or is ordered by a meeting of the group or of the warp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsBefore(int time, uint who, int ordered) =>
        time < _start || (time >= _group && (time < _epoch || (((who ^ Who) & _warp) == 0 && time < ordered)));
}
