namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Lanes that wait for the rest of their warp before they have met at a common block.</content>
internal sealed unsafe partial class LockstepWarp
{
    private bool _isGathering;

    // Lanes part until the block through which all of them must come. If an arm can leave the loop or the kernel, that is behind a
    // barrier in the loop or the kernel, although nobody may leave. So lanes at a barrier wait for those that can still come there in the same round.
    private bool Gather(Instruction* i)
    {
        if (_isGathering)
            return false;
        Path[] paths = [.. Paths];
        (ulong mask, int goal) = (Mask, Block);
        long rounds = paths[^1].Rounds;
        _isGathering = true;
        bool all = BringOthers(i, _program.WaysTo(goal), rounds);
        _isGathering = false;
        if (all)
        {
            _depth = 1;
            _paths[0] = new Path(goal, -1, Start) { Rounds = rounds };
        }
        else
        {
            _depth = paths.Length;
            paths.CopyTo(_paths, 0);
            HasEnded = false;
        }
        Block = goal;
        SetMask(all ? Start : mask);
        return all;
    }

    /// <summary>Gets whether this and another warp, which wait at the same meeting, have come there in the same round of the loops around it.</summary>
    public bool IsInRoundOf(LockstepWarp other) => CurrentRounds == other.CurrentRounds || _program.WaysTo(Block).IsRound(CurrentRounds, other.CurrentRounds);

    private long CurrentRounds => _paths[_depth - 1].Rounds;

    private bool BringOthers(Instruction* goal, WaysTo ways, long rounds)
    {
        ulong arrived = 0;
        while (true)
        {
            arrived |= Mask;
            if (arrived == Start)
                return true;
            for (int p = 0; p < _depth; p++)
                _paths[p].Mask &= ~arrived;
            Resume();
            if (HasEnded || !ways.Leads(Block, CurrentRounds, rounds) || !RunTo(goal, ways, rounds))
                return false;
        }
    }

    // Runs the lanes on top of the stack, and those they meet, until they come to an instruction.
    private bool RunTo(Instruction* goal, WaysTo ways, long rounds)
    {
        while (true)
        {
            Instruction* i = _next;
            for (; i->Code != null && i != goal; i++)
                ((delegate*<LockstepWarp, Instruction*, void>)i->Code)(this, i);
            if (i == goal)
                return ways.IsRound(CurrentRounds, rounds);
            if (i->Stop == StopKind.Meeting)
                return false;
            Leave();
            if (HasEnded || !ways.Leads(Block, CurrentRounds, rounds))
                return false;
        }
    }
}
