using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Ptx;

/// <summary>What the text says: instructions that should be there, and those that should not.</summary>
internal sealed class PtxTextTests
{
    private static PtxKernel Compile(Delegate kernel, string target = "sm_80", PtxOptions? options = null)
    {
        PtxKernel ptx = PtxCompiler.Compile(kernel.Method, kernel.Method.GetParameters()[0].ParameterType == typeof(Index1D) ? KernelKind.Implicit : KernelKind.Explicit,
            null, PtxTarget.Parse(target), options);
        Assert.That(() => PtxInterpreter.PtxModule.Parse(ptx.Text).GetEntry(ptx.EntryName), Throws.Nothing, ptx.Text);
        return ptx;
    }

    private record struct Four(float A, float B, float C, float D);

    private static void Copy(ArrayView<Four> x, ArrayView<Four> y) => y[Grid.GlobalIndex.X] = x[Grid.GlobalIndex.X];

    private static void CopyAligned(ArrayView<Four> x, ArrayView<Four> y) => y.AsAligned16()[Grid.GlobalIndex.X] = x.AsAligned16()[Grid.GlobalIndex.X];

    private static void Neighbours(ArrayView<int> x, ArrayView<int> y)
    {
        ArrayView<int> aligned = x.AsAligned(16);
        int i = Grid.GlobalIndex.X * 4;
        y[Grid.GlobalIndex.X] = aligned[i] + aligned[i + 1] + aligned[i + 2] + aligned[i + 3];
    }

    // The second pair may be the one that was written.
    private static void Between(ArrayView<int> x, ArrayView<int> y)
    {
        ArrayView<int> aligned = x.AsAligned(16);
        int sum = aligned[0];
        y[0] = sum;
        y[1] = sum + aligned[1];
    }

    private static void Shared(ArrayView<double> x)
    {
        ArrayView<double> tile = SharedMemory.Allocate<double>(64);
        tile[Group.IdxX * 2] = x[Group.IdxX];
        tile[(Group.IdxX * 2) + 1] = 1;
        Group.Barrier();
        x[Group.IdxX] = tile[Group.IdxX ^ 1];
    }

    private static void Odd(ArrayView<Four> x, ArrayView<float> y) => y[0] = x.AsAligned16().SubView(1)[0].B + y.AsAligned16().SubView(1)[0] + y.AsAligned16().SubView(2)[0];

    private static void Large(ArrayView<int> x)
    {
        ArrayView<int> first = SharedMemory.Allocate<int>(10_000), second = SharedMemory.Allocate<int>(8_000);
        first[Group.IdxX] = x[Group.IdxX];
        second[Group.IdxX] = 2;
        Group.Barrier();
        x[Group.IdxX] = first[Group.DimX - 1 - Group.IdxX] + second[0];
    }

    private static void LargeAndDynamic(ArrayView<int> x)
    {
        ArrayView<int> large = SharedMemory.Allocate<int>(16_000), own = SharedMemory.GetDynamic<int>();
        large[Group.IdxX] = 5;
        own[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();
        x[Group.IdxX] = own[own.IntLength - 1 - Group.IdxX] + large[Group.IdxX];
    }

    private static void Functions(Index1D i, ArrayView<float> x, ArrayView<double> y)
    {
        x[i] = XMath.Exp(x[i]) + XMath.Log(x[i]) + XMath.Sin(x[i]) + XMath.Tanh(x[i]) + XMath.Rsqrt(x[i]) + XMath.Sqrt(x[i]) / x[i] + XMath.Pow(x[i], 0.3f);
        y[i] = XMath.Exp(y[i]);
    }

    private static void Before(ArrayView<float> x) => x[Group.IdxX] = x[Group.IdxX - 1];

    private static void Extreme(ArrayView<float> x) => x[0] = MathF.Min(x[0], x[1]);

    private static void Products(ArrayView<float> x) => x[0] = (x[1] * x[2]) + x[3];

    private static void Atomics(ArrayView<int> x)
    {
        Atomic.Add(ref x[0], 1);
        x[1] = Atomic.Max(ref x[2], 5);
    }

    private static void Bytes(ArrayView<int> x)
    {
        x[0] = Packed.DotQuads(x[1], x[2], x[3]);
        x[4] = Packed.DotUnsignedQuads(x[1], x[2], x[3]);
        x[5] = Packed.DotPairs(x[1], Packed.WidenSignedBytes(x[2] >> 16), x[3]);
    }

    private static void Inline(ArrayView<int> x)
    {
        CudaAsm.Emit("{ .reg .b32 half; shr.u32 half, %1, 1; add.u32 %0, half, %2; }", out int result, x[0], 7);
        CudaAsm.Emit("mov.b64 %0, {%1, %2};", out long pair, x[1], 7);
        x[2] = result + (int)pair + (int)(pair >> 32);
    }

    private static void Narrow(ArrayView<byte> x)
    {
        CudaAsm.Emit("add.u16 %0, %1, 200;", out byte result, x[0]);
        x[1] = result;
    }

    private static void Accumulate(ArrayView<float> x)
    {
        Input<float> factor = x[0];
        Output<int> count = default;
        Ref<float> sum = x[1];
        for (int i = 0; i < 4; i++)
            CudaAsm.EmitRef("fma.rn.f32 %2, %0, %0, %2; mov.u32 %1, 3;", ref factor, ref count, ref sum);
        x[2] = sum.Value + count.Value;
    }

    private static void Predicates(ArrayView<int> x)
    {
        CudaAsm.Emit("setp.gt.s32 %0, %1, 3;", out bool isLarge, x[0]);
        CudaAsm.Emit("selp.b32 %0, 100, 200, %1;", out int chosen, !isLarge);
        x[0] = isLarge ? chosen : -chosen;
    }

    private static void SharedNames(ArrayView<int> x)
    {
        ArrayView<int> own = SharedMemory.Allocate<int>(32), dynamic = SharedMemory.GetDynamic<int>();
        own[Group.IdxX] = x[Group.IdxX];
        dynamic[Group.IdxX] = x[Group.IdxX] * 100;
        Group.Barrier();
        int next = (Group.IdxX ^ 1) * 4;
        CudaAsm.Emit("{ .reg .b32 at; mov.u32 at, __shared_alloca0; add.u32 at, at, %1; ld.shared.u32 %0, [at]; }", out int first, next);
        CudaAsm.Emit("{ .reg .b32 at; mov.u32 at, __dyn_shared_alloca; add.u32 at, at, %1; ld.shared.u32 %0, [at]; }", out int second, next);
        x[Group.IdxX] = first + second;
    }

    private static void LostName(ArrayView<int> x)
    {
        ArrayView<int> large = SharedMemory.Allocate<int>(20_000);
        large[Group.IdxX] = x[0];
        CudaAsm.Emit("mov.u32 %0, __shared_alloca0;", out x[0]);
    }

    [Test]
    public void Text_and_names_are_the_same_every_time()
    {
        PtxKernel first = Compile(Neighbours);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Compile(Neighbours).Text, Is.EqualTo(first.Text));
            Assert.That(first.EntryName, Is.EqualTo("PtxTextTests_Neighbours"));
            Assert.That(first.Text, Does.StartWith("// PtxTextTests.Neighbours\n.version 7.0\n.target sm_80\n.address_size 64\n"));
            Assert.That(first.Text, Does.Contain(".param .u64 p0_x_ptr,").And.Contain("// PtxTextTests.cs:"));
        }
    }

    [Test]
    public void Neighbours_move_together_where_alignment_is_known()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Compile(Copy).Text, Does.Not.Contain(".v4"));
            Assert.That(Compile(CopyAligned).Text, Does.Contain("ld.global.v4.b32").And.Contain("st.global.v4.b32").And.Not.Contain("ld.global.f32"));
            Assert.That(Compile(Neighbours).Text, Does.Contain("ld.global.v4.b32"));
            Assert.That(Compile(Shared).Text, Does.Contain("st.shared.v2.b64"));
        }
    }

    [Test]
    public void Nothing_moves_over_what_might_change_it()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Compile(Between).Text, Does.Not.Contain(".v2"));
            Assert.That(Compile(Odd).Text, Does.Not.Contain(".v2").And.Not.Contain(".v4"));
        }
    }

    [Test]
    public void More_than_48_KB_of_shared_memory_are_dynamic()
    {
        PtxKernel kernel = Compile(Large);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((kernel.StaticSharedBytes, kernel.ExtraDynamicSharedBytes), Is.EqualTo((0, (10_000 + 8_000) * 4)));
            Assert.That(kernel.Text, Does.Contain(".extern .shared .align 128 .b8 __dyn_shared_alloca[];").And.Contain("__dyn_shared_alloca+40000"));
            Assert.That(Compile(LargeAndDynamic).ExtraDynamicSharedBytes, Is.EqualTo(64_000));
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Large_shared_memory_holds_what_was_put_there(bool withDynamic)
    {
        using PtxDevice device = new("sm_80");
        int[] expected = [.. Enumerable.Range(0, 64).Select(i => 63 - i + (withDynamic ? 5 : 2))];
        int[] data = [.. Enumerable.Range(0, 64)];
        Assert.That(device.Run<int>(withDynamic ? LargeAndDynamic : Large, data, groups: 1, threads: 64, dynamicShared: withDynamic ? 256 : 0), Is.EqualTo(expected));
    }

    [Test]
    public void Default_mathematics_approximate_nothing()
    {
        string text = Compile(Functions).Text;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Not.Contain(".approx").And.Not.Contain(".ftz").And.Not.Contain(".full"));
            Assert.That(text, Does.Contain("sqrt.rn.f32").And.Contain("div.rn.f32").And.Contain("fma.rn.f64"));
        }
    }

    [Test]
    public void Fast_mathematics_use_what_the_processor_has()
    {
        string text = Compile(Functions, options: new() { MathMode = MathMode.Fast }).Text;
        using (Assert.EnterMultipleScope())
        {
            foreach (string instruction in new[] { "ex2.approx.ftz.f32", "lg2.approx.ftz.f32", "sin.approx.ftz.f32", "tanh.approx.f32", "rsqrt.approx.ftz.f32", "sqrt.approx.ftz.f32", "div.full.ftz.f32" })
                Assert.That(text, Does.Contain(instruction));
            Assert.That(text, Does.Contain("fma.rn.f64"), "64-bit functions stay exact");
            Assert.That(Compile(Functions, "sm_70", new() { MathMode = MathMode.Fast }).Text, Does.Not.Contain("tanh.approx"), "tanh came with sm_75");
            Assert.That(Compile(Functions, options: new() { MathMode = MathMode.Fast32BitOnly }).Text, Does.Not.Contain("fma.rn.f64").And.Contain("cvt.rn.f32.f64"));
        }
    }

    // The approximations' own bounds (PTX ISA: 2^-21 to 2^-22 relative for each, 2^-10.9 for tanh) add up to less than this.
    [TestCase(MathMode.Default, 1e-6)]
    [TestCase(MathMode.Fast, 2e-3)]
    public void Both_modes_compute_the_functions(MathMode mode, double tolerance)
    {
        float[] data = [.. Enumerable.Range(1, 64).Select(i => i * 0.04f)];
        double[] expected = [.. data.Select(x => Math.Exp(x) + Math.Log(x) + Math.Sin(x) + Math.Tanh(x) + 2 / Math.Sqrt(x) + Math.Pow(x, 0.3f))];
        using PtxDevice device = new("sm_80", new() { MathMode = mode });
        float[] actual = device.Run<float>(static (ArrayView<float> x) =>
        {
            int i = Group.IdxX;
            x[i] = XMath.Exp(x[i]) + XMath.Log(x[i]) + XMath.Sin(x[i]) + XMath.Tanh(x[i]) + XMath.Rsqrt(x[i]) + (XMath.Sqrt(x[i]) / x[i]) + XMath.Pow(x[i], 0.3f);
        }, data, groups: 1, threads: 64, dynamicShared: 0);
        for (int i = 0; i < data.Length; i++)
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(tolerance * (Math.Abs(expected[i]) + 1)), $"x = {data[i]}");
    }

    [Test]
    public void Products_and_sums_stay_two_operations() =>
        Assert.That(Compile(Products).Text, Does.Contain("mul.rn.f32").And.Contain("add.rn.f32").And.Not.Contain("fma"));

    [Test]
    public void Extremes_let_NaN_through_on_every_target()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Compile(Extreme, "sm_80").Text, Does.Contain("min.NaN.f32"));
            Assert.That(Compile(Extreme, "sm_75").Text, Does.Contain("min.f32").And.Contain("setp.nan.f32"));
        }
    }

    [Test]
    public void An_offset_is_always_added() => Assert.That(Compile(Before).Text, Does.Match(@"ld\.global\.f32 %f\d+, \[%rd\d+\+-4\]"));

    [Test]
    public void An_atomic_operation_without_a_result_is_a_reduction() =>
        Assert.That(Compile(Atomics).Text, Does.Contain("red.global.add.u32").And.Contain("atom.global.max.s32"));

    [Test]
    public void Bytes_are_multiplied_four_at_a_time() =>
        Assert.That(Compile(Bytes).Text, Does.Contain("dp4a.s32.s32").And.Contain("dp4a.u32.s32").And.Contain("dp2a.hi.s32.s32"));

    [Test]
    public void Limits_of_a_kernel_are_stated() =>
        Assert.That(Compile(Copy, options: new() { MaxThreadsPerGroup = 256, MinGroupsPerMultiprocessor = 3 }).Text, Does.Contain(".maxntid 256, 1, 1\n.minnctapersm 3\n"));

    [Test]
    public void Inline_text_stands_as_written_with_registers_and_literals()
    {
        string text = Compile(Inline).Text;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Match(@"\{ \.reg \.b32 half; shr\.u32 half, %r\d+, 1; add\.u32 %r\d+, half, 7; \}"));
            Assert.That(text, Does.Match(@"mov\.b64 %rd\d+, \{%r\d+, %r\d+\};"), "no literal in a vector operand");
        }
    }

    [Test]
    public void Narrow_arguments_are_16_bits_wide()
    {
        using PtxDevice device = new("sm_80");
        Assert.That(device.Run<byte>(Narrow, [100, 0], groups: 1, threads: 1, dynamicShared: 0), Is.EqualTo(new byte[] { 100, 44 }));     // 300 modulo 256
    }

    [Test]
    public void References_are_read_and_written()
    {
        using PtxDevice device = new("sm_80");
        Assert.That(device.Run<float>(Accumulate, [2, 10, 0], groups: 1, threads: 1, dynamicShared: 0)[2], Is.EqualTo(10 + (4 * 2 * 2) + 3));
    }

    [TestCase(5, 200)]
    [TestCase(2, -100)]
    public void Truth_values_are_predicates(int value, int expected)
    {
        using PtxDevice device = new("sm_80");
        Assert.That(device.Run<int>(Predicates, [value], groups: 1, threads: 1, dynamicShared: 0)[0], Is.EqualTo(expected));
    }

    [Test]
    public void Shared_memory_has_the_names_that_the_documentation_gives()
    {
        using PtxDevice device = new("sm_80");
        int[] data = [.. Enumerable.Range(0, 32)];
        Assert.That(device.Run<int>(SharedNames, data, groups: 1, threads: 32, dynamicShared: 128), Is.EqualTo(data.Select(i => (i ^ 1) * 101)));
    }

    [Test]
    public void A_name_that_large_memory_has_not_is_refused() =>
        Assert.That(() => PtxCompiler.Compile(((Action<ArrayView<int>>)LostName).Method, KernelKind.Explicit, null, PtxTarget.Parse("sm_80")),
            Throws.TypeOf<KernelCompilationException>().With.Message.Contains("use SharedMemory.GetDynamic"));

    [Test]
    public void Inline_text_computes()
    {
        using PtxDevice device = new("sm_80");
        Assert.That(device.Run<int>(Inline, [10, 3, 0], groups: 1, threads: 1, dynamicShared: 0)[2], Is.EqualTo((10 / 2) + 7 + 3 + 7));
    }
}
