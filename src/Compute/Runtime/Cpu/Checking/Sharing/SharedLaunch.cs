using GemmaIlgpu.Compute.Backends.Lockstep;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>A launch whose groups several threads share, as long as nobody finds anything. Nothing that they find is reported: memory is
/// put back then, and who runs the groups one after another says what is wrong.</summary>
/// <remarks>
/// <para>Each part has its own clock and shadows, which tell races within its groups. Parts that touched the same block compare
/// their shadows at the end. If no place was written by one part and accessed by another, every group has read what it would have read if
/// it had run alone, so it did what it does when groups run one after another, and none of them races with another.</para>
/// <para>Until then a group may read what it never would in order, and may run forever for that. So parts that take long compare their
/// shadows in between.</para>
/// </remarks>
internal sealed class SharedLaunch
{
    private const int ChunksOfPart = 8;
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(250);

    private readonly LockstepProgram _program;
    private readonly LockstepLaunch _launch;
    private readonly Checker _all;
    private readonly LaunchPart[] _parts;
    private readonly bool _isDealt;
    private readonly List<WriteJournal> _journals = [];
    private readonly Lock _gate = new();
    private volatile bool _isStopped;
    private long _next;

    /// <param name="program">The kernel.</param>
    /// <param name="launch">The dimensions and arguments.</param>
    /// <param name="all">Who knows the memory of the launch.</param>
    /// <param name="parts">Who runs groups.</param>
    /// <param name="isDealt">Whether each part gets every so manieth group, instead of the next few when it has run the last.</param>
    public SharedLaunch(LockstepProgram program, in LockstepLaunch launch, Checker all, LaunchPart[] parts, bool isDealt) =>
        (_program, _launch, _all, _parts, _isDealt) = (program, launch, all, parts, isDealt);

    /// <summary>Gets whether the launch will be run again.</summary>
    public bool IsStopped => _isStopped;

    /// <summary>Runs all groups.</summary>
    /// <returns>False if somebody found something; all memory is as it was then.</returns>
    public bool Run(WorkerPool pool)
    {
        using (new Timer(_ => Look(), null, s_lookEvery, s_lookEvery))
            pool.Run(_parts.Length, this, static (launch, _, from, to) => ((SharedLaunch)launch).Run((int)from, (int)to));
        // Takes turns with the last look, which may still be under way.
        lock (_gate)
        {
            if (!_isStopped && HasConflict())
                _isStopped = true;
            foreach (LaunchPart part in _parts)
            {
                if (_isStopped)
                    part.Copies.Restore();
                part.Copies.Clear();
            }
            _journals.Clear();
        }
        return !_isStopped;
    }

    /// <summary>What a part touches of a memory that the kernel may write.</summary>
    public TouchedBlocks Touches(CheckedRegion region, LaunchPart part, RaceShadow races)
    {
        lock (_gate)
        {
            WriteJournal? journal = _journals.Find(journal => journal.Region == region);
            if (journal is null)
                _journals.Add(journal = new WriteJournal(region, _parts.Length));
            return journal.Of(part, races);
        }
    }

    private void Run(int from, int to)
    {
        for (int part = from; part < to; part++)
        {
            try
            {
                Run(_parts[part]);
            }
            catch (Exception)
            {
                // Whatever it was, it comes again when the groups run one after another.
                _isStopped = true;
            }
        }
    }

    private void Run(LaunchPart part)
    {
        long taken = part.Number - 1;
        if (!Take(ref taken, out long group, out long end))
            return;
        using var checker = new Checker(_all, this, part);
        var runner = new LockstepGroup(_program, _launch, part.Scratch, checker);
        do
        {
            for (; group < end && !_isStopped; group++)
            {
                runner.Begin(group);
                runner.Run();
                checker.EndGroup(runner);
            }
        }
        while (!_isStopped && Take(ref taken, out group, out end));
    }

    private bool Take(ref long next, out long group, out long end)
    {
        long chunk = _isDealt ? 1 : Math.Max(1, _launch.Groups / ((long)_parts.Length * ChunksOfPart));
        if (_isDealt)
            (group, next) = (next, next + _parts.Length);
        else
            group = Interlocked.Add(ref _next, chunk) - chunk;
        end = Math.Min(group + chunk, _launch.Groups);
        return group < _launch.Groups;
    }

    private void Look()
    {
        lock (_gate)
        {
            if (!_isStopped && HasConflict())
                _isStopped = true;
        }
    }

    private bool HasConflict() => _journals.Exists(journal => journal.HasConflict());
}
