using System.Text.RegularExpressions;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Passes;
using ILGPU;
using Group = ILGPU.Group;

namespace GemmaIlgpu.Compute.Tests.Frontend;

/// <summary>The printed stages of small kernels, as people see them.</summary>
public partial class PrintedTests
{
    private static void Axpy(Index1D i, ArrayView<float> x, ArrayView<float> y, float a) => y[i] = a * x[i] + y[i];

    private static void ReverseInGroup(ArrayView<int> data)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        int thread = Group.IdxX;
        tile[thread] = data[thread];
        Group.Barrier();
        data[thread] = tile[Group.DimX - 1 - thread];
    }

    private static void Clamped(ArrayView<float> x, int n)
    {
        for (int i = 0; i < n; i++)
            x[i] = x[i] < 0f ? 0f : x[i];
    }

    private static string Print(Delegate kernel, KernelKind kind)
    {
        IrKernel ir = KernelFrontend.Translate(kernel.Method, kind);
        KernelOptimizer.Run(ir);
        IrVerifier.Verify(ir);
        return Constants().Replace(Lines().Replace(ir.ToString(), ""), "").ReplaceLineEndings("\n").Trim();
    }

    [GeneratedRegex(@"^    ; .*\n", RegexOptions.Multiline)]
    private static partial Regex Lines();

    [GeneratedRegex(@"^    %\d+ = constant .*\n", RegexOptions.Multiline)]
    private static partial Regex Constants();

    [Test]
    public void An_implicit_kernel_computes_its_index() => Assert.That(Print(Axpy, KernelKind.Implicit), Is.EqualTo("""
        kernel PrintedTests.Axpy (implicit 1D)
          param 0: ptr x.ptr
          param 1: i64 x.length
          param 2: ptr y.ptr
          param 3: i64 y.length
          param 4: f32 a
        b0:
            %0 = gridindex i32 0
            %1 = groupindex i32 0
            %2 = groupdimension i32 0
            %3 = parameter ptr global 0
            %4 = parameter ptr global 2
            %5 = parameter f32 4
            %6 = mul i32 %0, %2
            %7 = add i32 %6, %1
            %8 = signextend i64 %7
            %9 = address ptr global %4, %8 * 4
            %10 = address ptr global %3, %8 * 4
            %11 = load.f32 f32 %10
            %12 = mul f32 %5, %11
            %13 = load.f32 f32 %9
            %14 = add f32 %12, %13
            store.f32 %9, %14
            return
        """.ReplaceLineEndings("\n")));

    [Test]
    public void Shared_memory_and_barriers_show() => Assert.That(Print(ReverseInGroup, KernelKind.Explicit), Is.EqualTo("""
        kernel PrintedTests.ReverseInGroup (explicit)
          param 0: ptr data.ptr
          param 1: i64 data.length
          shared 0: 64 x 4 bytes int
        b0:
            %0 = parameter ptr global 0
            %1 = sharedbase ptr shared 0
            %2 = groupindex i32 0
            %3 = groupdimension i32 0
            %5 = signextend i64 %2
            %6 = address ptr shared %1, %5 * 4
            %7 = address ptr global %0, %5 * 4
            %8 = load.i32 i32 %7
            store.i32 %6, %8
            barrier
            %11 = add i32 %3, -1
            %12 = sub i32 %11, %2
            %13 = signextend i64 %12
            %14 = address ptr shared %1, %13 * 4
            %15 = load.i32 i32 %14
            store.i32 %7, %15
            return
        """.ReplaceLineEndings("\n")));

    [Test]
    public void Source_lines_come_with_the_values()
    {
        string text = KernelFrontend.Translate(((Delegate)Clamped).Method, KernelKind.Explicit).ToString();
        Assert.That(text, Does.Match(@"; PrintedTests\.cs:\d+"));
    }

    [Test]
    public void Il_is_printed_with_source_lines()
    {
        string text = IlPrinter.Print(((Delegate)Clamped).Method);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.StartWith("method PrintedTests.Clamped(ArrayView<float> x, int n)"));
            Assert.That(text, Does.Match(@"; PrintedTests\.cs:\d+"));
            Assert.That(text, Does.Contain("call ArrayView<float>.get_Item"));
            Assert.That(text, Does.Match(@"IL_[0-9A-F]{4}: ldc\.r4 0"));
        }
    }
}
