using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>A mark in a stream, by an event of the driver.</summary>
internal sealed class CudaProfilingMarker : ProfilingMarker
{
    private readonly CudaSession _session;
    private nint _event;

    public CudaProfilingMarker(CudaAccelerator accelerator, CudaStream stream)
        : base(accelerator)
    {
        _session = accelerator.Session;
        CudaCapture.Forbid("a profiling marker was added", "add markers around the launch of the graph");
        stream.Enter();
        _session.Check(_session.Driver.EventCreate(out _event, timing: true), "cuEventCreate");
        _session.Check(_session.Driver.EventRecord(_event, stream.Queue.Handle), "cuEventRecord");
    }

    ~CudaProfilingMarker() => Abandon();

    /// <inheritdoc/>
    public override void Synchronize()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _session.Enter();
        _session.Check(_session.Driver.EventSynchronize(_event), "cuEventSynchronize");
    }

    /// <inheritdoc/>
    public override TimeSpan MeasureFrom(ProfilingMarker marker)
    {
        if (marker is not CudaProfilingMarker start || !ReferenceEquals(start._session, _session))
            throw new ArgumentException("The other mark belongs to another accelerator.", nameof(marker));
        ObjectDisposedException.ThrowIf(start.IsDisposed, start);
        start.Synchronize();
        Synchronize();
        _session.Check(_session.Driver.EventElapsedTime(out float milliseconds, start._event, _event), "cuEventElapsedTime");
        return TimeSpan.FromMicroseconds(milliseconds * 1000.0);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_event != 0 && _session.TryEnter())
            _session.Driver.EventDestroy(_event);
        _event = 0;
        base.Dispose(disposing);
    }
}
