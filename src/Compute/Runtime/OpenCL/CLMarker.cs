using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace GemmaIlgpu.Compute.Runtime.OpenCL;

/// <summary>A mark in a queue: an event that knows when everything before it was done.</summary>
internal sealed unsafe class CLMarker : ProfilingMarker
{
    private readonly CLLibrary _library;
    private readonly nint _queue;
    private nint _event;

    public CLMarker(CLStream stream, CLLibrary library)
        : base(stream.Accelerator)
    {
        (_library, _queue) = (library, stream.CommandQueue);
        nint marker;
        CLLibrary.Check(library.EnqueueMarkerWithWaitList(_queue, 0, null, &marker), "clEnqueueMarkerWithWaitList", Accelerator.Name);
        _event = marker;
    }

    ~CLMarker() => Abandon();

    /// <inheritdoc/>
    public override void Synchronize()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _library.Flush(_queue);
        fixed (nint* marker = &_event)
            CLLibrary.Check(_library.WaitForEvents(1, marker), "clWaitForEvents", Accelerator.Name);
    }

    /// <inheritdoc/>
    public override TimeSpan MeasureFrom(ProfilingMarker marker)
    {
        if (marker is not CLMarker start)
            throw new ArgumentException("The other mark belongs to another kind of accelerator.", nameof(marker));
        return TimeSpan.FromTicks((Nanoseconds() - start.Nanoseconds()) / TimeSpan.NanosecondsPerTick);
    }

    private long Nanoseconds()
    {
        Synchronize();
        ulong time;
        CLLibrary.Check(_library.GetEventProfilingInfo(_event, CLInfo.ProfilingCommandEnd, 8, &time, null), "clGetEventProfilingInfo", Accelerator.Name);
        return (long)time;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_event != 0)
            _library.ReleaseEvent(_event);
        _event = 0;
        base.Dispose(disposing);
    }
}
