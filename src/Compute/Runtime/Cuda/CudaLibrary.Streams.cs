namespace GemmaIlgpu.Compute.Runtime.Cuda;

internal sealed unsafe partial class CudaLibrary
{
    private const uint StreamNonBlocking = 1;       // CU_STREAM_NON_BLOCKING
    private const uint EventDisableTiming = 2;      // CU_EVENT_DISABLE_TIMING
    private const int CaptureModeThreadLocal = 1;   // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL

    public override CudaResult StreamCreate(out nint stream)
    {
        fixed (nint* p = &stream)
            return ((delegate* unmanaged<nint*, uint, CudaResult>)this[CudaEntry.cuStreamCreate])(p, StreamNonBlocking);
    }

    public override CudaResult StreamDestroy(nint stream) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuStreamDestroy_v2])(stream);

    public override CudaResult StreamSynchronize(nint stream) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuStreamSynchronize])(stream);

    public override CudaResult StreamQuery(nint stream) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuStreamQuery])(stream);

    public override CudaResult StreamWaitEvent(nint stream, nint cudaEvent) =>
        ((delegate* unmanaged<nint, nint, uint, CudaResult>)this[CudaEntry.cuStreamWaitEvent])(stream, cudaEvent, 0);

    public override CudaResult EventCreate(out nint cudaEvent, bool timing)
    {
        fixed (nint* p = &cudaEvent)
            return ((delegate* unmanaged<nint*, uint, CudaResult>)this[CudaEntry.cuEventCreate])(p, timing ? 0 : EventDisableTiming);
    }

    public override CudaResult EventDestroy(nint cudaEvent) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuEventDestroy_v2])(cudaEvent);

    public override CudaResult EventRecord(nint cudaEvent, nint stream) =>
        ((delegate* unmanaged<nint, nint, CudaResult>)this[CudaEntry.cuEventRecord])(cudaEvent, stream);

    public override CudaResult EventQuery(nint cudaEvent) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuEventQuery])(cudaEvent);

    public override CudaResult EventSynchronize(nint cudaEvent) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuEventSynchronize])(cudaEvent);

    public override CudaResult EventElapsedTime(out float milliseconds, nint start, nint end)
    {
        fixed (float* p = &milliseconds)
            return ((delegate* unmanaged<float*, nint, nint, CudaResult>)this[CudaEntry.cuEventElapsedTime])(p, start, end);
    }

    public override CudaResult StreamBeginCapture(nint stream) =>
        ((delegate* unmanaged<nint, int, CudaResult>)this[CudaEntry.cuStreamBeginCapture_v2])(stream, CaptureModeThreadLocal);

    public override CudaResult StreamEndCapture(nint stream, out nint graph)
    {
        fixed (nint* p = &graph)
            return ((delegate* unmanaged<nint, nint*, CudaResult>)this[CudaEntry.cuStreamEndCapture])(stream, p);
    }

    public override CudaResult StreamIsCapturing(nint stream, out CudaCaptureStatus status)
    {
        fixed (CudaCaptureStatus* p = &status)
            return ((delegate* unmanaged<nint, CudaCaptureStatus*, CudaResult>)this[CudaEntry.cuStreamIsCapturing])(stream, p);
    }

    public override CudaResult GraphGetNodeCount(nint graph, out long count)
    {
        fixed (long* p = &count)
            return ((delegate* unmanaged<nint, nint*, long*, CudaResult>)this[CudaEntry.cuGraphGetNodes])(graph, null, p);
    }

    public override CudaResult GraphInstantiate(out nint executable, nint graph)
    {
        fixed (nint* p = &executable)
            return ((delegate* unmanaged<nint*, nint, ulong, CudaResult>)this[CudaEntry.cuGraphInstantiateWithFlags])(p, graph, 0);
    }

    public override CudaResult GraphLaunch(nint executable, nint stream) =>
        ((delegate* unmanaged<nint, nint, CudaResult>)this[CudaEntry.cuGraphLaunch])(executable, stream);

    public override CudaResult GraphExecDestroy(nint executable) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuGraphExecDestroy])(executable);

    public override CudaResult GraphDestroy(nint graph) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuGraphDestroy])(graph);
}
