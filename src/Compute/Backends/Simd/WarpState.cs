using System.Runtime.InteropServices;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>What compiled code knows of the warp that it runs; one per worker and warp, reused from group to group.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WarpState
{
    public fixed int GridIndex[3];
    public fixed int GridDimension[3];
    public fixed int GroupDimension[3];

    /// <summary>Position of lane 0 in the group, by dimension; valid when a warp lies within one row.</summary>
    public fixed int FirstIndex[3];

    /// <summary>Linear index of lane 0 in the group.</summary>
    public int FirstThread;

    /// <summary>Lanes that take part, from lane 0; fewer than the vector has at the end of a row or group.</summary>
    public int ActiveLanes;

    /// <summary>Barrier to go on from; 0 at the start.</summary>
    public int Resume;

    /// <summary>Warps in the group.</summary>
    public int Warps;

    public byte* Shared;
    public byte* DynamicShared;
    public long DynamicSharedBytes;
    public byte* Local;

    /// <summary>Values that live across a barrier.</summary>
    public byte* Spill;

    /// <summary>Position of each lane in the group: all X, then all Y, then all Z.</summary>
    public int* LaneIndices;

    /// <summary>One 64-bit slot per warp of the group, for values that cross warps.</summary>
    public long* GroupSlots;

    /// <summary>Room to pass vectors to helpers that work lane by lane: 8 slots of 128 bytes.</summary>
    public byte* LaneSlots;
}

/// <summary>Compiled code of one warp. Returns 0 when done, or the number of the barrier it stopped at.</summary>
internal unsafe delegate int WarpFunction(byte* arguments, WarpState* state);
