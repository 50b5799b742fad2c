namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>A piece of memory and what is known of it.</summary>
/// <param name="start">The address of its first byte.</param>
/// <param name="length">Its bytes.</param>
internal sealed class CheckedRegion(long start, long length) : IDisposable
{
    public long Start { get; } = start;

    public long Length { get; } = length;

    public long End => Start + Length;

    /// <summary>Gets or sets which bytes are written; null if all are, or if nobody wants to know.</summary>
    public ByteMap? Written { get; set; }

    private readonly Lock _gate = new();

    // The first is for groups that run one after another, the others for threads that run some of the groups each.
    private RaceShadow?[] _races = new RaceShadow?[1];

    /// <summary>Gets who accessed what last; null until a kernel writes here.</summary>
    public RaceShadow? Races => _races[0];

    /// <summary>Gets or sets whether the buffer has been disposed.</summary>
    public bool IsDisposed { get; set; }

    /// <summary>Gets or sets whether the memory of a disposed buffer has been given back.</summary>
    public bool IsFreed { get; set; }

    /// <summary>Gets or sets whether the memory belongs to one group.</summary>
    public bool IsShared { get; init; }

    /// <summary>Marks bytes as written.</summary>
    public void MarkWritten(long offset, long count)
    {
        if (count >= Length)
        {
            Written?.Dispose();
            Written = null;
        }
        Written?.Set(offset, count);
    }

    /// <summary>What nobody wrote stays unwritten when it is copied.</summary>
    /// <param name="written">What is written of the memory copied from.</param>
    /// <param name="from">Where the bytes begin there.</param>
    /// <param name="offset">Where they begin here.</param>
    /// <param name="count">How many there are.</param>
    public void CopyWritten(ByteMap written, long from, long offset, long count)
    {
        if (Written is null)
        {
            Written = new ByteMap(Length);
            Written.Set(0, Length);
        }
        Written.Copy(written, from, offset, count);
    }

    /// <summary>The shadow for accesses of so many bytes and more.</summary>
    /// <param name="part">Who notes accesses there: 0 for all groups, from 1 on for the parts of a launch.</param>
    /// <param name="granule">The bytes.</param>
    public RaceShadow RacesOf(int part, int granule)
    {
        lock (_gate)
        {
            if (_races.Length <= part)
                Array.Resize(ref _races, part + 1);
            if (_races[part]?.Granule != granule)
            {
                _races[part]?.Dispose();
                _races[part] = new RaceShadow(Length, granule);
            }
            return _races[part]!;
        }
    }

    /// <summary>Forgets who accessed what.</summary>
    public void ForgetRaces()
    {
        foreach (RaceShadow? races in _races)
            races?.Dispose();
        _races = new RaceShadow?[1];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Written?.Dispose();
        Written = null;
        ForgetRaces();
    }
}
