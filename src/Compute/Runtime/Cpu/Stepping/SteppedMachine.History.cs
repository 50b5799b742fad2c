using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;
using ILGPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>Goes back: to the last moment that was remembered, and forwards again from there.</content>
internal sealed unsafe partial class SteppedMachine
{
    private const long MostKeptBytes = 256L << 20;
    private const int PieceBytes = 256;

    private readonly List<Moment> _moments = [];
    private readonly HashSet<long> _savedPieces = [];
    private long _interval = 4096, _keptBytes;

    // What was once the state of everything. Global memory is not copied: each moment keeps what is overwritten after it.
    private sealed class Moment(long time)
    {
        public long Time { get; } = time;

        public required byte[] Scratch { get; init; }

        public required ulong[] Written { get; init; }

        public required LockstepWarp.Position[] Warps { get; init; }

        public required int[] LastStatements { get; init; }

        public required int[][] Separators { get; init; }

        public required (Phase Phase, int Current, long Group) Where { get; init; }

        /// <summary>Gets pieces of global memory as they were when they were first written after this moment.</summary>
        public List<(long Address, byte[] Bytes)> Overwritten { get; } = [];

        public long Bytes { get; set; }
    }

    /// <summary>Gets or sets what is told that the machine has gone back, and will go forwards from there.</summary>
    public Action? HasReturned { get; set; }

    /// <summary>Goes to any time up to <see cref="Frontier"/>.</summary>
    public void GoTo(long time)
    {
        if (time < Time)
            Return(_moments.FindLastIndex(moment => moment.Time <= time));
        while (Time < time)
            Advance();
    }

    /// <summary>Goes back to the last thing before now at which to stop; the machine stays where it is if there is none.</summary>
    /// <param name="stop">Whether to stop; the machine is in the state just after the thing.</param>
    /// <param name="earliest">The search ends at this time.</param>
    /// <param name="cancellation">Ends the search.</param>
    public bool GoBack(Func<StepEvent, bool> stop, long earliest, CancellationToken cancellation)
    {
        long now = Time;
        for (int i = _moments.FindLastIndex(moment => moment.Time < now); i >= 0 && !cancellation.IsCancellationRequested; i--)
        {
            if (i + 1 < _moments.Count && _moments[i + 1].Time <= earliest)
                break;
            long end = Math.Min(now, i + 1 < _moments.Count ? _moments[i + 1].Time : now), found = -1;
            Return(i);
            while (Time < end && !cancellation.IsCancellationRequested)
            {
                StepEvent done = Advance();
                if (Time < now && Time > earliest && stop(done))
                    found = Time;
            }
            if (found >= 0)
            {
                GoTo(found);
                return true;
            }
        }
        GoTo(now);
        return false;
    }

    /// <summary>Before memory is written for the first time since the last moment, what it holds is kept.</summary>
    public void NoteAccess(LockstepWarp warp, Instruction* instruction)
    {
        if (!KeepsHistory || instruction->Space != AddressSpace.Global || (IrOp)_kinds[instruction->Index] == IrOp.Load || _moments.Count == 0)
            return;
        long* pointers = warp.Pointers(instruction);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
            Keep(pointers[System.Numerics.BitOperations.TrailingZeroCount(left)] + instruction->Offset, instruction->Size);
    }

    private void Keep(long address, int size)
    {
        if (Memory.Find(address) is not { } region)
        {
            Add(address, size);         // memory of others: no more than is written
            return;
        }
        for (long piece = address & -PieceBytes; piece < address + size; piece += PieceBytes)
        {
            if (!_savedPieces.Add(piece))
                continue;
            long from = Math.Max(piece, region.Start);
            Add(from, (int)(Math.Min(piece + PieceBytes, region.End) - from));
        }

        void Add(long from, int count)
        {
            Moment last = _moments[^1];
            last.Overwritten.Add((from, new ReadOnlySpan<byte>((void*)from, count).ToArray()));
            last.Bytes += count + 64;
            _keptBytes += count + 64;
        }
    }

    private void RememberIfDue()
    {
        if (_moments.Count > 0 && Time - _moments[^1].Time < _interval)
            return;
        var moment = new Moment(Time)
        {
            Scratch = new ReadOnlySpan<byte>(Group.Shared, checked((int)Group.ScratchBytes)).ToArray(),
            Written = [.. _written],
            Warps = [.. Group.Warps.Select(warp => warp.Save())],
            LastStatements = [.. _lastStatements],
            Separators = [.. _separators.Select(row => row.ToArray())],
            Where = (_phase, _current, GroupNumber),
        };
        moment.Bytes = moment.Scratch.Length + 8L * moment.Written.Length + moment.Separators.Sum(row => 4L * row.Length) + 4L * moment.LastStatements.Length;
        _moments.Add(moment);
        _keptBytes += moment.Bytes;
        _savedPieces.Clear();
        if (_keptBytes > MostKeptBytes && _moments.Count > 8)
            Thin();
    }

    // Every second moment goes; what was overwritten after it counts as overwritten after the one before.
    private void Thin()
    {
        for (int i = _moments.Count - 2; i > 0; i -= 2)
        {
            _moments[i - 1].Overwritten.AddRange(_moments[i].Overwritten);
            _moments[i - 1].Bytes += _moments[i].Overwritten.Sum(piece => piece.Bytes.Length + 64L);
            _moments.RemoveAt(i);
        }
        _keptBytes = _moments.Sum(moment => moment.Bytes);
        _interval *= 2;
    }

    private void Return(int index)
    {
        Moment to = _moments[index];
        for (int i = _moments.FindLastIndex(moment => moment.Time <= Time); i >= index; i--)
        {
            List<(long Address, byte[] Bytes)> pieces = _moments[i].Overwritten;
            // Backwards, so that of what was kept twice the older wins.
            for (int p = pieces.Count - 1; p >= 0; p--)
                Marshal.Copy(pieces[p].Bytes, 0, (nint)pieces[p].Address, pieces[p].Bytes.Length);
        }
        to.Scratch.CopyTo(new Span<byte>(Group.Shared, to.Scratch.Length));
        to.Written.CopyTo(_written, 0);
        for (int i = 0; i < to.Warps.Length; i++)
            Group.Warps[i].Restore(to.Warps[i]);
        to.LastStatements.CopyTo(_lastStatements, 0);
        for (int i = 0; i < _separators.Length; i++)
            to.Separators[i].CopyTo(_separators[i], 0);
        (_phase, _current, GroupNumber) = to.Where;
        Time = to.Time;
        if (_phase == Phase.InGroup)
            Group.Return(GroupNumber);
        HasReturned?.Invoke();
    }
}
