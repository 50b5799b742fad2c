namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Runs one instruction at a time, and can be put back to where it was.</content>
internal sealed unsafe partial class LockstepWarp
{
    /// <summary>Gets the instruction that comes next; meaningless once all lanes have returned.</summary>
    public Instruction* Next => _next;

    /// <summary>Executes one instruction, or leaves a block, or begins to wait for the group.</summary>
    /// <returns>The instruction; null when a block was left.</returns>
    public Instruction* Step()
    {
        Instruction* i = _next;
        if (i->Code != null)
        {
            ((delegate*<LockstepWarp, Instruction*, void>)i->Code)(this, i);
            _next = i + 1;
            return i;
        }
        if (i->Stop == StopKind.Meeting)
        {
            Waiting = i;
            _next = i + 1;
            return i;
        }
        Leave();
        return null;
    }

    /// <summary>Leaves the next instruction out.</summary>
    public void Skip() => _next++;

    /// <summary>Goes on after the group has met.</summary>
    public void GoOn() => Waiting = null;

    /// <summary>What of the warp is not in its registers.</summary>
    public Position Save() => new(Number, Start, Mask, Block, (nint)_next, (nint)Waiting, HasEnded, Paths.ToArray());

    /// <summary>Puts the warp where it was; registers and local memory are the caller's business.</summary>
    public void Restore(Position position)
    {
        (Number, Start, Block, HasEnded) = (position.Number, position.Start, position.Block, position.HasEnded);
        SetMask(position.Mask);
        _next = (Instruction*)position.Next;
        Waiting = (Instruction*)position.Waiting;
        if (_paths.Length < position.Paths.Length)
            _paths = new Path[position.Paths.Length];
        position.Paths.CopyTo(_paths, 0);
        _depth = position.Paths.Length;
    }

    /// <summary>Where a warp is.</summary>
    internal sealed record Position(int Number, ulong Start, ulong Mask, int Block, nint Next, nint Waiting, bool HasEnded, Path[] Paths);
}
