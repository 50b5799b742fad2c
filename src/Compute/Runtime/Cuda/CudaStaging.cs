namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Copies between ordinary host memory and a device through a ring of page-locked pieces.</summary>
/// <remarks>
/// The device can only fetch page-locked memory by itself. While it fetches one piece the processor fills the next, with a few
/// threads, since one cannot keep a PCIe link busy, and memory-mapped files come in page by page while they are read. Small
/// copies are left to the driver, which has a buffer of its own for them.
/// </remarks>
internal sealed unsafe class CudaStaging(CudaSession session)
{
    private const int PieceBytes = 8 << 20;
    private const int PieceCount = 3;               // one being filled, one under way, one to spare
    private const int ThreadBytes = 1 << 20;        // below this a second thread costs more than it saves
    private const long SmallestStaged = 64 << 10;

    private static readonly ParallelOptions s_threads = new() { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 1, 4) };

    private readonly Lock _lock = new();
    private Piece[]? _pieces;

    /// <summary>Copies to the device; the source may change as soon as this returns.</summary>
    public void ToDevice(CudaQueue queue, byte* source, nint target, long bytes)
    {
        lock (_lock)
        {
            if (bytes < SmallestStaged || !TryAllocate())
            {
                session.Check(session.Driver.MemcpyHtoDAsync(target, (nint)source, bytes, queue.Handle), "cuMemcpyHtoDAsync_v2");
                return;
            }

            long done = 0;
            for (int i = 0; done < bytes; i = (i + 1) % PieceCount)
            {
                long count = Math.Min(PieceBytes, bytes - done);
                Piece piece = Wait(i);
                Copy(source + done, (byte*)piece.Address, count);
                session.Check(session.Driver.MemcpyHtoDAsync(target + (nint)done, piece.Address, count, queue.Handle), "cuMemcpyHtoDAsync_v2");
                session.Check(session.Driver.EventRecord(piece.Free, queue.Handle), "cuEventRecord");
                done += count;
            }
        }
    }

    /// <summary>Copies to the host; the bytes are there when this returns.</summary>
    public void ToHost(CudaQueue queue, nint source, byte* target, long bytes)
    {
        lock (_lock)
        {
            if (bytes < SmallestStaged || !TryAllocate())
            {
                session.Check(session.Driver.MemcpyDtoHAsync((nint)target, source, bytes, queue.Handle), "cuMemcpyDtoHAsync_v2");
                session.Check(session.Driver.StreamSynchronize(queue.Handle), "cuStreamSynchronize");
                return;
            }

            long pieces = (bytes + PieceBytes - 1) / PieceBytes;
            for (long i = 0; i < pieces + PieceCount - 1; i++)
            {
                if (i < pieces)
                {
                    Piece piece = Wait((int)(i % PieceCount));
                    session.Check(session.Driver.MemcpyDtoHAsync(piece.Address, source + (nint)(i * PieceBytes), CountOf(i), queue.Handle), "cuMemcpyDtoHAsync_v2");
                    session.Check(session.Driver.EventRecord(piece.Free, queue.Handle), "cuEventRecord");
                }

                long ready = i - (PieceCount - 1);
                if (ready >= 0)
                    Copy((byte*)Wait((int)(ready % PieceCount)).Address, target + ready * PieceBytes, CountOf(ready));
            }
        }

        long CountOf(long piece) => Math.Min(PieceBytes, bytes - piece * PieceBytes);
    }

    /// <summary>Frees the pieces; nothing may be under way.</summary>
    public void Dispose()
    {
        if (_pieces is null || !session.TryEnter())
            return;
        foreach (Piece piece in _pieces)
        {
            session.Driver.EventDestroy(piece.Free);
            session.Driver.MemFreeHost(piece.Address);
        }

        _pieces = null;
    }

    private static void Copy(byte* source, byte* target, long bytes)
    {
        if (bytes < 2 * ThreadBytes)
        {
            Buffer.MemoryCopy(source, target, bytes, bytes);
            return;
        }

        (nint from, nint to) = ((nint)source, (nint)target);
        Parallel.For(0, (bytes + ThreadBytes - 1) / ThreadBytes, s_threads, part =>
        {
            long count = Math.Min(ThreadBytes, bytes - part * ThreadBytes);
            Buffer.MemoryCopy((byte*)from + part * ThreadBytes, (byte*)to + part * ThreadBytes, count, count);
        });
    }

    private Piece Wait(int index)
    {
        Piece piece = _pieces![index];
        session.Check(session.Driver.EventSynchronize(piece.Free), "cuEventSynchronize");
        return piece;
    }

    // A machine may have little memory that can be locked: copies then take the driver's way.
    private bool TryAllocate()
    {
        if (_pieces is not null)
            return _pieces.Length > 0;
        var pieces = new List<Piece>();
        for (int i = 0; i < PieceCount; i++)
        {
            if (session.Driver.MemHostAlloc(out nint address, PieceBytes) != CudaResult.Success)
                break;
            session.Check(session.Driver.EventCreate(out nint free, timing: false), "cuEventCreate");
            pieces.Add(new(address, free));
        }

        if (pieces.Count < PieceCount)
        {
            foreach (Piece piece in pieces)
            {
                session.Driver.EventDestroy(piece.Free);
                session.Driver.MemFreeHost(piece.Address);
            }

            pieces.Clear();
        }

        _pieces = [.. pieces];
        return _pieces.Length > 0;
    }

    /// <summary>A piece of the ring.</summary>
    /// <param name="Address">Page-locked memory.</param>
    /// <param name="Free">Reached when the device is done with the piece.</param>
    private sealed record Piece(nint Address, nint Free);
}
