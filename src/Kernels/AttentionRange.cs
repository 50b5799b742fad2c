using GemmaIlgpu.Kernels.Device;
using ILGPU.Algorithms;

namespace GemmaIlgpu.Kernels;

/// <summary>Which keys a query sees. Pure arithmetic, shared by the kernels and the host.</summary>
/// <remarks>
/// The query at position p sees the keys <see cref="First"/> … p. A window W counts the query's own key:
/// p sees max(0, p − W + 1) … p. Window 0 stands for global attention: everything up to p.
/// </remarks>
public static class AttentionRange
{
    /// <summary>First key that the query at this position sees.</summary>
    public static int First(int position, int window)
    {
        int first = position - window + 1;
        return window == 0 || first < 0 ? 0 : first;
    }

    /// <summary>How many keys the query at this position sees.</summary>
    public static int Length(int position, int window) => position - First(position, window) + 1;

    /// <summary>First key that any row from this one on sees. A row is a query head of a token, as <see cref="AttentionTile"/> counts them.</summary>
    public static int FirstOfRows(int rowStart, AttentionParameters p) => First(p.FirstPosition + (rowStart / p.HeadsPerKv), p.Window);

    /// <summary>Last key that any row before this one sees.</summary>
    public static int LastOfRows(int rowEnd, AttentionParameters p) => p.FirstPosition + ((rowEnd - 1) / p.HeadsPerKv);

    /// <summary>First row of a tile that sees this key.</summary>
    public static int FirstRowSeeing(int key, int rowStart, AttentionParameters p) =>
        XMath.Max(rowStart, (key - p.FirstPosition) * p.HeadsPerKv);

    /// <summary>First row of a tile that does not see this key any more.</summary>
    public static int EndOfRowsSeeing(int key, int rowEnd, AttentionParameters p) =>
        p.Window == 0 ? rowEnd : XMath.Min(rowEnd, (key - p.FirstPosition + p.Window) * p.HeadsPerKv);

    /// <summary>Slots that a cache needs so that a chunk of tokens still sees its whole window after all were written.</summary>
    public static int SlotsNeeded(int context, int window, int chunk) =>
        window == 0 ? context : Math.Min(context, checked(window + chunk - 1));
}
