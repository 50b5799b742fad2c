using GemmaIlgpu.Compute.Runtime.Cuda;

namespace GemmaIlgpu.CudaSimulator;

internal sealed unsafe partial class SimulatedDriver
{
    public override CudaResult StreamBeginCapture(nint stream) => WithStream(stream, (_, found) =>
    {
        if (found.Capture is not null)
            return CudaResult.InvalidValue;
        found.Capture = new Capture(found, Environment.CurrentManagedThreadId);
        return CudaResult.Success;
    });

    public override CudaResult StreamEndCapture(nint stream, out nint graph)
    {
        nint made = 0;
        CudaResult result = WithStream(stream, (_, found) =>
        {
            if (found.Capture is not { } capture || capture.Origin != found)
                return CudaResult.InvalidValue;
            if (capture.Thread != Environment.CurrentManagedThreadId)
                return CudaResult.InvalidValue;
            foreach (SimulatedStream member in capture.Streams)
                member.Capture = null;
            capture.Streams.Clear();
            if (capture.Invalidated)
                return CudaResult.StreamCaptureInvalidated;
            made = NewHandle(new SimulatedGraph(capture.Nodes));
            return CudaResult.Success;
        });
        graph = made;
        return result;
    }

    public override CudaResult StreamIsCapturing(nint stream, out CudaCaptureStatus status)
    {
        CudaCaptureStatus found = CudaCaptureStatus.None;
        CudaResult result = WithStream(stream, (_, known) =>
        {
            found = known.Capture is null ? CudaCaptureStatus.None : known.Capture.Invalidated ? CudaCaptureStatus.Invalidated : CudaCaptureStatus.Active;
            return CudaResult.Success;
        });
        status = found;
        return result;
    }

    public override CudaResult GraphGetNodeCount(nint graph, out long count)
    {
        long nodes = 0;
        CudaResult result = WithContext(_ =>
        {
            if (Find<SimulatedGraph>(graph) is not { } found)
                return CudaResult.InvalidHandle;
            nodes = found.Nodes.Count(node => node.Counts);
            return CudaResult.Success;
        });
        count = nodes;
        return result;
    }

    public override CudaResult GraphInstantiate(out nint executable, nint graph)
    {
        nint made = 0;
        CudaResult result = WithContext(_ =>
        {
            if (Find<SimulatedGraph>(graph) is not { } found)
                return CudaResult.InvalidHandle;
            made = NewHandle(new SimulatedExecutable(found.Nodes));
            return CudaResult.Success;
        });
        executable = made;
        return result;
    }

    public override CudaResult GraphLaunch(nint executable, nint stream) => WithStream(stream, (_, found) =>
    {
        if (Find<SimulatedExecutable>(executable) is not { } known)
            return CudaResult.InvalidHandle;
        if (found.Capture is not null)
            return Invalidate(found);
        foreach (Work node in known.Nodes)
            Put(found, node.Run, node.Counts);
        return CudaResult.Success;
    });

    public override CudaResult GraphExecDestroy(nint executable) => Forget<SimulatedExecutable>(executable);

    public override CudaResult GraphDestroy(nint graph) => Forget<SimulatedGraph>(graph);

    private CudaResult Forget<T>(nint handle) where T : class => WithContext(_ =>
        Find<T>(handle) is not null && _handles.Remove(handle) ? CudaResult.Success : CudaResult.InvalidHandle);
}
