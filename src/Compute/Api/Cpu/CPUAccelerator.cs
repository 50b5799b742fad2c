using System.Reflection;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime.CPU;

/// <summary>Whether groups may run at the same time.</summary>
public enum CPUAcceleratorMode
{
    /// <summary>As the device sees fit.</summary>
    Auto,

    /// <summary>One group after another.</summary>
    Sequential,

    /// <summary>Groups at the same time.</summary>
    Parallel,
}

/// <summary>The processor in use as an accelerator.</summary>
public sealed class CPUAccelerator : Accelerator
{
    private readonly ICpuEngine _engine;

    internal CPUAccelerator(Context context, CPUDevice device, CPUAcceleratorMode mode, ThreadPriority threadPriority)
        : base(context, device)
    {
        Mode = mode;
        ThreadPriority = threadPriority;
        Settings = mode == CPUAcceleratorMode.Sequential ? device.Settings with { Threads = 1 } : device.Settings;
        _engine = CpuEngine.Create(this);
    }

    /// <summary>Gets whether groups may run at the same time.</summary>
    public CPUAcceleratorMode Mode { get; }

    /// <summary>Gets the number of threads that run at a time.</summary>
    public int NumThreads => MaxNumThreads;

    /// <summary>Gets the priority that was asked for.</summary>
    public ThreadPriority ThreadPriority { get; }

    /// <summary>Gets whether groups run one after another.</summary>
    public bool UsesSequentialExecution => Settings.Threads == 1;

    internal CpuDeviceSettings Settings { get; }

    internal ICpuEngine Engine => _engine;

    /// <inheritdoc/>
    public override void Synchronize() => ThrowIfDisposed();

    /// <inheritdoc/>
    public override void ClearCache(ClearCacheMode mode) => _engine.ClearCache();

    // Buffers of other processor accelerators are welcome: it is all the same memory.
    internal override bool CanAccess(MemoryBuffer buffer) => buffer.IsHostAccessible;

    private protected override AcceleratorStream CreateStreamCore() => new CpuStream(this);

    private protected override MemoryBuffer AllocateRawCore(long length, int elementSize) =>
        _engine.Allocate(this, length, elementSize);

    private protected override Kernel LoadKernelCore(
        MethodInfo method,
        bool implicitlyGrouped,
        int groupSize,
        KernelSpecialization specialization) =>
        new CPUKernel(this, method, implicitlyGrouped, groupSize, specialization);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _engine.Dispose();
    }
}
