using System.Runtime.CompilerServices;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>How many rounds lanes have made of the loops they are in: 16 bits for each depth, of which only equality matters.</summary>
internal static class Rounds
{
    /// <summary>A way that neither begins a loop nor its next round.</summary>
    public const sbyte NoLoop = -128;

    /// <summary>How many loops one in the other have counts of their own.</summary>
    public const int Counted = Deepest + 1;

    private const int Deepest = 3, Bits = 16;

    /// <summary>What lanes have counted behind a way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long After(long rounds, sbyte loop)
    {
        int depth = Math.Min(loop < 0 ? ~loop : loop, Deepest);
        long outer = At(rounds, depth), own = rounds & ~outer & At(rounds, depth + 1);
        return loop < 0 ? outer | (own + (1L << (depth * Bits)) & At(-1, depth + 1)) : outer;
    }

    /// <summary>The rounds of the outermost loops only.</summary>
    public static long At(long rounds, int depths) => depths > Deepest ? rounds : rounds & ((1L << (depths * Bits)) - 1);
}
