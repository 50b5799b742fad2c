namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Copies between ordinary host memory and a device through rings of page-locked pieces.</summary>
/// <remarks>
/// The device can only fetch page-locked memory by itself. While it fetches one piece the processor fills the next, with a few
/// threads, since one cannot keep a PCIe link busy, and memory-mapped files come in page by page while they are read. Small
/// copies have pieces of their own, so that they need not wait for large ones. The driver would take ordinary memory too, but
/// whether it is done with it when the call returns depends on the machine.
/// </remarks>
internal sealed unsafe class CudaStaging(CudaSession session)
{
    private const int ThreadBytes = 1 << 20;        // below this a second thread costs more than it saves
    private const int SmallPieceBytes = 64 << 10;

    private static readonly ParallelOptions s_threads = new() { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 1, 4) };

    private readonly Lock _lock = new();
    private readonly Ring _small = new(session, SmallPieceBytes, count: 16);
    private readonly Ring _large = new(session, 8 << 20, count: 3);     // one being filled, one under way, one to spare

    /// <summary>Copies to the device; the source may change as soon as this returns.</summary>
    public void ToDevice(CudaQueue queue, byte* source, nint target, long bytes)
    {
        lock (_lock)
        {
            Ring ring = RingFor(bytes);
            if (!ring.TryAllocate())
            {
                session.Check(session.Driver.MemcpyHtoDAsync(target, (nint)source, bytes, queue.Handle), "cuMemcpyHtoDAsync_v2");
                session.Check(session.Driver.StreamSynchronize(queue.Handle), "cuStreamSynchronize");
                return;
            }

            for (long done = 0; done < bytes; done += ring.PieceBytes)
            {
                long count = Math.Min(ring.PieceBytes, bytes - done);
                Piece piece = ring.Next();
                Copy(source + done, (byte*)piece.Address, count);
                session.Check(session.Driver.MemcpyHtoDAsync(target + (nint)done, piece.Address, count, queue.Handle), "cuMemcpyHtoDAsync_v2");
                session.Check(session.Driver.EventRecord(piece.Free, queue.Handle), "cuEventRecord");
            }
        }
    }

    /// <summary>Copies to the host; the bytes are there, and all that came before in the stream is done, when this returns.</summary>
    public void ToHost(CudaQueue queue, nint source, byte* target, long bytes)
    {
        lock (_lock)
        {
            Ring ring = RingFor(bytes);
            if (bytes <= SmallPieceBytes || !ring.TryAllocate())
            {
                session.Check(session.Driver.MemcpyDtoHAsync((nint)target, source, bytes, queue.Handle), "cuMemcpyDtoHAsync_v2");
                session.Check(session.Driver.StreamSynchronize(queue.Handle), "cuStreamSynchronize");
                return;
            }

            var underWay = new Queue<(Piece Piece, long At)>();
            for (long at = 0; at < bytes || underWay.Count > 0; at += ring.PieceBytes)
            {
                if (at < bytes)
                {
                    Piece piece = ring.Next();
                    session.Check(session.Driver.MemcpyDtoHAsync(piece.Address, source + (nint)at, CountFrom(at), queue.Handle), "cuMemcpyDtoHAsync_v2");
                    session.Check(session.Driver.EventRecord(piece.Free, queue.Handle), "cuEventRecord");
                    underWay.Enqueue((piece, at));
                }

                // All pieces are on their way, or the last ones are: take the oldest.
                if (underWay.Count == ring.Count - 1 || at + ring.PieceBytes >= bytes)
                {
                    (Piece oldest, long from) = underWay.Dequeue();
                    ring.Wait(oldest);
                    Copy((byte*)oldest.Address, target + from, CountFrom(from));
                }
            }

            long CountFrom(long at) => Math.Min(ring.PieceBytes, bytes - at);
        }
    }

    /// <summary>Frees the pieces; nothing may be under way.</summary>
    public void Dispose()
    {
        if (!session.TryEnter())
            return;
        _small.Dispose();
        _large.Dispose();
    }

    private Ring RingFor(long bytes) => bytes <= SmallPieceBytes ? _small : _large;

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

    /// <summary>A piece of page-locked memory.</summary>
    /// <param name="Address">The first byte.</param>
    /// <param name="Free">Reached when the device is done with the piece.</param>
    private sealed record Piece(nint Address, nint Free);

    /// <summary>Pieces that are used in turn, allocated when first needed.</summary>
    private sealed class Ring(CudaSession session, int pieceBytes, int count)
    {
        private Piece[]? _pieces;
        private int _next;

        public int PieceBytes => pieceBytes;

        public int Count => count;

        /// <summary>Makes the pieces; a machine may have too little memory that can be locked.</summary>
        public bool TryAllocate()
        {
            if (_pieces is not null)
                return _pieces.Length > 0;
            _pieces = [];
            if (session.Driver.MemHostAlloc(out nint address, (long)pieceBytes * count) != CudaResult.Success)
                return false;
            var pieces = new Piece[count];
            for (int i = 0; i < count; i++)
            {
                session.Check(session.Driver.EventCreate(out nint free, timing: false), "cuEventCreate");
                pieces[i] = new(address + i * pieceBytes, free);
            }

            _pieces = pieces;
            return true;
        }

        /// <summary>Gets the piece that was used longest ago, once the device is done with it.</summary>
        public Piece Next()
        {
            Piece piece = _pieces![_next];
            _next = (_next + 1) % count;
            Wait(piece);
            return piece;
        }

        public void Wait(Piece piece) => session.Check(session.Driver.EventSynchronize(piece.Free), "cuEventSynchronize");

        public void Dispose()
        {
            if (_pieces is not { Length: > 0 } pieces)
                return;
            foreach (Piece piece in pieces)
                session.Driver.EventDestroy(piece.Free);
            session.Driver.MemFreeHost(pieces[0].Address);
            _pieces = null;
        }
    }
}
