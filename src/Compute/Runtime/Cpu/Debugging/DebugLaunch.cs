using System.Reflection;
using ILGPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>One launch on the Debug accelerator.</summary>
internal sealed class DebugLaunch
{
    /// <summary>Gets the kernel's type and method.</summary>
    public required string KernelName { get; init; }

    /// <summary>Gets the number of groups.</summary>
    public required Index3D GridDim { get; init; }

    /// <summary>Gets the number of threads of a group.</summary>
    public required Index3D GroupDim { get; init; }

    /// <summary>Gets the number of lanes of a warp.</summary>
    public required int WarpSize { get; init; }

    /// <summary>Gets the size of the dynamic shared memory.</summary>
    public int DynamicSharedBytes { get; init; }

    /// <summary>Gets the extent of an implicitly grouped launch; null if explicitly grouped.</summary>
    public LongIndex3D? Extent { get; init; }

    /// <summary>Gets the arguments, without the index.</summary>
    public required object[] Arguments { get; init; }

    /// <summary>Gets the parameters that the arguments belong to.</summary>
    public required ParameterInfo[] Parameters { get; init; }

    /// <summary>Gets whether a thread takes part.</summary>
    public bool Contains(Index3D group, Index3D thread) =>
        Extent is not { } extent || GlobalIndex(group, thread).InBounds(extent);

    /// <summary>Computes the index of a thread in the whole grid.</summary>
    public LongIndex3D GlobalIndex(Index3D group, Index3D thread) =>
        group.ToLongIndex() * GroupDim.ToLongIndex() + thread.ToLongIndex();

    /// <summary>Finds the parameter whose view holds an address, and the part of it: "x" or "weights.Data".</summary>
    public string? NameOf(nint address)
    {
        string? best = null;
        long bestLength = long.MaxValue;
        for (int i = 0; i < Arguments.Length; i++)
        {
            foreach ((string name, IDebugView view) in DebugViews.In(Arguments[i], Parameters[i].Name ?? $"argument {i}"))
            {
                long bytes = view.LengthInBytes;
                if (view.Address != 0 && address >= view.Address && address <= view.Address + bytes && bytes < bestLength)
                    (best, bestLength) = (name, bytes);
            }
        }

        return best;
    }
}
