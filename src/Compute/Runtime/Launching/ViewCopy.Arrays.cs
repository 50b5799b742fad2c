using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>Copies between views with strides and arrays of the same rank.</summary>
internal static unsafe partial class ViewCopy
{
    /// <summary>Copies an array into a view.</summary>
    public static void FromArray<T>(AcceleratorStream stream, ArrayView<T> view, T[] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        FromHost(stream, view, data.AsSpan());
    }

    /// <summary>Copies an array into a view.</summary>
    public static void FromArray<T, TStride>(AcceleratorStream stream, ArrayView1D<T, TStride> view, T[] data)
        where T : unmanaged
        where TStride : struct, IStride1D
    {
        ArgumentNullException.ThrowIfNull(data);
        if (view.Stride.XStride == 1)
        {
            FromArray(stream, view.BaseView, data);
            return;
        }

        CheckExtent(stream, view.BaseView, new LongIndex1D(data.LongLength).InBoundsInclusive(view.Extent), $"{data.LongLength}", $"{view.Extent}");
        using var host = HostCopy<T>.ForWriting(stream, view.BaseView);
        var onHost = new ArrayView1D<T, TStride>(host.View, view.Extent, view.Stride);
        for (long x = 0; x < data.LongLength; x++)
            onHost[new LongIndex1D(x)] = data[x];
    }

    /// <summary>Copies an array into a view: element [x, y] to [x, y].</summary>
    public static void FromArray<T, TStride>(AcceleratorStream stream, ArrayView2D<T, TStride> view, T[,] data)
        where T : unmanaged
        where TStride : struct, IStride2D
    {
        ArgumentNullException.ThrowIfNull(data);
        LongIndex2D extent = Extent(data);
        CheckExtent(stream, view.BaseView, extent.InBoundsInclusive(view.Extent), $"{extent}", $"{view.Extent}");
        using var host = HostCopy<T>.ForWriting(stream, view.BaseView);
        var onHost = new ArrayView2D<T, TStride>(host.View, view.Extent, view.Stride);
        for (long x = 0; x < extent.X; x++)
        {
            for (long y = 0; y < extent.Y; y++)
                onHost[x, y] = data[x, y];
        }
    }

    /// <summary>Copies an array into a view: element [x, y, z] to [x, y, z].</summary>
    public static void FromArray<T, TStride>(AcceleratorStream stream, ArrayView3D<T, TStride> view, T[,,] data)
        where T : unmanaged
        where TStride : struct, IStride3D
    {
        ArgumentNullException.ThrowIfNull(data);
        LongIndex3D extent = Extent(data);
        CheckExtent(stream, view.BaseView, extent.InBoundsInclusive(view.Extent), $"{extent}", $"{view.Extent}");
        using var host = HostCopy<T>.ForWriting(stream, view.BaseView);
        var onHost = new ArrayView3D<T, TStride>(host.View, view.Extent, view.Stride);
        for (long x = 0; x < extent.X; x++)
        {
            for (long y = 0; y < extent.Y; y++)
            {
                for (long z = 0; z < extent.Z; z++)
                    onHost[x, y, z] = data[x, y, z];
            }
        }
    }

    /// <summary>Fills an array from a view.</summary>
    public static void ToArray<T>(AcceleratorStream stream, ArrayView<T> view, T[] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        ToHost(stream, view, data.AsSpan());
    }

    /// <summary>Fills an array from a view.</summary>
    public static void ToArray<T, TStride>(AcceleratorStream stream, ArrayView1D<T, TStride> view, T[] data)
        where T : unmanaged
        where TStride : struct, IStride1D
    {
        ArgumentNullException.ThrowIfNull(data);
        if (view.Stride.XStride == 1)
        {
            ToArray(stream, view.BaseView, data);
            return;
        }

        CheckExtent(stream, view.BaseView, new LongIndex1D(data.LongLength).InBoundsInclusive(view.Extent), $"{data.LongLength}", $"{view.Extent}");
        using var host = HostCopy<T>.ForReading(stream, view.BaseView);
        var onHost = new ArrayView1D<T, TStride>(host.View, view.Extent, view.Stride);
        for (long x = 0; x < data.LongLength; x++)
            data[x] = onHost[new LongIndex1D(x)];
    }

    /// <summary>Fills an array from a view: element [x, y] from [x, y].</summary>
    public static void ToArray<T, TStride>(AcceleratorStream stream, ArrayView2D<T, TStride> view, T[,] data)
        where T : unmanaged
        where TStride : struct, IStride2D
    {
        ArgumentNullException.ThrowIfNull(data);
        LongIndex2D extent = Extent(data);
        CheckExtent(stream, view.BaseView, extent.InBoundsInclusive(view.Extent), $"{extent}", $"{view.Extent}");
        using var host = HostCopy<T>.ForReading(stream, view.BaseView);
        var onHost = new ArrayView2D<T, TStride>(host.View, view.Extent, view.Stride);
        for (long x = 0; x < extent.X; x++)
        {
            for (long y = 0; y < extent.Y; y++)
                data[x, y] = onHost[x, y];
        }
    }

    /// <summary>Fills an array from a view: element [x, y, z] from [x, y, z].</summary>
    public static void ToArray<T, TStride>(AcceleratorStream stream, ArrayView3D<T, TStride> view, T[,,] data)
        where T : unmanaged
        where TStride : struct, IStride3D
    {
        ArgumentNullException.ThrowIfNull(data);
        LongIndex3D extent = Extent(data);
        CheckExtent(stream, view.BaseView, extent.InBoundsInclusive(view.Extent), $"{extent}", $"{view.Extent}");
        using var host = HostCopy<T>.ForReading(stream, view.BaseView);
        var onHost = new ArrayView3D<T, TStride>(host.View, view.Extent, view.Stride);
        for (long x = 0; x < extent.X; x++)
        {
            for (long y = 0; y < extent.Y; y++)
            {
                for (long z = 0; z < extent.Z; z++)
                    data[x, y, z] = onHost[x, y, z];
            }
        }
    }

    /// <summary>Copies a view into a new array.</summary>
    public static T[] NewArray<T>(AcceleratorStream stream, ArrayView<T> view)
        where T : unmanaged
    {
        var data = new T[view.Length];
        ToArray(stream, view, data);
        return data;
    }

    /// <summary>Copies a view into a new array.</summary>
    public static T[] NewArray<T, TStride>(AcceleratorStream stream, ArrayView1D<T, TStride> view)
        where T : unmanaged
        where TStride : struct, IStride1D
    {
        var data = new T[view.Length];
        ToArray(stream, view, data);
        return data;
    }

    /// <summary>Copies a view into a new array of the same extent.</summary>
    public static T[,] NewArray<T, TStride>(AcceleratorStream stream, ArrayView2D<T, TStride> view)
        where T : unmanaged
        where TStride : struct, IStride2D
    {
        var data = new T[view.Extent.X, view.Extent.Y];
        ToArray(stream, view, data);
        return data;
    }

    /// <summary>Copies a view into a new array of the same extent.</summary>
    public static T[,,] NewArray<T, TStride>(AcceleratorStream stream, ArrayView3D<T, TStride> view)
        where T : unmanaged
        where TStride : struct, IStride3D
    {
        var data = new T[view.Extent.X, view.Extent.Y, view.Extent.Z];
        ToArray(stream, view, data);
        return data;
    }
}
