using System.Runtime.CompilerServices;

namespace ILGPU.Runtime;

public static partial class ArrayViewExtensions
{
    /// <summary>Gets a view with its stride.</summary>
    public static ArrayView1D<T, Stride1D.Dense> AsDense<T>(this ArrayView<T> view)
        where T : unmanaged =>
        view;

    /// <summary>Gets a view with its stride stored.</summary>
    public static ArrayView1D<T, Stride1D.General> AsGeneral<T>(this ArrayView<T> view)
        where T : unmanaged =>
        view.AsGeneral(new Stride1D.General(1));

    /// <summary>Gets a view with another stride.</summary>
    public static ArrayView1D<T, Stride1D.General> AsGeneral<T>(this ArrayView<T> view, Stride1D.General stride)
        where T : unmanaged =>
        new(view, view.Extent, stride);

    /// <summary>Gets a view of one element.</summary>
    public static VariableView<T> VariableView<T>(this ArrayView<T> view, Index1D element)
        where T : unmanaged =>
        new(view.SubView(element.X, 1));

    /// <summary>Gets a view of one element.</summary>
    public static VariableView<T> VariableView<T>(this ArrayView<T> view, LongIndex1D element)
        where T : unmanaged =>
        new(view.SubView(element.X, 1));

    /// <summary>Gets the same memory as elements of another type.</summary>
    public static ArrayView1D<TOther, Stride1D.Dense> Cast<T, TOther>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged
        where TOther : unmanaged =>
        view.BaseView.Cast<TOther>();

    /// <summary>Gets the same memory as elements of another type; the dimension without gaps changes its length.</summary>
    public static ArrayView2D<TOther, Stride2D.DenseX> Cast<T, TOther>(this ArrayView2D<T, Stride2D.DenseX> view)
        where T : unmanaged
        where TOther : unmanaged =>
        new(view.BaseView.Cast<TOther>(),
            new LongIndex2D(Recount<T, TOther>(view.Extent.X), view.Extent.Y),
            new Stride2D.DenseX((int)Recount<T, TOther>(view.Stride.YStride)));

    /// <summary>Gets the same memory as elements of another type; the dimension without gaps changes its length.</summary>
    public static ArrayView2D<TOther, Stride2D.DenseY> Cast<T, TOther>(this ArrayView2D<T, Stride2D.DenseY> view)
        where T : unmanaged
        where TOther : unmanaged =>
        new(view.BaseView.Cast<TOther>(),
            new LongIndex2D(view.Extent.X, Recount<T, TOther>(view.Extent.Y)),
            new Stride2D.DenseY((int)Recount<T, TOther>(view.Stride.XStride)));

    /// <summary>Gets the same memory as elements of another type; the dimension without gaps changes its length.</summary>
    public static ArrayView3D<TOther, Stride3D.DenseXY> Cast<T, TOther>(this ArrayView3D<T, Stride3D.DenseXY> view)
        where T : unmanaged
        where TOther : unmanaged =>
        new(view.BaseView.Cast<TOther>(),
            new LongIndex3D(Recount<T, TOther>(view.Extent.X), view.Extent.Y, view.Extent.Z),
            new Stride3D.DenseXY((int)Recount<T, TOther>(view.Stride.YStride), (int)Recount<T, TOther>(view.Stride.ZStride)));

    /// <summary>Gets the same memory as elements of another type; the dimension without gaps changes its length.</summary>
    public static ArrayView3D<TOther, Stride3D.DenseZY> Cast<T, TOther>(this ArrayView3D<T, Stride3D.DenseZY> view)
        where T : unmanaged
        where TOther : unmanaged =>
        new(view.BaseView.Cast<TOther>(),
            new LongIndex3D(view.Extent.X, view.Extent.Y, Recount<T, TOther>(view.Extent.Z)),
            new Stride3D.DenseZY((int)Recount<T, TOther>(view.Stride.XStride), (int)Recount<T, TOther>(view.Stride.YStride)));

    /// <summary>Swaps X and Y.</summary>
    public static ArrayView2D<T, Stride2D.DenseY> AsTransposed<T>(this ArrayView2D<T, Stride2D.DenseX> view)
        where T : unmanaged =>
        new(view.BaseView, new LongIndex2D(view.Extent.Y, view.Extent.X), new Stride2D.DenseY(view.Stride.YStride));

    /// <summary>Swaps X and Y.</summary>
    public static ArrayView2D<T, Stride2D.DenseX> AsTransposed<T>(this ArrayView2D<T, Stride2D.DenseY> view)
        where T : unmanaged =>
        new(view.BaseView, new LongIndex2D(view.Extent.Y, view.Extent.X), new Stride2D.DenseX(view.Stride.XStride));

    /// <summary>Swaps X and Y.</summary>
    public static ArrayView2D<T, Stride2D.General> AsTransposed<T>(this ArrayView2D<T, Stride2D.General> view)
        where T : unmanaged =>
        new(view.BaseView,
            new LongIndex2D(view.Extent.Y, view.Extent.X),
            new Stride2D.General(new Index2D(view.Stride.YStride, view.Stride.XStride)));

    /// <summary>Swaps X and Z.</summary>
    public static ArrayView3D<T, Stride3D.DenseZY> AsTransposed<T>(this ArrayView3D<T, Stride3D.DenseXY> view)
        where T : unmanaged =>
        new(view.BaseView,
            new LongIndex3D(view.Extent.Z, view.Extent.Y, view.Extent.X),
            new Stride3D.DenseZY(view.Stride.ZStride, view.Stride.YStride));

    /// <summary>Swaps X and Z.</summary>
    public static ArrayView3D<T, Stride3D.DenseXY> AsTransposed<T>(this ArrayView3D<T, Stride3D.DenseZY> view)
        where T : unmanaged =>
        new(view.BaseView,
            new LongIndex3D(view.Extent.Z, view.Extent.Y, view.Extent.X),
            new Stride3D.DenseXY(view.Stride.YStride, view.Stride.XStride));

    /// <summary>Swaps X and Z.</summary>
    public static ArrayView3D<T, Stride3D.General> AsTransposed<T>(this ArrayView3D<T, Stride3D.General> view)
        where T : unmanaged =>
        new(view.BaseView,
            new LongIndex3D(view.Extent.Z, view.Extent.Y, view.Extent.X),
            new Stride3D.General(new Index3D(view.Stride.ZStride, view.Stride.YStride, view.Stride.XStride)));

    /// <summary>Gets whether a view shows any elements.</summary>
    public static bool HasData<TView>(this TView view)
        where TView : IArrayView =>
        view.IsValid && view.Length > 0;

    /// <summary>Gets whether a view shows no elements.</summary>
    public static bool HasNoData<TView>(this TView view)
        where TView : IArrayView =>
        !view.HasData();

    /// <summary>Gets the accelerator that a view's memory belongs to.</summary>
    public static Accelerator GetAccelerator<TView>(this TView view)
        where TView : IArrayView =>
        view.Buffer.Accelerator;

    /// <summary>Gets the context of the accelerator that a view's memory belongs to.</summary>
    public static Context GetContext<TView>(this TView view)
        where TView : IArrayView =>
        view.Buffer.Accelerator.Context;

    /// <summary>Gets the kind of accelerator that a view's memory belongs to.</summary>
    public static AcceleratorType GetAcceleratorType<TView>(this TView view)
        where TView : IArrayView =>
        view.Buffer.AcceleratorType;

    /// <summary>Gets the settings of the context that a view's memory belongs to.</summary>
    public static ContextProperties GetContextProperties<TView>(this TView view)
        where TView : IArrayView =>
        view.Buffer.Accelerator.Context.Properties;

    /// <summary>Gets the address of the first element.</summary>
    public static IntPtr LoadEffectiveAddressAsPtr<T>(this ArrayView<T> view)
        where T : unmanaged =>
        (IntPtr)view.Address;

    /// <summary>Gets a reference to the first byte.</summary>
    public static unsafe ref byte LoadEffectiveAddress<T>(this ArrayView<T> view)
        where T : unmanaged =>
        ref *(byte*)view.Pointer;

    private static long Recount<T, TOther>(long elements)
        where T : unmanaged
        where TOther : unmanaged =>
        elements * Unsafe.SizeOf<T>() / Unsafe.SizeOf<TOther>();
}
