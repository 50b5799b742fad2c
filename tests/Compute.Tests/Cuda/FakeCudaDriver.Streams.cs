using GemmaIlgpu.Compute.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Cuda;

internal sealed unsafe partial class FakeCudaDriver
{
    private readonly Dictionary<nint, FakeStream> _streams = [];
    private readonly Dictionary<nint, FakeEvent> _events = [];
    private readonly Dictionary<nint, List<Action>> _graphs = [];
    private CudaResult _error;

    /// <summary>Lets everything that waits fail the next time: an error of a kernel, which shows late.</summary>
    public void Crash(CudaResult result) => _error = result;

    public override CudaResult StreamCreate(out nint stream)
    {
        lock (_lock)
        {
            stream = 0;
            CudaResult result = InContext("StreamCreate", out int device);
            if (result == CudaResult.Success)
                _streams[stream = NewHandle()] = new FakeStream(device);
            return result;
        }
    }

    public override CudaResult StreamDestroy(nint stream)
    {
        lock (_lock)
        {
            CudaResult result = Of(stream, "StreamDestroy", out FakeStream found);
            if (result != CudaResult.Success)
                return result;
            Run(found);
            _streams.Remove(stream);
            return CudaResult.Success;
        }
    }

    public override CudaResult StreamSynchronize(nint stream)
    {
        lock (_lock)
        {
            CudaResult result = Of(stream, "StreamSynchronize", out FakeStream found);
            if (result != CudaResult.Success)
                return result;
            if (found.Recorded is not null)
                return CudaResult.StreamCaptureUnsupported;
            Run(found);
            return TakeError();
        }
    }

    public override CudaResult StreamQuery(nint stream)
    {
        lock (_lock)
        {
            CudaResult result = Of(stream, "StreamQuery", out FakeStream found);
            return result == CudaResult.Success && found.Waiting.Count > 0 ? CudaResult.NotReady : result;
        }
    }

    public override CudaResult StreamWaitEvent(nint stream, nint cudaEvent)
    {
        lock (_lock)
        {
            FakeRecord? record = _events[cudaEvent].Latest;
            return Put("StreamWaitEvent", stream, () =>
            {
                while (record is { IsReached: false })
                    RunOne(record.Stream);
            });
        }
    }

    public override CudaResult EventCreate(out nint cudaEvent, bool timing)
    {
        lock (_lock)
        {
            cudaEvent = 0;
            CudaResult result = InContext("EventCreate", out _);
            if (result == CudaResult.Success)
                _events[cudaEvent = NewHandle()] = new FakeEvent { Timing = timing };
            return result;
        }
    }

    public override CudaResult EventDestroy(nint cudaEvent)
    {
        lock (_lock)
        {
            CudaResult result = InContext("EventDestroy", out _);
            return result == CudaResult.Success && !_events.Remove(cudaEvent) ? CudaResult.InvalidHandle : result;
        }
    }

    public override CudaResult EventRecord(nint cudaEvent, nint stream)
    {
        lock (_lock)
        {
            var record = new FakeRecord(_streams[stream]);
            _events[cudaEvent].Latest = record;
            return Put("EventRecord", stream, () => (record.IsReached, record.Time) = (true, Environment.TickCount64));
        }
    }

    public override CudaResult EventQuery(nint cudaEvent)
    {
        lock (_lock)
        {
            CudaResult result = InContext("EventQuery", out _);
            return result == CudaResult.Success && _events[cudaEvent].Latest is { IsReached: false } ? CudaResult.NotReady : result;
        }
    }

    public override CudaResult EventSynchronize(nint cudaEvent)
    {
        lock (_lock)
        {
            CudaResult result = InContext("EventSynchronize", out _);
            if (result != CudaResult.Success)
                return result;
            FakeRecord? record = _events[cudaEvent].Latest;
            while (record is { IsReached: false })
                RunOne(record.Stream);
            return TakeError();
        }
    }

    public override CudaResult EventElapsedTime(out float milliseconds, nint start, nint end)
    {
        lock (_lock)
        {
            milliseconds = 0;
            (FakeEvent first, FakeEvent second) = (_events[start], _events[end]);
            if (!first.Timing || !second.Timing || first.Latest is not { IsReached: true } || second.Latest is not { IsReached: true })
                return CudaResult.InvalidHandle;
            milliseconds = second.Latest.Time - first.Latest.Time;
            return InContext("EventElapsedTime", out _);
        }
    }

    public override CudaResult StreamBeginCapture(nint stream)
    {
        lock (_lock)
        {
            CudaResult result = Of(stream, "StreamBeginCapture", out FakeStream found);
            if (result == CudaResult.Success)
                (found.Recorded, found.Recorder) = ([], Environment.CurrentManagedThreadId);
            return result;
        }
    }

    public override CudaResult StreamEndCapture(nint stream, out nint graph)
    {
        lock (_lock)
        {
            graph = 0;
            CudaResult result = Of(stream, "StreamEndCapture", out FakeStream found);
            if (result != CudaResult.Success)
                return result;
            _graphs[graph = NewHandle()] = found.Recorded!;
            found.Recorded = null;
            return CudaResult.Success;
        }
    }

    public override CudaResult StreamIsCapturing(nint stream, out CudaCaptureStatus status)
    {
        lock (_lock)
        {
            CudaResult result = Of(stream, "StreamIsCapturing", out FakeStream found);
            status = result == CudaResult.Success && found.Recorded is not null ? CudaCaptureStatus.Active : CudaCaptureStatus.None;
            return result;
        }
    }

    public override CudaResult GraphGetNodeCount(nint graph, out long count)
    {
        lock (_lock)
            count = _graphs[graph].Count;
        return Call("GraphGetNodeCount");
    }

    public override CudaResult GraphInstantiate(out nint executable, nint graph)
    {
        lock (_lock)
        {
            executable = 0;
            CudaResult result = InContext("GraphInstantiate", out _);
            if (result == CudaResult.Success)
                _graphs[executable = NewHandle()] = _graphs[graph];
            return result;
        }
    }

    public override CudaResult GraphLaunch(nint executable, nint stream)
    {
        List<Action> steps = _graphs[executable];
        return Put("GraphLaunch", stream, () => steps.ForEach(step => step()));
    }

    public override CudaResult GraphExecDestroy(nint executable) => DestroyGraph("GraphExecDestroy", executable);

    public override CudaResult GraphDestroy(nint graph) => DestroyGraph("GraphDestroy", graph);

    private CudaResult DestroyGraph(string call, nint graph)
    {
        lock (_lock)
        {
            CudaResult result = InContext(call, out _);
            return result == CudaResult.Success && !_graphs.Remove(graph) ? CudaResult.InvalidHandle : result;
        }
    }

    // Puts a step into a stream, or into the graph that is being recorded in it.
    private CudaResult Put(string call, nint stream, Action step)
    {
        lock (_lock)
        {
            CudaResult result = Of(stream, call, out FakeStream found);
            if (result != CudaResult.Success)
                return result;
            if (found.Recorded is not null)
                found.Recorded.Add(step);
            else
                found.Waiting.Enqueue(step);
            return CudaResult.Success;
        }
    }

    private CudaResult Of(nint stream, string call, out FakeStream found)
    {
        found = null!;
        CudaResult result = InContext(call, out int device);
        if (result != CudaResult.Success)
            return result;
        if (_streams.TryGetValue(stream, out found!) && found.Device == device)
            return CudaResult.Success;
        Violations.Add($"{call} in a stream that is not of the current context");
        return CudaResult.InvalidHandle;
    }

    private bool RefusedInCapture(string call)
    {
        bool refused = _streams.Values.Any(stream => stream.Recorded is not null && stream.Recorder == Environment.CurrentManagedThreadId);
        if (refused)
            Violations.Add($"{call} during a capture");
        return refused;
    }

    private static void Run(FakeStream stream)
    {
        while (stream.Waiting.Count > 0)
            RunOne(stream);
    }

    private static void RunOne(FakeStream stream) => stream.Waiting.Dequeue()();

    private CudaResult TakeError() => _error;

    /// <summary>A stream with what it was told and has not done.</summary>
    private sealed class FakeStream(int device)
    {
        public int Device { get; } = device;

        public Queue<Action> Waiting { get; } = new();

        public List<Action>? Recorded { get; set; }

        public int Recorder { get; set; }
    }

    private sealed class FakeEvent
    {
        public FakeRecord? Latest { get; set; }

        public bool Timing { get; init; }
    }

    /// <summary>One recording of an event: who waits waits for this one.</summary>
    private sealed class FakeRecord(FakeStream stream)
    {
        public FakeStream Stream { get; } = stream;

        public bool IsReached { get; set; }

        public long Time { get; set; }
    }
}
