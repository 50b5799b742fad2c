using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Api;

namespace ILGPU.Runtime;

public static partial class ArrayViewExtensions
{
    /// <summary>Splits a view at the first aligned address: what is before, and the rest.</summary>
    /// <param name="view">The view.</param>
    /// <param name="alignmentInBytes">A power of two.</param>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo<T>(this ArrayView<T> view, int alignmentInBytes)
        where T : unmanaged
    {
        long bytes = Interop.ComputeAlignmentOffset(view.Address, alignmentInBytes);
        long elements = (bytes + Unsafe.SizeOf<T>() - 1) / Unsafe.SizeOf<T>();
        elements = elements > view.Length ? view.Length : elements;
        return (view.SubView(0, elements), view.SubView(elements, view.Length - elements));
    }

    /// <summary>Splits a view at the first aligned address: what is before, and the rest.</summary>
    /// <param name="view">The view.</param>
    /// <param name="alignmentInBytes">A power of two.</param>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo<T>(this ArrayView1D<T, Stride1D.Dense> view, int alignmentInBytes)
        where T : unmanaged =>
        view.BaseView.AlignTo(alignmentInBytes);

    /// <summary>Tells the compiler that a view begins at an aligned address.</summary>
    /// <param name="view">The view.</param>
    /// <param name="alignmentInBytes">A power of two.</param>
    [DeviceIntrinsic("ArrayView.AsAligned")]
    public static ArrayView<T> AsAligned<T>(this ArrayView<T> view, int alignmentInBytes)
        where T : unmanaged
    {
        DebugChecks.Aligned(view.Address, alignmentInBytes);
        return view;
    }

    /// <summary>Tells the compiler that a view begins at an aligned address.</summary>
    /// <param name="view">The view.</param>
    /// <param name="alignmentInBytes">A power of two.</param>
    public static ArrayView1D<T, Stride1D.Dense> AsAligned<T>(this ArrayView1D<T, Stride1D.Dense> view, int alignmentInBytes)
        where T : unmanaged =>
        view.BaseView.AsAligned(alignmentInBytes);

    /// <summary>Splits a view at the first address that is a multiple of 16.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo16<T>(this ArrayView<T> view)
        where T : unmanaged => view.AlignTo(16);

    /// <summary>Splits a view at the first address that is a multiple of 16.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo16<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AlignTo(16);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 16.</summary>
    public static ArrayView<T> AsAligned16<T>(this ArrayView<T> view)
        where T : unmanaged => view.AsAligned(16);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 16.</summary>
    public static ArrayView1D<T, Stride1D.Dense> AsAligned16<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AsAligned(16);

    /// <summary>Splits a view at the first address that is a multiple of 32.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo32<T>(this ArrayView<T> view)
        where T : unmanaged => view.AlignTo(32);

    /// <summary>Splits a view at the first address that is a multiple of 32.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo32<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AlignTo(32);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 32.</summary>
    public static ArrayView<T> AsAligned32<T>(this ArrayView<T> view)
        where T : unmanaged => view.AsAligned(32);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 32.</summary>
    public static ArrayView1D<T, Stride1D.Dense> AsAligned32<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AsAligned(32);

    /// <summary>Splits a view at the first address that is a multiple of 64.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo64<T>(this ArrayView<T> view)
        where T : unmanaged => view.AlignTo(64);

    /// <summary>Splits a view at the first address that is a multiple of 64.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo64<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AlignTo(64);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 64.</summary>
    public static ArrayView<T> AsAligned64<T>(this ArrayView<T> view)
        where T : unmanaged => view.AsAligned(64);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 64.</summary>
    public static ArrayView1D<T, Stride1D.Dense> AsAligned64<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AsAligned(64);

    /// <summary>Splits a view at the first address that is a multiple of 128.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo128<T>(this ArrayView<T> view)
        where T : unmanaged => view.AlignTo(128);

    /// <summary>Splits a view at the first address that is a multiple of 128.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo128<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AlignTo(128);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 128.</summary>
    public static ArrayView<T> AsAligned128<T>(this ArrayView<T> view)
        where T : unmanaged => view.AsAligned(128);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 128.</summary>
    public static ArrayView1D<T, Stride1D.Dense> AsAligned128<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AsAligned(128);

    /// <summary>Splits a view at the first address that is a multiple of 256.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo256<T>(this ArrayView<T> view)
        where T : unmanaged => view.AlignTo(256);

    /// <summary>Splits a view at the first address that is a multiple of 256.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo256<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AlignTo(256);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 256.</summary>
    public static ArrayView<T> AsAligned256<T>(this ArrayView<T> view)
        where T : unmanaged => view.AsAligned(256);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 256.</summary>
    public static ArrayView1D<T, Stride1D.Dense> AsAligned256<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AsAligned(256);

    /// <summary>Splits a view at the first address that is a multiple of 512.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo512<T>(this ArrayView<T> view)
        where T : unmanaged => view.AlignTo(512);

    /// <summary>Splits a view at the first address that is a multiple of 512.</summary>
    public static (ArrayView<T> Prefix, ArrayView<T> Main) AlignTo512<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AlignTo(512);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 512.</summary>
    public static ArrayView<T> AsAligned512<T>(this ArrayView<T> view)
        where T : unmanaged => view.AsAligned(512);

    /// <summary>Tells the compiler that a view begins at an address that is a multiple of 512.</summary>
    public static ArrayView1D<T, Stride1D.Dense> AsAligned512<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.AsAligned(512);
}
