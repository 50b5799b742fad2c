namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>A stream of the driver with what the runtime keeps about it.</summary>
/// <param name="handle">The driver's handle.</param>
/// <param name="owned">Whether to destroy it in the end.</param>
/// <param name="reached">An event that is recorded to make others wait for this stream.</param>
internal sealed class CudaQueue(nint handle, bool owned, nint reached)
{
    /// <summary>Gets the driver's handle.</summary>
    public nint Handle { get; } = handle;

    /// <summary>Gets whether the stream is destroyed in the end.</summary>
    public bool IsOwned { get; } = owned;

    /// <summary>Gets an event that is recorded to make others wait for this stream.</summary>
    public nint Reached { get; } = reached;

    /// <summary>Gets the kernels launched since the last synchronisation.</summary>
    public CudaLaunchLog Log { get; } = new();

    /// <summary>Gets or sets whether something was put into the stream that the memory's order does not know of.</summary>
    public volatile bool IsDirty;

    /// <summary>Gets or sets how far the stream has followed the memory's order.</summary>
    public long SeenMemory;

    /// <summary>Gets or sets what is being recorded; null when the stream does what it is told.</summary>
    public volatile CudaCapture? Capture;
}

/// <summary>The latest launches in a stream by name, so that a failure can tell them.</summary>
internal sealed class CudaLaunchLog
{
    private const int Capacity = 64;

    private readonly string?[] _names = new string?[Capacity];
    private int _count;

    /// <summary>Notes a launch. Launches of several threads into one stream may lose an entry, no more.</summary>
    public void Add(string name) => _names[(Interlocked.Increment(ref _count) - 1) & (Capacity - 1)] = name;

    /// <summary>Forgets all: they are done.</summary>
    public void Clear() => Volatile.Write(ref _count, 0);

    /// <summary>Counts the launches by name, the latest first.</summary>
    /// <returns>Whether these are all since the last synchronisation.</returns>
    public bool AddTo(Dictionary<string, int> launches)
    {
        int count = Volatile.Read(ref _count);
        for (int i = count - 1; i >= Math.Max(0, count - Capacity); i--)
        {
            if (_names[i & (Capacity - 1)] is { } name)
                launches[name] = launches.GetValueOrDefault(name) + 1;
        }

        return count <= Capacity;
    }
}
