using System.Runtime.InteropServices;
using ILGPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>
/// Runs one group after another on the Debug accelerator. One logical thread runs at a time; control passes on
/// when it waits for others or ends: to the lowest thread of its warp that can run, else to the next warp.
/// </summary>
/// <remarks>
/// The first thread runs on the launching thread. As long as none waits, the others follow there as a plain
/// loop. A thread that waits keeps its operating-system thread, and the next one starts on a pooled one.
/// </remarks>
internal sealed unsafe partial class DebugGroup : IDisposable
{
    private readonly CarrierPool _pool;
    private readonly Action<LogicalThread> _body;
    private readonly LogicalThread[] _threads;
    private readonly Warp[] _warps;
    private readonly Arena _shared = new();
    private readonly List<SharedAllocation> _sharedAllocations = [];
    private readonly Stack<Carrier> _free = new();
    private readonly Carrier _host;
    private LogicalThread? _next;
    private int _takingPart;
    private int _atGroup;
    private int _alive;
    private int _currentWarp;
    private int _count;
    private bool _hostIsFree;
    private Fault? _fault;

    /// <summary>Prepares to run groups of one launch.</summary>
    /// <param name="pool">Where operating-system threads come from.</param>
    /// <param name="launch">The launch.</param>
    /// <param name="body">What a thread does.</param>
    public DebugGroup(CarrierPool pool, DebugLaunch launch, Action<LogicalThread> body)
    {
        _pool = pool;
        _host = pool.Host;
        _body = body;
        Launch = launch;
        _threads = new LogicalThread[launch.GroupDim.Size];
        for (int i = 0; i < _threads.Length; i++)
            _threads[i] = new LogicalThread(this, i);
        _warps = new Warp[(_threads.Length + WarpSize - 1) / WarpSize];
    }

    /// <summary>Gets the launch.</summary>
    public DebugLaunch Launch { get; }

    /// <summary>Gets the number of groups.</summary>
    public Index3D GridDim => Launch.GridDim;

    /// <summary>Gets the number of threads in each dimension.</summary>
    public Index3D GroupDim => Launch.GroupDim;

    /// <summary>Gets the number of lanes of a warp.</summary>
    public int WarpSize => Launch.WarpSize;

    /// <summary>Gets the index of the group that runs.</summary>
    public Index3D GroupIndex { get; private set; }

    /// <summary>Gets the dynamic shared memory.</summary>
    public void* DynamicShared { get; private set; }

    /// <summary>Gets the size of the dynamic shared memory.</summary>
    public int DynamicSharedBytes => Launch.DynamicSharedBytes;

    /// <summary>Runs one group to its end, on the calling thread and on others while it waits.</summary>
    /// <exception cref="KernelFaultException">A thread failed, or not all threads came to a meeting.</exception>
    public void Run(Index3D groupIndex)
    {
        Reset(groupIndex);
        Drive(_host);
        if (_fault is { } fault)
            throw fault.ToException(this);
    }

    /// <summary>Gets a thread; null if there is none or it does not take part.</summary>
    public LogicalThread? Thread(int linearIndex) =>
        (uint)linearIndex < (uint)_threads.Length && _threads[linearIndex] is { State: not ThreadState.Absent } thread ? thread : null;

    /// <summary>Runs logical threads on <paramref name="carrier"/> until none can start there.</summary>
    public void Drive(Carrier carrier)
    {
        while (_next is { } thread)
        {
            _next = null;
            RunThread(thread, carrier);
            LogicalThread? next = PickNext();
            if (next is { State: ThreadState.NotStarted })
            {
                _next = next;
                continue;
            }

            // This carrier is free now. The launching one waits for the end of the group or for another thread to start.
            bool isHost = ReferenceEquals(carrier, _host);
            if (next is null && isHost)
                return;
            _hostIsFree |= isHost;
            if (!isHost)
                _free.Push(carrier);
            (next?.Carrier ?? _host).Resume();
            if (!isHost)
                return;
            carrier.Wait();
        }
    }

    /// <summary>Gives the carriers back.</summary>
    public void Dispose()
    {
        while (_free.TryPop(out Carrier? carrier))
            _pool.Return(carrier);
        _shared.Dispose();
        foreach (LogicalThread thread in _threads)
            thread.Dispose();
    }

    private void RunThread(LogicalThread thread, Carrier carrier)
    {
        try
        {
            thread.Run(carrier, _body);
        }
        catch (GroupAbortedException)
        {
            // Another thread failed; this one was unwound.
        }
        catch (Exception exception)
        {
            // Whatever a kernel throws is reported at the launch.
            Abort(new Fault(thread, exception));
        }

        thread.State = ThreadState.Done;
        _alive--;
        _warps[thread.WarpIndex].Runnable--;
        _warps[thread.WarpIndex].Alive--;
        ReleaseWarp(thread.WarpIndex);
    }

    private void Yield(LogicalThread thread)
    {
        LogicalThread? next = PickNext();
        if (ReferenceEquals(next, thread))
        {
            ThrowIfAborted();
            return;
        }

        if (next!.State == ThreadState.NotStarted)
        {
            _next = next;
            TakeFreeCarrier().Resume();
        }
        else
        {
            next.Carrier!.Resume();
        }

        thread.Carrier!.Wait();
        ThrowIfAborted();
    }

    private Carrier TakeFreeCarrier()
    {
        if (_hostIsFree)
        {
            _hostIsFree = false;
            return _host;
        }

        return _free.TryPop(out Carrier? carrier) ? carrier : _pool.Rent(this);
    }

    /// <summary>Gets the thread that has control next; null at the end of the group.</summary>
    private LogicalThread? PickNext()
    {
        while (_alive > 0)
        {
            for (int i = 0; i < _warps.Length; i++)
            {
                int warp = (_currentWarp + i) % _warps.Length;
                if (_warps[warp].Runnable == 0)
                    continue;
                _currentWarp = warp;
                int first = warp * WarpSize;
                while (_threads[first].State is not (ThreadState.NotStarted or ThreadState.Ready))
                    first++;
                return _threads[first];
            }

            Abort(new Fault(null, null) { Waiting = DescribeWaiting(), FirstWaiting = FirstWaiting() });
        }

        return null;
    }

    private void Reset(Index3D groupIndex)
    {
        GroupIndex = groupIndex;
        _shared.Reset();
        _sharedAllocations.Clear();
        DynamicShared = _shared.Allocate(Launch.DynamicSharedBytes);
        Array.Clear(_warps);
        _atGroup = _count = _takingPart = _currentWarp = 0;
        _hostIsFree = false;
        foreach (LogicalThread thread in _threads)
        {
            bool takesPart = Launch.Contains(groupIndex, thread.Index);
            thread.Reset(takesPart);
            if (!takesPart)
                continue;
            _takingPart++;
            _warps[thread.WarpIndex].Alive++;
            _warps[thread.WarpIndex].Runnable++;
        }

        _alive = _takingPart;
        _next = PickNext();
    }
}
