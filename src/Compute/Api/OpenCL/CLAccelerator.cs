using System.Reflection;
using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.OpenCL;

namespace ILGPU.Runtime.OpenCL;

/// <summary>An OpenCL device in use.</summary>
public sealed unsafe class CLAccelerator : Accelerator
{
    private readonly List<WeakReference<CLStream>> _streams = [];
    private readonly Lock _clearing = new();
    private nint _clearQueue;

    internal CLAccelerator(Context context, CLDevice device)
        : base(context, device)
    {
        Device = device;
        NativeContext = CLContext.Of(device.DeviceId, device.Name);
        Compiler = new(this, device.TargetFor(context.Properties), (kernel, target, _) => OpenCLCompiler.Compile(kernel, target));
    }

    /// <summary>Gets the device.</summary>
    public new CLDevice Device { get; }

    /// <summary>Gets OpenCL's cl_device_id.</summary>
    public IntPtr DeviceId => Device.DeviceId;

    /// <summary>Gets OpenCL's cl_platform_id.</summary>
    public IntPtr PlatformId => Device.PlatformId;

    /// <summary>Gets the name of the driver.</summary>
    public string PlatformName => Device.PlatformName;

    /// <summary>Gets the maker.</summary>
    public CLDeviceVendor Vendor => Device.Vendor;

    /// <summary>Gets the maker's name for people.</summary>
    public string VendorName => Device.VendorName;

    /// <summary>Gets the kind of device.</summary>
    public CLDeviceType DeviceType => Device.DeviceType;

    /// <summary>Gets the clock in MHz.</summary>
    public int ClockRate => Device.ClockRate;

    internal CLContext NativeContext { get; }

    internal CLAddresses Addresses { get; } = new();

    internal KernelCompiler<OpenCLTarget, OpenCLKernel> Compiler { get; }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        ThrowIfDisposed();
        foreach (CLStream stream in LiveStreams())
        {
            if (!stream.IsDisposed)
                stream.Synchronize();
        }
    }

    /// <inheritdoc/>
    public override void ClearCache(ClearCacheMode mode) => Compiler.Clear();

    internal void Add(CLStream stream)
    {
        lock (_streams)
        {
            _streams.RemoveAll(reference => !reference.TryGetTarget(out CLStream? known) || known.IsDisposed);
            _streams.Add(new(stream));
        }
    }

    /// <summary>Zeroes a buffer that nobody uses yet; it is done when this returns.</summary>
    internal void Clear(nint buffer, long bytes)
    {
        lock (_clearing)
        {
            if (_clearQueue == 0)
                _clearQueue = NativeContext.CreateQueue(profiling: false);
            byte zero = 0;
            CLLibrary.Check(NativeContext.Library.EnqueueFillBuffer(_clearQueue, buffer, &zero, 1, 0, (nuint)bytes, 0, null, null), "clEnqueueFillBuffer", $"{bytes} bytes on {Name}");
            CLLibrary.Check(NativeContext.Library.Finish(_clearQueue), "clFinish", Name);
        }
    }

    private protected override AcceleratorStream CreateStreamCore() => new CLStream(this);

    private protected override MemoryBuffer AllocateRawCore(long length, int elementSize) => new CLBuffer(this, length, elementSize);

    private protected override Kernel LoadKernelCore(MethodInfo method, bool implicitlyGrouped, int groupSize, KernelSpecialization specialization) =>
        new CLLoadedKernel(this, method, implicitlyGrouped, groupSize, specialization);

    private List<CLStream> LiveStreams()
    {
        var streams = new List<CLStream>();
        lock (_streams)
        {
            foreach (WeakReference<CLStream> reference in _streams)
            {
                if (reference.TryGetTarget(out CLStream? stream))
                    streams.Add(stream);
            }
        }

        return streams;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (_clearQueue != 0)
            NativeContext.Library.ReleaseCommandQueue(_clearQueue);
        _clearQueue = 0;
    }
}
