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

    /// <summary>Slots that a cache needs so that a chunk of tokens still sees its whole window after all were written.</summary>
    public static int SlotsNeeded(int context, int window, int chunk) =>
        window == 0 ? context : Math.Min(context, checked(window + chunk - 1));
}
