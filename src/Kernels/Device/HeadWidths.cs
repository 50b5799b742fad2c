namespace GemmaIlgpu.Kernels.Device;

/// <summary>
/// Columns of a head vector that each lane keeps in registers. Kernels take it as a type parameter, because arrays become
/// registers only where every index is known to the compiler.
/// </summary>
public interface ILaneColumns
{
    /// <summary>Columns of a lane; the head width is that many times the warp.</summary>
    static abstract int Count { get; }
}

/// <summary>Head width 64 on warps of 32.</summary>
public readonly struct TwoColumns : ILaneColumns
{
    public static int Count => 2;
}

/// <summary>Head width 128 on warps of 32.</summary>
public readonly struct FourColumns : ILaneColumns
{
    public static int Count => 4;
}

/// <summary>Head width 256 on warps of 32.</summary>
public readonly struct EightColumns : ILaneColumns
{
    public static int Count => 8;
}
