using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.AtomicOperations;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>Reductions, scans and atomics of one's own, on both processor accelerators.</summary>
[TestFixtureSource(nameof(AllDevices))]
internal sealed class AlgorithmTests(string name)
{
    private static readonly Dictionary<string, CPUDevice> s_devices = new()
    {
        ["Debug, warps of 1"] = CpuDevices.Debug(1),
        ["Debug, warps of 4"] = CpuDevices.Debug(4),
        ["Simd"] = CpuDevices.Simd(threads: 1),
        ["Simd, 128 bits"] = CpuDevices.Simd(vectorBits: 128, threads: 1),
    };

    public static IEnumerable<string> AllDevices => s_devices.Keys;

    private Context _context = null!;
    private Accelerator _accelerator = null!;

    [SetUp]
    public void Open()
    {
        _context = Context.Create(builder => builder.CPU(s_devices[name]).EnableAlgorithms());
        _accelerator = _context.GetPreferredDevice(preferCPU: true).CreateAccelerator(_context);
    }

    [TearDown]
    public void Close()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    private static void GroupKernel(ArrayView<int> values, ArrayView<int> results)
    {
        int thread = Group.LinearIndex;
        int size = Group.DimX * Group.DimY;
        results[thread] = GroupExtensions.AllReduce<int, AddInt32>(values[thread]);
        results[size + thread] = GroupExtensions.AllReduce<int, MaxInt32>(values[thread]);
        results[2 * size + thread] = GroupExtensions.InclusiveScan<int, AddInt32>(values[thread]);
        results[3 * size + thread] = GroupExtensions.ExclusiveScanWithBoundaries<int, AddInt32>(values[thread], out ScanBoundaries<int> boundaries);
        results[4 * size + thread] = boundaries.RightBoundary;
        results[5 * size + thread] = GroupExtensions.ExclusiveScan<int, MinInt32>(values[thread]);
    }

    [TestCase(1, 1)]
    [TestCase(7, 1)]
    [TestCase(16, 1)]
    [TestCase(5, 4)]
    [TestCase(40, 1)]
    public void Groups_reduce_and_scan(int x, int y)
    {
        int size = x * y;
        int[] data = [.. Enumerable.Range(0, size).Select(i => (i * 37 + 11) % 101 - 50)];
        using var values = _accelerator.Allocate1D(data);
        using var results = _accelerator.Allocate1D<int>(6 * size);

        _accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(GroupKernel)((new Index2D(1, 1), new Index2D(x, y)), values.View, results.View);

        int[] result = results.GetAsArray1D();
        using (Assert.EnterMultipleScope())
        {
            for (int thread = 0; thread < size; thread++)
            {
                int before = data.Take(thread).Sum();
                Assert.That(result[thread], Is.EqualTo(data.Sum()), $"sum at {thread}");
                Assert.That(result[size + thread], Is.EqualTo(data.Max()), $"maximum at {thread}");
                Assert.That(result[2 * size + thread], Is.EqualTo(before + data[thread]), $"inclusive scan at {thread}");
                Assert.That(result[3 * size + thread], Is.EqualTo(before), $"exclusive scan at {thread}");
                Assert.That(result[4 * size + thread], Is.EqualTo(data.Sum()), $"right boundary at {thread}");
                Assert.That(result[5 * size + thread], Is.EqualTo(data.Take(thread).Append(int.MaxValue).Min()), $"exclusive minimum at {thread}");
            }
        }
    }

    private static void WarpKernel(ArrayView<float> values, ArrayView<float> results)
    {
        int thread = Group.IdxX;
        int size = Group.DimX;
        results[thread] = WarpExtensions.AllReduce<float, MaxFloat>(values[thread]);
        results[size + thread] = WarpExtensions.InclusiveScan<float, AddFloat>(values[thread]);
        results[2 * size + thread] = WarpExtensions.ExclusiveScan<float, AddFloat>(values[thread]);
        results[3 * size + thread] = WarpExtensions.Reduce<float, AddFloat>(values[thread]);
    }

    [Test]
    public void Warps_reduce_and_scan()
    {
        int warp = _accelerator.WarpSize, size = 2 * warp;
        float[] data = [.. Enumerable.Range(0, size).Select(i => (float)((i * 37 + 11) % 101))];
        using var values = _accelerator.Allocate1D(data);
        using var results = _accelerator.Allocate1D<float>(4 * size);

        _accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(WarpKernel)((1, size), values.View, results.View);

        float[] result = results.GetAsArray1D();
        using (Assert.EnterMultipleScope())
        {
            for (int thread = 0; thread < size; thread++)
            {
                float[] lanes = data[(thread / warp * warp)..(thread / warp * warp + warp)];
                Assert.That(result[thread], Is.EqualTo(lanes.Max()));
                Assert.That(result[size + thread], Is.EqualTo(lanes.Take(thread % warp + 1).Sum()));
                Assert.That(result[2 * size + thread], Is.EqualTo(lanes.Take(thread % warp).Sum()));
                if (thread % warp == 0)
                    Assert.That(result[3 * size + thread], Is.EqualTo(lanes.Sum()));
            }
        }
    }

    private readonly struct Product : IAtomicOperation<int>
    {
        public int Operation(int current, int value) => current * value;
    }

    private static void AtomicKernel(Index1D index, ArrayView<int> values, ArrayView<float> floats)
    {
        Atomic.MakeAtomic(ref values[0], index % 2 + 1, default(Product), default(CompareExchangeInt32));
        Atomic.Add(ref values[1], index);
        Atomic.Max(ref values[2], index);
        Atomic.Xor(ref values[3], 1 << index);
        Atomic.Add(ref floats[0], 0.5f);
        Atomic.Min(ref floats[1], index - 5f);
    }

    [Test]
    public void Atomics_lose_nothing()
    {
        using var values = _accelerator.Allocate1D([1, 0, 0, 0]);
        using var floats = _accelerator.Allocate1D([0f, 100f]);
        _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<float>>(AtomicKernel)(30, values.View, floats.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(values.GetAsArray1D(), Is.EqualTo(new[] { 1 << 15, 435, 29, (1 << 30) - 1 }));
            Assert.That(floats.GetAsArray1D(), Is.EqualTo(new[] { 15f, -5f }));
        }
    }
}
