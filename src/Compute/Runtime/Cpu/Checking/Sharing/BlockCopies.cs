using System.Runtime.InteropServices;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>What blocks of memory held before a launch wrote them, and which of their bytes were written.</summary>
internal sealed unsafe class BlockCopies : IDisposable
{
    public const int BlockBytes = 4096;

    private const int CopyBytes = BlockBytes + (BlockBytes / 8);
    private const int CopiesOfSlab = 64, MostKeptSlabs = 32;

    private readonly List<nint> _slabs = [];
    private readonly List<(CheckedRegion Region, long Offset)> _blocks = [];

    ~BlockCopies() => Dispose();

    /// <summary>Copies a block.</summary>
    /// <param name="region">The memory.</param>
    /// <param name="offset">Where the block begins in it.</param>
    public void Add(CheckedRegion region, long offset)
    {
        if (_blocks.Count / CopiesOfSlab == _slabs.Count)
            _slabs.Add((nint)NativeMemory.Alloc(CopiesOfSlab, CopyBytes));
        byte* copy = At(_blocks.Count);
        int bytes = BytesOf(region, offset);
        Buffer.MemoryCopy((byte*)region.Start + offset, copy, BlockBytes, bytes);
        region.Written?.Save(offset, BitsOf(copy, bytes));
        _blocks.Add((region, offset));
    }

    /// <summary>Puts back what was copied.</summary>
    public void Restore()
    {
        for (int i = 0; i < _blocks.Count; i++)
        {
            (CheckedRegion region, long offset) = _blocks[i];
            int bytes = BytesOf(region, offset);
            Buffer.MemoryCopy(At(i), (byte*)region.Start + offset, bytes, bytes);
            region.Written?.Restore(offset, BitsOf(At(i), bytes));
        }
    }

    /// <summary>Forgets the copies.</summary>
    public void Clear()
    {
        _blocks.Clear();
        for (; _slabs.Count > MostKeptSlabs; _slabs.RemoveAt(_slabs.Count - 1))
            NativeMemory.Free((void*)_slabs[^1]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint slab in _slabs)
            NativeMemory.Free((void*)slab);
        _slabs.Clear();
        _blocks.Clear();
        GC.SuppressFinalize(this);
    }

    private static int BytesOf(CheckedRegion region, long offset) => (int)Math.Min(BlockBytes, region.Length - offset);

    private static Span<ulong> BitsOf(byte* copy, int bytes) => new(copy + BlockBytes, (bytes + 63) / 64);

    private byte* At(int copy) => (byte*)_slabs[copy / CopiesOfSlab] + (copy % CopiesOfSlab * CopyBytes);
}
