namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>What is known about a capture while it goes on: what was put into the stream, and what the graph will use.</summary>
/// <param name="session">The device.</param>
/// <param name="queue">The stream that records.</param>
internal sealed class CudaCapture(CudaSession session, CudaQueue queue)
{
    [ThreadStatic]
    private static CudaCapture? t_current;

    private readonly Dictionary<CudaBlock, int> _blocks = [];
    private readonly Dictionary<string, int> _kernels = [];

    /// <summary>Gets the capture that the calling thread has begun; null if none.</summary>
    public static CudaCapture? OfThread
    {
        get => t_current;
        set => t_current = value;
    }

    /// <summary>Gets the device.</summary>
    public CudaSession Session { get; } = session;

    /// <summary>Gets the stream that records.</summary>
    public CudaQueue Queue { get; } = queue;

    /// <summary>Gets the blocks that the graph reads and writes, with their owners' numbers at the time.</summary>
    public IReadOnlyDictionary<CudaBlock, int> Blocks => _blocks;

    /// <summary>Gets the kernels by name with the number of their launches.</summary>
    public IReadOnlyDictionary<string, int> Kernels => _kernels;

    /// <summary>Refuses what cannot be part of a graph, if the calling thread is recording one.</summary>
    /// <param name="what">What was tried: "a buffer was allocated".</param>
    /// <param name="instead">What to do.</param>
    public static void Forbid(string what, string instead)
    {
        if (t_current is not null)
            throw new InvalidOperationException($"While a CUDA graph was being captured {what}, which cannot be part of a graph; {instead}.");
    }

    /// <summary>Notes a launch.</summary>
    public void AddKernel(string name) => _kernels[name] = _kernels.GetValueOrDefault(name) + 1;

    /// <summary>Notes memory that the graph will use.</summary>
    public void AddBlock(CudaBlock block) => _blocks.TryAdd(block, block.Generation);
}
