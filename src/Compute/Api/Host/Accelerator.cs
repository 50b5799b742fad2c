using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU.Util;

namespace ILGPU.Runtime;

/// <summary>A device in use: it allocates memory, loads kernels and launches them.</summary>
public abstract partial class Accelerator : DisposeBase, IDevice
{
    private readonly LinkedList<WeakReference<AcceleratorObject>> _children = new();
    private AcceleratorStream? _defaultStream;

    private protected Accelerator(Context context, Device device)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        Device = device;
        context.Register(this);
    }

    /// <summary>Gets the context.</summary>
    public Context Context { get; }

    /// <summary>Gets the device.</summary>
    public Device Device { get; }

    /// <summary>Gets the kind of accelerator.</summary>
    public AcceleratorType AcceleratorType => Device.AcceleratorType;

    /// <summary>Gets the name for people.</summary>
    public string Name => Device.Name;

    /// <summary>Gets the memory in bytes.</summary>
    public long MemorySize => Device.MemorySize;

    /// <summary>Gets the most groups in each dimension.</summary>
    public Index3D MaxGridSize => Device.MaxGridSize;

    /// <summary>Gets the most threads of a group in each dimension.</summary>
    public Index3D MaxGroupSize => Device.MaxGroupSize;

    /// <summary>Gets the most threads of a group in all.</summary>
    public int MaxNumThreadsPerGroup => Device.MaxNumThreadsPerGroup;

    /// <summary>Gets the most shared memory of a group in bytes.</summary>
    public int MaxSharedMemoryPerGroup => Device.MaxSharedMemoryPerGroup;

    /// <summary>Gets the most constant memory in bytes.</summary>
    public int MaxConstantMemory => Device.MaxConstantMemory;

    /// <summary>Gets the number of lanes of a warp; a power of two.</summary>
    public int WarpSize => Device.WarpSize;

    /// <summary>Gets the number of multiprocessors, each of which runs one group or more at a time.</summary>
    public int NumMultiprocessors => Device.NumMultiprocessors;

    /// <summary>Gets the most threads that a multiprocessor runs at a time.</summary>
    public int MaxNumThreadsPerMultiprocessor => Device.MaxNumThreadsPerMultiprocessor;

    /// <summary>Gets the most threads that the device runs at a time.</summary>
    public int MaxNumThreads => Device.MaxNumThreads;

    /// <summary>Gets how many groups of how many threads fill the device.</summary>
    public (Index1D, Index1D) MaxNumGroupsExtent =>
        (NumMultiprocessors * (MaxNumThreadsPerMultiprocessor / MaxNumThreadsPerGroup), MaxNumThreadsPerGroup);

    /// <summary>Gets the stream that is used when none is named.</summary>
    public AcceleratorStream DefaultStream => _defaultStream ??= CreateStream();

    /// <summary>Gets the number of buffers, streams and kernels that have not been disposed.</summary>
    public int NumberChildObjects
    {
        get
        {
            lock (_children)
                return _children.Count;
        }
    }

    /// <summary>Creates a stream.</summary>
    public AcceleratorStream CreateStream()
    {
        ThrowIfDisposed();
        return CreateStreamCore();
    }

    /// <summary>Waits until all streams are done.</summary>
    public abstract void Synchronize();

    /// <summary>Forgets compiled kernels.</summary>
    /// <param name="mode">What to forget.</param>
    public abstract void ClearCache(ClearCacheMode mode);

    /// <summary>Prints what the device has.</summary>
    public void PrintInformation(TextWriter writer) => Device.PrintInformation(writer);

    /// <inheritdoc/>
    public override string ToString() => Device.ToString();

    internal void ThrowIfDisposed()
    {
        if (IsDisposed)
            throw new ObjectDisposedException(GetType().Name, $"The accelerator {Name} was used after it was disposed.");
    }

    internal void Register(AcceleratorObject child)
    {
        ThrowIfDisposed();
        lock (_children)
            child.Registration = _children.AddLast(new WeakReference<AcceleratorObject>(child));
    }

    internal void Unregister(AcceleratorObject child)
    {
        lock (_children)
        {
            if (child.Registration is { List: not null } registration)
                _children.Remove(registration);
            child.Registration = null;
        }
    }

    /// <summary>Gets whether kernels of this accelerator reach the memory of a buffer.</summary>
    internal virtual bool CanAccess(MemoryBuffer buffer) => ReferenceEquals(buffer.Accelerator, this) && !buffer.IsHostAccessible;

    /// <summary>Allocates host memory, zeroed, that copies to and from this accelerator can use without a detour.</summary>
    internal virtual MemoryBuffer AllocatePageLocked(long length, int elementSize) =>
        CPU.CPUMemoryBuffer.CreatePageLocked(this, length, elementSize);

    /// <summary>Page-locks host memory that is pinned.</summary>
    private protected virtual PageLockScope<T> CreatePageLock<T>(IntPtr pinned, long length)
        where T : unmanaged =>
        new CpuPageLockScope<T>(this, pinned, length);

    private protected abstract AcceleratorStream CreateStreamCore();

    private protected abstract MemoryBuffer AllocateRawCore(long length, int elementSize);

    private protected abstract Kernel LoadKernelCore(
        System.Reflection.MethodInfo method,
        bool implicitlyGrouped,
        int groupSize,
        KernelSpecialization specialization);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        WeakReference<AcceleratorObject>[] children;
        lock (_children)
            children = [.. _children];
        foreach (WeakReference<AcceleratorObject> reference in children)
        {
            if (reference.TryGetTarget(out AcceleratorObject? child))
                child.Dispose();
        }

        Context.Unregister(this);
        base.Dispose(disposing);
    }
}
