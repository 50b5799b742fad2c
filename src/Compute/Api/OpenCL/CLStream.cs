using GemmaIlgpu.Compute.Runtime.OpenCL;

namespace ILGPU.Runtime.OpenCL;

/// <summary>An in-order command queue.</summary>
public sealed class CLStream : AcceleratorStream
{
    private readonly CLContext _context;

    internal CLStream(CLAccelerator accelerator)
        : base(accelerator)
    {
        _context = accelerator.NativeContext;
        CommandQueue = _context.CreateQueue(accelerator.Context.Properties.EnableProfiling);
        accelerator.Add(this);
    }

    /// <summary>Releases the queue.</summary>
    ~CLStream() => Abandon();

    /// <summary>Gets OpenCL's cl_command_queue.</summary>
    public IntPtr CommandQueue { get; private set; }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        Accelerator.ThrowIfDisposed();
        ThrowIfDisposed();
        CLLibrary.Check(_context.Library.Finish(CommandQueue), "clFinish", Accelerator.Name);
    }

    private protected override ProfilingMarker AddMarker() => new CLMarker(this, _context.Library);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (CommandQueue != 0)
        {
            if (disposing)
                _context.Library.Finish(CommandQueue);
            _context.Library.ReleaseCommandQueue(CommandQueue);
        }
        CommandQueue = 0;
        base.Dispose(disposing);
    }
}
