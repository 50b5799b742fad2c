using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Cuda;

internal sealed unsafe partial class FakeCudaDriver
{
    private const byte Garbage = 0xCD;

    private readonly Dictionary<nint, FakeMemory> _memory = [];
    private readonly Dictionary<nint, long> _hostMemory = [];
    private readonly Dictionary<nint, long> _locked = [];

    public override CudaResult MemGetInfo(out long free, out long total)
    {
        lock (_lock)
        {
            total = memoryPerDevice;
            CudaResult result = InContext("MemGetInfo", out int device);
            free = total - Used(device);
            return result;
        }
    }

    public override CudaResult MemAlloc(out nint address, long bytes)
    {
        lock (_lock)
        {
            address = 0;
            CudaResult result = InContext("MemAlloc", out int device);
            if (result != CudaResult.Success)
                return result;
            if (RefusedInCapture("MemAlloc"))
                return CudaResult.StreamCaptureUnsupported;
            if (Used(device) + bytes > memoryPerDevice)
                return CudaResult.OutOfMemory;
            address = (nint)NativeMemory.Alloc((nuint)bytes);
            NativeMemory.Fill((void*)address, (nuint)bytes, Garbage);
            _memory[address] = new FakeMemory(address, bytes, device);
            return CudaResult.Success;
        }
    }

    public override CudaResult MemFree(nint address)
    {
        lock (_lock)
        {
            CudaResult result = InContext("MemFree", out int device);
            if (result != CudaResult.Success)
                return result;
            if (!_memory.TryGetValue(address, out FakeMemory? memory) || memory.IsFreed || memory.Device != device)
            {
                Violations.Add("MemFree of what is not allocated");
                return CudaResult.InvalidValue;
            }

            memory.IsFreed = true;  // the bytes stay until the end, so that a late use is seen and does no harm
            return CudaResult.Success;
        }
    }

    public override CudaResult MemHostAlloc(out nint address, long bytes)
    {
        lock (_lock)
        {
            address = 0;
            CudaResult result = InContext("MemHostAlloc", out _);
            if (result != CudaResult.Success)
                return result;
            address = (nint)NativeMemory.Alloc((nuint)bytes);
            NativeMemory.Fill((void*)address, (nuint)bytes, Garbage);
            _hostMemory[address] = bytes;
            return CudaResult.Success;
        }
    }

    public override CudaResult MemFreeHost(nint address)
    {
        lock (_lock)
        {
            CudaResult result = InContext("MemFreeHost", out _);
            if (result == CudaResult.Success && _hostMemory.Remove(address))
                NativeMemory.Free((void*)address);
            return result;
        }
    }

    public override CudaResult MemHostRegister(nint address, long bytes)
    {
        lock (_lock)
        {
            CudaResult result = InContext("MemHostRegister", out _);
            if (result != CudaResult.Success)
                return result;
            return _locked.TryAdd(address, bytes) ? CudaResult.Success : CudaResult.HostMemoryAlreadyRegistered;
        }
    }

    public override CudaResult MemHostUnregister(nint address)
    {
        lock (_lock)
        {
            CudaResult result = InContext("MemHostUnregister", out _);
            return result == CudaResult.Success && !_locked.Remove(address) ? CudaResult.InvalidValue : result;
        }
    }

    // From ordinary memory the driver takes the bytes before it returns; from page-locked memory when it gets there.
    public override CudaResult MemcpyHtoDAsync(nint target, nint hostSource, long bytes, nint stream)
    {
        if (IsPageLocked(hostSource, bytes))
            return Put("MemcpyHtoDAsync", stream, () => Copy(hostSource, target, bytes, deviceSource: false, deviceTarget: true));
        byte[] taken = new ReadOnlySpan<byte>((void*)hostSource, (int)bytes).ToArray();
        return Put("MemcpyHtoDAsync", stream, () =>
        {
            fixed (byte* source = taken)
                Copy((nint)source, target, bytes, deviceSource: false, deviceTarget: true);
        });
    }

    public override CudaResult MemcpyDtoHAsync(nint hostTarget, nint source, long bytes, nint stream)
    {
        CudaResult result = Put("MemcpyDtoHAsync", stream, () => Copy(source, hostTarget, bytes, deviceSource: true, deviceTarget: false));
        return result == CudaResult.Success && !IsPageLocked(hostTarget, bytes) ? StreamSynchronize(stream) : result;
    }

    public override CudaResult MemcpyDtoDAsync(nint target, nint source, long bytes, nint stream) =>
        Put("MemcpyDtoDAsync", stream, () => Copy(source, target, bytes, deviceSource: true, deviceTarget: true));

    public override CudaResult MemcpyPeerAsync(nint target, nint targetContext, nint source, nint sourceContext, long bytes, nint stream) =>
        Put("MemcpyPeerAsync", stream, () =>
        {
            Find(source, bytes, _contexts[sourceContext]);
            Find(target, bytes, _contexts[targetContext]);
            Copy(source, target, bytes, deviceSource: true, deviceTarget: true);
        });

    public override CudaResult MemsetD8Async(nint target, byte value, long bytes, nint stream) =>
        Put("MemsetD8Async", stream, () =>
        {
            if (Find(target, bytes) is not null)
                NativeMemory.Fill((void*)target, (nuint)bytes, value);
        });

    private void Copy(nint source, nint target, long bytes, bool deviceSource, bool deviceTarget)
    {
        if ((!deviceSource || Find(source, bytes) is not null) && (!deviceTarget || Find(target, bytes) is not null))
            Buffer.MemoryCopy((void*)source, (void*)target, bytes, bytes);
    }

    private FakeMemory? Find(nint address, long bytes, int device = -1)
    {
        FakeMemory? memory = _memory.Values.FirstOrDefault(candidate => address >= candidate.Address && address + (nint)bytes <= candidate.Address + (nint)candidate.Bytes);
        if (memory is null)
            Violations.Add($"an access of {bytes} bytes outside device memory");
        else if (memory.IsFreed)
            Violations.Add($"an access of {bytes} bytes of freed memory");
        else if (device >= 0 && memory.Device != device)
            Violations.Add($"memory of device {memory.Device} used as of device {device}");
        return memory;
    }

    private bool IsPageLocked(nint address, long bytes)
    {
        lock (_lock)
            return _hostMemory.Concat(_locked).Any(memory => address >= memory.Key && address + (nint)bytes <= memory.Key + (nint)memory.Value);
    }

    private long Used(int device) => _memory.Values.Where(memory => !memory.IsFreed && memory.Device == device).Sum(memory => memory.Bytes);

    /// <summary>A piece of device memory.</summary>
    private sealed class FakeMemory(nint address, long bytes, int device)
    {
        public nint Address { get; } = address;

        public long Bytes { get; } = bytes;

        public int Device { get; } = device;

        public bool IsFreed { get; set; }
    }
}
