using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using StructLayout = System.Runtime.InteropServices.StructLayoutAttribute;
using Regex = System.Text.RegularExpressions.Regex;

namespace GemmaIlgpu.Compute.Tests;

/// <summary>What the compiler says and writes where no device is needed to see it.</summary>
public sealed class OpenCLCompilerTests
{
    private static OpenCLKernel Compile(Delegate kernel, OpenCLTarget? target = null, bool forPtx = false) =>
        OpenCLCompiler.Compile(KernelFrontend.Translate(kernel.Method, KernelKind.Explicit, null, forPtx), target ?? OpenCLTarget.Generic);

    [Test]
    public void A_kernel_in_double_precision_is_refused_where_there_is_none() => Assert.That(
        () => Compile((Action<ArrayView<double>>)Doubles, new OpenCLTarget { Name = "Small GPU", HasDoubles = false }),
        Throws.TypeOf<KernelCompilationException>().With.Message.Match(
            @"^Kernel OpenCLCompilerTests\.Doubles computes in double precision( at OpenCLCompilerTests\.cs:\d+)?, which Small GPU lacks; use float or run it on another device\.$"));

    private static void Doubles(ArrayView<double> data) => data[0] = data[1] * 2;

    [Test]
    public void A_kernel_with_long_atomics_is_refused_where_there_are_none() => Assert.That(
        () => Compile((Action<ArrayView<long>>)LongAtomics, new OpenCLTarget { Name = "Small GPU", HasLongAtomics = false }),
        Throws.TypeOf<KernelCompilationException>().With.Message.Contains("uses 64-bit atomic operations").And.Message.Contains("which Small GPU lacks"));

    private static void LongAtomics(ArrayView<long> data) => Atomic.Add(ref data[0], 1);

    [Test]
    public void Inline_PTX_is_refused() => Assert.That(
        () => Compile((Action<ArrayView<int>>)Inline, forPtx: true),
        Throws.TypeOf<KernelCompilationException>().With.Message.Contains("uses inline PTX"));

    private static void Inline(ArrayView<int> data)
    {
        CudaAsm.Emit("mov.u32 %0, %1;", out int value, data[0]);
        data[1] = value;
    }

    [Test]
    public void Elementary_functions_are_native_only_where_that_was_asked_for()
    {
        Assert.That(Compile((Action<ArrayView<float>>)Elementary).Source, Does.Contain(" exp(").And.Not.Contain("native_"));
        OpenCLKernel fast = Compile((Action<ArrayView<float>>)Elementary, new OpenCLTarget { FastMath = true });
        Assert.That(fast.Source, Does.Contain("native_exp(").And.Contain("native_sin("));
        Assert.That(fast.BuildOptions, Does.Not.Contain("correctly-rounded"));
    }

    private static void Elementary(ArrayView<float> data)
    {
        data[0] = MathF.Exp(data[0]);
        data[1] = XMath.Sin(data[1]);
    }

    [Test]
    public void Control_flow_has_loops_and_no_goto()
    {
        string source = Compile((Action<ArrayView<int>, int>)Breaks).Source;
        Assert.That(source, Does.Contain("for (;;)").And.Not.Contain("goto"));
    }

    private static void Breaks(ArrayView<int> data, int n)
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                if (data[j] == i)
                    goto Done;
                if (data[j] < 0)
                    break;
                if (data[i] > j && data[j] > 3)
                    continue;
                data[j]++;
            }
            data[i] += 2;
        }
    Done:
        data[0] = 5;
    }

    [Test]
    public void Arguments_stand_in_the_order_of_the_slots()
    {
        OpenCLKernel kernel = Compile((Action<ArrayView<float>, bool, double>)Arguments);
        Assert.That(kernel.Arguments.Select(argument => (argument.Kind, argument.Index)), Is.EqualTo(new[]
        {
            (OpenCLArgumentKind.Buffer, 0), (OpenCLArgumentKind.BufferOffset, 0), (OpenCLArgumentKind.LongWord, 1),
            (OpenCLArgumentKind.Word, 2), (OpenCLArgumentKind.LongWord, 3),
            (OpenCLArgumentKind.DynamicSharedLength, 0), (OpenCLArgumentKind.DynamicShared, 0),
        }));
        Assert.That(kernel.StaticSharedBytes, Is.EqualTo(48));     // 11 floats to a multiple of 16
    }

    private static void Arguments(ArrayView<float> data, bool flag, double number)
    {
        ArrayView<float> fixedSize = SharedMemory.Allocate<float>(11), dynamic = SharedMemory.GetDynamic<float>();
        fixedSize[Group.IdxX] = (float)number;
        dynamic[Group.IdxX] = flag ? 1 : 2;
        Group.Barrier();
        data[Group.IdxX] = fixedSize[10 - Group.IdxX] + dynamic[0];
    }

    [Test]
    public void Printing_becomes_printf()
    {
        string source = Compile((Action<int, float, long, bool>)Prints).Source;
        Assert.That(source, Does.Contain("""printf("100%% {%d} \"%.9g\" %ld True\n", (int)(p0), p1, (long)(p2));""").And.Contain("False\\n"));
    }

    private static void Prints(int i, float x, long l, bool b) => Interop.WriteLine("100% {{{0}}} \"{1:F2}\" {2} {3}", i, x, l, b);

    [StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 1)]
    private struct Packed
    {
        public byte Tag;
        public int Number;
    }

    [Test]
    public void Fields_of_packed_structs_are_read_byte_by_byte_and_cast_views_are_not()
    {
        string source = Compile((Action<ArrayView<Packed>, ArrayView<ushort>, int>)PackedFields).Source;
        Assert.That(Regex.Count(source, @"= \*\(__global m_uchar\*\)"), Is.EqualTo(4));
        Assert.That(Regex.Count(source, @"\*\(__global m_uint\*\)"), Is.EqualTo(2), "a load and a store");
    }

    private static void PackedFields(ArrayView<Packed> data, ArrayView<ushort> halves, int i)
    {
        ArrayView<int> words = halves.SubView(i * 2, 2).Cast<int>();
        words[0] += data[i].Number;
    }
}
