using System.Diagnostics;
using GemmaIlgpu.Compute.Runtime.Cuda;
using GemmaIlgpu.PtxInterpreter;

namespace GemmaIlgpu.CudaSimulator;

internal sealed unsafe partial class SimulatedDriver
{
    public override CudaResult StreamCreate(out nint stream)
    {
        nint made = 0;
        CudaResult result = WithContext(context =>
        {
            var created = new SimulatedStream(context);
            context.Streams.Add(created);
            made = NewHandle(created);
            return CudaResult.Success;
        });
        stream = made;
        return result;
    }

    public override CudaResult StreamDestroy(nint stream) => WithStream(stream, (context, found) =>
    {
        if (found.Capture is not null)
            return Invalidate(found);
        Finish(found);
        context.Streams.Remove(found);
        _handles.Remove(stream);
        return CudaResult.Success;
    });

    public override CudaResult StreamSynchronize(nint stream) => WithStream(stream, (_, found) =>
    {
        if (found.Capture is not null)
            return Invalidate(found);
        Finish(found);
        return CudaResult.Success;
    });

    public override CudaResult CtxSynchronize() => WithContext(context =>
    {
        if (BreaksCapture())
            return CudaResult.StreamCaptureUnsupported;
        Finish(context);
        return CudaResult.Success;
    });

    /// <summary>Each question lets one piece of work go by, so that asking in a loop ends.</summary>
    public override CudaResult StreamQuery(nint stream) => WithStream(stream, (_, found) =>
    {
        if (found.Capture is not null)
            return Invalidate(found);
        return Step(found) ? CudaResult.NotReady : CudaResult.Success;
    });

    public override CudaResult StreamWaitEvent(nint stream, nint cudaEvent) => WithStream(stream, (_, found) =>
    {
        if (Find<SimulatedEvent>(cudaEvent) is not { } awaited)
            return CudaResult.InvalidHandle;
        if (awaited.Capture is { } capture && capture.Streams.Count > 0)
        {
            // The stream joins the recording.
            if (found.Capture is null)
            {
                found.Capture = capture;
                capture.Streams.Add(found);
            }
            return found.Capture == capture ? CudaResult.Success : Invalidate(found);
        }
        if (found.Capture is not null)
            return CudaResult.Success;
        return awaited.Latest is { Reached: false } record ? Put(found, () => Reach(record), counts: false) : CudaResult.Success;
    });

    public override CudaResult EventCreate(out nint cudaEvent, bool timing)
    {
        nint made = 0;
        CudaResult result = WithContext(context =>
        {
            made = NewHandle(new SimulatedEvent(context, timing));
            return CudaResult.Success;
        });
        cudaEvent = made;
        return result;
    }

    public override CudaResult EventDestroy(nint cudaEvent) => WithContext(_ => _handles.Remove(cudaEvent) ? CudaResult.Success : CudaResult.InvalidHandle);

    public override CudaResult EventRecord(nint cudaEvent, nint stream) => WithStream(stream, (context, found) =>
    {
        if (Find<SimulatedEvent>(cudaEvent) is not { } recorded || recorded.Context != context)
            return CudaResult.InvalidHandle;
        recorded.Capture = found.Capture;
        recorded.Recorded = true;
        if (found.Capture is not null)
            return CudaResult.Success;
        var record = new SimulatedRecord(found);
        recorded.Latest = record;
        return Put(found, () =>
        {
            record.Reached = true;
            if (recorded.Latest == record)
                recorded.Time = Now();
        }, counts: false);
    });

    public override CudaResult EventQuery(nint cudaEvent) => WithContext(_ =>
    {
        if (Find<SimulatedEvent>(cudaEvent) is not { } asked)
            return CudaResult.InvalidHandle;
        if (asked.Pending is { } stream)
            Step(stream);
        return asked.Pending is null ? CudaResult.Success : CudaResult.NotReady;
    });

    public override CudaResult EventSynchronize(nint cudaEvent) => WithContext(_ =>
    {
        if (Find<SimulatedEvent>(cudaEvent) is not { } awaited)
            return CudaResult.InvalidHandle;
        if (awaited.Capture is { Streams.Count: > 0 })
            return CudaResult.StreamCaptureUnsupported;
        if (awaited.Latest is { } record)
            Reach(record);
        return CudaResult.Success;
    });

    public override CudaResult EventElapsedTime(out float milliseconds, nint start, nint end)
    {
        float elapsed = 0;
        CudaResult result = WithContext(_ =>
        {
            if (Find<SimulatedEvent>(start) is not { } first || Find<SimulatedEvent>(end) is not { } second || !first.Timing || !second.Timing || !first.Recorded || !second.Recorded)
                return CudaResult.InvalidHandle;
            if (first.Pending is not null || second.Pending is not null)
                return CudaResult.NotReady;
            elapsed = (float)((second.Time - first.Time) * 1000.0 / Stopwatch.Frequency);
            return CudaResult.Success;
        });
        milliseconds = elapsed;
        return result;
    }

    private CudaResult WithStream(nint stream, Func<SimulatedContext, SimulatedStream, CudaResult> call) => WithContext(context =>
    {
        if (Find<SimulatedStream>(stream) is not { } found)
            return CudaResult.InvalidHandle;
        return found.Context == context ? call(context, found) : CudaResult.InvalidContext;
    });

    /// <summary>Puts work into a stream: into its recording, its queue, or does it at once.</summary>
    private CudaResult Put(SimulatedStream stream, Action run, bool counts = true)
    {
        if (stream.Capture is { } capture)
        {
            if (capture.Invalidated)
                return CudaResult.StreamCaptureInvalidated;
            capture.Nodes.Add(new Work(run, counts));
            return CudaResult.Success;
        }
        stream.Waiting.Enqueue(new Work(run, counts));
        if (!options.Deferred)
            Finish(stream);
        return CudaResult.Success;
    }

    /// <summary>Does a stream's next work; false where there is none.</summary>
    private static bool Step(SimulatedStream stream)
    {
        if (!stream.Waiting.TryDequeue(out Work? work))
            return false;
        // After a fault nothing more of the context is done.
        if (stream.Context.Sticky != CudaResult.Success)
            return true;
        try
        {
            work.Run();
        }
        catch (PtxFaultException fault)
        {
            stream.Context.Spoil(fault);
        }
        return true;
    }

    private static void Finish(SimulatedStream stream)
    {
        while (Step(stream))
        {
        }
    }

    private static void Finish(SimulatedContext context)
    {
        foreach (SimulatedStream stream in context.Streams.ToArray())
            if (stream.Capture is null)
                Finish(stream);
    }

    /// <summary>Does the work before a record of an event.</summary>
    private static void Reach(SimulatedRecord record)
    {
        while (!record.Reached && Step(record.Stream))
        {
        }
    }

    /// <summary>Whether this thread records and so may not make calls that wait or allocate; spoils the recording.</summary>
    private bool BreaksCapture()
    {
        bool breaks = false;
        foreach (SimulatedStream stream in _contexts.SelectMany(context => context.Streams))
        {
            if (stream.Capture is not { } capture || capture.Thread != Environment.CurrentManagedThreadId)
                continue;
            capture.Invalidated = true;
            breaks = true;
        }
        return breaks;
    }

    private static CudaResult Invalidate(SimulatedStream stream)
    {
        stream.Capture!.Invalidated = true;
        return CudaResult.StreamCaptureUnsupported;
    }
}
