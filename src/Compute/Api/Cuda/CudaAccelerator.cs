using System.Reflection;
using GemmaIlgpu.Compute.Runtime.Cuda;

namespace ILGPU.Runtime.Cuda;

/// <summary>An NVIDIA device in use. Any thread may use it.</summary>
public sealed partial class CudaAccelerator : Accelerator
{
    private readonly CudaDevice _device;
    private readonly CudaKernels _kernels;

    internal CudaAccelerator(Context context, CudaDevice device)
        : base(context, device)
    {
        _device = device;
        try
        {
            Session = new CudaSession(device.System.Driver!, device.Handle, device.Name);
            Order = new CudaMemoryOrder(Session);
            Pool = new CudaMemoryPool(Session, Order, keepAtMost: device.MemorySize / KeptShare);
            Staging = new CudaStaging(Session);
            _kernels = new CudaKernels(this);
        }
        catch
        {
            Session?.Dispose();
            context.Unregister(this);
            throw;
        }
    }

    /// <summary>Freed memory up to this part of the device's is kept for the next buffers; what is more goes back to the driver.</summary>
    private const int KeptShare = 8;

    /// <summary>Gets the device.</summary>
    public new CudaDevice Device => _device;

    internal CudaSession Session { get; }

    internal CudaMemoryOrder Order { get; }

    internal CudaMemoryPool Pool { get; }

    internal CudaStaging Staging { get; }

    internal CudaKernels Kernels => _kernels;

    /// <summary>Uses a stream that other code of this process made.</summary>
    /// <param name="ptr">The driver's handle, of the device's primary context.</param>
    /// <param name="responsible">Whether to destroy it in the end.</param>
    public CudaStream CreateStream(IntPtr ptr, bool responsible)
    {
        ThrowIfDisposed();
        if (ptr == 0)
            throw new ArgumentException("A stream has a handle other than 0; the driver's default stream cannot be used, since it waits for all others.", nameof(ptr));
        return new CudaStream(this, Order.CreateQueue(ptr, responsible));
    }

    /// <summary>Gets the memory of the device that nobody has taken, in bytes. What this accelerator keeps for reuse counts as taken.</summary>
    public long GetFreeMemory()
    {
        ThrowIfDisposed();
        Session.Enter();
        Session.Check(Session.Driver.MemGetInfo(out long free, out _), "cuMemGetInfo_v2");
        return free;
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        ThrowIfDisposed();
        if (Session.Queues().Any(queue => queue.Capture is not null))
            throw new InvalidOperationException("The accelerator was synchronised while a CUDA graph was being captured, which cannot be part of a graph; synchronise after the graph was launched.");
        Session.Enter();
        Session.Check(Session.Driver.CtxSynchronize(), "cuCtxSynchronize");
        foreach (CudaQueue queue in Session.Queues())
            queue.Log.Clear();
    }

    /// <inheritdoc/>
    public override void ClearCache(ClearCacheMode mode)
    {
        ThrowIfDisposed();
        _kernels.Clear();
        if (mode == ClearCacheMode.Everything)
            Pool.Trim();
    }

    /// <summary>Gets the stream to use for a copy or a filling: the one that is named, or the default one if that is of another device.</summary>
    internal CudaStream StreamFor(AcceleratorStream stream) =>
        stream is CudaStream own && ReferenceEquals(own.Accelerator, this) ? own : (CudaStream)DefaultStream;

    private protected override bool CanReach(Accelerator other) =>
        other is CudaAccelerator cuda && cuda.Session.Driver == Session.Driver && CudaPeers.TryEnable(this, cuda);

    // Another accelerator of the same device has the same context; other devices may let this one in.
    internal override bool CanAccess(MemoryBuffer buffer) =>
        ReferenceEquals(buffer.Accelerator, this)
        || (buffer is CudaMemoryBuffer && buffer.Accelerator is CudaAccelerator other && other.Session.Driver == Session.Driver && CudaPeers.TryEnable(this, other));

    internal override MemoryBuffer AllocatePageLocked(long length, int elementSize) => new CudaPageLockedBuffer(this, length, elementSize);

    private protected override PageLockScope<T> CreatePageLock<T>(IntPtr pinned, long length) => new CudaPageLockScope<T>(this, pinned, length);

    private protected override AcceleratorStream CreateStreamCore()
    {
        CudaCapture.Forbid("a stream was created", "create it before the capture");
        return new CudaStream(this, Order.CreateQueue());
    }

    private protected override MemoryBuffer AllocateRawCore(long length, int elementSize) => new CudaMemoryBuffer(this, length, elementSize);

    private protected override Kernel LoadKernelCore(MethodInfo method, bool implicitlyGrouped, int groupSize, KernelSpecialization specialization) =>
        new CudaKernel(this, method, implicitlyGrouped, groupSize, specialization);

    private protected override int EstimateGroupSizeCore(Kernel kernel, int dynamicSharedBytes, int maxGroupSize, out int minGridSize) =>
        _kernels.EstimateGroupSize((CudaKernel)kernel, dynamicSharedBytes, maxGroupSize, out minGridSize);

    /// <summary>Frees page-locked memory once no copy uses it any more.</summary>
    internal void FreeHost(nint address)
    {
        if (TryDrain())
            Session.Driver.MemFreeHost(address);
    }

    /// <summary>Lets host memory go once no copy uses it any more.</summary>
    internal void UnlockHost(nint address)
    {
        if (TryDrain())
            Session.Driver.MemHostUnregister(address);
    }

    // Clean-up may come from the garbage collector: a device that has failed is left alone.
    private bool TryDrain()
    {
        if (!Session.TryEnter())
            return false;
        try
        {
            Order.Drain();
            return true;
        }
        catch (CudaException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Session.TryEnter())
            Session.Driver.CtxSynchronize();
        base.Dispose(disposing);
        foreach (CudaQueue queue in Session.Queues())
            Order.DestroyQueue(queue);
        _kernels.Dispose();
        Staging.Dispose();
        Order.Dispose();
        Pool.Dispose();
        CudaPeers.Forget(Session);
        Session.Dispose();
    }
}
