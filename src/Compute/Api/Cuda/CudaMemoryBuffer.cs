using GemmaIlgpu.Compute.Runtime.Cuda;

namespace ILGPU.Runtime.Cuda;

/// <summary>Memory of an NVIDIA device. Its bytes are 0 at first.</summary>
public sealed unsafe class CudaMemoryBuffer : MemoryBuffer
{
    private readonly CudaAccelerator _accelerator;
    private readonly CudaBlock? _block;

    /// <summary>Allocates memory.</summary>
    /// <param name="accelerator">The accelerator.</param>
    /// <param name="length">Elements.</param>
    /// <param name="elementSize">Bytes of one element.</param>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    public CudaMemoryBuffer(CudaAccelerator accelerator, long length, int elementSize)
        : base(accelerator, length, elementSize)
    {
        _accelerator = accelerator;
        IsHostAccessible = IsPlain = false;
        try
        {
            CudaCapture.Forbid("a buffer was allocated", "allocate it before the capture");
            _block = accelerator.Pool.Allocate(checked(length * elementSize));
        }
        catch
        {
            Dispose();
            throw;
        }

        NativePtr = _block.Address;
    }

    /// <summary>Frees the memory if nobody did.</summary>
    ~CudaMemoryBuffer() => Abandon();

    internal override void Set(AcceleratorStream stream, byte value, long offset, long bytes)
    {
        CudaStream queue = _accelerator.StreamFor(stream);
        queue.Enter();
        queue.Use(_block!);
        Check(Driver.MemsetD8Async(NativePtr + (nint)offset, value, bytes, queue.StreamPtr), "cuMemsetD8Async");
        queue.Leave();
    }

    internal override void FromHost(AcceleratorStream stream, void* source, long offset, long bytes, bool pageLocked)
    {
        CudaStream queue = _accelerator.StreamFor(stream);
        nint target = NativePtr + (nint)offset;
        if (!pageLocked)
            CudaCapture.Forbid("ordinary host memory was copied to the device", "copy it before the capture, or from a page-locked array, which the graph then reads each time");
        queue.Enter();
        queue.Use(_block!);
        if (pageLocked)
            Check(Driver.MemcpyHtoDAsync(target, (nint)source, bytes, queue.StreamPtr), "cuMemcpyHtoDAsync_v2");
        else
            _accelerator.Staging.ToDevice(queue.Queue, (byte*)source, target, bytes);
        queue.Leave();
    }

    internal override void ToHost(AcceleratorStream stream, long offset, void* target, long bytes, bool pageLocked)
    {
        CudaStream queue = _accelerator.StreamFor(stream);
        nint source = NativePtr + (nint)offset;
        if (!pageLocked)
            CudaCapture.Forbid("a result was copied to ordinary host memory", "copy it after the graph was launched, or to a page-locked array, which the graph then writes each time");
        queue.Enter();
        queue.Use(_block!);
        if (pageLocked)
        {
            Check(Driver.MemcpyDtoHAsync((nint)target, source, bytes, queue.StreamPtr), "cuMemcpyDtoHAsync_v2");
            queue.Leave();
        }
        else
        {
            _accelerator.Staging.ToHost(queue.Queue, source, (byte*)target, bytes);
            queue.Queue.Log.Clear();
        }
    }

    internal override bool TryFromDevice(AcceleratorStream stream, MemoryBuffer source, long sourceOffset, long offset, long bytes)
    {
        if (source is not CudaMemoryBuffer { _accelerator: { } other } cudaSource || other.Session.Driver != Driver)
            return false;
        nint from = source.NativePtr + (nint)sourceOffset, to = NativePtr + (nint)offset;
        if (other == _accelerator)
        {
            CudaStream queue = _accelerator.StreamFor(stream);
            queue.Enter();
            queue.Use(_block!);
            queue.Use(cudaSource._block!);
            Check(Driver.MemcpyDtoDAsync(to, from, bytes, queue.StreamPtr), "cuMemcpyDtoDAsync_v2");
            queue.Leave();
        }
        else
        {
            CudaPeers.Copy(stream, _accelerator, to, other, from, bytes);
        }

        GC.KeepAlive(source);
        return true;
    }

    private CudaDriver Driver => _accelerator.Session.Driver;

    private void Check(CudaResult result, string call) => _accelerator.Session.Check(result, call);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NativePtr = 0;
        if (_block is not null)
            _accelerator.Pool.Free(_block);
        base.Dispose(disposing);
    }
}
