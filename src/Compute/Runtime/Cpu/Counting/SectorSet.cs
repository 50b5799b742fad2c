namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>A set of numbers of sectors, page by page.</summary>
internal sealed class SectorSet
{
    private const int PageBits = 12;

    private readonly Dictionary<long, ulong[]> _pages = [];
    private long _lastPage = -1;
    private ulong[] _last = [];

    /// <summary>Gets how many there are.</summary>
    public long Count { get; private set; }

    public void Add(long sector)
    {
        long page = sector >> PageBits;
        if (page != _lastPage)
        {
            if (!_pages.TryGetValue(page, out ulong[]? bits))
                _pages[page] = bits = new ulong[1 << (PageBits - 6)];
            (_lastPage, _last) = (page, bits);
        }
        int place = (int)(sector & ((1 << PageBits) - 1));
        ulong bit = 1UL << (place & 63);
        if ((_last[place >> 6] & bit) != 0)
            return;
        _last[place >> 6] |= bit;
        Count++;
    }
}
