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

    /// <summary>Gets or sets who accessed what last; null until a kernel writes here.</summary>
    public RaceShadow? Races { get; set; }

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

    /// <summary>The shadow for accesses of so many bytes and more.</summary>
    public RaceShadow RacesOf(int granule)
    {
        if (Races is null || Races.Granule != granule)
        {
            Races?.Dispose();
            Races = new RaceShadow(Length, granule);
        }
        return Races;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Written?.Dispose();
        Races?.Dispose();
        (Written, Races) = (null, null);
    }
}
