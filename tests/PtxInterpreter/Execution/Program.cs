using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>Special registers whose value is fixed for a thread.</summary>
internal enum SpecialRegister
{
    TidX, TidY, TidZ, NtidX, NtidY, NtidZ, CtaidX, CtaidY, CtaidZ, NctaidX, NctaidY, NctaidZ,
    LaneId, WarpId, NWarpId, SmId, NSmId, GridId, MaskEq, MaskLe, MaskLt, MaskGe, MaskGt,
    DynamicSharedSize, TotalSharedSize, WarpSize,
}

/// <summary>A register of the decoded program: number for the initialised masks, offset into the file.</summary>
internal sealed record Register(string Name, PtxType Type, int Number, int Offset);

/// <summary>A decoded entry.</summary>
internal sealed class KernelProgram
{
    /// <summary>Bytes of the shared window below the first variable, as the driver reserves them on sm_90.</summary>
    public const int SharedStart = 1024;

    public required Instruction[] Code { get; init; }

    /// <summary>Bytes of one warp's register file, and its number of registers.</summary>
    public required int RegisterBytes { get; init; }

    public required int RegisterCount { get; init; }

    public required string[] RegisterNames { get; init; }

    public required IReadOnlyList<(Register Register, ulong Bits)> Constants { get; init; }

    public required IReadOnlyList<(Register Register, SpecialRegister Special)> Specials { get; init; }

    /// <summary>Registers that hold addresses of .global and .const variables.</summary>
    public required IReadOnlyList<(Register Register, string Variable, long Offset)> VariableAddresses { get; init; }

    public required int ParameterBytes { get; init; }

    public required int StaticSharedBytes { get; init; }

    /// <summary>Bytes of one thread's local memory, call parameters included.</summary>
    public required int LocalBytes { get; init; }

    /// <summary>Whether groups may interfere through atomics on global memory, so that their order matters.</summary>
    public required bool HasGlobalAtomics { get; init; }
}
