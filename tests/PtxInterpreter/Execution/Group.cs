using System.Runtime.InteropServices;
using GemmaIlgpu.PtxInterpreter.Memory;

namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>Sizes or an index in three dimensions.</summary>
public readonly record struct Dim3(int X, int Y = 1, int Z = 1)
{
    public long Count => (long)X * Y * Z;

    public override string ToString() => $"({X}, {Y}, {Z})";
}

/// <summary>A named barrier while threads gather at it.</summary>
internal struct BarrierState
{
    /// <summary>Threads that came, and warps that came (a warp counts as 32 threads where a count is given).</summary>
    public int Threads, Warps;

    /// <summary>Threads to wait for; 0 for all that live.</summary>
    public int Expected;

    /// <summary>What bar.red gathers: threads whose predicate is true, and threads that contributed.</summary>
    public int True, Contributed;
}

/// <summary>Runs one group after another: their warps take turns at barriers.</summary>
internal sealed unsafe class Group : IDisposable
{
    private const int WarpTurn = 50_000;

    private readonly Warp[] _warps;
    private readonly BarrierState[] _barriers = new BarrierState[16];
    private readonly byte* _parameters;
    private long _clock;

    public Group(KernelProgram program, string entry, Dim3 grid, Dim3 size, int dynamicShared, ReadOnlySpan<byte> parameters, DeviceMemory memory, Dictionary<string, ulong> variables, LaunchOptions options)
    {
        Program = program;
        Entry = entry;
        Grid = grid;
        Size = size;
        DynamicShared = dynamicShared;
        Memory = memory;
        Options = options;
        SharedBytes = program.StaticSharedBytes + dynamicShared;
        Shared = (byte*)NativeMemory.AlignedAlloc((nuint)SharedBytes + 16, 128);
        _parameters = (byte*)NativeMemory.AlignedAlloc((nuint)program.ParameterBytes + 16, 16);
        parameters.CopyTo(new Span<byte>(_parameters, program.ParameterBytes));
        LaneCounts = new long[program.Code.Length];
        int threads = checked((int)size.Count);
        _warps = new Warp[(threads + 31) / 32];
        for (int i = 0; i < _warps.Length; i++)
            _warps[i] = new Warp(this, i, Math.Min(32, threads - (32 * i)), variables);
    }

    public KernelProgram Program { get; }

    public string Entry { get; }

    public Dim3 Grid { get; }

    public Dim3 Size { get; }

    public Dim3 Index { get; private set; }

    public int DynamicShared { get; }

    /// <summary>Whether cp.async copies at once in this group; two of four do.</summary>
    public bool CopiesAtOnce => ((Index.X + Index.Y + Index.Z) & 2) != 0;

    public DeviceMemory Memory { get; }

    public LaunchOptions Options { get; }

    public byte* Shared { get; }

    public int SharedBytes { get; }

    public byte* Parameters => _parameters;

    /// <summary>Lanes that carried out each instruction, over all groups run here.</summary>
    public long[] LaneCounts { get; }

    public long WarpInstructions { get; set; }

    /// <summary>A clock that never stands still.</summary>
    public long NextClock() => WarpInstructions + _clock++;

    public void Run(Dim3 index)
    {
        Index = index;
        new Span<byte>(Shared, SharedBytes).Fill(0xFF);
        Array.Clear(_barriers);
        foreach (Warp warp in _warps)
            warp.Start();
        bool alive;
        do
        {
            alive = false;
            bool progress = false;
            // The last warp goes first in every other group: what relies on their order shows.
            bool reverse = (index.X + index.Y + index.Z) % 2 == 1;
            for (int i = 0; i < _warps.Length; i++)
            {
                Warp warp = _warps[reverse ? _warps.Length - 1 - i : i];
                if (warp.Live == 0)
                    continue;
                progress |= warp.Run(WarpTurn);
                alive |= warp.Live != 0;
            }
            progress |= ReleaseBarriers();
            if (alive && !progress)
                throw Deadlock();
            if (WarpInstructions > Options.MaximumWarpInstructions)
                throw new PtxFaultException($"{Entry}: more than {Options.MaximumWarpInstructions} warp instructions; group {index} does not end.", PtxFault.Endless);
        }
        while (alive);
    }

    /// <summary>A warp's lanes come to a barrier.</summary>
    public void Arrive(Warp warp, int barrier, int expected, uint lanes, uint predicate)
    {
        ref BarrierState state = ref _barriers[barrier];
        if (state.Warps > 0 && state.Expected != expected)
            throw warp.Fault($"barrier {barrier} is given {expected} threads, but {state.Expected} by others", lanes);
        state.Expected = expected;
        state.Threads += System.Numerics.BitOperations.PopCount(lanes);
        state.Warps++;
        state.True += System.Numerics.BitOperations.PopCount(predicate & lanes);
        state.Contributed += System.Numerics.BitOperations.PopCount(lanes);
    }

    public void Dispose()
    {
        foreach (Warp warp in _warps)
            warp.Dispose();
        NativeMemory.AlignedFree(Shared);
        NativeMemory.AlignedFree(_parameters);
    }

    private bool ReleaseBarriers()
    {
        bool released = false;
        int live = 0;
        foreach (Warp warp in _warps)
            live += System.Numerics.BitOperations.PopCount(warp.Live);
        for (int i = 0; i < _barriers.Length; i++)
        {
            BarrierState state = _barriers[i];
            if (state.Warps == 0 || (state.Expected > 0 ? state.Warps * 32 < state.Expected : state.Threads < live))
                continue;
            _barriers[i] = default;
            foreach (Warp warp in _warps)
                warp.Release(i, state);
            released = true;
        }
        return released;
    }

    private PtxFaultException Deadlock()
    {
        List<string> waiting = [];
        foreach (Warp warp in _warps)
            waiting.AddRange(warp.DescribeWaiting());
        return new PtxFaultException($"{Entry}, group {Index}: no thread can go on:\n    {string.Join("\n    ", waiting.Take(8))}", PtxFault.Endless);
    }
}
