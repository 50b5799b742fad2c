using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.HistogramOperations;
using ILGPU.Algorithms.RadixSortOperations;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Algorithms.Sequencers;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>Whole-view algorithms against LINQ, compiled and checked, at sizes around those of groups and of their parts.</summary>
[TestFixture("simd")]
[TestFixture("checked 16")]
[TestFixture("checked 32")]
public sealed class AlgorithmTests(string device)
{
    private static readonly int[] s_sizes = [1, 256, 257, 3000];

    private Context _context = null!;
    private Accelerator _accelerator = null!;
    private AcceleratorStream _stream = null!;

    [OneTimeSetUp]
    public void Open()
    {
        _context = Context.Create(builder => _ = device == "simd" ? builder.CPU() : builder.CheckedCpu(int.Parse(device[8..], System.Globalization.CultureInfo.InvariantCulture)));
        _accelerator = _context.GetPreferredDevice(preferCPU: true).CreateAccelerator(_context);
        _stream = _accelerator.DefaultStream;
    }

    [OneTimeTearDown]
    public void Close()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    [Test] public void Views_are_filled()
    {
        using var x = _accelerator.Allocate1D<float>(1001);
        _accelerator.Initialize(_stream, x.View, 2.5f);
        _accelerator.CreateInitializer<float, Stride1D.Dense>()(_stream, x.View.SubView(10, 5), -1f);
        Assert.That(x.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 1001).Select(i => i is >= 10 and < 15 ? -1f : 2.5f)));
    }

    [Test] public void Sequences_begin_again_and_repeat_their_elements()
    {
        using var x = _accelerator.Allocate1D<int>(30);
        _accelerator.Sequence(_stream, x.View, new Int32Sequencer());
        Assert.That(x.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 30)));
        _accelerator.RepeatedSequence(_stream, x.View, 7, new Int32Sequencer());
        Assert.That(x.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 30).Select(i => i % 7)));
        _accelerator.BatchedSequence(_stream, x.View, 4, new Int32Sequencer());
        Assert.That(x.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 30).Select(i => i / 4)));
        _accelerator.CreateRepeatedBatchedSequencer<int, Stride1D.Dense, Int32Sequencer>()(_stream, x.View, 3, 2, default);
        Assert.That(x.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 30).Select(i => i / 2 % 3)));
    }

    private readonly struct Halves(float factor) : ITransformer<int, float>
    {
        private readonly float _factor = factor;

        public float Transform(int value) => value * _factor;
    }

    [Test] public void Views_are_transformed()
    {
        using var x = _accelerator.Allocate1D(Enumerable.Range(0, 700).ToArray());
        using var y = _accelerator.Allocate1D<float>(700);
        _accelerator.CreateTransformer<int, float, Halves>()(_stream, x.View, y.View, new Halves(0.5f));
        Assert.That(y.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 700).Select(i => i * 0.5f)));
        _accelerator.Transform<float, IdentityTransformer<float>>(_stream, y.View, y.View, default);
        Assert.That(y.GetAsArray1D()[699], Is.EqualTo(349.5f));
        Assert.That(() => _accelerator.Transform(_stream, x.View, y.View.SubView(0, 3), new Halves(1)), Throws.ArgumentException.With.Message.Contains("only 3"));
    }

    [TestCaseSource(nameof(s_sizes))]
    public void Views_are_reduced(int size)
    {
        int[] data = Random(size, 1000);
        using var x = _accelerator.Allocate1D(data);
        using var y = _accelerator.Allocate1D<int>(1);
        _accelerator.Reduce<int, AddInt32>(_stream, x.View, y.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(y.GetAsArray1D()[0], Is.EqualTo(data.Sum()));
            Assert.That(_accelerator.Reduce<int, MaxInt32>(_stream, x.View), Is.EqualTo(data.Max()));
            Assert.That(_accelerator.ReduceAsync<int, MinInt32>(_stream, x.View).Result, Is.EqualTo(data.Min()));
        }
        _accelerator.CreateReduction<int, Stride1D.Dense, AddInt32>()(_stream, x.View.SubView(0, 0), y.View);
        Assert.That(y.GetAsArray1D()[0], Is.Zero);
    }

    [TestCaseSource(nameof(s_sizes))]
    public void Views_are_scanned(int size)
    {
        long[] data = [.. Random(size, 1000).Select(i => (long)i)], inclusive = new long[size];
        for (int i = 0; i < size; i++)
            inclusive[i] = data[i] + (i > 0 ? inclusive[i - 1] : 0);
        using var x = _accelerator.Allocate1D(data);
        using var y = _accelerator.Allocate1D<long>(size);
        using var temp = _accelerator.Allocate1D<int>(_accelerator.ComputeScanTempStorageSize<long>(size));
        _accelerator.CreateScan<long, Stride1D.Dense, Stride1D.Dense, AddInt64>(ScanKind.Inclusive)(_stream, x.View, y.View, temp.View);
        Assert.That(y.GetAsArray1D(), Is.EqualTo(inclusive));
        using ScanProvider provider = _accelerator.CreateScanProvider<long>(size);
        provider.CreateScan<long, Stride1D.Dense, Stride1D.Dense, AddInt64>(ScanKind.Exclusive)(_stream, x.View, x.View);
        Assert.That(x.GetAsArray1D(), Is.EqualTo(inclusive.Select((sum, i) => sum - data[i])));
    }

    [TestCaseSource(nameof(s_sizes))]
    public void Keys_are_sorted(int size)
    {
        float[] floats = [.. Random(size, 2000).Select(i => (i - 1000) / 8f)];
        Sorts<float, AscendingFloat>(floats, floats.Order());
        Sorts<float, DescendingFloat>(floats, floats.OrderDescending());
        int[] ints = [.. floats.Select(f => (int)(f * 1e7f))];
        Sorts<int, AscendingInt32>(ints, ints.Order());
        Sorts<int, DescendingInt32>(ints, ints.OrderDescending());
        long[] longs = [.. ints.Select(i => i * 0x1_0000_0001L)];
        Sorts<long, AscendingInt64>(longs, longs.Order());
        byte[] bytes = [.. ints.Select(i => (byte)i)];
        Sorts<byte, DescendingUInt8>(bytes, bytes.OrderDescending());
        sbyte[] signed = [.. ints.Select(i => (sbyte)i)];
        Sorts<sbyte, AscendingInt8>(signed, signed.Order());
        double[] doubles = [.. floats.Select(f => f * 1e100)];
        Sorts<double, AscendingDouble>(doubles, doubles.Order());
    }

    private void Sorts<T, TOperation>(T[] data, IEnumerable<T> expected)
        where T : unmanaged
        where TOperation : struct, IRadixSortOperation<T>
    {
        using var x = _accelerator.Allocate1D(data);
        using var temp = _accelerator.Allocate1D<int>(_accelerator.ComputeRadixSortTempStorageSize<T, TOperation>(data.Length));
        _accelerator.CreateRadixSort<T, Stride1D.Dense, TOperation>()(_stream, x.View, temp.View);
        Assert.That(x.GetAsArray1D(), Is.EqualTo(expected));
    }

    // Three bits are one pass; equal keys keep their order.
    private readonly struct ByLowBits : IRadixSortOperation<int>
    {
        public int NumBits => 3;

        public int DefaultValue => 7;

        public int ExtractRadixBits(int value, int shift, int bitMask) => (value & 7) >> shift & bitMask;
    }

    [Test] public void Pairs_are_sorted_and_equal_keys_keep_their_order()
    {
        int[] keys = Random(3000, 1 << 20);
        using var x = _accelerator.Allocate1D(keys);
        using var places = _accelerator.Allocate1D<short>(keys.Length);
        using RadixSortProvider provider = _accelerator.CreateRadixSortProvider<int, short, ByLowBits>(keys.Length);
        _accelerator.Sequence(_stream, places.View, new Int16Sequencer());
        provider.CreateRadixSortPairs<int, Stride1D.Dense, short, Stride1D.Dense, ByLowBits>()(_stream, x.View, places.View);
        int[] order = [.. Enumerable.Range(0, keys.Length).OrderBy(i => keys[i] & 7)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(places.GetAsArray1D(), Is.EqualTo(order.Select(i => (short)i)));
            Assert.That(x.GetAsArray1D(), Is.EqualTo(order.Select(i => keys[i])));
        }
    }

    [TestCaseSource(nameof(s_sizes))]
    public void Equal_neighbours_leave_one(int size)
    {
        int[] data = Random(size, 3);
        using var x = _accelerator.Allocate1D(data);
        long count = _accelerator.Unique(_stream, x.View);
        Assert.That(x.GetAsArray1D().Take((int)count), Is.EqualTo(data.Where((value, i) => i == 0 || data[i - 1] != value)));
    }

    private readonly struct Modulo : IComputeSingleBinOperation<int, Index1D>
    {
        public Index1D ComputeHistogramBin(int value, Index1D numBins) => value % numBins;
    }

    // A value counts in its own bin and in bin 0.
    private readonly struct Twice : IComputeMultiBinOperation<int, uint, HistogramIncrementUInt32>
    {
        public void ComputeHistogramBins(int value, ArrayView<uint> histogram, in HistogramIncrementUInt32 incrementOperation, out bool incrementOverflow)
        {
            incrementOperation.Increment(ref histogram[0], out bool first);
            incrementOperation.Increment(ref histogram[value % 8], out bool second);
            incrementOverflow = first || second;
        }
    }

    [Test] public void Values_are_counted()
    {
        int[] data = Random(2000, 100);
        using var x = _accelerator.Allocate1D(data);
        using var bins = _accelerator.Allocate1D(new int[10]);
        using var overflow = _accelerator.Allocate1D(new int[1]);
        _accelerator.Histogram<int, Stride1D.Dense, Modulo>(_stream, x.View, bins.View, overflow.View);
        Assert.That(bins.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 10).Select(bin => data.Count(value => value % 10 == bin))));
        Assert.That(overflow.GetAsArray1D()[0], Is.Zero);

        using var twice = _accelerator.Allocate1D<uint>([uint.MaxValue - 5, 0, 0, 0, 0, 0, 0, 0]);
        _accelerator.CreateHistogram<int, Stride1D.Dense, uint, HistogramIncrementUInt32, Twice>()(_stream, x.View, twice.View, overflow.View);
        Assert.That(twice.GetAsArray1D()[3], Is.EqualTo(data.Count(value => value % 8 == 3)));
        Assert.That(overflow.GetAsArray1D()[0], Is.EqualTo(1));
    }

    private static int[] Random(int count, int below)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(below))];
    }
}
