namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Addresses at which a load needs no look from the observer, as long as it is aligned.</summary>
internal struct AccessWindow
{
    /// <summary>The first address.</summary>
    public long Start;

    /// <summary>Places from there on where the access of one lane may begin.</summary>
    public ulong One;

    /// <summary>Places from there on where the accesses of a whole warp side by side may begin.</summary>
    public ulong Row;
}
