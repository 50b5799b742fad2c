using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>Runs one launch: hands groups to the pool's threads, and each group's warps, barrier by barrier, to the code.</summary>
internal sealed unsafe class GridRunner
{
    private readonly SimdKernel _kernel;
    private readonly KernelLaunch _launch;
    private readonly int _lanes;
    private readonly int _threadsPerGroup;
    private readonly int _warps;
    private readonly bool _alignedRows;
    private readonly bool _severalWarps;
    private readonly SimdKernel.Compiled _whole;
    private SimdKernel.Compiled? _partial;

    public GridRunner(SimdKernel kernel, in KernelLaunch launch)
    {
        (_kernel, _launch, _lanes) = (kernel, launch, kernel.Lanes);
        (int x, int y, int z) = launch.Group;
        _threadsPerGroup = x * y * z;
        _warps = (_threadsPerGroup + _lanes - 1) / _lanes;
        _alignedRows = x % _lanes == 0 || (y == 1 && z == 1);
        _severalWarps = _warps > 1 && kernel.HasGroupBarriers;
        _whole = kernel.Variant(new SimdVariant(_alignedRows, true, _severalWarps));
        bool masked = _threadsPerGroup % _lanes != 0 || (kernel.IsImplicit && launch.Extent.X % _lanes != 0);
        if (masked)
            _partial = kernel.Variant(new SimdVariant(_alignedRows, false, _severalWarps));
    }

    public void Run(WorkerPool pool)
    {
        (int gx, int gy, int gz) = _launch.Grid;
        pool.Run((long)gx * gy * gz, this, static (runner, scratch, from, to) => ((GridRunner)runner).RunGroups(scratch, from, to));
    }

    private void RunGroups(WorkerScratch scratch, long from, long to)
    {
        int spill = Math.Max(_whole.SpillBytes, _partial?.SpillBytes ?? 0);
        long local = (Math.Max(_whole.LocalBytes, _partial?.LocalBytes ?? 0) + 63) / 64 * 64;
        int spillStride = (spill + 63) / 64 * 64;
        int kept = _severalWarps ? _warps : 1;
        long dynamicOffset = (_kernel.StaticSharedBytes + 63L) / 64 * 64;
        long sharedBytes = dynamicOffset + (_launch.DynamicSharedBytes + 63L) / 64 * 64;
        int indexBytes = (12 * _lanes + 63) / 64 * 64;
        long stateBytes = (sizeof(WarpState) + 63L) / 64 * 64;
        byte* memory = scratch.Reserve(sharedBytes + 2048 + 8L * (_warps + 8) + kept * (stateBytes + local + spillStride + indexBytes));
        byte* shared = memory;
        byte* laneSlots = shared + sharedBytes;
        long* groupSlots = (long*)(laneSlots + 1024);
        byte* next = (byte*)groupSlots + (8L * (_warps + 8) + 63) / 64 * 64;
        next = (byte*)(((nint)next + 63) & ~63);
        var states = (WarpState*)next;
        for (int i = 0; i < kept; i++)
        {
            WarpState* state = State(states, stateBytes, i);
            *state = default;
            state->Shared = shared;
            state->DynamicShared = shared + dynamicOffset;
            state->DynamicSharedBytes = _launch.DynamicSharedBytes;
            state->LaneSlots = laneSlots;
            state->GroupSlots = groupSlots;
            state->Warps = _warps;
            byte* own = next + kept * stateBytes + i * (local + spillStride + indexBytes);
            state->Local = own;
            state->Spill = own + local;
            state->LaneIndices = (int*)(own + local + spillStride);
            (state->GridDimension[0], state->GridDimension[1], state->GridDimension[2]) = _launch.Grid;
            (state->GroupDimension[0], state->GroupDimension[1], state->GroupDimension[2]) = _launch.Group;
        }
        for (long group = from; group < to; group++)
            RunGroup(states, stateBytes, group);
    }

    private static WarpState* State(WarpState* states, long stride, int warp) => (WarpState*)((byte*)states + warp * stride);

    private void RunGroup(WarpState* states, long stride, long group)
    {
        (int gx, int gy, _) = _launch.Grid;
        int x = (int)(group % gx), y = (int)(group / gx % gy), z = (int)(group / gx / gy);
        if (!_severalWarps)
        {
            WarpState* state = states;
            (state->GridIndex[0], state->GridIndex[1], state->GridIndex[2]) = (x, y, z);
            for (int warp = 0; warp < _warps; warp++)
            {
                int active = Place(state, warp);
                if (active > 0)
                    (active == _lanes ? _whole : _partial!).Run(_launch.Slots, state);
            }
            return;
        }
        for (int warp = 0; warp < _warps; warp++)
        {
            WarpState* state = State(states, stride, warp);
            (state->GridIndex[0], state->GridIndex[1], state->GridIndex[2]) = (x, y, z);
            state->Resume = Place(state, warp) > 0 ? 0 : -1;
        }
        RunToBarriers(states, stride);
    }

    // One round runs every warp up to its next barrier. A warp that has ended takes no part any more.
    private void RunToBarriers(WarpState* states, long stride)
    {
        for (bool running = true; running;)
        {
            running = false;
            int barrier = 0;
            for (int warp = 0; warp < _warps; warp++)
            {
                WarpState* state = State(states, stride, warp);
                if (state->Resume < 0)
                    continue;
                int reached = (state->ActiveLanes == _lanes ? _whole : _partial!).Run(_launch.Slots, state);
                if (reached == 0)
                {
                    state->Resume = -1;
                    continue;
                }
                if (barrier != 0 && reached != barrier)
                    throw new InvalidOperationException(
                        $"{_kernel.Name}: warps of one group wait at different barriers; every thread of a group must reach the same barrier.");
                barrier = reached;
                state->Resume = reached;
                running = true;
            }
        }
    }

    // Sets the warp's position; returns its active lanes.
    private int Place(WarpState* state, int warp)
    {
        int first = warp * _lanes;
        (int dx, int dy, _) = _launch.Group;
        int active = Math.Min(_lanes, _threadsPerGroup - first);
        state->FirstThread = first;
        int row = first / dx;
        (state->FirstIndex[0], state->FirstIndex[1], state->FirstIndex[2]) = (first - row * dx, row % dy, row / dy);
        if (!_alignedRows)
        {
            for (int lane = 0; lane < _lanes; lane++)
            {
                int thread = first + lane, line = thread / dx;
                state->LaneIndices[lane] = thread - line * dx;
                state->LaneIndices[_lanes + lane] = line % dy;
                state->LaneIndices[2 * _lanes + lane] = line / dy;
            }
        }
        if (_kernel.IsImplicit)
        {
            // Implicit launches use rows along X; lanes beyond the extent are off.
            long left = _launch.Extent.X - ((long)state->GridIndex[0] * dx + state->FirstIndex[0]);
            active = (int)Math.Clamp(Math.Min(active, left), 0, _lanes);
        }
        state->ActiveLanes = active;
        return active;
    }
}
