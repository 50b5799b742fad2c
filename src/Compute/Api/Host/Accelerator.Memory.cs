using System.Runtime.CompilerServices;

namespace ILGPU.Runtime;

public abstract partial class Accelerator
{
    /// <summary>Allocates memory.</summary>
    /// <param name="length">Elements; at least 0.</param>
    /// <param name="elementSize">Bytes of one element.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative or overflows.</exception>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    public MemoryBuffer AllocateRaw(long length, int elementSize)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(elementSize);
        if (length < 0 || length > long.MaxValue / elementSize)
            throw new ArgumentOutOfRangeException(nameof(length), $"A buffer of {length} elements of {elementSize} bytes cannot be.");
        return AllocateRawCore(length, elementSize);
    }

    /// <summary>Allocates an array. What is in it at first is zeros.</summary>
    /// <param name="length">Elements.</param>
    public MemoryBuffer1D<T, Stride1D.Dense> Allocate1D<T>(long length)
        where T : unmanaged =>
        Allocate1D<T, Stride1D.Dense>(length, default);

    /// <summary>Allocates an array with gaps.</summary>
    /// <param name="length">Elements.</param>
    /// <param name="stride">The rule that turns an index into a position.</param>
    public MemoryBuffer1D<T, TStride> Allocate1D<T, TStride>(long length, TStride stride)
        where T : unmanaged
        where TStride : struct, IStride1D
    {
        var extent = new LongIndex1D(length);
        long elements = length < 0 ? length : stride.ComputeBufferLength(extent);
        MemoryBuffer owner = AllocateRaw(elements, Unsafe.SizeOf<T>());
        return new(this, new(new ArrayView<T>(owner, 0, elements), extent, stride), owner);
    }

    /// <summary>Allocates an array of two dimensions, X without gaps.</summary>
    public MemoryBuffer2D<T, Stride2D.DenseX> Allocate2DDenseX<T>(in LongIndex2D extent)
        where T : unmanaged =>
        Allocate2D<T, Stride2D.DenseX>(extent, new Stride2D.DenseX(Pitch<T>(extent.X, 0)));

    /// <summary>Allocates an array of two dimensions, Y without gaps, as C# arrays are.</summary>
    public MemoryBuffer2D<T, Stride2D.DenseY> Allocate2DDenseY<T>(in LongIndex2D extent)
        where T : unmanaged =>
        Allocate2D<T, Stride2D.DenseY>(extent, new Stride2D.DenseY(Pitch<T>(extent.Y, 0)));

    /// <summary>Allocates an array of two dimensions whose columns (all X of one Y) begin at aligned addresses.</summary>
    /// <param name="extent">The number of indices in each dimension.</param>
    /// <param name="xAlignmentInBytes">A multiple of the element size.</param>
    public MemoryBuffer2D<T, Stride2D.DenseX> Allocate2DPitchedX<T>(in LongIndex2D extent, int xAlignmentInBytes)
        where T : unmanaged =>
        Allocate2D<T, Stride2D.DenseX>(extent, new Stride2D.DenseX(Pitch<T>(extent.X, xAlignmentInBytes)));

    /// <summary>Allocates an array of two dimensions whose rows (all Y of one X) begin at aligned addresses.</summary>
    /// <param name="extent">The number of indices in each dimension.</param>
    /// <param name="yAlignmentInBytes">A multiple of the element size.</param>
    public MemoryBuffer2D<T, Stride2D.DenseY> Allocate2DPitchedY<T>(in LongIndex2D extent, int yAlignmentInBytes)
        where T : unmanaged =>
        Allocate2D<T, Stride2D.DenseY>(extent, new Stride2D.DenseY(Pitch<T>(extent.Y, yAlignmentInBytes)));

    /// <summary>Allocates an array of three dimensions, X without gaps.</summary>
    public MemoryBuffer3D<T, Stride3D.DenseXY> Allocate3DDenseXY<T>(LongIndex3D extent)
        where T : unmanaged =>
        Allocate3DPitchedXY<T>(extent, 0);

    /// <summary>Allocates an array of three dimensions, Z without gaps, as C# arrays are.</summary>
    public MemoryBuffer3D<T, Stride3D.DenseZY> Allocate3DDenseZY<T>(LongIndex3D extent)
        where T : unmanaged =>
        Allocate3DPitchedZY<T>(extent, 0);

    /// <summary>Allocates an array of three dimensions whose lines (all X of one Y and Z) begin at aligned addresses.</summary>
    /// <param name="extent">The number of indices in each dimension.</param>
    /// <param name="xyAlignmentInBytes">A multiple of the element size.</param>
    public MemoryBuffer3D<T, Stride3D.DenseXY> Allocate3DPitchedXY<T>(LongIndex3D extent, int xyAlignmentInBytes)
        where T : unmanaged
    {
        int line = Pitch<T>(extent.X, xyAlignmentInBytes);
        return Allocate3D<T, Stride3D.DenseXY>(extent, new Stride3D.DenseXY(line, checked((int)(line * extent.Y))));
    }

    /// <summary>Allocates an array of three dimensions whose lines (all Z of one X and Y) begin at aligned addresses.</summary>
    /// <param name="extent">The number of indices in each dimension.</param>
    /// <param name="yzAlignmentInBytes">A multiple of the element size.</param>
    public MemoryBuffer3D<T, Stride3D.DenseZY> Allocate3DPitchedZY<T>(LongIndex3D extent, int yzAlignmentInBytes)
        where T : unmanaged
    {
        int line = Pitch<T>(extent.Z, yzAlignmentInBytes);
        return Allocate3D<T, Stride3D.DenseZY>(extent, new Stride3D.DenseZY(checked((int)(line * extent.Y)), line));
    }

    /// <summary>Allocates an array of two dimensions with strides of one's own.</summary>
    /// <param name="extent">The number of indices in each dimension.</param>
    /// <param name="getLeadingDimensionSize">Says how many elements the dimension without gaps has.</param>
    /// <param name="buildStride">Makes the stride of that.</param>
    public MemoryBuffer2D<T, TStride> Allocate2D<T, TStride>(in LongIndex2D extent, Stride2D.GetLeadingDimensionSize getLeadingDimensionSize, Stride2D.BuildStride<TStride> buildStride)
        where T : unmanaged
        where TStride : struct, IStride2D
    {
        ArgumentNullException.ThrowIfNull(getLeadingDimensionSize);
        ArgumentNullException.ThrowIfNull(buildStride);
        return Allocate2D<T, TStride>(extent, buildStride(extent, Pitch<T>(getLeadingDimensionSize(extent), 0)));
    }

    /// <summary>Allocates an array of three dimensions with strides of one's own.</summary>
    /// <param name="extent">The number of indices in each dimension.</param>
    /// <param name="getLeadingDimensionSize">Says how many elements the dimension without gaps has.</param>
    /// <param name="buildStride">Makes the stride of that.</param>
    public MemoryBuffer3D<T, TStride> Allocate3D<T, TStride>(LongIndex3D extent, Stride3D.GetLeadingDimensionSize getLeadingDimensionSize, Stride3D.BuildStride<TStride> buildStride)
        where T : unmanaged
        where TStride : struct, IStride3D
    {
        ArgumentNullException.ThrowIfNull(getLeadingDimensionSize);
        ArgumentNullException.ThrowIfNull(buildStride);
        return Allocate3D<T, TStride>(extent, buildStride(extent, Pitch<T>(getLeadingDimensionSize(extent), 0)));
    }

    private MemoryBuffer2D<T, TStride> Allocate2D<T, TStride>(LongIndex2D extent, TStride stride)
        where T : unmanaged
        where TStride : struct, IStride2D
    {
        if (extent.X < 0 || extent.Y < 0)
            throw new ArgumentOutOfRangeException(nameof(extent), $"A buffer of {extent} elements cannot be.");
        long elements = stride.ComputeBufferLength(extent);
        MemoryBuffer owner = AllocateRaw(elements, Unsafe.SizeOf<T>());
        return new(this, new(new ArrayView<T>(owner, 0, elements), extent, stride), owner);
    }

    private MemoryBuffer3D<T, TStride> Allocate3D<T, TStride>(LongIndex3D extent, TStride stride)
        where T : unmanaged
        where TStride : struct, IStride3D
    {
        if (extent.X < 0 || extent.Y < 0 || extent.Z < 0)
            throw new ArgumentOutOfRangeException(nameof(extent), $"A buffer of {extent} elements cannot be.");
        long elements = stride.ComputeBufferLength(extent);
        MemoryBuffer owner = AllocateRaw(elements, Unsafe.SizeOf<T>());
        return new(this, new(new ArrayView<T>(owner, 0, elements), extent, stride), owner);
    }

    /// <summary>Computes the elements from one line to the next. <paramref name="alignmentInBytes"/> is 0 for lines without gaps.</summary>
    private static int Pitch<T>(long elements, int alignmentInBytes)
        where T : unmanaged
    {
        if (alignmentInBytes == 0)
            return checked((int)elements);
        int step = alignmentInBytes / Unsafe.SizeOf<T>();
        if (alignmentInBytes < 0 || step * Unsafe.SizeOf<T>() != alignmentInBytes)
            throw new ArgumentOutOfRangeException(nameof(alignmentInBytes), $"An alignment of {alignmentInBytes} bytes is no multiple of the element size, {Unsafe.SizeOf<T>()}.");
        return checked((int)((elements + step - 1) / step * step));
    }
}
