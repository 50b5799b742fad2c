using System.Diagnostics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Debug;

/// <summary>What the Debug accelerator says about broken kernels, and that it lives on.</summary>
internal sealed class DebugDiagnosisTests
{
    private Context _context = null!;
    private Accelerator _accelerator = null!;

    [SetUp]
    public void Open()
    {
        _context = Context.Create(builder => builder.DebugCpu(warpSize: 4));
        _accelerator = _context.GetPreferredDevice(preferCPU: true).CreateAccelerator(_context);
    }

    [TearDown]
    public void Close()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    private static void PastTheEnd(ArrayView<float> source, ArrayView<float> target, int shift)
    {
        target[Grid.GlobalIndex.X] = source[Grid.GlobalIndex.X + shift];
    }

    [Test]
    public void An_index_outside_names_kernel_buffer_index_length_and_thread()
    {
        using var source = _accelerator.Allocate1D<float>(12);
        using var target = _accelerator.Allocate1D<float>(12);
        var launch = _accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, int>(PastTheEnd);

        var fault = Assert.Throws<KernelFaultException>(() => launch((3, 4), source.View, target.View, 3));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fault!.Message, Does.StartWith("Kernel DebugDiagnosisTests.PastTheEnd, group (2, 0, 0), thread (1, 0, 0): index 12 is outside source of length 12"));
            Assert.That(fault.Message, Does.Contain($"({nameof(DebugDiagnosisTests)}.cs:{LineOf(nameof(PastTheEnd)) + 2})"));
            Assert.That((Path.GetFileName(fault.File), fault.Line, fault.WarpSize), Is.EqualTo(($"{nameof(DebugDiagnosisTests)}.cs", LineOf(nameof(PastTheEnd)) + 2, 4)));
            Assert.That(fault.Kernel, Is.EqualTo("DebugDiagnosisTests.PastTheEnd"));
            Assert.That(fault.GroupIndex, Is.EqualTo(new Index3D(2, 0, 0)));
            Assert.That(fault.ThreadIndex, Is.EqualTo(new Index3D(1, 0, 0)));
            Assert.That(fault.InnerException!.StackTrace, Does.Contain(nameof(PastTheEnd)));
            Assert.That(fault.InnerException.StackTrace, Does.Contain($"{nameof(DebugDiagnosisTests)}.cs:line {LineOf(nameof(PastTheEnd)) + 2}"));
        }

        // The same launcher works afterwards.
        source.View.BaseView[5] = 42;
        launch((1, 4), source.View, target.View, 3);
        Assert.That(target.View.BaseView[2], Is.EqualTo(42));
    }

    private struct Pair
    {
        public ArrayView<int> First;
        public ArrayView<int> Second;
    }

    private static void InStruct(Index1D index, Pair pair) => pair.First[index] = pair.Second[index - 1];

    private static void Flat(Index1D index, ArrayView2D<int, Stride2D.DenseY> table) => table[0, index] = 1;

    private static void Shared(Index1D index, ArrayView<int> values)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(8);
        shared[index + 8] = 1;
    }

    private static void Local(Index1D index, ArrayView<int> values)
    {
        ArrayView<int> local = LocalMemory.Allocate<int>(2);
        values[index] = local[-1];
    }

    private static void Sub(Index1D index, ArrayView<int> values) => values.SubView(4, 5)[0] = 1;

    [Test]
    public void Any_view_is_named()
    {
        using var buffer = _accelerator.Allocate1D<int>(8);
        using var other = _accelerator.Allocate1D<int>(8);
        using var table = _accelerator.Allocate2DDenseY<int>(new LongIndex2D(2, 3));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => _accelerator.LoadAutoGroupedStreamKernel<Index1D, Pair>(InStruct)(8, new Pair { First = buffer.View, Second = other.View }),
                Throws.TypeOf<KernelFaultException>().With.Message.Contains("index -1 is outside pair.Second of length 8"));
            Assert.That(
                () => _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView2D<int, Stride2D.DenseY>>(Flat)(4, table.View),
                Throws.TypeOf<KernelFaultException>().With.Message.Contains("index (0, 3) is outside table of length (2, 3)"));
            Assert.That(
                () => _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Shared)(1, buffer.View),
                Throws.TypeOf<KernelFaultException>().With.Message.Contains("index 8 is outside shared memory of length 8"));
            Assert.That(
                () => _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Local)(1, buffer.View),
                Throws.TypeOf<KernelFaultException>().With.Message.Contains("index -1 is outside local memory of length 2"));
            Assert.That(
                () => _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Sub)(1, buffer.View),
                Throws.TypeOf<KernelFaultException>().With.Message.Contains("the range of 5 from 4 is outside values of length 8"));
        }
    }

    private static void Divide(Index1D index, ArrayView<int> values) => values[index] = 7 / values[index];

    [Test]
    public void Exceptions_name_the_thread()
    {
        using var buffer = _accelerator.Allocate1D([1, 1, 1, 1, 1, 0, 1]);
        var fault = Assert.Throws<KernelFaultException>(
            () => _accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Divide)(7, buffer.View));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fault!.InnerException, Is.TypeOf<DivideByZeroException>());
            Assert.That(fault.GroupIndex.X, Is.EqualTo(1));
            Assert.That(fault.ThreadIndex.X, Is.EqualTo(1));
        }
    }

    private static void EarlyReturn(ArrayView<int> values)
    {
        if (Group.IdxX == 2)
            return;
        Group.Barrier();
        values[Group.IdxX] = 1;
    }

    private static void TwoKinds(ArrayView<int> values)
    {
        if (Group.IdxX < 2)
            values[Group.IdxX] = Warp.Shuffle(1, 0);
        else
            Group.Barrier();
    }

    private static void TwoBarriers(ArrayView<int> values)
    {
        if (Group.IdxX < 4)
            Group.Barrier();
        else
            values[Group.IdxX] = Group.BarrierPopCount(true);
    }

    private static void FaultWhileOthersWait(ArrayView<int> values)
    {
        if (Group.IdxX == 5)
            values[-1] = 1;
        Group.Barrier();
        values[Group.IdxX] = 1;
    }

    [Test]
    public void Barriers_that_not_all_threads_reach_are_reported()
    {
        using var buffer = _accelerator.Allocate1D<int>(8);
        var early = _accelerator.LoadStreamKernel<ArrayView<int>>(EarlyReturn);
        for (int repeat = 0; repeat < 3; repeat++)
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(
                    () => early((2, 8), buffer.View),
                    Throws.TypeOf<KernelFaultException>().With.Message.Contains("not every thread reached the barrier")
                        .And.Message.Contains("7 threads ((0, 0, 0), (1, 0, 0), (3, 0, 0), (4, 0, 0), …) wait at Group.Barrier")
                        .And.Message.Contains("and thread (2, 0, 0) ended without reaching it"));
                Assert.That(
                    () => _accelerator.LoadStreamKernel<ArrayView<int>>(TwoKinds)((2, 4), buffer.View),
                    Throws.TypeOf<KernelFaultException>().With.Message.Contains("at Warp.Shuffle").And.Message.Contains("at Group.Barrier"));
                Assert.That(
                    () => _accelerator.LoadStreamKernel<ArrayView<int>>(TwoBarriers)((2, 8), buffer.View),
                    Throws.TypeOf<KernelFaultException>().With.Message.Contains("at Group.BarrierPopCount").And.Message.Contains("at Group.Barrier"));
                Assert.That(
                    () => _accelerator.LoadStreamKernel<ArrayView<int>>(FaultWhileOthersWait)((2, 8), buffer.View),
                    Throws.TypeOf<KernelFaultException>().With.Message.Contains("thread (5, 0, 0): index -1 is outside values of length 8"));
            }
        }

        Assert.That(() => early((2, 2), buffer.View), Throws.Nothing);
    }

    private static void ReadUnwritten(ArrayView<float> values)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(4);
        ArrayView<int> local = LocalMemory.Allocate<int>(1);
        values[0] = shared[3];
        values[1] = local[0];
    }

    [Test]
    public void Memory_that_was_never_written_reads_as_NaN_or_minus_one()
    {
        using var buffer = _accelerator.Allocate1D<float>(2);
        _accelerator.LoadStreamKernel<ArrayView<float>>(ReadUnwritten)((1, 1), buffer.View);
        Assert.That(buffer.GetAsArray1D(), Is.EqualTo(new[] { float.NaN, -1 }));
    }

    [Test]
    public void Device_functions_outside_a_kernel_say_so() =>
        Assert.That(() => Group.IdxX, Throws.InvalidOperationException.With.Message.Contains("inside a running kernel"));

    private static int LineOf(string method)
    {
        string[] lines = File.ReadAllLines(PathOfThisFile());
        return Array.FindIndex(lines, line => line.Contains($"void {method}(", StringComparison.Ordinal)) + 1;
    }

    private static string PathOfThisFile([CallerFilePath] string path = "") => path;
}
