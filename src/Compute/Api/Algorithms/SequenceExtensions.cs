using ILGPU.Algorithms.Sequencers;
using ILGPU.Runtime;

namespace ILGPU.Algorithms;

/// <summary>Writes a sequence into a view.</summary>
/// <param name="stream">The stream.</param>
/// <param name="view">What is written.</param>
/// <param name="sequencer">The sequence.</param>
public delegate void Sequencer<T, TStride, TSequencer>(AcceleratorStream stream, ArrayView1D<T, TStride> view, TSequencer sequencer)
    where T : unmanaged
    where TStride : struct, IStride1D
    where TSequencer : struct, ISequencer<T>;

/// <summary>Writes a sequence into a view.</summary>
/// <param name="stream">The stream.</param>
/// <param name="view">What is written.</param>
/// <param name="sequenceLength">Elements after which the sequence begins again.</param>
/// <param name="sequencer">The sequence.</param>
public delegate void RepeatedSequencer<T, TStride, TSequencer>(AcceleratorStream stream, ArrayView1D<T, TStride> view, LongIndex1D sequenceLength, TSequencer sequencer)
    where T : unmanaged
    where TStride : struct, IStride1D
    where TSequencer : struct, ISequencer<T>;

/// <summary>Writes a sequence into a view.</summary>
/// <param name="stream">The stream.</param>
/// <param name="view">What is written.</param>
/// <param name="sequenceBatchLength">How often each element comes, one after the other.</param>
/// <param name="sequencer">The sequence.</param>
public delegate void BatchedSequencer<T, TStride, TSequencer>(AcceleratorStream stream, ArrayView1D<T, TStride> view, LongIndex1D sequenceBatchLength, TSequencer sequencer)
    where T : unmanaged
    where TStride : struct, IStride1D
    where TSequencer : struct, ISequencer<T>;

/// <summary>Writes a sequence into a view.</summary>
/// <param name="stream">The stream.</param>
/// <param name="view">What is written.</param>
/// <param name="sequenceLength">Elements after which the sequence begins again.</param>
/// <param name="sequenceBatchLength">How often each element comes, one after the other.</param>
/// <param name="sequencer">The sequence.</param>
public delegate void RepeatedBatchedSequencer<T, TStride, TSequencer>(AcceleratorStream stream, ArrayView1D<T, TStride> view, LongIndex1D sequenceLength, LongIndex1D sequenceBatchLength, TSequencer sequencer)
    where T : unmanaged
    where TStride : struct, IStride1D
    where TSequencer : struct, ISequencer<T>;

/// <summary>Writes sequences into views.</summary>
public static class SequenceExtensions
{
    /// <summary>Loads what writes sequences.</summary>
    public static Sequencer<T, TStride, TSequencer> CreateSequencer<T, TStride, TSequencer>(this Accelerator accelerator)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TSequencer : struct, ISequencer<T>
    {
        var launch = accelerator.LoadAutoGroupedKernel<LongIndex1D, ArrayView1D<T, TStride>, LongIndex1D, LongIndex1D, TSequencer>(Kernel);
        return (stream, view, sequencer) => launch(stream, view.Length, view, new LongIndex1D(long.MaxValue), new LongIndex1D(1), sequencer);
    }

    /// <summary>Writes a sequence.</summary>
    public static void Sequence<T, TSequencer>(this Accelerator accelerator, AcceleratorStream stream, ArrayView<T> view, TSequencer sequencer)
        where T : unmanaged
        where TSequencer : struct, ISequencer<T> =>
        accelerator.Sequence<T, Stride1D.Dense, TSequencer>(stream, view, sequencer);

    /// <summary>Writes a sequence.</summary>
    public static void Sequence<T, TStride, TSequencer>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, TSequencer sequencer)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TSequencer : struct, ISequencer<T> =>
        accelerator.LaunchAutoGrouped(Kernel, stream, new LongIndex1D(view.Length), view, new LongIndex1D(long.MaxValue), new LongIndex1D(1), sequencer);

    /// <summary>Loads what writes sequences.</summary>
    public static RepeatedSequencer<T, TStride, TSequencer> CreateRepeatedSequencer<T, TStride, TSequencer>(this Accelerator accelerator)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TSequencer : struct, ISequencer<T>
    {
        var launch = accelerator.LoadAutoGroupedKernel<LongIndex1D, ArrayView1D<T, TStride>, LongIndex1D, LongIndex1D, TSequencer>(Kernel);
        return (stream, view, sequenceLength, sequencer) => launch(stream, view.Length, view, sequenceLength, new LongIndex1D(1), sequencer);
    }

    /// <summary>Writes a sequence.</summary>
    public static void RepeatedSequence<T, TSequencer>(this Accelerator accelerator, AcceleratorStream stream, ArrayView<T> view, LongIndex1D sequenceLength, TSequencer sequencer)
        where T : unmanaged
        where TSequencer : struct, ISequencer<T> =>
        accelerator.RepeatedSequence<T, Stride1D.Dense, TSequencer>(stream, view, sequenceLength, sequencer);

    /// <summary>Writes a sequence.</summary>
    public static void RepeatedSequence<T, TStride, TSequencer>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, LongIndex1D sequenceLength, TSequencer sequencer)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TSequencer : struct, ISequencer<T> =>
        accelerator.LaunchAutoGrouped(Kernel, stream, new LongIndex1D(view.Length), view, sequenceLength, new LongIndex1D(1), sequencer);

    /// <summary>Loads what writes sequences.</summary>
    public static BatchedSequencer<T, TStride, TSequencer> CreateBatchedSequencer<T, TStride, TSequencer>(this Accelerator accelerator)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TSequencer : struct, ISequencer<T>
    {
        var launch = accelerator.LoadAutoGroupedKernel<LongIndex1D, ArrayView1D<T, TStride>, LongIndex1D, LongIndex1D, TSequencer>(Kernel);
        return (stream, view, sequenceBatchLength, sequencer) => launch(stream, view.Length, view, new LongIndex1D(long.MaxValue), sequenceBatchLength, sequencer);
    }

    /// <summary>Writes a sequence.</summary>
    public static void BatchedSequence<T, TSequencer>(this Accelerator accelerator, AcceleratorStream stream, ArrayView<T> view, LongIndex1D sequenceBatchLength, TSequencer sequencer)
        where T : unmanaged
        where TSequencer : struct, ISequencer<T> =>
        accelerator.BatchedSequence<T, Stride1D.Dense, TSequencer>(stream, view, sequenceBatchLength, sequencer);

    /// <summary>Writes a sequence.</summary>
    public static void BatchedSequence<T, TStride, TSequencer>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, LongIndex1D sequenceBatchLength, TSequencer sequencer)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TSequencer : struct, ISequencer<T> =>
        accelerator.LaunchAutoGrouped(Kernel, stream, new LongIndex1D(view.Length), view, new LongIndex1D(long.MaxValue), sequenceBatchLength, sequencer);

    /// <summary>Loads what writes sequences.</summary>
    public static RepeatedBatchedSequencer<T, TStride, TSequencer> CreateRepeatedBatchedSequencer<T, TStride, TSequencer>(this Accelerator accelerator)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TSequencer : struct, ISequencer<T>
    {
        var launch = accelerator.LoadAutoGroupedKernel<LongIndex1D, ArrayView1D<T, TStride>, LongIndex1D, LongIndex1D, TSequencer>(Kernel);
        return (stream, view, sequenceLength, sequenceBatchLength, sequencer) => launch(stream, view.Length, view, sequenceLength, sequenceBatchLength, sequencer);
    }

    /// <summary>Writes a sequence.</summary>
    public static void RepeatedBatchedSequence<T, TSequencer>(this Accelerator accelerator, AcceleratorStream stream, ArrayView<T> view, LongIndex1D sequenceLength, LongIndex1D sequenceBatchLength, TSequencer sequencer)
        where T : unmanaged
        where TSequencer : struct, ISequencer<T> =>
        accelerator.RepeatedBatchedSequence<T, Stride1D.Dense, TSequencer>(stream, view, sequenceLength, sequenceBatchLength, sequencer);

    /// <summary>Writes a sequence.</summary>
    public static void RepeatedBatchedSequence<T, TStride, TSequencer>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, LongIndex1D sequenceLength, LongIndex1D sequenceBatchLength, TSequencer sequencer)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TSequencer : struct, ISequencer<T> =>
        accelerator.LaunchAutoGrouped(Kernel, stream, new LongIndex1D(view.Length), view, sequenceLength, sequenceBatchLength, sequencer);

    private static void Kernel<T, TStride, TSequencer>(LongIndex1D i, ArrayView1D<T, TStride> view, LongIndex1D length, LongIndex1D batch, TSequencer sequencer)
        where T : unmanaged
        where TStride : struct, IStride1D
        where TSequencer : struct, ISequencer<T> =>
        view[i] = sequencer.ComputeSequenceElement(i.X / batch.X % length.X);
}
