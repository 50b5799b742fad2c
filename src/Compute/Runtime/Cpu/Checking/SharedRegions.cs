namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>What is known of the shared memory of groups, kept from launch to launch: times of one clock are never repeated, so nothing has to
/// be cleared.</summary>
internal sealed class SharedRegions : IDisposable
{
    private const int MostKept = 16;

    private readonly Dictionary<(long Start, long Length, int LeastAccess, bool NotesWrites), CheckedRegion> _regions = [];

    /// <summary>The shared memory of groups.</summary>
    /// <param name="start">Its address.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="leastAccess">The bytes of the program's smallest access.</param>
    /// <param name="notesWrites">Whether written bytes are noted.</param>
    public CheckedRegion Get(long start, long length, int leastAccess, bool notesWrites)
    {
        if (_regions.TryGetValue((start, length, leastAccess, notesWrites), out CheckedRegion? region))
        {
            // No group has written anything yet.
            region.Written?.Clear();
            return region;
        }
        if (_regions.Count == MostKept)
            Dispose();
        region = new CheckedRegion(start, length) { IsShared = true };
        if (notesWrites && length > 0)
            region.Written = new ByteMap(length);
        return _regions[(start, length, leastAccess, notesWrites)] = region;
    }

    /// <summary>Forgets all.</summary>
    public void Dispose()
    {
        foreach (CheckedRegion region in _regions.Values)
            region.Dispose();
        _regions.Clear();
    }
}
