using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using ILGPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>What a logical thread is doing.</summary>
internal enum ThreadState
{
    /// <summary>It does not take part: outside the extent of an implicitly grouped launch.</summary>
    Absent,

    /// <summary>It will run from the beginning.</summary>
    NotStarted,

    /// <summary>It has control, or will get it back.</summary>
    Ready,

    /// <summary>It waits for the other threads of its warp.</summary>
    AtWarp,

    /// <summary>It waits for the other threads of its group.</summary>
    AtGroup,

    /// <summary>It has ended.</summary>
    Done,
}

/// <summary>One thread of a kernel on the Debug accelerator: what <see cref="Group"/>, <see cref="Warp"/> and the like stand for.</summary>
internal sealed unsafe class LogicalThread(DebugGroup group, int linearIndex) : IDisposable
{
    [ThreadStatic]
    private static LogicalThread? _current;

    private readonly byte[]?[] _outbox = new byte[4][];
    private int _warpMeetings;
    private int _groupMeetings;
    private int _sharedAllocations;
    private Arena? _local;

    /// <summary>Gets the logical thread that runs here.</summary>
    /// <exception cref="InvalidOperationException">No kernel runs here.</exception>
    public static LogicalThread Current => _current ?? OutsideKernel();

    /// <summary>Gets the group.</summary>
    public DebugGroup Group { get; } = group;

    /// <summary>Gets the position in the group with X fastest.</summary>
    public int LinearIndex { get; } = linearIndex;

    /// <summary>Gets the position in the warp.</summary>
    public int Lane { get; } = linearIndex % group.WarpSize;

    /// <summary>Gets the position of the warp in the group.</summary>
    public int WarpIndex { get; } = linearIndex / group.WarpSize;

    /// <summary>Gets or sets the index in the group.</summary>
    public Index3D Index { get; } = Unravel(linearIndex, group.GroupDim);

    /// <summary>Gets or sets what this thread is doing.</summary>
    public ThreadState State { get; set; }

    /// <summary>Gets or sets the name of the operation this thread waits in.</summary>
    public string Operation { get; set; } = "";

    /// <summary>Gets or sets the operating-system thread this runs on.</summary>
    public Carrier? Carrier { get; set; }

    /// <summary>Makes this thread ready for another group.</summary>
    /// <param name="takesPart">False if it lies outside the extent of an implicitly grouped launch.</param>
    public void Reset(bool takesPart)
    {
        State = takesPart ? ThreadState.NotStarted : ThreadState.Absent;
        _warpMeetings = _groupMeetings = _sharedAllocations = 0;
        _local?.Reset();
    }

    /// <summary>Runs <paramref name="body"/> as this thread.</summary>
    public void Run(Carrier carrier, Action<LogicalThread> body)
    {
        Carrier = carrier;
        State = ThreadState.Ready;
        _current = this;
        try
        {
            body(this);
        }
        finally
        {
            _current = null;
        }
    }

    /// <summary>Waits for the warp.</summary>
    public void WarpBarrier(string operation) => Group.MeetWarp(this, operation);

    /// <summary>Waits for the group.</summary>
    public void GroupBarrier(string operation) => Group.MeetGroup(this, operation);

    /// <summary>Waits for the group and counts the threads whose <paramref name="predicate"/> holds.</summary>
    public int GroupCount(string operation, bool predicate)
    {
        if (predicate)
            Group.Count();
        Group.MeetGroup(this, operation);
        return Group.Counted;
    }

    /// <summary>Waits for the group and gets the value of one of its threads.</summary>
    public T GroupBroadcast<T>(T value, int thread)
        where T : unmanaged
    {
        int slot = 2 + (_groupMeetings++ & 1);
        Put(slot, value);
        Group.MeetGroup(this, "Group.Broadcast");
        return Group.Thread(thread) is { } source && source._groupMeetings >= _groupMeetings ? source.Get(slot, value) : value;
    }

    /// <summary>Waits for the warp and gets the value of one of its lanes; one's own if there is no such lane.</summary>
    public T Exchange<T>(string operation, T value, int lane)
        where T : unmanaged
    {
        int slot = _warpMeetings++ & 1;
        Put(slot, value);
        Group.MeetWarp(this, operation);
        return (uint)lane < (uint)Group.WarpSize && Group.Thread(LinearIndex - Lane + lane) is { } source && source._warpMeetings >= _warpMeetings
            ? source.Get(slot, value)
            : value;
    }

    /// <summary>Gets this thread's next block of shared memory, which is the same for all threads of the group.</summary>
    public ArrayView<T> AllocateShared<T>(int length)
        where T : unmanaged =>
        new(null, (T*)Group.SharedBlock(_sharedAllocations++, typeof(T), length, sizeof(T)), length);

    /// <summary>Gets the dynamic shared memory of the launch.</summary>
    public ArrayView<T> GetDynamicShared<T>()
        where T : unmanaged =>
        new(null, (T*)Group.DynamicShared, Group.DynamicSharedBytes / sizeof(T));

    /// <summary>Gets a new block of local memory.</summary>
    public ArrayView<T> AllocateLocal<T>(int length)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _local ??= new Arena();
        return new(null, (T*)_local.Allocate((long)length * sizeof(T)), length);
    }

    /// <summary>Gets whether an address lies in this thread's local memory.</summary>
    public bool IsLocal(nint address) => _local is not null && _local.Contains(address);

    /// <summary>Frees local memory.</summary>
    public void Dispose() => _local?.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Index.ToString();

    private static Index3D Unravel(int linear, Index3D dimensions) =>
        new(linear % dimensions.X, linear / dimensions.X % dimensions.Y, linear / dimensions.X / dimensions.Y);

    [DoesNotReturn]
    private static LogicalThread OutsideKernel() =>
        throw new InvalidOperationException("Grids, groups, warps, shared and local memory exist only inside a running kernel.");

    // Two boxes each for warps and groups: a thread may be one meeting ahead of those that still read.
    private void Put<T>(int slot, T value)
        where T : unmanaged
    {
        if (_outbox[slot] is not { } box || box.Length < sizeof(T))
            _outbox[slot] = box = new byte[Math.Max(16, sizeof(T))];
        Unsafe.WriteUnaligned(ref box[0], value);
    }

    private T Get<T>(int slot, T fallback)
        where T : unmanaged =>
        _outbox[slot] is { } box && box.Length >= sizeof(T)
            ? Unsafe.ReadUnaligned<T>(ref box[0])
            : fallback;
}
