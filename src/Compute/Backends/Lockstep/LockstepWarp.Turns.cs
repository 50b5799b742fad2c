namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Warps that wait for what others write run in turns; one that comes back to where it was waits for ever.</content>
internal sealed unsafe partial class LockstepWarp
{
    /// <summary>Rounds of loops that a warp makes before others have their turn: as many whether they are compiled or not, so that warps
    /// always come in the same order.</summary>
    public const int Turn = 512;

    /// <summary>How many rounds of loops the warp may still make in its turn.</summary>
    public int TurnLeft;

    /// <summary>How often the warp may have changed memory.</summary>
    public int Changes;

    private Position? _then;
    private byte[] _rowsThen = [];
    private long _changesThen;
    private int _pauses, _patience;

    /// <summary>Gets whether the warp has had its turn and goes on with the next one.</summary>
    public bool HasPaused { get; private set; }

    /// <summary>Gets whether the warp will do for ever what it does now unless memory changes.</summary>
    public bool IsBack { get; private set; }

    private void BeginTurn()
    {
        if (!HasPaused)
            (_then, _pauses, _patience) = (null, 0, 1);
        HasPaused = false;
        TurnLeft = Turn;
    }

    // Whether others go on before this warp does.
    private bool EndTurn()
    {
        TurnLeft = Turn;
        if (HasEnded)
            return false;
        IsBack = ComesBack();
        HasPaused = Group.Warps.Count > 1;
        if (IsBack && !HasPaused)
            throw Group.NoEnd(this);
        return HasPaused;
    }

    // The machine does the same again from the same state, if memory has not changed in between. What is compared with is renewed at
    // pauses 1, 2, 4, 8 and so on, so that a circle of any length is found.
    private bool ComesBack()
    {
        long changes = Group.Changes;
        var rows = new ReadOnlySpan<byte>(Registers, _program.RegisterBytes);
        if (_then is { } then && changes == _changesThen)
        {
            Position now = Save();
            if (now.Block == then.Block && now.Next == then.Next && now.Mask == then.Mask && IsSame(now.Paths, then.Paths) && rows.SequenceEqual(_rowsThen))
                return true;
            if (++_pauses < _patience)
                return false;
            _patience *= 2;
        }
        else
        {
            _patience = 1;
        }
        (_then, _rowsThen, _changesThen, _pauses) = (Save(), rows.ToArray(), changes, 0);
        return false;
    }

    private static bool IsSame(Path[] now, Path[] then)
    {
        if (now.Length != then.Length)
            return false;
        for (int i = 0; i < now.Length; i++)
            if (now[i].Block != then[i].Block || now[i].Reconvergence != then[i].Reconvergence || now[i].Mask != then[i].Mask)
                return false;
        return true;
    }
}
