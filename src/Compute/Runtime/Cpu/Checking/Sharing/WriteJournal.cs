using System.Runtime.CompilerServices;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Which blocks of a memory the parts of a launch touch. Whoever is the first to write a block copies it before.</summary>
/// <param name="region">The memory.</param>
/// <param name="parts">The number of parts.</param>
internal sealed unsafe class WriteJournal(CheckedRegion region, int parts)
{
    private const byte Unwritten = 0, BeingCopied = 1, Copied = 2;

    private readonly byte[] _blocks = new byte[(region.Length + BlockCopies.BlockBytes - 1) / BlockCopies.BlockBytes];
    private readonly TouchedBlocks?[] _touched = new TouchedBlocks?[parts];

    public CheckedRegion Region => region;

    /// <summary>What a part touches.</summary>
    public TouchedBlocks Of(LaunchPart part, RaceShadow races) =>
        _touched[part.Number - 1] = new TouchedBlocks(this, part, races, _blocks.Length);

    /// <summary>Copies a block unless that has been done.</summary>
    public void BeforeWriting(long block, BlockCopies copies)
    {
        ref byte state = ref _blocks[block];
        var wait = new SpinWait();
        while (Volatile.Read(ref state) != Copied)
        {
            if (Interlocked.CompareExchange(ref state, BeingCopied, Unwritten) != Unwritten)
            {
                wait.SpinOnce(sleep1Threshold: -1);
                continue;
            }
            bool done = false;
            try
            {
                copies.Add(region, block * BlockCopies.BlockBytes);
                done = true;
            }
            finally
            {
                Volatile.Write(ref state, done ? Copied : Unwritten);
            }
        }
    }

    /// <summary>Gets whether two parts accessed the same place and one of them wrote it.</summary>
    public bool HasConflict()
    {
        for (int from = 0; ;)
        {
            int next = _blocks.AsSpan(from).IndexOf(Copied);
            if (next < 0)
                return false;
            if (HasConflict(from + next))
                return true;
            from += next + 1;
        }
    }

    [SkipLocalsInit]
    private bool HasConflict(int block)
    {
        int touching = 0, granule = 0;
        foreach (TouchedBlocks? part in _touched)
        {
            if (part is null || !part.Has(block))
                continue;
            touching++;
            granule = part.Races.Granule;
        }
        if (touching < 2)
            return false;
        long offset = (long)block * BlockCopies.BlockBytes;
        int cells = (int)((Math.Min(BlockCopies.BlockBytes, region.Length - offset) + granule - 1) / granule), rounded = (cells + 7) / 8 * 8;
        int* accessed = stackalloc int[2 * BlockCopies.BlockBytes], written = accessed + BlockCopies.BlockBytes;
        new Span<int>(accessed, rounded).Clear();
        new Span<int>(written, rounded).Clear();
        foreach (TouchedBlocks? part in _touched)
            if (part is not null && part.Has(block) && part.Races.Meets(part.Start, offset / granule, rounded, accessed, written))
                return true;
        return false;
    }
}

/// <summary>The blocks of a memory that one part of a launch has touched.</summary>
/// <param name="journal">Who knows what others touch.</param>
/// <param name="part">The part.</param>
/// <param name="races">Where the part notes accesses.</param>
/// <param name="blocks">The number of blocks.</param>
internal sealed class TouchedBlocks(WriteJournal journal, LaunchPart part, RaceShadow races, int blocks)
{
    private const byte Read = 1, Written = 2;

    private readonly byte[] _blocks = new byte[blocks];
    private readonly long _length = journal.Region.Length;

    public RaceShadow Races => races;

    /// <summary>Gets when the launch began, on the part's clock.</summary>
    public int Start { get; } = part.Clock.LaunchStart;

    public bool Has(int block) => _blocks[block] != 0;

    /// <summary>Notes an access before it is made.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="bytes">How long it is, a block at the most.</param>
    /// <param name="writes">Whether it writes.</param>
    /// <returns>Whether it lies in the memory.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Touch(long offset, long bytes, bool writes)
    {
        if (offset < 0 || offset > _length - bytes)
            return false;
        byte what = writes ? Written : Read;
        long first = offset / BlockCopies.BlockBytes, last = (offset + bytes - 1) / BlockCopies.BlockBytes;
        if (_blocks[first] < what)
            Note(first, what);
        if (_blocks[last] < what)
            Note(last, what);
        return true;
    }

    private void Note(long block, byte what)
    {
        if (what == Written)
            journal.BeforeWriting(block, part.Copies);
        _blocks[block] = what;
    }
}
