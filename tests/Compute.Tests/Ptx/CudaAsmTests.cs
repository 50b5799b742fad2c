using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Passes;
using GemmaIlgpu.Compute.Tests.Conformance;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Ptx;

/// <summary>Inline PTX from C# to the IR, and what other accelerators make of it.</summary>
internal sealed class CudaAsmTests
{
    private static IrKernel Translate(Delegate kernel, bool forPtx = true)
    {
        IrKernel ir = KernelFrontend.Translate(kernel.Method, KernelKind.Explicit, null, forPtx);
        KernelOptimizer.Run(ir);
        IrVerifier.Verify(ir);
        return ir;
    }

    private static IrValue Inline(IrKernel kernel) => kernel.Blocks.SelectMany(block => block.Values).Single(value => value.Op == IrOp.InlinePtx);

    private static void Processor(ArrayView<int> result)
    {
        CudaAsm.Emit("add.s32 %0, %1, %%smid;", out int sum, result[0]);
        result[1] = sum;
    }

    private static void Accumulate(ArrayView<float> x)
    {
        Input<float> a = x[0];
        Output<int> count = default;
        Ref<float> sum = x[1];
        for (int i = 0; i < 4; i++)
            CudaAsm.EmitRef("fma.rn.f32 %2, %0, %0, %2; mov.u32 %1, 3;", ref a, ref count, ref sum);
        x[2] = sum.Value + count.Value;
    }

    private static void Guarded(ArrayView<int> result)
    {
        if (CudaAsm.IsSupported)
            CudaAsm.Emit("mov.u32 %0, %%smid;", out result[0]);
        else
            result[0] = -1;
    }

    private static void Unguarded(ArrayView<int> result) => CudaAsm.Emit("bar.sync 1;");

    private static void NotConstant(ArrayView<int> result) => CudaAsm.Emit(result[0] > 0 ? "a;" : "b;");

    private static void TooFew(ArrayView<int> result) => CudaAsm.Emit("mov.u32 %1, 0;", result[0]);

    private static void LonePercent(ArrayView<int> result) => CudaAsm.Emit("mov.u32 %0, %smid;", out result[0]);

    private static void View(ArrayView<int> result) => CudaAsm.Emit("st.global.u32 [%0], 1;", result);

    [Test]
    public void Arguments_become_operands_and_results()
    {
        IrValue inline = Inline(Translate(Processor));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(inline.Text, Is.EqualTo("add.s32 %0, %1, %%smid;"));
            Assert.That(inline.Operands, Has.Count.EqualTo(1));
            Assert.That(inline.InlineArguments!.Select(argument => (argument.IsRead, argument.IsWritten)), Is.EqualTo(new[] { (false, true), (true, false) }));
        }
    }

    [Test]
    public void A_loop_around_it_is_written_out_and_every_round_stays()
    {
        IrKernel kernel = Translate(Accumulate);
        var inline = kernel.Blocks.SelectMany(block => block.Values).Where(value => value.Op == IrOp.InlinePtx).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(inline, Has.Count.EqualTo(4));
            // The sum of one round goes into the next: operand 1 is the read-and-written argument, result 1 after the count.
            Assert.That(inline[1].Operands[1], Is.SameAs(kernel.Blocks.SelectMany(block => block.Values).Single(value => value.Op == IrOp.InlinePtxResult && value.Operands[0] == inline[0] && value.Immediate == 1)));
        }
    }

    [Test]
    public void IsSupported_decides_which_branch_is_compiled()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Translate(Guarded).Blocks.SelectMany(block => block.Values).Count(value => value.Op == IrOp.InlinePtx), Is.EqualTo(1));
            Assert.That(Translate(Guarded, forPtx: false).Blocks.SelectMany(block => block.Values).Count(value => value.Op == IrOp.InlinePtx), Is.Zero);
        }
    }

    [Test]
    public void What_cannot_be_inlined_is_refused_in_a_sentence()
    {
        using (Assert.EnterMultipleScope())
        {
            Refused(NotConstant, "a string that depends on a condition");
            Refused(TooFew, "uses %1 but has 1 arguments");
            Refused(LonePercent, "lone %");
            Refused(View, "ArrayView<int>");
        }

        static void Refused(Delegate kernel, string part) =>
            Assert.That(() => Translate(kernel), Throws.TypeOf<KernelCompilationException>().With.Message.Contains(part));
    }

    [TestCase("Simd256")]
    [TestCase("Debug4")]
    public void A_processor_takes_the_other_branch_and_refuses_the_unguarded_one(string device)
    {
        Accelerator accelerator = TestDevices.Get(device);
        using MemoryBuffer1D<int, Stride1D.Dense> buffer = accelerator.Allocate1D<int>(1);
        accelerator.LoadStreamKernel<ArrayView<int>>(Guarded)(new KernelConfig(1, 1), buffer.View);
        accelerator.Synchronize();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(buffer.GetAsArray1D(), Is.EqualTo(new[] { -1 }));
            Assert.That(() =>
            {
                accelerator.LoadStreamKernel<ArrayView<int>>(Unguarded)(new KernelConfig(1, 1), buffer.View);
                accelerator.Synchronize();
            }, Throws.Exception.With.Message.Contains("CudaAsm.IsSupported").Or.InnerException.Message.Contains("CudaAsm.IsSupported"));
        }
    }

    [TestCase("add.s32 %0, %1, 1;", false)]
    [TestCase("{ .reg .b32 t; mov.b32 t, %0; }", false)]
    [TestCase(".reg .b32 t;", true)]
    [TestCase("again: bra again;", true)]
    [TestCase("cp.async.cg.shared.global.L2::128B [%0], [%1], 16;", false)]
    public void Declared_names_are_seen(string text, bool declares) => Assert.That(InlineTemplate.DeclaresNames(text), Is.EqualTo(declares));
}
