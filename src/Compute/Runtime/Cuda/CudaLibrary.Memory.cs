namespace GemmaIlgpu.Compute.Runtime.Cuda;

internal sealed unsafe partial class CudaLibrary
{
    private const uint HostAllocPortable = 1;       // CU_MEMHOSTALLOC_PORTABLE
    private const uint HostRegisterPortable = 1;    // CU_MEMHOSTREGISTER_PORTABLE

    public override CudaResult MemGetInfo(out long free, out long total)
    {
        fixed (long* pFree = &free, pTotal = &total)
            return ((delegate* unmanaged<long*, long*, CudaResult>)this[CudaEntry.cuMemGetInfo_v2])(pFree, pTotal);
    }

    public override CudaResult MemAlloc(out nint address, long bytes)
    {
        fixed (nint* p = &address)
            return ((delegate* unmanaged<nint*, nuint, CudaResult>)this[CudaEntry.cuMemAlloc_v2])(p, (nuint)bytes);
    }

    public override CudaResult MemFree(nint address) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuMemFree_v2])(address);

    public override CudaResult MemHostAlloc(out nint address, long bytes)
    {
        fixed (nint* p = &address)
            return ((delegate* unmanaged<nint*, nuint, uint, CudaResult>)this[CudaEntry.cuMemHostAlloc])(p, (nuint)bytes, HostAllocPortable);
    }

    public override CudaResult MemFreeHost(nint address) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuMemFreeHost])(address);

    public override CudaResult MemHostRegister(nint address, long bytes) =>
        ((delegate* unmanaged<nint, nuint, uint, CudaResult>)this[CudaEntry.cuMemHostRegister_v2])(address, (nuint)bytes, HostRegisterPortable);

    public override CudaResult MemHostUnregister(nint address) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuMemHostUnregister])(address);

    public override CudaResult MemcpyHtoDAsync(nint target, nint hostSource, long bytes, nint stream) =>
        ((delegate* unmanaged<nint, nint, nuint, nint, CudaResult>)this[CudaEntry.cuMemcpyHtoDAsync_v2])(target, hostSource, (nuint)bytes, stream);

    public override CudaResult MemcpyDtoHAsync(nint hostTarget, nint source, long bytes, nint stream) =>
        ((delegate* unmanaged<nint, nint, nuint, nint, CudaResult>)this[CudaEntry.cuMemcpyDtoHAsync_v2])(hostTarget, source, (nuint)bytes, stream);

    public override CudaResult MemcpyDtoDAsync(nint target, nint source, long bytes, nint stream) =>
        ((delegate* unmanaged<nint, nint, nuint, nint, CudaResult>)this[CudaEntry.cuMemcpyDtoDAsync_v2])(target, source, (nuint)bytes, stream);

    public override CudaResult MemcpyPeerAsync(nint target, nint targetContext, nint source, nint sourceContext, long bytes, nint stream) =>
        ((delegate* unmanaged<nint, nint, nint, nint, nuint, nint, CudaResult>)this[CudaEntry.cuMemcpyPeerAsync])(
            target, targetContext, source, sourceContext, (nuint)bytes, stream);

    public override CudaResult MemsetD8Async(nint target, byte value, long bytes, nint stream) =>
        ((delegate* unmanaged<nint, byte, nuint, nint, CudaResult>)this[CudaEntry.cuMemsetD8Async])(target, value, (nuint)bytes, stream);
}
