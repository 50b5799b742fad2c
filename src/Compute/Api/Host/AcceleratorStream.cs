namespace ILGPU.Runtime;

/// <summary>A queue of launches and copies, which happen in order.</summary>
public abstract class AcceleratorStream : AcceleratorObject
{
    private protected AcceleratorStream(Accelerator accelerator)
        : base(accelerator)
    {
    }

    /// <summary>Makes the accelerator that of the thread, until what is returned is disposed.</summary>
    public ScopedAcceleratorBinding BindScoped() => Accelerator.BindScoped();

    /// <summary>Waits until everything in the queue is done.</summary>
    public abstract void Synchronize();

    /// <summary>Waits until everything in the queue is done.</summary>
    public Task SynchronizeAsync() => Task.Run(Synchronize);

    /// <summary>Puts a mark into the queue that knows when it was reached.</summary>
    /// <exception cref="NotSupportedException">The context was built without <see cref="Context.Builder.Profiling"/>.</exception>
    public ProfilingMarker AddProfilingMarker()
    {
        ThrowIfDisposed();
        if (!Accelerator.Context.Properties.EnableProfiling)
            throw new NotSupportedException("Profiling markers need a context built with builder.Profiling().");
        return AddMarker();
    }

    internal void ThrowIfDisposed() => ThrowIfGone($"A stream of {Accelerator.Name}");

    private protected abstract ProfilingMarker AddMarker();
}

/// <summary>A mark in a stream that knows when it was reached.</summary>
public abstract class ProfilingMarker : AcceleratorObject
{
    private protected ProfilingMarker(Accelerator accelerator)
        : base(accelerator)
    {
    }

    /// <summary>Waits until the mark is reached.</summary>
    public abstract void Synchronize();

    /// <summary>Gets the time from another mark to this one; both must have been reached.</summary>
    public abstract TimeSpan MeasureFrom(ProfilingMarker marker);

    /// <summary>Gets the time from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static TimeSpan operator -(ProfilingMarker end, ProfilingMarker start)
    {
        ArgumentNullException.ThrowIfNull(end);
        return end.MeasureFrom(start);
    }
}

/// <summary>Marks in the default stream.</summary>
public static class ProfilingMarkers
{
    /// <summary>Puts a mark into the default stream.</summary>
    public static ProfilingMarker AddProfilingMarker(this Accelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return accelerator.DefaultStream.AddProfilingMarker();
    }
}
