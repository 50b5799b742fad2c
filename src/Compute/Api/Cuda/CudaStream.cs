using GemmaIlgpu.Compute.Runtime.Cuda;

namespace ILGPU.Runtime.Cuda;

/// <summary>A queue of launches and copies of an NVIDIA device. Any thread may use it.</summary>
public sealed class CudaStream : AcceleratorStream
{
    private readonly CudaAccelerator _accelerator;

    internal CudaStream(CudaAccelerator accelerator, CudaQueue queue)
        : base(accelerator)
    {
        _accelerator = accelerator;
        Queue = queue;
        accelerator.Session.Add(queue);
    }

    /// <summary>Gets the driver's handle.</summary>
    public IntPtr StreamPtr => Queue.Handle;

    internal CudaQueue Queue { get; }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        ThrowIfDisposed();
        if (Queue.Capture is not null)
            throw new InvalidOperationException("A stream was synchronised while a CUDA graph was being captured in it, which cannot be part of a graph; synchronise after the graph was launched.");
        CudaSession session = _accelerator.Session;
        session.Enter();
        session.Check(session.Driver.StreamSynchronize(Queue.Handle), "cuStreamSynchronize");
        Queue.Log.Clear();
    }

    private protected override ProfilingMarker AddMarker() => new CudaProfilingMarker(_accelerator, this);

    /// <summary>Prepares the calling thread and the stream for one more thing to be put into it.</summary>
    internal void Enter()
    {
        ThrowIfDisposed();
        if (CudaCapture.OfThread is { } capture && capture.Queue != Queue && ReferenceEquals(_accelerator.Session, capture.Session))
            throw new InvalidOperationException("While a CUDA graph was being captured something was put into another stream than the one that records; use the stream that was given to CudaGraph.Capture for all of it.");
        _accelerator.Session.Enter();
        _accelerator.Order.Enter(Queue);
    }

    /// <summary>Notes that a graph, if one is being captured, will use a block.</summary>
    internal void Use(CudaBlock block) => Queue.Capture?.AddBlock(block);

    /// <summary>Notes that something was put into the stream.</summary>
    internal void Leave() => Queue.IsDirty = true;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _accelerator.Order.DestroyQueue(Queue);
        base.Dispose(disposing);
    }
}
