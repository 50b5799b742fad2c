using static GemmaIlgpu.PtxInterpreter.Tests.Harness;

namespace GemmaIlgpu.PtxInterpreter.Tests;

public sealed class FloatTests
{
    private const float Tiny = 1e-40f;   // subnormal

    [TestCase("add.f32", 1.5f, 2.25f, 3.75f)]
    [TestCase("sub.rn.f32", 1.5f, 2.25f, -0.75f)]
    [TestCase("mul.f32", 1e20f, 1e20f, float.PositiveInfinity)]
    [TestCase("mul.rz.f32", 1e20f, 1e20f, float.MaxValue)]
    [TestCase("mul.sat.f32", 3f, 3f, 1f)]
    [TestCase("add.sat.f32", float.NaN, 3f, 0f)]
    [TestCase("div.rn.f32", 1f, 3f, 0.33333334f)]
    [TestCase("div.rz.f32", 1f, 3f, 0.3333333f)]
    [TestCase("div.rp.f32", 1f, 3f, 0.33333334f)]
    [TestCase("add.rp.f32", 1f, 1e-20f, 1.0000001f)]
    [TestCase("add.rm.f32", 1f, 1e-20f, 1f)]
    [TestCase("add.rm.f32", 1f, -1e-20f, 0.99999994f)]
    [TestCase("add.rz.f32", -1f, -1e-20f, -1f)]
    [TestCase("add.f32", Tiny, Tiny, 2 * Tiny)]
    [TestCase("add.ftz.f32", Tiny, Tiny, 0f)]
    [TestCase("min.f32", float.NaN, 2f, 2f)]
    [TestCase("max.f32", 2f, float.NaN, 2f)]
    [TestCase("min.NaN.f32", float.NaN, 2f, float.NaN)]
    [TestCase("div.approx.f32", 5f, 1e38f, 0f)]
    public void Two_floats(string opcode, float a, float b, float expected) =>
        Assert.That(F(One($"{opcode} %d, %a, %b;", "f32", ("f32", F(a)), ("f32", F(b)))), Is.EqualTo(expected));

    [Test]
    public void Minus_zero_lies_below_zero()
    {
        Assert.That(One("min.f32 %d, %a, %b;", "b32", ("f32", F(0f)), ("f32", F(-0f))), Is.EqualTo(0x8000_0000));
        Assert.That(One("max.f32 %d, %a, %b;", "b32", ("f32", F(-0f)), ("f32", F(0f))), Is.Zero);
        Assert.That(One("add.rm.f32 %d, %a, %b;", "b32", ("f32", F(1f)), ("f32", F(-1f))), Is.EqualTo(0x8000_0000));
    }

    [Test]
    public void A_fused_product_is_rounded_once()
    {
        float a = 1 + MathF.Pow(2, -12), square = a * a;
        ulong exact = One("fma.rn.f32 %d, %a, %b, %c;", "b32", ("f32", F(a)), ("f32", F(a)), ("f32", F(-square)));
        Assert.That(F(exact), Is.EqualTo(MathF.Pow(2, -24)));
        Assert.That(F(One("fma.rp.f32 %d, %a, %b, %c;", "b32", ("f32", F(1f)), ("f32", F(1f)), ("f32", F(1e-30f)))), Is.EqualTo(1.0000001f));
        Assert.That(BitConverter.UInt64BitsToDouble(One("fma.rn.f64 %d, %a, %b, %c;", "f64", ("f64", D(0.1)), ("f64", D(10)), ("f64", D(-1)))), Is.EqualTo(Math.FusedMultiplyAdd(0.1, 10, -1)));
    }

    [TestCase("sqrt.rn.f32", 2f, 1.4142135f)]
    [TestCase("sqrt.rp.f32", 2f, 1.4142137f)]
    [TestCase("rcp.rn.f32", 3f, 0.33333334f)]
    [TestCase("abs.f32", -3f, 3f)]
    [TestCase("neg.f32", -3f, 3f)]
    [TestCase("ex2.approx.f32", 10f, 1024f)]
    [TestCase("ex2.approx.f32", float.NegativeInfinity, 0f)]
    [TestCase("ex2.approx.ftz.f32", -140f, 0f)]
    [TestCase("lg2.approx.f32", 8f, 3f)]
    [TestCase("lg2.approx.f32", 0f, float.NegativeInfinity)]
    [TestCase("rsqrt.approx.f32", 4f, 0.5f)]
    [TestCase("rsqrt.approx.f32", -0f, float.NegativeInfinity)]
    [TestCase("rcp.approx.ftz.f32", 8f, 0.125f)]
    [TestCase("sin.approx.f32", 0f, 0f)]
    [TestCase("tanh.approx.f32", float.PositiveInfinity, 1f)]
    public void One_float(string opcode, float a, float expected) =>
        Assert.That(F(One($"{opcode} %d, %a;", "f32", ("f32", F(a)))), Is.EqualTo(expected));

    [TestCase("tanh.approx.f32", 0.7f, 0.6043678f, -11)]
    [TestCase("ex2.approx.f32", 0.7f, 1.6245048f, -22)]
    [TestCase("sin.approx.f32", 0.7f, 0.64421767f, -20)]
    [TestCase("rsqrt.approx.f32", 0.7f, 1.1952286f, -22)]
    public void Approximations_are_off_by_what_is_allowed(string opcode, float a, float exact, int logError)
    {
        // 101 neighbours: none outside the documented error, and most not exact, so that reliance on more shows.
        ulong[] inputs = [.. Enumerable.Range(0, 32).Select(i => F(a + (i * 1e-6f)))];
        ulong[] results = Apply($"{opcode} %d, %a;", "f32", ("f32", inputs));
        double worst = 0;
        int inexact = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            double x = F(inputs[i]);
            double expected = opcode.Split('.')[0] switch { "tanh" => Math.Tanh(x), "ex2" => Math.Pow(2, x), "sin" => Math.Sin(x), _ => 1 / Math.Sqrt(x) };
            worst = Math.Max(worst, Math.Abs(F(results[i]) - expected));
            inexact += F(results[i]) == (float)expected ? 0 : 1;
        }
        Assert.That(worst, Is.LessThanOrEqualTo(exact * Math.Pow(2, logError) * 1.01));
        Assert.That(inexact, Is.GreaterThan(8));
    }

    [TestCase("cvt.rni.s32.f32", 2.5f, 2)]
    [TestCase("cvt.rzi.s32.f32", -2.5f, -2)]
    [TestCase("cvt.rmi.s32.f32", -2.5f, -3)]
    [TestCase("cvt.rpi.s32.f32", 2.1f, 3)]
    [TestCase("cvt.rzi.s32.f32", 3e9f, int.MaxValue)]
    [TestCase("cvt.rzi.s32.f32", -3e9f, int.MinValue)]
    [TestCase("cvt.rzi.s32.f32", float.NaN, 0)]
    [TestCase("cvt.rzi.u32.f32", -5f, 0)]
    [TestCase("cvt.rzi.u32.f32", 1e20f, -1)]
    [TestCase("cvt.rzi.u8.f32", 300f, 255)]
    [TestCase("cvt.rzi.s8.f32", -300f, -128)]
    [TestCase("cvt.rn.bf16x2.f32", 1f, 0x3F80)]
    public void Floats_to_integers(string opcode, float a, int expected)
    {
        string instruction = opcode.Contains("x2", StringComparison.Ordinal) ? $"{opcode} %d, 0f00000000, %a;" : $"{opcode} %d, %a;";
        Assert.That((int)One(instruction, "b32", ("f32", F(a))), Is.EqualTo(expected));
    }

    [Test]
    public void NaN_becomes_the_top_bit_where_64_bits_take_part()
    {
        Assert.That(One("cvt.rzi.s64.f32 %d, %a;", "b64", ("f32", F(float.NaN))), Is.EqualTo(0x8000_0000_0000_0000));
        Assert.That(One("cvt.rzi.s32.f64 %d, %a;", "b32", ("f64", D(double.NaN))), Is.EqualTo(0x8000_0000));
        Assert.That(One("cvt.rzi.u64.f32 %d, %a;", "b64", ("f32", F(1e30f))), Is.EqualTo(ulong.MaxValue));
        Assert.That(One("cvt.rzi.s64.f64 %d, %a;", "b64", ("f64", D(-1e30))), Is.EqualTo(0x8000_0000_0000_0000));
    }

    [Test]
    public void Integers_to_floats_and_widths()
    {
        Assert.That(F(One("cvt.rn.f32.s32 %d, %a;", "f32", ("b32", 0xFFFF_FFFF))), Is.EqualTo(-1f));
        Assert.That(F(One("cvt.rn.f32.u32 %d, %a;", "f32", ("b32", 0xFFFF_FFFF))), Is.EqualTo(4294967296f));
        Assert.That(F(One("cvt.rz.f32.u32 %d, %a;", "f32", ("b32", 0xFFFF_FFFF))), Is.EqualTo(4294967040f));
        // Just above a tie: two roundings through double would go down.
        Assert.That(F(One("cvt.rn.f32.s64 %d, %a;", "f32", ("b64", (1UL << 60) + (1UL << 36) + 1))), Is.EqualTo(MathF.Pow(2, 60) + MathF.Pow(2, 37)));
        Assert.That(One("cvt.s32.s8 %d, %a;", "b32", ("b32", 0x1234_5680)), Is.EqualTo(0xFFFF_FF80));
        Assert.That(One("cvt.u32.u8 %d, %a;", "b32", ("b32", 0x1234_5680)), Is.EqualTo(0x80));
        Assert.That(One("cvt.sat.s8.s32 %d, %a;", "b32", ("b32", 300)), Is.EqualTo(127));
        Assert.That(One("cvt.sat.u8.s32 %d, %a;", "b32", ("b32", 0xFFFF_FFF0)), Is.Zero);
        Assert.That(One("cvt.s64.s32 %d, %a;", "b64", ("b32", 0x8000_0000)), Is.EqualTo(0xFFFF_FFFF_8000_0000));
        Assert.That(One("cvt.u64.u32 %d, %a;", "b64", ("b32", 0x8000_0000)), Is.EqualTo(0x8000_0000));
        Assert.That(F(One("cvt.rni.f32.f32 %d, %a;", "f32", ("f32", F(2.5f)))), Is.EqualTo(2f));
        Assert.That(F(One("cvt.sat.f32.f32 %d, %a;", "f32", ("f32", F(2.5f)))), Is.EqualTo(1f));
        Assert.That(F(One("cvt.rn.f32.f64 %d, %a;", "f32", ("f64", D(0.1)))), Is.EqualTo(0.1f));
        Assert.That(F(One("cvt.rp.f32.f64 %d, %a;", "f32", ("f64", D(1e-60)))), Is.EqualTo(float.Epsilon));
    }

    [Test]
    public void Halves()
    {
        Assert.That(One("cvt.rn.f16.f32 %d, %a;", "b16", ("f32", F(1.0009766f))) & 0xFFFF, Is.EqualTo(0x3C01));
        Assert.That(One("cvt.rn.f16.f32 %d, %a;", "b16", ("f32", F(65520f))) & 0xFFFF, Is.EqualTo(0x7C00));
        Assert.That(One("cvt.rz.f16.f32 %d, %a;", "b16", ("f32", F(65535f))) & 0xFFFF, Is.EqualTo(0x7BFF));
        Assert.That(F(One("cvt.f32.f16 %d, %a;", "f32", ("b16", 0x0001))), Is.EqualTo(MathF.Pow(2, -24)));
        Assert.That(F(One("cvt.f32.bf16 %d, %a;", "f32", ("b16", 0x3FC0))), Is.EqualTo(1.5f));
        Assert.That(One("cvt.rn.bf16.f32 %d, %a;", "b16", ("f32", 0x3F80_8000)) & 0xFFFF, Is.EqualTo(0x3F80), "ties go to even");
        Assert.That(One("cvt.rn.bf16.f32 %d, %a;", "b16", ("f32", 0x3F81_8000)) & 0xFFFF, Is.EqualTo(0x3F82));
        Assert.That(One("cvt.rn.f16x2.f32 %d, %a, %b;", "b32", ("f32", F(1f)), ("f32", F(2f))), Is.EqualTo(0x3C00_4000));
        Assert.That(One("cvt.rn.relu.bf16x2.f32 %d, %a, %b;", "b32", ("f32", F(-1f)), ("f32", F(2f))), Is.EqualTo(0x0000_4000));
        Assert.That(One("cvt.rna.tf32.f32 %d, %a;", "b32", ("f32", 0x3F80_1000)), Is.EqualTo(0x3F80_2000));
        Assert.That(One("add.f16 %d, %a, %b;", "f16", ("f16", 0x3C00), ("f16", 0x1000)) & 0xFFFF, Is.EqualTo(0x3C00), "2048 + 1 ties to even");
        Assert.That(One("fma.rn.f16x2 %d, %a, %b, %c;", "b32", ("b32", 0x3C00_4000), ("b32", 0x4000_4000), ("b32", 0x3C00_3C00)), Is.EqualTo(0x4200_4500));
        Assert.That(One("fma.rn.bf16x2 %d, %a, %b, %c;", "b32", ("b32", 0x3F80_4000), ("b32", 0x4000_4000), ("b32", 0x3F80_3F80)), Is.EqualTo(0x4040_40A0));
        Assert.That(One("neg.f16x2 %d, %a;", "b32", ("b32", 0x3C00_BC00)), Is.EqualTo(0xBC00_3C00));
        Assert.That(One("max.bf16x2 %d, %a, %b;", "b32", ("b32", 0x3F80_FFFF), ("b32", 0x4000_4000)), Is.EqualTo(0x4000_4000));
    }

    [TestCase("setp.lt.f32", 1f, 2f, true)]
    [TestCase("setp.ne.f32", float.NaN, 2f, false)]
    [TestCase("setp.neu.f32", float.NaN, 2f, true)]
    [TestCase("setp.ltu.f32", float.NaN, 2f, true)]
    [TestCase("setp.geu.f32", 3f, 2f, true)]
    [TestCase("setp.num.f32", 3f, 2f, true)]
    [TestCase("setp.nan.f32", 3f, float.NaN, true)]
    [TestCase("setp.eq.ftz.f32", Tiny, 0f, true)]
    [TestCase("setp.eq.f32", Tiny, 0f, false)]
    [TestCase("setp.eq.f32", -0f, 0f, true)]
    public void Comparisons(string opcode, float a, float b, bool expected) =>
        Assert.That(One($"{opcode} %k, %a, %b; selp.b32 %d, 1, 0, %k;", "b32", ("f32", F(a)), ("f32", F(b))), Is.EqualTo(expected ? 1 : 0));

    [Test]
    public void Comparisons_combine_and_give_the_complement()
    {
        uint[] words = Words("""
            setp.lt.u32 %p1, %t, 4;
            setp.ge.and.u32 %p2|%p3, %t, 2, %p1;
            setp.lo.or.u32 %p4, %t, 1, !%p1;
            selp.b32 %r1, 1, 0, %p2;
            selp.b32 %r2, 2, 0, %p3;
            selp.b32 %r3, 4, 0, %p4;
            or.b32 %r1, %r1, %r2; or.b32 %r1, %r1, %r3;
            st.global.u32 [%mine], %r1;
            """, threads: 6);
        // p3 is (not (t >= 2)) and p1.
        Assert.That(words, Is.EqualTo(new uint[] { 2 | 4, 2, 1, 1, 4, 4 }));
        Assert.That(One("set.gt.u32.s32 %d, %a, %b;", "b32", ("b32", 1), ("b32", 0xFFFF_FFFF)), Is.EqualTo(0xFFFF_FFFF));
        Assert.That(F(One("set.gt.f32.s32 %d, %a, %b;", "f32", ("b32", 1), ("b32", 0))), Is.EqualTo(1f));
        Assert.That(One("slct.b32.s32 %d, %a, %b, %c;", "b32", ("b32", 7), ("b32", 8), ("b32", 0x8000_0000)), Is.EqualTo(8));
        Assert.That(One("testp.subnormal.f32 %k, %a; selp.b32 %d, 1, 0, %k;", "b32", ("f32", F(Tiny))), Is.EqualTo(1));
    }
}
