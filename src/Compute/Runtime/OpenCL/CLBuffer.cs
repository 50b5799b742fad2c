using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace GemmaIlgpu.Compute.Runtime.OpenCL;

/// <summary>Memory of an OpenCL device.</summary>
internal sealed unsafe class CLBuffer : MemoryBuffer
{
    private readonly CLContext _context;
    private readonly CLAddresses _addresses;
    private nint _handle;

    public CLBuffer(CLAccelerator accelerator, long length, int elementSize)
        : base(accelerator, length, elementSize)
    {
        (_context, _addresses) = (accelerator.NativeContext, accelerator.Addresses);
        IsHostAccessible = IsPlain = false;
        long bytes = Math.Max(LengthInBytes, 1);        // OpenCL has no empty buffers
        int error = 0;
        try
        {
            if (bytes > accelerator.Device.MaxAllocationSize)
                throw new OutOfMemoryException($"A buffer of {bytes} bytes was asked for; {accelerator.Name} gives at most {accelerator.Device.MaxAllocationSize} bytes at once, of {accelerator.MemorySize} in all.");
            _handle = _context.Library.CreateBuffer(_context.Handle, 1, (nuint)bytes, null, &error);
            if (error is -4 or -5 or -6 or -61)
                throw new OutOfMemoryException($"A buffer of {bytes} bytes was asked for and {accelerator.Name}, which has {accelerator.MemorySize} bytes in all, has no room for it ({OpenCLException.NameOf(error)}).");
            CLLibrary.Check(error, "clCreateBuffer", $"{bytes} bytes on {accelerator.Name}");
            NativePtr = (nint)_addresses.Add(_handle);
            accelerator.Clear(_handle, bytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    ~CLBuffer() => Abandon();

    internal override void Set(AcceleratorStream stream, byte value, long offset, long bytes) => CLLibrary.Check(
        _context.Library.EnqueueFillBuffer(Queue(stream), _handle, &value, 1, (nuint)offset, (nuint)bytes, 0, null, null), "clEnqueueFillBuffer", Describe(bytes));

    internal override void FromHost(AcceleratorStream stream, void* source, long offset, long bytes, bool pageLocked) => CLLibrary.Check(
        _context.Library.EnqueueWriteBuffer(Queue(stream), _handle, pageLocked ? 0u : 1u, (nuint)offset, (nuint)bytes, source, 0, null, null), "clEnqueueWriteBuffer", Describe(bytes));

    internal override void ToHost(AcceleratorStream stream, long offset, void* target, long bytes, bool pageLocked) => CLLibrary.Check(
        _context.Library.EnqueueReadBuffer(Queue(stream), _handle, pageLocked ? 0u : 1u, (nuint)offset, (nuint)bytes, target, 0, null, null), "clEnqueueReadBuffer", Describe(bytes));

    internal override bool TryFromDevice(AcceleratorStream stream, MemoryBuffer source, long sourceOffset, long offset, long bytes)
    {
        if (source is not CLBuffer other || other._context != _context)
            return false;
        if (other != this || Math.Abs(sourceOffset - offset) >= bytes)
        {
            Copy(stream, other._handle, sourceOffset, _handle, offset, bytes);
            return true;
        }
        // Source and target overlap, which OpenCL does not copy.
        int error;
        nint between = _context.Library.CreateBuffer(_context.Handle, 1, (nuint)bytes, null, &error);
        CLLibrary.Check(error, "clCreateBuffer", Describe(bytes));
        try
        {
            Copy(stream, _handle, sourceOffset, between, 0, bytes);
            Copy(stream, between, 0, _handle, offset, bytes);
        }
        finally
        {
            _context.Library.ReleaseMemObject(between);     // lives on until the copies are done
        }
        return true;
    }

    private void Copy(AcceleratorStream stream, nint source, long sourceOffset, nint target, long targetOffset, long bytes) => CLLibrary.Check(
        _context.Library.EnqueueCopyBuffer(Queue(stream), source, target, (nuint)sourceOffset, (nuint)targetOffset, (nuint)bytes, 0, null, null), "clEnqueueCopyBuffer", Describe(bytes));

    // A stream of another accelerator cannot order what happens here.
    private nint Queue(AcceleratorStream stream) =>
        ((CLStream)(ReferenceEquals(stream.Accelerator, Accelerator) ? stream : Accelerator.DefaultStream)).CommandQueue;

    private string Describe(long bytes) => $"{bytes} bytes on {Accelerator.Name}";

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (NativePtr != 0)
            _addresses.Remove(NativePtr);
        NativePtr = 0;
        if (_handle != 0)
            _context.Library.ReleaseMemObject(_handle);
        _handle = 0;
        base.Dispose(disposing);
    }
}
