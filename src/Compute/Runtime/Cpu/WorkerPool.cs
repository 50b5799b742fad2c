using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Memory of one worker thread that launches share: shared memory, spills, local arrays.</summary>
public sealed unsafe class WorkerScratch : IDisposable
{
    private byte* _memory;
    private long _size;

    /// <summary>At least so many bytes, 64-byte aligned; contents are undefined.</summary>
    public byte* Reserve(long bytes)
    {
        if (bytes > _size)
        {
            NativeMemory.AlignedFree(_memory);
            _size = Math.Max(bytes, 64 * 1024);
            _memory = (byte*)NativeMemory.AlignedAlloc((nuint)_size, 64);
        }
        return _memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        _size = 0;
    }
}

/// <summary>Part of a range of work items, on one thread.</summary>
public delegate void RangeAction(object state, WorkerScratch scratch, long from, long to);

/// <summary>A fixed set of threads that share ranges of work items. The calling thread works too. Workers spin for a short
/// while between launches, since a decode step launches hundreds of small kernels back to back, and then sleep.</summary>
public sealed class WorkerPool : IDisposable
{
    private const int SpinsBeforeSleep = 150;       // some 50 µs
    private const int ChunksPerThread = 8;          // small enough to even out, large enough to keep the counter quiet

    private readonly Thread[] _threads;
    private readonly WorkerScratch[] _scratch;
    private readonly object _wake = new();         // counted wake-ups could go to a thread that has already worked
    private readonly Lock _gate = new();
    private RangeAction _action = null!;
    private object _state = null!;
    private long _count, _chunk, _next;
    private int _generation, _sleeping, _unfinished;
    private volatile bool _stop;
    private ExceptionDispatchInfo? _failure;

    /// <param name="threads">Threads in all, the caller's among them; 0 for one per processor.</param>
    public WorkerPool(int threads = 0)
    {
        ThreadCount = threads > 0 ? threads : Environment.ProcessorCount;
        _scratch = [.. Enumerable.Range(0, ThreadCount).Select(_ => new WorkerScratch())];
        _threads = new Thread[ThreadCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            WorkerScratch scratch = _scratch[i + 1];
            _threads[i] = new Thread(() => Work(scratch)) { IsBackground = true, Name = $"Simd worker {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads in all, the caller's among them.</summary>
    public int ThreadCount { get; }

    /// <summary>Runs the action over 0 … count − 1 in chunks and returns when all are done. The first exception of any
    /// thread is thrown here; the other chunks may or may not have run. Calls from several threads take turns.</summary>
    public void Run(long count, object state, RangeAction action)
    {
        if (count <= 0)
            return;
        lock (_gate)
        {
            if (_threads.Length == 0 || count == 1)
            {
                action(state, _scratch[0], 0, count);
                return;
            }
            (_action, _state, _count, _failure) = (action, state, count, null);
            _chunk = Math.Max(1, count / ((long)ThreadCount * ChunksPerThread));
            Volatile.Write(ref _next, 0);
            Volatile.Write(ref _unfinished, _threads.Length);
            Interlocked.Increment(ref _generation);
            if (Volatile.Read(ref _sleeping) > 0)
                WakeAll();
            TakeChunks(_scratch[0]);
            var spin = new SpinWait();
            while (Volatile.Read(ref _unfinished) > 0)
                spin.SpinOnce(sleep1Threshold: -1);
            _failure?.Throw();
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_stop)
            return;
        _stop = true;
        WakeAll();
        foreach (Thread thread in _threads)
            thread.Join();
        foreach (WorkerScratch scratch in _scratch)
            scratch.Dispose();
    }

    private void WakeAll()
    {
        lock (_wake)
            Monitor.PulseAll(_wake);
    }

    private void Work(WorkerScratch scratch)
    {
        for (int seen = 0; ;)
        {
            int spins = 0;
            while (Volatile.Read(ref _generation) == seen)
            {
                if (_stop)
                    return;
                if (++spins < SpinsBeforeSleep)
                {
                    Thread.SpinWait(8);
                    continue;
                }
                Interlocked.Increment(ref _sleeping);
                lock (_wake)
                {
                    while (Volatile.Read(ref _generation) == seen && !_stop)
                        Monitor.Wait(_wake);
                }
                Interlocked.Decrement(ref _sleeping);
                spins = 0;
            }
            seen = Volatile.Read(ref _generation);
            TakeChunks(scratch);
            Interlocked.Decrement(ref _unfinished);
        }
    }

    private void TakeChunks(WorkerScratch scratch)
    {
        try
        {
            for (long chunk = _chunk; ;)
            {
                long from = Interlocked.Add(ref _next, chunk) - chunk;
                if (from >= _count)
                    return;
                _action(_state, scratch, from, Math.Min(from + chunk, _count));
            }
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
            Volatile.Write(ref _next, _count);
        }
    }
}
