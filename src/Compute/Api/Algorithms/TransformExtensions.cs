using ILGPU.Runtime;

namespace ILGPU.Algorithms;

/// <summary>Makes a value of another.</summary>
public interface ITransformer<TSource, TTarget>
    where TSource : struct
    where TTarget : struct
{
    /// <summary>The value that is made.</summary>
    TTarget Transform(TSource value);
}

/// <summary>Leaves values as they are.</summary>
public readonly struct IdentityTransformer<T> : ITransformer<T, T>
    where T : struct
{
    /// <inheritdoc/>
    public T Transform(T value) => value;
}

/// <summary>Transforms the elements of a view.</summary>
/// <param name="stream">The stream.</param>
/// <param name="source">What is read.</param>
/// <param name="target">What is written; it may be the source.</param>
/// <param name="transformer">What becomes of an element.</param>
public delegate void Transformer<TSource, TTarget, TTransformer>(AcceleratorStream stream, ArrayView<TSource> source, ArrayView<TTarget> target, TTransformer transformer)
    where TSource : unmanaged
    where TTarget : unmanaged
    where TTransformer : struct, ITransformer<TSource, TTarget>;

/// <summary>Transforms the elements of a view.</summary>
/// <param name="stream">The stream.</param>
/// <param name="source">What is read.</param>
/// <param name="target">What is written; it may be the source.</param>
/// <param name="transformer">What becomes of an element.</param>
public delegate void Transformer<TSource, TSourceStride, TTarget, TTargetStride, TTransformer>(
    AcceleratorStream stream,
    ArrayView1D<TSource, TSourceStride> source,
    ArrayView1D<TTarget, TTargetStride> target,
    TTransformer transformer)
    where TSource : unmanaged
    where TSourceStride : struct, IStride1D
    where TTarget : unmanaged
    where TTargetStride : struct, IStride1D
    where TTransformer : struct, ITransformer<TSource, TTarget>;

/// <summary>Transforms views element by element.</summary>
public static class TransformExtensions
{
    /// <summary>Loads what transforms views.</summary>
    public static Transformer<T, T, TTransformer> CreateTransformer<T, TTransformer>(this Accelerator accelerator)
        where T : unmanaged
        where TTransformer : struct, ITransformer<T, T> =>
        accelerator.CreateTransformer<T, T, TTransformer>();

    /// <summary>Loads what transforms views.</summary>
    public static Transformer<TSource, TTarget, TTransformer> CreateTransformer<TSource, TTarget, TTransformer>(this Accelerator accelerator)
        where TSource : unmanaged
        where TTarget : unmanaged
        where TTransformer : struct, ITransformer<TSource, TTarget>
    {
        var transform = accelerator.CreateTransformer<TSource, Stride1D.Dense, TTarget, Stride1D.Dense, TTransformer>();
        return (stream, source, target, transformer) => transform(stream, source, target, transformer);
    }

    /// <summary>Loads what transforms views.</summary>
    public static Transformer<TSource, TSourceStride, TTarget, TTargetStride, TTransformer> CreateTransformer<TSource, TSourceStride, TTarget, TTargetStride, TTransformer>(
        this Accelerator accelerator)
        where TSource : unmanaged
        where TSourceStride : struct, IStride1D
        where TTarget : unmanaged
        where TTargetStride : struct, IStride1D
        where TTransformer : struct, ITransformer<TSource, TTarget>
    {
        var launch = accelerator.LoadAutoGroupedKernel<LongIndex1D, ArrayView1D<TSource, TSourceStride>, ArrayView1D<TTarget, TTargetStride>, TTransformer>(Kernel);
        return (stream, source, target, transformer) => launch(stream, Common(source.Length, target.Length), source, target, transformer);
    }

    /// <summary>Transforms a view.</summary>
    public static void Transform<T, TTransformer>(this Accelerator accelerator, AcceleratorStream stream, ArrayView<T> source, ArrayView<T> target, TTransformer transformer)
        where T : unmanaged
        where TTransformer : struct, ITransformer<T, T> =>
        accelerator.Transform<T, Stride1D.Dense, T, Stride1D.Dense, TTransformer>(stream, source, target, transformer);

    /// <summary>Transforms a view.</summary>
    public static void Transform<TSource, TTarget, TTransformer>(
        this Accelerator accelerator,
        AcceleratorStream stream,
        ArrayView<TSource> source,
        ArrayView<TTarget> target,
        TTransformer transformer)
        where TSource : unmanaged
        where TTarget : unmanaged
        where TTransformer : struct, ITransformer<TSource, TTarget> =>
        accelerator.Transform<TSource, Stride1D.Dense, TTarget, Stride1D.Dense, TTransformer>(stream, source, target, transformer);

    /// <summary>Transforms a view.</summary>
    public static void Transform<T, TStride, TTransformer>(
        this Accelerator accelerator,
        AcceleratorStream stream,
        ArrayView1D<T, TStride> source,
        ArrayView1D<T, TStride> target,
        TTransformer transformer)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TTransformer : struct, ITransformer<T, T> =>
        accelerator.Transform<T, TStride, T, TStride, TTransformer>(stream, source, target, transformer);

    /// <summary>Transforms a view.</summary>
    public static void Transform<TSource, TSourceStride, TTarget, TTargetStride, TTransformer>(
        this Accelerator accelerator,
        AcceleratorStream stream,
        ArrayView1D<TSource, TSourceStride> source,
        ArrayView1D<TTarget, TTargetStride> target,
        TTransformer transformer)
        where TSource : unmanaged
        where TSourceStride : struct, IStride1D
        where TTarget : unmanaged
        where TTargetStride : struct, IStride1D
        where TTransformer : struct, ITransformer<TSource, TTarget> =>
        accelerator.LaunchAutoGrouped(Kernel, stream, Common(source.Length, target.Length), source, target, transformer);

    private static LongIndex1D Common(long source, long target) =>
        source <= target ? source : throw new ArgumentException($"The source has {source} elements, the target only {target}; it must hold them all.");

    private static void Kernel<TSource, TSourceStride, TTarget, TTargetStride, TTransformer>(
        LongIndex1D i,
        ArrayView1D<TSource, TSourceStride> source,
        ArrayView1D<TTarget, TTargetStride> target,
        TTransformer transformer)
        where TSource : unmanaged
        where TSourceStride : struct, IStride1D
        where TTarget : unmanaged
        where TTargetStride : struct, IStride1D
        where TTransformer : struct, ITransformer<TSource, TTarget> =>
        target[i] = transformer.Transform(source[i]);
}
