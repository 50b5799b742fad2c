using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>A device's context while an accelerator uses it: makes it current, and turns failing calls into exceptions.</summary>
internal sealed class CudaSession : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<CudaQueue> _queues = [];
    private volatile string? _broken;
    private bool _disposed;

    /// <summary>Retains the primary context of a device, which everybody in the process shares.</summary>
    public CudaSession(CudaDriver driver, int device, string deviceName)
    {
        (Driver, Device, DeviceName) = (driver, device, deviceName);
        CudaResult result = driver.DevicePrimaryCtxRetain(out nint context, device);
        if (result == CudaResult.OutOfMemory)
            throw new OutOfMemoryException($"There is no memory on {deviceName} even to begin with; other programs hold it (nvidia-smi shows which).");
        Check(result, "cuDevicePrimaryCtxRetain");
        Context = context;
    }

    /// <summary>Gets the driver.</summary>
    public CudaDriver Driver { get; }

    /// <summary>Gets the context.</summary>
    public nint Context { get; }

    /// <summary>Gets the driver's number of the device.</summary>
    public int Device { get; }

    /// <summary>Gets the name of the device, for people.</summary>
    public string DeviceName { get; }

    // The driver's own switch to find the kernel that fails.
    private static bool LaunchesWait => Environment.GetEnvironmentVariable("CUDA_LAUNCH_BLOCKING") == "1";

    /// <summary>Gets whether the device failed in a way that spoils every later call.</summary>
    public bool IsBroken => _broken is not null;

    /// <summary>Makes the context current for the calling thread. Comes before every call that acts on a context.</summary>
    /// <remarks>
    /// It is not remembered which context a thread has: other code of the process may have set another, and asking costs as
    /// much as setting.
    /// </remarks>
    public void Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(CudaAccelerator));
        if (_broken is { } broken)
            throw new CudaException($"{DeviceName} cannot be used any more by this process, since an earlier call failed: {broken}");
        Check(Driver.CtxSetCurrent(Context), "cuCtxSetCurrent");
    }

    /// <summary>Makes the context current if the device still works; for clean-up, which must not throw.</summary>
    public bool TryEnter() => !_disposed && _broken is null && Driver.CtxSetCurrent(Context) == CudaResult.Success;

    /// <summary>Throws if a call failed.</summary>
    /// <param name="result">What it returned.</param>
    /// <param name="call">Its name, as exported.</param>
    /// <param name="about">What it was about, such as "for kernel MatMul.Kernel"; null if that is clear.</param>
    public void Check(CudaResult result, string call, string? about = null)
    {
        if (result != CudaResult.Success)
            throw Failure(result, call, about);
    }

    /// <summary>Adds a queue whose launches are named when the device fails.</summary>
    public void Add(CudaQueue queue)
    {
        lock (_lock)
            _queues.Add(queue);
    }

    /// <summary>Forgets a queue.</summary>
    public void Remove(CudaQueue queue)
    {
        lock (_lock)
            _queues.Remove(queue);
    }

    /// <summary>Gets all queues.</summary>
    public CudaQueue[] Queues()
    {
        lock (_lock)
            return [.. _queues];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Driver.CtxSetCurrent(0);
        Driver.DevicePrimaryCtxRelease(Device);
    }

    private CudaException Failure(CudaResult result, string call, string? about)
    {
        string message = $"{call} failed with {CudaErrors.Describe(Driver, result)} on {DeviceName}";
        if (about is not null)
            message += $" {about}";
        if (CudaErrors.IsSticky(result))
        {
            message += $"; {(LaunchesWait && call == "cuLaunchKernel" ? "launches wait for their kernels, so it was this one" : Suspects())}. The device cannot be used any more by this process.";
            _broken ??= message;
        }
        else
        {
            message += ".";
        }

        return new CudaException(message, result, Driver.GetErrorName(result));
    }

    // Kernels run after the call that launched them has returned: the driver reports what they did with some later call.
    private string Suspects()
    {
        var launches = new Dictionary<string, int>();
        bool all = true;
        foreach (CudaQueue queue in Queues())
            all &= queue.Log.AddTo(launches);
        if (launches.Count == 0)
            return "no kernel was launched since the last synchronisation";
        string names = string.Join(", ", launches.Select(launch => launch.Value == 1 ? launch.Key : $"{launch.Key} ({launch.Value} times)"));
        return $"kernels run after their launch has returned, and one of those since the last synchronisation did this: {(all ? "" : "the latest of them are ")}{names}; "
            + "with CUDA_LAUNCH_BLOCKING=1 in the environment each launch waits and the failing one is named, and the debug device names thread and line";
    }
}
