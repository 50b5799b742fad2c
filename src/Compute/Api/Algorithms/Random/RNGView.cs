namespace ILGPU.Algorithms.Random;

/// <summary>Random numbers for the threads of a kernel, which takes it as a parameter.</summary>
/// <remarks>
/// Each lane of a warp has a generator, which is only read, and a count of the numbers drawn of it: a number is the generator shifted by the count.
/// A launch of more warps than the view is for shares generators among them; as it counts atomically, no two threads get the same number
/// all the same, but which of them gets which depends on their order then. Otherwise a seed gives the same numbers in every run.
/// Launches that run at the same time need views of their own. After 2^32 numbers a lane's repeat.
/// Moved for a number: the generator, and 8 bytes for the count.
/// </remarks>
public readonly struct RNGView<TRandomProvider> : IRandomProvider
    where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider>
{
    private readonly ArrayView<TRandomProvider> _providers;
    private readonly ArrayView<int> _counts;
    private readonly int _warps;

    internal RNGView(ArrayView<TRandomProvider> providers, ArrayView<int> counts, int warps)
    {
        _providers = providers;
        _counts = counts;
        _warps = warps;
    }

    /// <inheritdoc/>
    public int Next()
    {
        TRandomProvider provider = Draw();
        return provider.Next();
    }

    /// <inheritdoc/>
    public long NextLong()
    {
        TRandomProvider provider = Draw();
        return provider.NextLong();
    }

    /// <inheritdoc/>
    public float NextFloat()
    {
        TRandomProvider provider = Draw();
        return provider.NextFloat();
    }

    /// <inheritdoc/>
    public double NextDouble()
    {
        TRandomProvider provider = Draw();
        return provider.NextDouble();
    }

    private TRandomProvider Draw()
    {
        int warpsOfGroup = (Group.DimX * Group.DimY * Group.DimZ + Warp.WarpSize - 1) / Warp.WarpSize;
        uint warp = (uint)(Grid.LinearIndex * warpsOfGroup + Warp.WarpIdx) % (uint)_warps;
        int lane = (int)warp * Warp.WarpSize + Warp.LaneIdx;
        TRandomProvider provider = _providers[lane];
        provider.ShiftPeriod((long)Grid.DimX * Grid.DimY * Grid.DimZ * warpsOfGroup <= _warps ? _counts[lane]++ : Atomic.Add(ref _counts[lane], 1));
        return provider;
    }
}
