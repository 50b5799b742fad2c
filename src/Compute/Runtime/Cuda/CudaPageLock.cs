using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Host memory that devices copy from and to by themselves.</summary>
internal sealed unsafe class CudaPageLockedBuffer : CPUMemoryBuffer
{
    private readonly CudaAccelerator _accelerator;

    public CudaPageLockedBuffer(CudaAccelerator accelerator, long length, int elementSize)
        : base(accelerator, Allocate(accelerator, length, elementSize), length, elementSize) =>
        _accelerator = accelerator;

    ~CudaPageLockedBuffer() => Abandon();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        (nint address, NativePtr) = (NativePtr, 0);
        if (address != 0)
            _accelerator.FreeHost(address);
        base.Dispose(disposing);
    }

    private static nint Allocate(CudaAccelerator accelerator, long length, int elementSize)
    {
        long bytes = Math.Max(1, checked(length * elementSize));
        CudaCapture.Forbid("page-locked memory was allocated", "allocate it before the capture");
        CudaSession session = accelerator.Session;
        session.Enter();
        CudaResult result = session.Driver.MemHostAlloc(out nint address, bytes);
        if (result == CudaResult.OutOfMemory)
            throw new OutOfMemoryException($"The machine has no {CudaMemoryStatistics.Text(bytes)} ({bytes} bytes) of memory that can be page-locked; use an ordinary array, or raise the limit (ulimit -l).");
        session.Check(result, "cuMemHostAlloc");
        NativeMemory.Clear((void*)address, (nuint)bytes);
        return address;
    }
}

/// <summary>Host memory of somebody else that is page-locked for a while.</summary>
internal sealed class CudaPageLockScope<T> : PageLockScope<T>
    where T : unmanaged
{
    private readonly CudaAccelerator _accelerator;
    private readonly bool _registered;

    public CudaPageLockScope(CudaAccelerator accelerator, nint address, long length)
        : base(accelerator, address, length)
    {
        _accelerator = accelerator;
        if (length == 0)
            return;
        CudaCapture.Forbid("memory was page-locked", "page-lock it before the capture");
        CudaSession session = accelerator.Session;
        session.Enter();
        CudaResult result = session.Driver.MemHostRegister(address, LengthInBytes);
        if (result == CudaResult.HostMemoryAlreadyRegistered)
            return;     // by an outer scope, which lets it go
        if (result != CudaResult.Success)
        {
            base.Dispose(disposing: true);
            session.Check(result, "cuMemHostRegister_v2", $"for {CudaMemoryStatistics.Text(LengthInBytes)} of host memory");
        }

        _registered = true;
    }

    ~CudaPageLockScope() => Abandon();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_registered)
            _accelerator.UnlockHost(AddrOfLockedObject);
        base.Dispose(disposing);
    }
}
