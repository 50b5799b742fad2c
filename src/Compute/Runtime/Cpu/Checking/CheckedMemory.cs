using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>The buffers of a Checked accelerator. Memory of disposed ones is kept for a while, so that late accesses are known.</summary>
internal sealed unsafe class CheckedMemory(CheckedOptions options) : IDisposable
{
    private const long MostKeptBytes = 64 << 20;

    private readonly List<CheckedRegion> _regions = [];     // by address
    private readonly Queue<CheckedRegion> _kept = new();
    private readonly Dictionary<CheckedRegion, nint> _memory = [];
    private readonly List<LaunchPart> _parts = [];
    private readonly Lock _gate = new();
    private long _keptBytes;

    /// <summary>Gets the order of what happens, through all launches.</summary>
    public RaceClock Clock { get; } = new();

    /// <summary>Gets what is known of the shared memory of groups that run one after another.</summary>
    public SharedRegions SharedRegions { get; } = new();

    /// <summary>Gets those who share the groups of launches, as many as there have been.</summary>
    public IReadOnlyList<LaunchPart> Parts => _parts;

    /// <summary>Makes sure that so many can share the groups of a launch.</summary>
    public void AddParts(int count)
    {
        while (_parts.Count < count)
            _parts.Add(new LaunchPart(_parts.Count + 1));
    }

    /// <summary>Allocates zeroed memory.</summary>
    public CheckedRegion Allocate(long bytes)
    {
        void* memory;
        try
        {
            memory = NativeMemory.AllocZeroed((nuint)bytes + OwnedMemoryBuffer.Alignment);
        }
        catch (OutOfMemoryException exception)
        {
            throw new OutOfMemoryException($"There is no memory for a buffer of {bytes} bytes.", exception);
        }
        long start = ((nint)memory + OwnedMemoryBuffer.Alignment - 1) & ~(OwnedMemoryBuffer.Alignment - 1);
        var region = new CheckedRegion(start, bytes);
        if (options.UninitializedReads && bytes > 0)
            region.Written = new ByteMap(bytes);
        lock (_gate)
        {
            _memory[region] = (nint)memory;
            _regions.Insert(After(start), region);
        }
        return region;
    }

    /// <summary>Gives memory back, later.</summary>
    public void Retire(CheckedRegion region)
    {
        lock (_gate)
        {
            if (region.IsDisposed)
                return;
            region.IsDisposed = true;
            region.Dispose();
            _kept.Enqueue(region);
            _keptBytes += region.Length;
            while (_keptBytes > MostKeptBytes && _kept.Count > 1)
                Free(_kept.Dequeue());
        }
    }

    /// <summary>Finds the buffer that holds an address; null if none does.</summary>
    public CheckedRegion? Find(long address)
    {
        lock (_gate)
        {
            int at = After(address) - 1;
            return at >= 0 && address < _regions[at].End ? _regions[at] : null;
        }
    }

    /// <summary>Forgets who accessed what before the next launch, when the numbers of the clock run out.</summary>
    public void RestartIfLate()
    {
        if (!Clock.IsLate && !_parts.Exists(part => part.Clock.IsLate))
            return;
        lock (_gate)
        {
            foreach (CheckedRegion region in _regions)
                region.ForgetRaces();
        }
        SharedRegions.Dispose();
        Clock.Restart();
        foreach (LaunchPart part in _parts)
        {
            part.SharedRegions.Dispose();
            part.Clock.Restart();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach ((CheckedRegion region, nint memory) in _memory)
            {
                region.Dispose();
                region.IsFreed = true;
                NativeMemory.Free((void*)memory);
            }
            SharedRegions.Dispose();
            foreach (LaunchPart part in _parts)
                part.Dispose();
            _parts.Clear();
            _memory.Clear();
            _regions.Clear();
            _kept.Clear();
        }
    }

    private void Free(CheckedRegion region)
    {
        _keptBytes -= region.Length;
        _regions.Remove(region);
        region.IsFreed = true;
        if (_memory.Remove(region, out nint memory))
            NativeMemory.Free((void*)memory);
    }

    // The position of the first region that begins after an address.
    private int After(long address)
    {
        int low = 0, high = _regions.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_regions[middle].Start <= address)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}

/// <summary>A buffer of a Checked accelerator: it knows which of its bytes were written.</summary>
internal sealed unsafe class CheckedMemoryBuffer : CPUMemoryBuffer
{
    private readonly CheckedMemory _memory;
    private readonly CheckedRegion _region;

    public CheckedMemoryBuffer(Accelerator accelerator, CheckedMemory memory, long length, int elementSize)
        : this(accelerator, memory, memory.Allocate(checked(length * elementSize)), length, elementSize)
    {
    }

    private CheckedMemoryBuffer(Accelerator accelerator, CheckedMemory memory, CheckedRegion region, long length, int elementSize)
        : base(accelerator, (nint)region.Start, length, elementSize) =>
        (_memory, _region, IsPlain) = (memory, region, false);

    ~CheckedMemoryBuffer() => Abandon();

    /// <summary>Gets whether accesses after disposal can be told: the memory is still there.</summary>
    public bool IsKept => !_region.IsFreed;

    internal override void Set(AcceleratorStream stream, byte value, long offset, long bytes)
    {
        base.Set(stream, value, offset, bytes);
        _region.MarkWritten(offset, bytes);
    }

    internal override void FromHost(AcceleratorStream stream, void* source, long offset, long bytes, bool pageLocked)
    {
        base.FromHost(stream, source, offset, bytes, pageLocked);
        CheckedRegion? from = _memory.Find((long)source);
        if (from?.Written is not { } written || written.FirstClear((long)source - from.Start, bytes) < 0)
            _region.MarkWritten(offset, bytes);
        else
            _region.CopyWritten(written, (long)source - from.Start, offset, bytes);
    }

    internal override void MarkWritten(long offset, long bytes) => _region.MarkWritten(offset, bytes);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NativePtr = 0;
        _memory?.Retire(_region);   // none if there was no memory: the garbage collector comes here too
        base.Dispose(disposing);
    }
}
