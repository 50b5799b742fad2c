using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.HistogramOperations;
using ILGPU.Algorithms.Sequencers;
using ILGPU.Runtime;

namespace AlgorithmsTransforms;

public readonly struct Squares : ISequencer<long>
{
    public long ComputeSequenceElement(LongIndex1D sequenceIndex) => sequenceIndex.X * sequenceIndex.X;
}

public readonly struct Scale : ITransformer<long, float>
{
    public Scale(float factor) => Factor = factor;

    public float Factor { get; }

    public float Transform(long value) => value * Factor;
}

public readonly struct LastDigit : IComputeSingleBinOperation<long, Index1D>
{
    public Index1D ComputeHistogramBin(long value, Index1D numBins) => (int)(value % 10);
}

internal static class Program
{
    private static void Main()
    {
        using Context context = Context.Create(builder => builder.Default().EnableAlgorithms());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        AcceleratorStream stream = accelerator.DefaultStream;
        using var values = accelerator.Allocate1D<long>(12);
        using var scaled = accelerator.Allocate1D<float>(12);

        var sequencer = accelerator.CreateSequencer<long, Stride1D.Dense, Squares>();
        sequencer(stream, values.View, new Squares());
        Print(values);
        accelerator.CreateTransformer<long, float, Scale>()(stream, values.View, scaled.View, new Scale(0.25f));
        Print(scaled);

        using var bins = accelerator.Allocate1D<int>(10);
        using var overflow = accelerator.Allocate1D<int>(1);
        bins.MemSetToZero();
        overflow.MemSetToZero();
        accelerator.Histogram<long, Stride1D.Dense, LastDigit>(stream, values.View, bins.View, overflow.View);
        Print(bins);

        accelerator.RepeatedSequence(stream, values.View, 5, new Int64Sequencer());
        Print(values);
        accelerator.BatchedSequence(stream, values.View, 5, new Int64Sequencer());
        Print(values);
        accelerator.RepeatedBatchedSequence(stream, values.View, 2, 3, new Int64Sequencer());
        Print(values);
        accelerator.Initialize(stream, values.View.SubView(2, 3), 42L);
        Print(values);
    }

    private static void Print<T>(MemoryBuffer1D<T, Stride1D.Dense> buffer)
        where T : unmanaged =>
        Console.WriteLine(string.Join(" ", buffer.GetAsArray1D().Select(value => FormattableString.Invariant($"{value}"))));
}
