namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>How a launch is carried out.</summary>
public sealed record LaunchOptions
{
    public static LaunchOptions Default { get; } = new();

    /// <summary>Threads of this process that run groups; kernels with atomics on global memory take one.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>A group that needs more is said not to end.</summary>
    public long MaximumWarpInstructions { get; init; } = 20_000_000_000;

    /// <summary>What vprintf prints goes here; nothing by default.</summary>
    public Action<string>? Output { get; init; }
}

/// <summary>What a launch executed.</summary>
public sealed class LaunchStatistics
{
    /// <summary>Instructions times lanes that carried them out, by the opcode's first word.</summary>
    public Dictionary<string, long> LanesByOpcode { get; } = [];

    /// <summary>Instructions that warps carried out.</summary>
    public long WarpInstructions { get; internal set; }

    public long LaneInstructions => LanesByOpcode.Values.Sum();
}
