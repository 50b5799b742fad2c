namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Orders allocations with what streams do, without making the processor wait.</summary>
/// <remarks>
/// <para>A buffer may be used in any stream, and be freed while kernels that read it are still waiting to run. All fillings of
/// new buffers go through one stream of their own. Before memory is used again that stream waits for everything in all other
/// streams (<see cref="Join()"/>); before a stream does anything it waits for the latest filling (<see cref="Enter"/>), if there
/// was one since it last did. So memory is never cleared while an old owner reads it, and nobody sees a new buffer before it
/// is cleared; a decode step, which allocates nothing, pays one comparison per launch.</para>
/// <para>A stream that is being captured does nothing meanwhile: it is joined before the capture begins and after its graph ran.</para>
/// </remarks>
internal sealed class CudaMemoryOrder
{
    private readonly CudaSession _session;
    private readonly Lock _lock = new();
    private readonly CudaQueue _memory;
    private long _version;

    /// <summary>Makes the stream of fillings.</summary>
    public CudaMemoryOrder(CudaSession session)
    {
        _session = session;
        _memory = CreateQueue();
    }

    /// <summary>Makes a stream with its event.</summary>
    /// <param name="existing">A stream of somebody else to use; 0 to make one.</param>
    /// <param name="responsible">Whether to destroy an existing one in the end.</param>
    public CudaQueue CreateQueue(nint existing = 0, bool responsible = true)
    {
        _session.Enter();
        _session.Check(_session.Driver.EventCreate(out nint reached, timing: false), "cuEventCreate");
        nint handle = existing;
        if (existing == 0)
        {
            CudaResult result = _session.Driver.StreamCreate(out handle);
            if (result != CudaResult.Success)
            {
                _session.Driver.EventDestroy(reached);
                _session.Check(result, "cuStreamCreate");
            }
        }

        return new CudaQueue(handle, responsible, reached);
    }

    /// <summary>Destroys a stream; the driver lets it finish first.</summary>
    public void DestroyQueue(CudaQueue queue)
    {
        _session.Remove(queue);
        if (!_session.TryEnter())
            return;
        if (queue.IsDirty)
        {
            lock (_lock)
                TryJoin(queue);
        }

        _session.Driver.EventDestroy(queue.Reached);
        if (queue.IsOwned)
            _session.Driver.StreamDestroy(queue.Handle);
    }

    /// <summary>Makes a stream see all memory as it was allocated. Comes before anything is put into it.</summary>
    public void Enter(CudaQueue queue)
    {
        long version = Volatile.Read(ref _version);
        if (queue.SeenMemory == version || queue.Capture is not null)
            return;
        _session.Check(_session.Driver.StreamWaitEvent(queue.Handle, _memory.Reached), "cuStreamWaitEvent");
        queue.SeenMemory = version;
    }

    /// <summary>Clears new memory, after everything that any stream was told so far when the memory had another owner.</summary>
    public void Clear(nint address, long bytes, bool hadOwner)
    {
        lock (_lock)
        {
            if (hadOwner)
                Join();
            _session.Check(_session.Driver.MemsetD8Async(address, 0, bytes, _memory.Handle), "cuMemsetD8Async");
            _session.Check(_session.Driver.EventRecord(_memory.Reached, _memory.Handle), "cuEventRecord");
            Interlocked.Increment(ref _version);
        }
    }

    /// <summary>Makes fillings wait for a stream, which is about to be captured.</summary>
    public void Follow(CudaQueue queue)
    {
        lock (_lock)
            TryJoin(queue);
    }

    /// <summary>Waits until all that was told to any stream is done, streams that are being captured left out.</summary>
    public void Drain()
    {
        lock (_lock)
        {
            Join();
            _session.Check(_session.Driver.StreamSynchronize(_memory.Handle), "cuStreamSynchronize");
        }
    }

    /// <summary>Makes a stream of any device wait for everything that this device was told.</summary>
    public void MakeWait(CudaSession other, CudaQueue queue)
    {
        lock (_lock)
        {
            _session.Enter();
            Join();
            _session.Check(_session.Driver.EventRecord(_memory.Reached, _memory.Handle), "cuEventRecord");
            other.Enter();
            other.Check(other.Driver.StreamWaitEvent(queue.Handle, _memory.Reached), "cuStreamWaitEvent");
        }
    }

    /// <summary>Makes everything that this device is told from now on wait for a stream of another device.</summary>
    public void WaitFor(CudaSession other, CudaQueue queue)
    {
        lock (_lock)
        {
            other.Enter();
            other.Check(other.Driver.EventRecord(queue.Reached, queue.Handle), "cuEventRecord");
            _session.Enter();
            _session.Check(_session.Driver.StreamWaitEvent(_memory.Handle, queue.Reached), "cuStreamWaitEvent");
            _session.Check(_session.Driver.EventRecord(_memory.Reached, _memory.Handle), "cuEventRecord");
            Interlocked.Increment(ref _version);
        }
    }

    /// <summary>Destroys the stream of fillings.</summary>
    public void Dispose() => DestroyQueue(_memory);

    private void Join()
    {
        foreach (CudaQueue queue in _session.Queues())
        {
            if (queue.IsDirty && queue.Capture is null)
                Join(queue);
        }
    }

    private void Join(CudaQueue queue)
    {
        queue.IsDirty = false;  // first: what comes meanwhile sets it again
        _session.Check(_session.Driver.EventRecord(queue.Reached, queue.Handle), "cuEventRecord");
        _session.Check(_session.Driver.StreamWaitEvent(_memory.Handle, queue.Reached), "cuStreamWaitEvent");
    }

    private void TryJoin(CudaQueue queue)
    {
        if (!queue.IsDirty)
            return;
        queue.IsDirty = false;
        if (_session.Driver.EventRecord(queue.Reached, queue.Handle) == CudaResult.Success)
            _session.Driver.StreamWaitEvent(_memory.Handle, queue.Reached);
    }
}
