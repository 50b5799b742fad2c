using System.Diagnostics;
using GemmaIlgpu.Compute.Runtime.Cuda;

namespace GemmaIlgpu.CudaSimulator;

/// <summary>The CUDA driver's calls over the PTX interpreter: what a CUDA accelerator of the runtime talks to in tests.</summary>
/// <remarks>It answers as the driver's documentation says, errors included: kernels that break rules spoil their context,
/// pageable memory makes copies wait, captured streams refuse to be waited for. Deferred, a stream's work is done when somebody
/// waits for it and not before.</remarks>
internal sealed unsafe partial class SimulatedDriver(SimulatorOptions options) : CudaDriver, IDisposable
{
    [ThreadStatic]
    private static Dictionary<SimulatedDriver, SimulatedContext?>? t_current;

    private readonly Lock _lock = new();
    private readonly Dictionary<nint, object> _handles = [];
    private readonly SimulatedContext[] _contexts = [.. options.Devices.Select((device, ordinal) => new SimulatedContext(device, ordinal))];
    private nint _nextHandle = 0x1000;
    private bool _initialised;

    /// <summary>Launches so far.</summary>
    public long Launches { get; private set; }

    /// <summary>Instructions times lanes of all launches, by the opcode's first word.</summary>
    public Dictionary<string, long> LanesByOpcode { get; } = [];

    public override CudaResult Init()
    {
        _initialised = true;
        return _contexts.Length == 0 ? CudaResult.NoDevice : CudaResult.Success;
    }

    public override CudaResult DriverGetVersion(out int version)
    {
        version = options.DriverVersion;
        return CudaResult.Success;
    }

    public override string? GetErrorName(CudaResult result) => Enum.IsDefined(result) ? "CUDA_ERROR_" + string.Concat(result.ToString().Select((letter, i) => i > 0 && char.IsUpper(letter) ? "_" + letter : char.ToUpperInvariant(letter).ToString())) : null;

    /// <summary>For a spoilt context also what the interpreter found, which no real driver tells.</summary>
    public override string? GetErrorString(CudaResult result)
    {
        SimulatedContext? spoilt = _contexts.FirstOrDefault(context => context.Sticky == result && result != CudaResult.Success);
        return spoilt is null ? result.ToString() : spoilt.Fault;
    }

    public override CudaResult DeviceGetCount(out int count)
    {
        count = _contexts.Length;
        return _initialised ? CudaResult.Success : CudaResult.NotInitialized;
    }

    public override CudaResult DeviceGet(out int device, int ordinal)
    {
        device = ordinal;
        return Device(ordinal, out _);
    }

    public override CudaResult DeviceGetName(out string name, int device)
    {
        CudaResult result = Device(device, out SimulatedContext? found);
        name = found?.Device.Name ?? "";
        return result;
    }

    public override CudaResult DeviceGetUuid(out Guid uuid, int device)
    {
        uuid = new Guid(device + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]);
        return Device(device, out _);
    }

    public override CudaResult DeviceTotalMem(out long bytes, int device)
    {
        CudaResult result = Device(device, out SimulatedContext? found);
        bytes = found?.Device.MemoryBytes ?? 0;
        return result;
    }

    public override CudaResult DeviceGetAttribute(out int value, CudaDeviceAttribute attribute, int device)
    {
        CudaResult result = Device(device, out SimulatedContext? found);
        value = found is null ? 0 : Attribute(found.Device, attribute, device);
        return value < 0 ? CudaResult.InvalidValue : result;
    }

    public override CudaResult DeviceCanAccessPeer(out bool can, int device, int peerDevice)
    {
        can = options.PeerAccess && device != peerDevice;
        return Device(peerDevice, out _) == CudaResult.Success ? Device(device, out _) : CudaResult.InvalidDevice;
    }

    public override CudaResult DevicePrimaryCtxRetain(out nint context, int device)
    {
        CudaResult result = Device(device, out SimulatedContext? found);
        context = 0;
        if (found is null)
            return result;
        lock (_lock)
        {
            if (found.Handle == 0)
                found.Handle = NewHandle(found);
            context = found.Handle;
        }
        return found.Sticky;
    }

    public override CudaResult DevicePrimaryCtxRelease(int device) => Device(device, out _);

    public override CudaResult CtxSetCurrent(nint context)
    {
        lock (_lock)
        {
            if (context != 0 && !_handles.ContainsKey(context))
                return CudaResult.InvalidContext;
            (t_current ??= [])[this] = context == 0 ? null : (SimulatedContext)_handles[context];
            return CudaResult.Success;
        }
    }

    public override CudaResult CtxEnablePeerAccess(nint peerContext) => WithContext(context =>
    {
        if (!options.PeerAccess || !_handles.TryGetValue(peerContext, out object? found) || found is not SimulatedContext peer || peer == context)
            return CudaResult.InvalidContext;
        return context.Peers.Add(peer) ? CudaResult.Success : CudaResult.PeerAccessAlreadyEnabled;
    });

    public void Dispose()
    {
        foreach (SimulatedContext context in _contexts)
            context.Dispose();
        t_current?.Remove(this);
    }

    private static int Attribute(SimulatedDevice device, CudaDeviceAttribute attribute, int ordinal) => attribute switch
    {
        CudaDeviceAttribute.MaxThreadsPerBlock or CudaDeviceAttribute.MaxBlockDimX or CudaDeviceAttribute.MaxBlockDimY => device.MaximumThreads,
        CudaDeviceAttribute.MaxBlockDimZ => 64,
        CudaDeviceAttribute.MaxGridDimX => int.MaxValue,
        CudaDeviceAttribute.MaxGridDimY or CudaDeviceAttribute.MaxGridDimZ => 65535,
        CudaDeviceAttribute.MaxSharedMemoryPerBlock => device.SharedBytes,
        CudaDeviceAttribute.MaxSharedMemoryPerBlockOptin => device.SharedBytesOnRequest,
        CudaDeviceAttribute.MaxSharedMemoryPerMultiprocessor => device.SharedBytesOfMultiprocessor,
        CudaDeviceAttribute.TotalConstantMemory => 65536,
        CudaDeviceAttribute.WarpSize => 32,
        CudaDeviceAttribute.MaxPitch => int.MaxValue,
        CudaDeviceAttribute.MaxRegistersPerBlock or CudaDeviceAttribute.MaxRegistersPerMultiprocessor => 65536,
        CudaDeviceAttribute.ClockRate => 1_000_000,
        CudaDeviceAttribute.MemoryClockRate => 1_000_000,
        CudaDeviceAttribute.GlobalMemoryBusWidth => 256,
        CudaDeviceAttribute.L2CacheSize => 4 << 20,
        CudaDeviceAttribute.MultiprocessorCount => device.Multiprocessors,
        CudaDeviceAttribute.MaxThreadsPerMultiprocessor => device.MaximumThreadsOfMultiprocessor,
        CudaDeviceAttribute.ComputeCapabilityMajor => device.Major,
        CudaDeviceAttribute.ComputeCapabilityMinor => device.Minor,
        CudaDeviceAttribute.CanMapHostMemory or CudaDeviceAttribute.AsyncEngineCount or CudaDeviceAttribute.CanUseHostPointerForRegisteredMemory or CudaDeviceAttribute.ComputePreemptionSupported => 1,
        CudaDeviceAttribute.EccEnabled or CudaDeviceAttribute.ManagedMemory or CudaDeviceAttribute.PciDomainId or CudaDeviceAttribute.PciDeviceId => 0,
        CudaDeviceAttribute.PciBusId => ordinal + 1,
        _ => -1,
    };

    private CudaResult Device(int ordinal, out SimulatedContext? context)
    {
        context = ordinal >= 0 && ordinal < _contexts.Length ? _contexts[ordinal] : null;
        if (!_initialised)
            return CudaResult.NotInitialized;
        return context is null ? CudaResult.InvalidDevice : CudaResult.Success;
    }

    private nint NewHandle(object what)
    {
        nint handle = _nextHandle += 16;
        _handles[handle] = what;
        return handle;
    }

    private T? Find<T>(nint handle) where T : class => _handles.GetValueOrDefault(handle) as T;

    /// <summary>A call on the current context; what spoilt it comes first.</summary>
    private CudaResult WithContext(Func<SimulatedContext, CudaResult> call)
    {
        lock (_lock)
        {
            if (!_initialised)
                return CudaResult.NotInitialized;
            if (t_current is null || t_current.GetValueOrDefault(this) is not { } context)
                return CudaResult.InvalidContext;
            if (context.Sticky != CudaResult.Success)
                return context.Sticky;
            CudaResult result = call(context);
            return result == CudaResult.Success ? context.Sticky : result;
        }
    }

    private static long Now() => Stopwatch.GetTimestamp();
}
