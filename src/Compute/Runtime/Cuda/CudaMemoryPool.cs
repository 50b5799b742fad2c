using System.Numerics;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Allocates device memory and keeps what is freed for the next who asks for as much.</summary>
/// <remarks>
/// The driver's own allocation takes from microseconds to milliseconds and its release waits for the whole device. Sizes are
/// rounded up to classes, so that memory fits again: below 1 MiB four classes to each power of two, above it multiples of
/// 128 KiB, of which one up to an eighth larger will do. Memory handed out is cleared, in the order that
/// <see cref="CudaMemoryOrder"/> explains. When the device has no more, everything that waits is given back first.
/// </remarks>
internal sealed class CudaMemoryPool(CudaSession session, CudaMemoryOrder order, long keepAtMost)
{
    private const long SmallestBlock = 512;
    private const long LargeBlock = 1 << 20;
    private const long LargeStep = 128 << 10;

    private readonly Lock _lock = new();
    private readonly CudaBlockMap _map = new();
    private readonly List<CudaBlock> _waiting = [];     // by size
    private long _used;
    private long _waitingBytes;
    private long _peak;
    private long _allocations;
    private long _driverAllocations;
    private long _trims;

    /// <summary>Gets what the pool holds and did.</summary>
    public CudaMemoryStatistics Statistics
    {
        get
        {
            lock (_lock)
                return new(_used, _waitingBytes, _peak, _allocations, _driverAllocations, _trims);
        }
    }

    /// <summary>Gets the size of the block that serves a request.</summary>
    public static long BlockSize(long bytes)
    {
        if (bytes <= SmallestBlock)
            return SmallestBlock;
        long step = bytes >= LargeBlock ? LargeStep : 1L << (BitOperations.Log2((ulong)bytes - 1) - 2);
        return checked(bytes + step - 1) / step * step;
    }

    /// <summary>Allocates memory that is 0 for whoever looks at it.</summary>
    /// <param name="bytes">Bytes; 0 gets a block too, so that it has an address.</param>
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    public CudaBlock Allocate(long bytes)
    {
        session.Enter();
        CudaBlock block;
        lock (_lock)
        {
            _allocations++;
            block = TakeWaiting(BlockSize(bytes)) ?? New(bytes);
            block.ChangeHands();
            _used += block.Size;
            _peak = Math.Max(_peak, _used);
        }

        try
        {
            order.Clear(block.Address, Math.Max(bytes, 1), block.HadOwner);
        }
        catch
        {
            Free(block);
            throw;
        }

        return block;
    }

    /// <summary>Takes memory back. What streams were told to do with it may still be to come.</summary>
    public void Free(CudaBlock block)
    {
        CudaBlock[] surplus = [];
        lock (_lock)
        {
            block.ChangeHands();
            block.HadOwner = true;
            _used -= block.Size;
            _waitingBytes += block.Size;
            int at = _waiting.FindIndex(other => other.Size >= block.Size);
            _waiting.Insert(at < 0 ? _waiting.Count : at, block);

            // A capture's own thread must leave the driver alone; the next to free takes care.
            if (_waitingBytes > keepAtMost && CudaCapture.OfThread is null)
                surplus = TakeSurplus();
        }

        if (surplus.Length > 0)
            Release(surplus, mayThrow: false);
    }

    /// <summary>Gives back to the driver all memory that waits for use.</summary>
    /// <returns>The bytes given back.</returns>
    public long Trim()
    {
        session.Enter();
        CudaBlock[] blocks;
        lock (_lock)
        {
            blocks = [.. _waiting];
            _waiting.Clear();
            _waitingBytes = 0;
            _map.Remove(blocks.ToHashSet());
            if (blocks.Length > 0)
                _trims++;
        }

        if (blocks.Length > 0)
            Release(blocks, mayThrow: true);
        return blocks.Sum(block => block.Size);
    }

    /// <summary>Finds the block that an address lies in; null if this pool has none.</summary>
    public CudaBlock? Find(nint address) => _map.Find(address);

    /// <summary>Gives everything back; nothing may be in use by the device.</summary>
    public void Dispose()
    {
        if (!session.TryEnter())
            return;
        foreach (CudaBlock block in _map.All)
            session.Driver.MemFree(block.Address);
        _map.Remove(_map.All.ToHashSet());
    }

    private CudaBlock? TakeWaiting(long size)
    {
        int at = _waiting.FindIndex(block => block.Size >= size);
        if (at < 0 || (size < LargeBlock ? _waiting[at].Size != size : _waiting[at].Size > size + size / 8))
            return null;
        CudaBlock block = _waiting[at];
        _waiting.RemoveAt(at);
        _waitingBytes -= block.Size;
        return block;
    }

    private CudaBlock New(long bytes)
    {
        long size = BlockSize(bytes);
        CudaResult result = session.Driver.MemAlloc(out nint address, size);
        if (result == CudaResult.OutOfMemory && Trim() > 0)
            result = session.Driver.MemAlloc(out address, size);
        if (result == CudaResult.OutOfMemory)
            throw OutOfMemory(bytes);
        session.Check(result, "cuMemAlloc_v2");
        _driverAllocations++;
        var block = new CudaBlock(address, size);
        _map.Add(block);
        return block;
    }

    // The largest first: few blocks make room for many.
    private CudaBlock[] TakeSurplus()
    {
        var surplus = new HashSet<CudaBlock>();
        while (_waitingBytes > keepAtMost)
        {
            CudaBlock block = _waiting[^1];
            _waiting.RemoveAt(_waiting.Count - 1);
            _waitingBytes -= block.Size;
            surplus.Add(block);
        }

        _map.Remove(surplus);
        return [.. surplus];
    }

    // Kernels that were launched before the memory was freed may still have to run.
    private void Release(CudaBlock[] blocks, bool mayThrow)
    {
        try
        {
            session.Enter();
            order.Drain();
        }
        catch (Exception) when (!mayThrow)
        {
            return; // a device that failed: its memory is gone anyway
        }

        foreach (CudaBlock block in blocks)
            session.Driver.MemFree(block.Address);
    }

    private OutOfMemoryException OutOfMemory(long bytes)
    {
        string state = session.Driver.MemGetInfo(out long free, out long total) == CudaResult.Success
            ? $"{CudaMemoryStatistics.Text(free)} of {CudaMemoryStatistics.Text(total)} are free"
            : "how much is free the driver does not say";
        return new OutOfMemoryException(
            $"{session.DeviceName} has no memory for a buffer of {CudaMemoryStatistics.Text(bytes)} ({bytes} bytes): {state}, this program's buffers hold {CudaMemoryStatistics.Text(_used)}; "
            + "gemma plan shows what a model needs and what makes it fit: a shorter context, quantised weights, fewer layers on the device.");
    }
}
