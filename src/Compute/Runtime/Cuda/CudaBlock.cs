namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>A piece of device memory that is either in use by one buffer or waits for the next.</summary>
/// <param name="address">The first byte.</param>
/// <param name="size">Bytes of the piece.</param>
internal sealed class CudaBlock(nint address, long size)
{
    private int _generation;

    /// <summary>Gets the first byte.</summary>
    public nint Address { get; } = address;

    /// <summary>Gets the size in bytes.</summary>
    public long Size { get; } = size;

    /// <summary>Gets or sets whether a buffer that is gone used the piece.</summary>
    public bool HadOwner { get; set; }

    /// <summary>Gets how often the piece changed hands.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Counts a change of hands.</summary>
    public void ChangeHands() => Interlocked.Increment(ref _generation);
}

/// <summary>The pieces of a device in the order of their addresses, to find whose an address is.</summary>
internal sealed class CudaBlockMap
{
    private volatile CudaBlock[] _blocks = [];

    /// <summary>Gets all pieces.</summary>
    public CudaBlock[] All => _blocks;

    /// <summary>Adds a piece. The caller makes sure that nobody else changes the map meanwhile; readers need not care.</summary>
    public void Add(CudaBlock block)
    {
        CudaBlock[] old = _blocks;
        int at = CountUpTo(old, block.Address);
        _blocks = [.. old[..at], block, .. old[at..]];
    }

    /// <summary>Takes pieces out. The caller makes sure that nobody else changes the map meanwhile.</summary>
    public void Remove(IReadOnlySet<CudaBlock> blocks) => _blocks = [.. _blocks.Where(block => !blocks.Contains(block))];

    /// <summary>Finds the piece that an address lies in; null if there is none.</summary>
    public CudaBlock? Find(nint address)
    {
        CudaBlock[] blocks = _blocks;
        int at = CountUpTo(blocks, address) - 1;
        return at >= 0 && address - blocks[at].Address < blocks[at].Size ? blocks[at] : null;
    }

    // How many pieces begin at or before an address.
    private static int CountUpTo(CudaBlock[] blocks, nint address)
    {
        int low = 0, high = blocks.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if ((nuint)blocks[middle].Address <= (nuint)address)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
