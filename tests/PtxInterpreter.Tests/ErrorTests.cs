using static GemmaIlgpu.PtxInterpreter.Tests.Harness;

namespace GemmaIlgpu.PtxInterpreter.Tests;

/// <summary>What the interpreter must find: texts that an assembler refuses, and threads that break the rules.</summary>
public sealed class ErrorTests
{
    [TestCase("add.s32 %f1, %t, %t;", "%f1 is .f32, which cannot stand for .s32")]
    [TestCase("add.s64 %rd1, %t, %rd1;", "%t is .b32, which cannot stand for .s64")]
    [TestCase("mov.u32 %r1, %rd1;", "%rd1 is .b64")]
    [TestCase("setp.eq.u32 %r1, %t, %t;", "%r1 is .b32, which cannot stand for .pred")]
    [TestCase("add.s32 %r1, %t;", "takes 3 operands, not 2")]
    [TestCase("add.s32 %r1, %t, %nothing;", "%nothing is not declared")]
    [TestCase("add.s32 %r1, %t, 0f3F800000;", "the literal cannot stand for .s32")]
    [TestCase("add.f32 %f1, %f2, 1;", "the literal cannot stand for .f32")]
    [TestCase("mul.s32 %r1, %t, %t;", "takes .lo, .hi or .wide")]
    [TestCase("fma.f32 %f1, %f1, %f1, %f1;", "takes a rounding mode")]
    [TestCase("div.f32 %f1, %f1, %f1;", "takes a rounding mode")]
    [TestCase("sqrt.f32 %f1, %f1;", "takes .approx")]
    [TestCase("cvt.s32.f32 %r1, %f1;", "takes .rni")]
    [TestCase("cvt.f32.s32 %f1, %t;", "takes a rounding mode")]
    [TestCase("cvt.rn.f64.f32 %fd1, %f1;", "takes no rounding mode")]
    [TestCase("shl.u32 %r1, %t, 1;", "shl does not take .u32")]
    [TestCase("shfl.bfly.b32 %r1, %t, 1, 31;", "takes .sync")]
    [TestCase("add.wide.s32 %rd1, %t, %t;", "takes no part")]
    [TestCase("add.ftz.s32 %r1, %t, %t;", "'.ftz' has no place")]
    [TestCase("ld.global.v4.u32 {%r1, %r2}, [%out];", "takes 4 registers, not 2")]
    [TestCase("ld.global.v4.f64 {%fd1, %fd2, %fd3, %fd4}, [%out];", "at most 128 bits")]
    [TestCase("ld.global.u32 %r1, [%t];", "addresses of this space take 64 bits")]
    [TestCase("ld.global.u32 %h1, [%out];", "%h1 is .b16")]
    [TestCase("ld.global.b16 %f1, [%out];", "%f1 is .f32")]
    [TestCase("st.param.u32 [out], %t;", "parameters cannot be written")]
    [TestCase("ld.global.u32 %r1, [8];", "only .local addresses can be numbers")]
    [TestCase("ldmatrix.sync.aligned.m8n8.x1.shared.b16 %r2, [%r1];", "takes { } of 1 registers")]
    [TestCase("stmatrix.sync.aligned.m8n8.x1.shared.b16 [%r1], {%r2};", "needs .target sm_90 or higher, not sm_80")]
    [TestCase("cvt.f32.bf16 %f1, %h1;", "needs .target sm_90")]
    [TestCase("elect.sync %r1|%p1, -1;", "needs .target sm_90")]
    [TestCase("bra nowhere;", "there is no label nowhere")]
    [TestCase("atom.global.add.s64 %rd1, [%out], %rd1;", "does not take .s64")]
    [TestCase("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f1, %f2, %f3, %f4}, {%r1, %r2}, {%r1, %r2}, {%f1, %f2, %f3, %f4};", "a fragment here has 4 registers, not 2")]
    [TestCase("cp.async.cg.shared.global [%r1], [%out], 8;", "cp.async.cg 16")]
    [TestCase("frobnicate.u32 %r1;", "does not know 'frobnicate'")]
    public void Wrong_text_is_refused_with_its_line(string statement, string problem)
    {
        PtxSyntaxException error = Assert.Throws<PtxSyntaxException>(() => PtxModule.Parse(Kernel(statement)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Message, Does.Contain(problem));
            Assert.That(error.Message, Does.Contain(statement.Split(' ')[0]));
            Assert.That(error.Line, Is.EqualTo(19));
        }
    }

    [TestCase("x: x: ret;", "declared twice")]
    [TestCase(".reg .b32 %r1; .reg .b32 %r1;", "declared twice")]
    [TestCase("add.s32 %r1, %t, 1", "expected ';'")]
    [TestCase("ld.global.u32 %r1, [%mine-4];", "expected ']'")]
    [TestCase("mov.u32 %r1, 0z12;", "not a number")]
    public void Broken_syntax_is_refused(string statement, string problem) =>
        Assert.That(() => PtxModule.Parse(Kernel(statement)), Throws.TypeOf<PtxSyntaxException>().With.Message.Contains(problem));

    [TestCase("add.u32 %r1, %r2, 1;", "%r2 is read but was never written")]
    [TestCase("@%p1 bra end; end:", "%p1 is read but was never written")]
    [TestCase("setp.gt.u32 %p1, %t, 4; @%p1 mov.u32 %r1, 1; st.global.u32 [%mine], %r1;", "thread (0, 0, 0)")]
    [TestCase("st.global.u32 [%out+128], %t;", "0 bytes past the end of the 128 bytes")]
    [TestCase("st.global.u32 [%mine+4], %t;", "thread (31, 0, 0)")]
    [TestCase("st.global.u32 [%mine+-4], %t;", "thread (0, 0, 0)")]
    [TestCase("mov.u64 %rd1, 8; ld.global.u32 %r1, [%rd1];", "near null")]
    [TestCase("ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%out+4];", "is not a multiple of 16")]
    [TestCase("ld.global.u32 %r1, [%out+2];", "is not a multiple of 4")]
    [TestCase("ld.shared.u32 %r1, [tile+16];", "at 16 of the group's 16 bytes of shared memory")]
    [TestCase("mov.u64 %rd1, fixed; st.global.u32 [%rd1], %t;", "which is constant")]
    [TestCase("trap;", "trap was reached")]
    [TestCase("setp.gt.u32 %p1, %t, 4; @%p1 bra.uni end; end:", "bra.uni")]
    [TestCase("setp.gt.u32 %p1, %t, 4; @%p1 bar.sync 0; @!%p1 bar.sync 0;", "wait for each other")]
    [TestCase("setp.gt.u32 %p1, %t, 4; @%p1 shfl.sync.bfly.b32 %r1, %t, 1, 31, -1; @!%p1 bar.sync 1; st.global.u32 [%mine], %t;", "wait for each other")]
    [TestCase("shfl.sync.bfly.b32 %r1, %t, 1, 31, 0xFF;", "not in its member mask")]
    [TestCase("setp.lt.u32 %p1, %t, 31; @%p1 shfl.sync.idx.b32 %r1, %t, 31, 31, 0x7FFFFFFF; @%p1 st.global.u32 [%mine], %r1;", "%r1 was made of a shuffle's result from a lane that took no part")]
    [TestCase("bar.sync 16;", "there is no barrier 16")]
    [TestCase("bar.sync 0, 96;", "no thread can go on")]
    [TestCase("setp.eq.u32 %p1, %t, 3; @%p1 ret; mov.u32 %r1, tile; ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r2}, [%r1];", "all 32 lanes")]
    [TestCase("mov.u32 %r1, tile; cp.async.ca.shared.global [%r1+14], [%out], 4;", "is not a multiple of 4")]
    public void Broken_rules_are_found_with_instruction_and_thread(string statements, string problem)
    {
        PtxFaultException error = Assert.Throws<PtxFaultException>(() => Words(statements, declarations: ".shared .align 16 .b8 tile[16]; .const .b32 fixed = 1;"));
        Assert.That(error.Message, Does.Contain(problem).And.Contain("kernel").And.Contain("(0, 0, 0)"));
    }

    [Test]
    public void A_group_that_does_not_end_is_reported()
    {
        using var memory = new Memory.DeviceMemory();
        PtxEntry entry = PtxModule.Parse(Kernel("forever: bra forever;")).GetEntry("kernel");
        Assert.That(() => entry.Launch(new Execution.Dim3(1), new Execution.Dim3(32), 0, entry.PackParameters(0), memory, new Execution.LaunchOptions { MaximumWarpInstructions = 1_000_000 }),
            Throws.TypeOf<PtxFaultException>().With.Message.Contains("does not end"));
    }
}
