using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Cuda;

/// <summary>
/// A driver without a device: memory is host memory, streams put off what they are told until somebody waits, as a device
/// does, and whatever a real driver would punish is written down in <see cref="Violations"/>.
/// </summary>
internal sealed unsafe partial class FakeCudaDriver(int devices = 1, long memoryPerDevice = 64L << 20) : CudaDriver, IDisposable
{
    private const int FirstHandle = 1000;

    private readonly Lock _lock = new();
    private readonly ThreadLocal<nint> _current = new();
    private readonly Dictionary<string, int> _calls = [];
    private readonly Dictionary<string, (int After, CudaResult Result)> _failures = [];
    private readonly Dictionary<nint, int> _contexts = [];  // handle to device
    private readonly int[] _retained = new int[devices];
    private nint _nextHandle = FirstHandle;

    /// <summary>Gets what a real driver would have punished.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Gets or sets the version to report.</summary>
    public int Version { get; set; } = 12040;

    /// <summary>Gets or sets the compute capability to report.</summary>
    public (int Major, int Minor) Capability { get; set; } = (8, 0);

    /// <summary>Gets or sets whether devices reach each other's memory.</summary>
    public bool PeersReach { get; set; } = true;

    /// <summary>Gets what was made and not yet destroyed, by kind.</summary>
    public Dictionary<string, int> Live
    {
        get
        {
            lock (_lock)
            {
                var live = new Dictionary<string, int>
                {
                    ["contexts"] = _retained.Sum(),
                    ["device memory"] = _memory.Values.Count(memory => !memory.IsFreed),
                    ["host memory"] = _hostMemory.Count,
                    ["page locks"] = _locked.Count,
                    ["modules"] = _modules.Count,
                    ["streams"] = _streams.Count,
                    ["events"] = _events.Count,
                    ["graphs"] = _graphs.Count,
                };
                return live.Where(kind => kind.Value > 0).ToDictionary();
            }
        }
    }

    /// <summary>Gets how often a call was made.</summary>
    public int Calls(string call)
    {
        lock (_lock)
            return _calls.GetValueOrDefault(call);
    }

    /// <summary>Lets a call fail once, after it has succeeded some times.</summary>
    public void Fail(string call, CudaResult result, int after = 0)
    {
        lock (_lock)
            _failures[call] = (after, result);
    }

    public override CudaResult Init() => Call("Init");

    public override CudaResult DriverGetVersion(out int version)
    {
        version = Version;
        return Call("DriverGetVersion");
    }

    public override string? GetErrorName(CudaResult result) => result switch
    {
        CudaResult.OutOfMemory => "CUDA_ERROR_OUT_OF_MEMORY",
        CudaResult.IllegalAddress => "CUDA_ERROR_ILLEGAL_ADDRESS",
        CudaResult.InvalidPtx => "CUDA_ERROR_INVALID_PTX",
        CudaResult.LaunchOutOfResources => "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
        CudaResult.Unknown => null,
        _ => $"CUDA_ERROR_{result}",
    };

    public override string? GetErrorString(CudaResult result) => result switch
    {
        CudaResult.IllegalAddress => "an illegal memory access was encountered",
        CudaResult.OutOfMemory => "out of memory",
        _ => null,
    };

    public override CudaResult DeviceGetCount(out int count)
    {
        count = devices;
        return Call("DeviceGetCount");
    }

    public override CudaResult DeviceGet(out int device, int ordinal)
    {
        device = ordinal;
        return ordinal < devices ? Call("DeviceGet") : CudaResult.InvalidDevice;
    }

    public override CudaResult DeviceGetName(out string name, int device)
    {
        name = $"Fake {device}";
        return Call("DeviceGetName");
    }

    public override CudaResult DeviceGetUuid(out Guid uuid, int device)
    {
        uuid = new Guid(device, 0, 0, new byte[8]);
        return Call("DeviceGetUuid");
    }

    public override CudaResult DeviceTotalMem(out long bytes, int device)
    {
        bytes = memoryPerDevice;
        return Call("DeviceTotalMem");
    }

    public override CudaResult DeviceGetAttribute(out int value, CudaDeviceAttribute attribute, int device)
    {
        value = attribute switch
        {
            CudaDeviceAttribute.WarpSize => 32,
            CudaDeviceAttribute.MaxThreadsPerBlock or CudaDeviceAttribute.MaxBlockDimX or CudaDeviceAttribute.MaxBlockDimY => 1024,
            CudaDeviceAttribute.MaxBlockDimZ => 64,
            CudaDeviceAttribute.MaxGridDimX => int.MaxValue,
            CudaDeviceAttribute.MaxGridDimY or CudaDeviceAttribute.MaxGridDimZ => 65535,
            CudaDeviceAttribute.MaxThreadsPerMultiprocessor => 2048,
            CudaDeviceAttribute.MultiprocessorCount => 4,
            CudaDeviceAttribute.MaxSharedMemoryPerBlock => 48 << 10,
            CudaDeviceAttribute.MaxSharedMemoryPerBlockOptin => 163 << 10,
            CudaDeviceAttribute.ComputeCapabilityMajor => Capability.Major,
            CudaDeviceAttribute.ComputeCapabilityMinor => Capability.Minor,
            CudaDeviceAttribute.PciBusId => 0x65,
            _ => 0,
        };
        return Call("DeviceGetAttribute");
    }

    public override CudaResult DeviceCanAccessPeer(out bool can, int device, int peerDevice)
    {
        can = PeersReach;
        return Call("DeviceCanAccessPeer");
    }

    public override CudaResult DevicePrimaryCtxRetain(out nint context, int device)
    {
        lock (_lock)
        {
            context = 100 + device;
            _contexts[context] = device;
            CudaResult result = Call("DevicePrimaryCtxRetain");
            if (result == CudaResult.Success)
                _retained[device]++;
            return result;
        }
    }

    public override CudaResult DevicePrimaryCtxRelease(int device)
    {
        lock (_lock)
            _retained[device]--;
        return Call("DevicePrimaryCtxRelease");
    }

    public override CudaResult CtxSetCurrent(nint context)
    {
        _current.Value = context;
        return Call("CtxSetCurrent");
    }

    public override CudaResult CtxSynchronize()
    {
        lock (_lock)
        {
            if (InContext("CtxSynchronize", out int device) is var result && result != CudaResult.Success)
                return result;
            foreach (FakeStream stream in _streams.Values.Where(stream => stream.Device == device).ToArray())
                Run(stream);
            return TakeError();
        }
    }

    public override CudaResult CtxEnablePeerAccess(nint peerContext) => InContext("CtxEnablePeerAccess", out _);

    public void Dispose()
    {
        foreach (FakeMemory memory in _memory.Values)
            NativeMemory.Free((void*)memory.Address);
        _current.Dispose();
    }

    /// <summary>Makes some other code's context current for the calling thread, as a second library in the process would.</summary>
    public void Disturb() => _current.Value = 7;

    private CudaResult Call(string name)
    {
        lock (_lock)
        {
            _calls[name] = _calls.GetValueOrDefault(name) + 1;
            if (!_failures.TryGetValue(name, out (int After, CudaResult Result) failure))
                return CudaResult.Success;
            if (failure.After > 0)
            {
                _failures[name] = (failure.After - 1, failure.Result);
                return CudaResult.Success;
            }

            _failures.Remove(name);
            return failure.Result;
        }
    }

    // Counts the call and finds the device of the context that is current for the calling thread.
    private CudaResult InContext(string name, out int device)
    {
        device = -1;
        CudaResult result = Call(name);
        if (result != CudaResult.Success)
            return result;
        if (_contexts.TryGetValue(_current.Value, out device) && _retained[device] > 0)
            return CudaResult.Success;
        Violations.Add($"{name} without a context");
        return CudaResult.InvalidContext;
    }

    private nint NewHandle() => _nextHandle += 16;
}
