using System.Diagnostics;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>A stream of a processor accelerator: everything is done by the time the call returns.</summary>
internal sealed class CpuStream(Accelerator accelerator) : AcceleratorStream(accelerator)
{
    /// <inheritdoc/>
    public override void Synchronize()
    {
        Accelerator.ThrowIfDisposed();
        ThrowIfDisposed();
    }

    private protected override ProfilingMarker AddMarker() => new CpuProfilingMarker(Accelerator);
}

/// <summary>A mark that is reached as soon as it is made.</summary>
internal sealed class CpuProfilingMarker(Accelerator accelerator) : ProfilingMarker(accelerator)
{
    private readonly long _timestamp = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public override void Synchronize()
    {
    }

    /// <inheritdoc/>
    public override TimeSpan MeasureFrom(ProfilingMarker marker) =>
        marker is CpuProfilingMarker start
            ? Stopwatch.GetElapsedTime(start._timestamp, _timestamp)
            : throw new ArgumentException("The other mark belongs to another kind of accelerator.", nameof(marker));
}
