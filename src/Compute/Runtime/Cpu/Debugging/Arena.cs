using System.Runtime.InteropServices;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>
/// Shared or local memory of the Debug accelerator: blocks that stay in place until <see cref="Reset"/>.
/// Every block is filled with 0xFF (NaN as a float, -1 as an integer), so that reads of what was never written show.
/// </summary>
internal sealed unsafe class Arena : IDisposable
{
    private const long ChunkSize = 64 * 1024;
    private const int Alignment = 64;

    private readonly List<(nint Start, long Size)> _chunks = [];
    private int _chunk;
    private long _used;

    ~Arena() => Free();

    /// <summary>Gets a block of <paramref name="size"/> bytes.</summary>
    public void* Allocate(long size)
    {
        long rounded = Math.Max(Alignment, (size + Alignment - 1) & ~(Alignment - 1));
        while (_chunk < _chunks.Count && _used + rounded > _chunks[_chunk].Size)
        {
            _chunk++;
            _used = 0;
        }

        if (_chunk == _chunks.Count)
        {
            long chunkSize = Math.Max(ChunkSize, rounded);
            _chunks.Add(((nint)NativeMemory.AlignedAlloc(checked((nuint)chunkSize), Alignment), chunkSize));
        }

        byte* block = (byte*)_chunks[_chunk].Start + _used;
        _used += rounded;
        NativeMemory.Fill(block, (nuint)rounded, 0xFF);
        return block;
    }

    /// <summary>Gets whether an address lies in memory handed out since the last reset.</summary>
    public bool Contains(nint address)
    {
        for (int i = 0; i < _chunks.Count && i <= _chunk; i++)
        {
            long size = i < _chunk ? _chunks[i].Size : _used;
            if (address >= _chunks[i].Start && address < _chunks[i].Start + size)
                return true;
        }

        return false;
    }

    /// <summary>Takes all blocks back.</summary>
    public void Reset()
    {
        _chunk = 0;
        _used = 0;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        foreach ((nint start, _) in _chunks)
            NativeMemory.AlignedFree((void*)start);
        _chunks.Clear();
        Reset();
    }
}
