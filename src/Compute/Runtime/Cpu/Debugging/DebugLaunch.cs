using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

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
            foreach ((string name, nint start, long bytes) in ViewsIn(Arguments[i], Parameters[i].Name ?? $"argument {i}"))
            {
                if (start != 0 && address >= start && address <= start + bytes && bytes < bestLength)
                    (best, bestLength) = (name, bytes);
            }
        }

        return best;
    }

    private static IEnumerable<(string Name, nint Start, long Bytes)> ViewsIn(object? value, string name)
    {
        if (value is null)
            yield break;
        Type type = value.GetType();
        if (value is IDebugView view)
        {
            yield return (name, view.Address, view.LengthInBytes);
            yield break;
        }

        if (type.IsPrimitive || type.IsEnum || type.IsPointer)
            yield break;
        bool isWrapper = value is IArrayView;
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            // A strided view goes by its own name, not by that of the memory inside.
            string path = isWrapper ? name : $"{name}.{FieldName(field)}";
            foreach ((string Name, nint Start, long Bytes) part in ViewsIn(field.GetValue(value), path))
                yield return part;
        }
    }

    // <Name>k__BackingField of an automatic property, <Name>P of a primary constructor's parameter.
    private static string FieldName(FieldInfo field) =>
        field.Name is ['<', .. string rest] && rest.IndexOf('>', StringComparison.Ordinal) is > 0 and int end ? rest[..end] : field.Name;
}

/// <summary>A view as the Debug accelerator looks for it when it names a buffer.</summary>
internal interface IDebugView
{
    /// <summary>Gets the first byte.</summary>
    nint Address { get; }

    /// <summary>Gets the number of bytes.</summary>
    long LengthInBytes { get; }

    /// <summary>Gets the buffer; null for shared and local memory and for views of nothing.</summary>
    MemoryBuffer? Source { get; }
}
