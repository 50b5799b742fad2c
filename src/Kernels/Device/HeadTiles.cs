namespace GemmaIlgpu.Kernels.Device;

/// <summary>
/// The tiles of flash attention for one head width. Kernels take it as a type parameter, because fragments become
/// registers only where every index is known to the compiler.
/// </summary>
public interface IHeadTile
{
    /// <summary>Columns of a head vector.</summary>
    static abstract int HeadDim { get; }

    /// <summary>Keys that a group looks at together.</summary>
    static abstract int Keys { get; }
}

/// <summary>Heads of 64 columns.</summary>
public readonly struct HeadTile64 : IHeadTile
{
    public static int HeadDim => 64;
    public static int Keys => 64;
}

/// <summary>Heads of 128 columns: Gemma 2 27B.</summary>
public readonly struct HeadTile128 : IHeadTile
{
    public static int HeadDim => 128;
    public static int Keys => 64;
}

/// <summary>Heads of 256 columns, whose 64 × 256 outputs already take 128 registers a lane: half as many keys.</summary>
public readonly struct HeadTile256 : IHeadTile
{
    public static int HeadDim => 256;
    public static int Keys => 32;
}
