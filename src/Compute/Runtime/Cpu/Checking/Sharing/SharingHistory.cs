using System.Diagnostics;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Whether threads can share the groups of a kernel's launches, and what came of it before.</summary>
internal sealed class SharingHistory
{
    private const double LeastSeconds = 100e-6;
    private const int MostSkipped = 1024;

    private double _secondsOfGroup = double.PositiveInfinity;
    private int _skipped, _skips = 1;

    public SharingHistory(LockstepProgram program)
    {
        var written = new HashSet<int>();
        foreach (IrValue value in program.Values.OfType<IrValue>())
        {
            if (value.Op == IrOp.Print)
                return;
            if (value.Op is not (IrOp.Load or IrOp.Store or IrOp.Atomic or IrOp.AtomicCompareExchange) || value.Operands[0].Space != AddressSpace.Global)
                continue;
            // The order of groups decides what an atomic operation gives; and where an access goes has to be known before.
            if (value.Op is not (IrOp.Load or IrOp.Store) || PointerRoots.Find(value.Operands[0]) is not { Op: IrOp.Parameter } root)
                return;
            LeastAccess = Math.Min(LeastAccess, value.Memory.SizeInBytes());
            if (value.Op != IrOp.Store)
                continue;
            if (value.IsPacked)
                return;
            written.Add((int)root.Immediate);
        }
        WrittenParameters = [.. written];
    }

    /// <summary>Gets the parameters whose memory the kernel may write; null if its groups must run one after another.</summary>
    public int[]? WrittenParameters { get; }

    /// <summary>Gets the bytes of the smallest access.</summary>
    public int LeastAccess { get; } = 8;

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
