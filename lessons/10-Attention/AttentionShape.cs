namespace GemmaIlgpu.Lessons;

/// <summary>What the attention kernels need to know besides their views. Plain fields, as kernels take them.</summary>
public readonly struct AttentionShape(int tokens, int width, int window, float scale, float softcap)
{
    public readonly int Tokens = tokens;

    /// <summary>Numbers of a query, a key and a value.</summary>
    public readonly int Width = width;

    /// <summary>Keys that a query sees: its own and those before it.</summary>
    public readonly int Window = window;

    /// <summary>Scores are cap · tanh(q·k · scale / cap).</summary>
    public readonly float Scale = scale;
    public readonly float Softcap = softcap;
}
