using System.Runtime.InteropServices;

namespace GemmaIlgpu.PtxInterpreter.Memory;

/// <summary>One allocation: its made-up device address and where its bytes lie on the host.</summary>
internal sealed unsafe class MemoryRange(ulong start, ulong length, byte* host, bool readOnly)
{
    public ulong Start => start;

    /// <summary>0 once freed, so that whoever still holds the range finds nothing inside it.</summary>
    public ulong Length { get; set; } = length;

    public byte* Host => host;

    public bool ReadOnly => readOnly;

    public bool Contains(ulong address, ulong size) => address - start < Length && size <= Length - (address - start);
}

/// <summary>The global memory of a made-up GPU. Allocations lie far apart in its address space, so that an
/// access past an end never lands in a neighbour; fresh memory is full of 0xFF bytes, NaN in every float format.</summary>
public sealed unsafe class DeviceMemory(long capacity = long.MaxValue, ulong firstAddress = 0x7_0000_0000) : IDisposable
{
    private const ulong Guard = 1 << 20;
    private const ulong Granularity = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<PtxModule, Dictionary<string, ulong>> _variables = [];
    private MemoryRange[] _ranges = [];
    private ulong _next = firstAddress;

    public long Capacity => capacity;

    /// <summary>Bytes allocated now.</summary>
    public long Used { get; private set; }

    public int AllocationCount => _ranges.Length;

    public ulong Allocate(long bytes, bool readOnly = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        lock (_lock)
        {
            if (bytes > capacity - Used)
                throw new InsufficientMemoryException($"{bytes} bytes asked for; {capacity - Used} of {capacity} are free.");
            byte* host = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 512);
            NativeMemory.Fill(host, (nuint)bytes, 0xFF);
            ulong address = _next;
            _next += ((ulong)bytes + Guard + Granularity - 1) / Granularity * Granularity;
            _ranges = [.. _ranges, new MemoryRange(address, (ulong)bytes, host, readOnly)];
            Used += bytes;
            return address;
        }
    }

    /// <summary>False where no allocation begins at that address.</summary>
    public bool Free(ulong address)
    {
        lock (_lock)
        {
            MemoryRange? range = Find(address);
            if (range is null || range.Start != address)
                return false;
            _ranges = [.. _ranges.Where(other => other != range)];
            Used -= (long)range.Length;
            range.Length = 0;
            NativeMemory.AlignedFree(range.Host);
            return true;
        }
    }

    /// <summary>The bytes at an address; throws where they do not lie inside one allocation.</summary>
    public Span<byte> Bytes(ulong address, long length)
    {
        if (length == 0)
            return [];
        MemoryRange? range = Find(address);
        return range is not null && range.Contains(address, (ulong)length)
            ? new Span<byte>(range.Host + (address - range.Start), checked((int)length))
            : throw new PtxFaultException($"{length} bytes at 0x{address:x} do not lie inside one allocation.");
    }

    /// <summary>Start and length of the allocation that holds an address, or null.</summary>
    public (ulong Start, long Length)? RangeOf(ulong address) => Find(address) is { } range ? (range.Start, (long)range.Length) : null;

    public ulong Allocate<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        ulong address = Allocate(bytes.Length);
        bytes.CopyTo(Bytes(address, bytes.Length));
        return address;
    }

    public T[] Read<T>(ulong address, int count) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(Bytes(address, (long)count * sizeof(T))).ToArray();

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (MemoryRange range in _ranges)
            {
                range.Length = 0;
                NativeMemory.AlignedFree(range.Host);
            }
            _ranges = [];
        }
    }

    internal MemoryRange? Find(ulong address)
    {
        // Addresses only grow, so the ranges are sorted by start.
        MemoryRange[] ranges = _ranges;
        int low = 0, high = ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (address < ranges[middle].Start)
                high = middle - 1;
            else if (address - ranges[middle].Start >= ranges[middle].Length)
                low = middle + 1;
            else
                return ranges[middle];
        }
        return null;
    }

    /// <summary>The last allocation that begins at or before an address.</summary>
    internal MemoryRange? Before(ulong address) => _ranges.LastOrDefault(range => range.Start <= address);

    /// <summary>Addresses of a module's .global and .const variables, which are allocated and filled when first asked for.</summary>
    internal Dictionary<string, ulong> VariablesOf(PtxModule module)
    {
        lock (_lock)
        {
            if (_variables.TryGetValue(module, out Dictionary<string, ulong>? known))
                return known;
        }
        var addresses = new Dictionary<string, ulong>();
        foreach (Text.Variable variable in module.DeviceVariables)
            addresses[variable.Name] = Allocate(Math.Max(variable.Size, 1), variable.Space == Text.StateSpace.Const);
        foreach (Text.Variable variable in module.DeviceVariables)
        {
            Span<byte> bytes = Bytes(addresses[variable.Name], variable.Size);
            bytes.Clear();
            variable.Initial?.CopyTo(bytes);
            foreach ((int at, string name, long add) in variable.Relocations)
                BitConverter.TryWriteBytes(bytes[at..], addresses[name] + (ulong)add);
        }
        lock (_lock)
            return _variables[module] = addresses;
    }

    /// <summary>Frees a module's variables.</summary>
    public void Unload(PtxModule module)
    {
        Dictionary<string, ulong>? addresses;
        lock (_lock)
            _variables.Remove(module, out addresses);
        foreach (ulong address in addresses?.Values ?? Enumerable.Empty<ulong>())
            Free(address);
    }
}
