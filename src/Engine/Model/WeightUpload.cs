using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Engine.Model;

/// <summary>Brings bytes of a mapped file to a device: in place where it reads this process's memory, as a copy elsewhere.</summary>
/// <remarks>
/// Copies go in pieces through two page-locked buffers: while one travels, the other is filled from the file. So no more
/// than 32 MiB are ever locked, whatever the model.
/// </remarks>
internal sealed class WeightUpload(OpenDevice device) : IDisposable
{
    /// <summary>Bytes of a piece: long enough that starting a transfer costs nothing beside it.</summary>
    public const int PieceBytes = 16 << 20;

    private readonly Accelerator _accelerator = device.Accelerator;
    private PageLockedArray1D<byte>? _filling, _travelling;

    /// <summary>A buffer that holds these bytes. In place they must outlive it.</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="alignment">What kernels need the first byte to be a multiple of; a file may place a tensor at an odd byte.</param>
    public MemoryBuffer Place(nint address, long bytes, int alignment)
    {
        if (device.SharesHostMemory && address % alignment == 0)
            return CPUMemoryBuffer.Create(_accelerator, address, bytes, 1);
        MemoryBuffer buffer = _accelerator.AllocateRaw(bytes, 1);
        try
        {
            Copy(address, buffer.AsRawArrayView());
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private unsafe void Copy(nint address, ArrayView<byte> target)
    {
        AcceleratorStream stream = _accelerator.DefaultStream;
        long done = 0;
        for (; target.Length - done >= PieceBytes; done += PieceBytes)
        {
            _filling ??= _accelerator.AllocatePageLocked1D<byte>(PieceBytes);
            new ReadOnlySpan<byte>((byte*)address + done, PieceBytes).CopyTo(_filling.Span);
            stream.Synchronize();       // the other buffer has arrived
            target.SubView(done, PieceBytes).CopyFromPageLockedAsync(stream, _filling);
            (_filling, _travelling) = (_travelling, _filling);
        }

        if (done < target.Length)
            target.SubView(done).CopyFromCPU(stream, new ReadOnlySpan<byte>((byte*)address + done, (int)(target.Length - done)));
        stream.Synchronize();
    }

    public void Dispose()
    {
        _filling?.Dispose();
        _travelling?.Dispose();
    }
}
