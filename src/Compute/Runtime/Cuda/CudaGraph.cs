using GemmaIlgpu.Compute.Runtime.Cuda;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute;

/// <summary>A sequence of launches and copies that the device does at one word.</summary>
/// <remarks>
/// A launch costs the processor a few microseconds; a decode step has hundreds. A graph of them costs one. It repeats exactly
/// what was captured: the same kernels with the same arguments on the same buffers, so what changes from step to step (a token,
/// a position) has to be in device memory. All kernels must have been launched once before, so that they are loaded, and the
/// buffers must stay as long as the graph is launched.
/// </remarks>
/// <example>
/// <code>
/// Step(stream);                                             // loads the kernels
/// using CudaGraph graph = CudaGraph.Capture(stream, () => Step(stream));
/// for (int i = 0; i &lt; 100; i++)
///     graph.Launch(stream);
/// stream.Synchronize();
/// </code>
/// </example>
public sealed class CudaGraph : AcceleratorObject
{
    private readonly CudaAccelerator _accelerator;
    private readonly (CudaBlock Block, int Generation)[] _blocks;
    private nint _executable;

    private CudaGraph(CudaAccelerator accelerator, CudaCapture capture, nint executable, long nodes)
        : base(accelerator)
    {
        _accelerator = accelerator;
        _executable = executable;
        _blocks = [.. capture.Blocks.Select(block => (block.Key, block.Value))];
        NodeCount = nodes;
        KernelCounts = capture.Kernels.OrderByDescending(kernel => kernel.Value).ToDictionary();
        Name = capture.Kernels.Count == 0
            ? $"a graph of {nodes} steps"
            : $"a graph of {nodes} steps ({string.Join(", ", KernelCounts.Select(kernel => kernel.Value == 1 ? kernel.Key : $"{kernel.Key} {kernel.Value} times"))})";
    }

    /// <summary>Releases the graph if nobody did.</summary>
    ~CudaGraph() => Abandon();

    /// <summary>Gets the number of launches, copies and fillings.</summary>
    public long NodeCount { get; }

    /// <summary>Gets the kernels by name and how often each is launched.</summary>
    public IReadOnlyDictionary<string, int> KernelCounts { get; }

    /// <summary>Gets whether all buffers that the graph uses are still there; if not, it cannot be launched any more.</summary>
    public bool HasAllBuffers => _blocks.All(use => use.Block.Generation == use.Generation);

    private string Name { get; }

    /// <summary>Captures what an action puts into a stream. Nothing of it is done now.</summary>
    /// <param name="stream">The stream of a CUDA accelerator that the action uses.</param>
    /// <param name="action">
    /// Launches kernels, copies between buffers of the device and from and to page-locked arrays. It must not allocate, load,
    /// synchronise or use other streams; each is refused with a sentence.
    /// </param>
    /// <exception cref="ArgumentException">The stream is not of a CUDA accelerator.</exception>
    /// <exception cref="InvalidOperationException">The action did what cannot be part of a graph.</exception>
    public static CudaGraph Capture(AcceleratorStream stream, Action action)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(action);
        CudaStream queue = Own(stream);
        var accelerator = (CudaAccelerator)stream.Accelerator;
        if (CudaCapture.OfThread is not null || queue.Queue.Capture is not null)
            throw new InvalidOperationException("A CUDA graph is being captured in this stream or by this thread already; captures cannot contain captures.");
        CudaSession session = accelerator.Session;
        queue.Enter();
        accelerator.Order.Follow(queue.Queue);
        var capture = new CudaCapture(session, queue.Queue);
        nint graph = 0;
        try
        {
            graph = Record(session, capture, action);
            session.Check(session.Driver.GraphGetNodeCount(graph, out long nodes), "cuGraphGetNodes");
            session.Check(session.Driver.GraphInstantiate(out nint executable, graph), "cuGraphInstantiateWithFlags");
            return new CudaGraph(accelerator, capture, executable, nodes);
        }
        finally
        {
            if (graph != 0)
                session.Driver.GraphDestroy(graph);
        }
    }

    // Other threads leave the stream alone as long as it is marked, from before its recording begins until after it ends.
    private static nint Record(CudaSession session, CudaCapture capture, Action action)
    {
        nint graph = 0;
        capture.Queue.Capture = capture;
        try
        {
            session.Check(session.Driver.StreamBeginCapture(capture.Queue.Handle), "cuStreamBeginCapture_v2");
            CudaCapture.OfThread = capture;
            bool done = false;
            try
            {
                action();
                done = true;
            }
            finally
            {
                CudaCapture.OfThread = null;
                session.Driver.CtxSetCurrent(session.Context);  // the action may have used another device
                CudaResult result = session.Driver.StreamEndCapture(capture.Queue.Handle, out graph);
                if (done)
                    session.Check(result, "cuStreamEndCapture");
                else if (graph != 0)
                    session.Driver.GraphDestroy(graph);
            }
        }
        finally
        {
            capture.Queue.Capture = null;
        }

        return graph;
    }

    /// <summary>Puts everything that was captured into a stream.</summary>
    /// <param name="stream">A stream of the same accelerator; it need not be the one of the capture.</param>
    /// <exception cref="ObjectDisposedException">The graph, or a buffer that it uses, has been disposed.</exception>
    public void Launch(AcceleratorStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        CudaStream queue = Own(stream);
        if (!ReferenceEquals(stream.Accelerator, _accelerator))
            throw new ArgumentException($"A graph that was captured on {_accelerator.Name} was launched in a stream of another accelerator.", nameof(stream));
        if (!HasAllBuffers)
            throw new ObjectDisposedException(nameof(CudaMemoryBuffer), $"A buffer that {Name} uses has been disposed; keep all buffers of a graph until its last launch, or capture it again.");
        CudaCapture.Forbid("another graph was launched", "launch it before or after");
        queue.Enter();
        _accelerator.Session.Check(_accelerator.Session.Driver.GraphLaunch(_executable, queue.StreamPtr), "cuGraphLaunch", $"for {Name}");
        queue.Queue.Log.Add(Name);
        queue.Leave();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_executable != 0 && _accelerator.Session.TryEnter())
            _accelerator.Session.Driver.GraphExecDestroy(_executable);
        _executable = 0;
        base.Dispose(disposing);
    }

    private static CudaStream Own(AcceleratorStream stream) =>
        stream as CudaStream ?? throw new ArgumentException($"CUDA graphs are for streams of CUDA accelerators; this is one of {stream.Accelerator.Name} ({stream.AcceleratorType}).", nameof(stream));
}
