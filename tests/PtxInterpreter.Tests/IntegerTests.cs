using static GemmaIlgpu.PtxInterpreter.Tests.Harness;

namespace GemmaIlgpu.PtxInterpreter.Tests;

public sealed class IntegerTests
{
    private const uint MinusOne = uint.MaxValue;
    private const uint Lowest = 0x8000_0000;

    [TestCase("add.s32", 0x7FFF_FFFFu, 1u, Lowest)]
    [TestCase("add.sat.s32", 0x7FFF_FFFFu, 1u, 0x7FFF_FFFFu)]
    [TestCase("sub.sat.s32", Lowest, 1u, Lowest)]
    [TestCase("sub.u32", 3u, 5u, 0xFFFF_FFFEu)]
    [TestCase("mul.lo.s32", 0x10001u, 0x10001u, 0x20001u)]
    [TestCase("mul.hi.u32", 0xFFFF_FFFFu, 0xFFFF_FFFFu, 0xFFFF_FFFEu)]
    [TestCase("mul.hi.s32", 0xFFFF_FFFFu, 0xFFFF_FFFFu, 0u)]
    [TestCase("mul24.lo.s32", 0xFF00_0003u, 5u, 15u)]
    [TestCase("mul24.lo.s32", 0x00FF_FFFFu, 5u, 0xFFFF_FFFBu)]
    [TestCase("mul24.hi.u32", 0x00FF_FFFFu, 0x00FF_FFFFu, 0xFFFF_FE00u)]
    [TestCase("div.s32", 0xFFFF_FFF9u, 2u, 0xFFFF_FFFDu)]
    [TestCase("div.u32", 0xFFFF_FFF9u, 2u, 0x7FFF_FFFCu)]
    [TestCase("div.s32", Lowest, MinusOne, Lowest)]
    [TestCase("rem.s32", 0xFFFF_FFF9u, 2u, MinusOne)]
    [TestCase("rem.s32", Lowest, MinusOne, 0u)]
    [TestCase("min.s32", MinusOne, 1u, MinusOne)]
    [TestCase("min.u32", MinusOne, 1u, 1u)]
    [TestCase("max.s32", MinusOne, 1u, 1u)]
    [TestCase("and.b32", 0xF0F0u, 0xFF00u, 0xF000u)]
    [TestCase("or.b32", 0xF0F0u, 0x0F00u, 0xFFF0u)]
    [TestCase("xor.b32", 0xFFFFu, 0x0F0Fu, 0xF0F0u)]
    [TestCase("shl.b32", 1u, 31u, Lowest)]
    [TestCase("shl.b32", 1u, 32u, 0u)]
    [TestCase("shl.b32", 1u, 0x100u, 0u)]
    [TestCase("shr.u32", Lowest, 31u, 1u)]
    [TestCase("shr.u32", Lowest, 32u, 0u)]
    [TestCase("shr.s32", Lowest, 40u, MinusOne)]
    [TestCase("shr.s32", Lowest, 4u, 0xF800_0000u)]
    public void Two_words(string opcode, uint a, uint b, uint expected) =>
        Assert.That(One($"{opcode} %d, %a, %b;", "b32", ("b32", a), ("b32", b)), Is.EqualTo(expected));

    [TestCase("abs.s32", MinusOne, 1u)]
    [TestCase("abs.s32", Lowest, Lowest)]
    [TestCase("neg.s32", 5u, 0xFFFF_FFFBu)]
    [TestCase("not.b32", 5u, 0xFFFF_FFFAu)]
    [TestCase("cnot.b32", 0u, 1u)]
    [TestCase("cnot.b32", 7u, 0u)]
    [TestCase("popc.b32", 0xF0F0u, 8u)]
    [TestCase("clz.b32", 0x0001_0000u, 15u)]
    [TestCase("clz.b32", 0u, 32u)]
    [TestCase("brev.b32", 1u, Lowest)]
    [TestCase("brev.b32", 0x1234_5678u, 0x1E6A_2C48u)]
    [TestCase("bfind.u32", 0x0001_0000u, 16u)]
    [TestCase("bfind.u32", 0u, MinusOne)]
    [TestCase("bfind.s32", MinusOne, MinusOne)]
    [TestCase("bfind.s32", 0xFFFF_0000u, 15u)]
    [TestCase("bfind.shiftamt.u32", 0x0001_0000u, 15u)]
    public void One_word(string opcode, uint a, uint expected) =>
        Assert.That(One($"{opcode} %d, %a;", "b32", ("b32", a)), Is.EqualTo(expected));

    [TestCase("mad.lo.s32", 3u, 4u, 5u, 17u)]
    [TestCase("mad.hi.u32", Lowest, 4u, 5u, 7u)]
    [TestCase("mad24.lo.u32", 3u, 4u, 5u, 17u)]
    [TestCase("sad.s32", MinusOne, 4u, 5u, 10u)]
    [TestCase("bfe.u32", 0x1234_5678u, 8u, 8u, 0x56u)]
    [TestCase("bfe.s32", 0x0000_8000u, 8u, 8u, 0xFFFF_FF80u)]
    [TestCase("bfe.s32", 0x8000_0000u, 28u, 8u, 0xFFFF_FFF8u)]
    [TestCase("bfe.u32", 0x1234_5678u, 8u, 0u, 0u)]
    [TestCase("prmt.b32", 0x3322_1100u, 0x7766_5544u, 0x7531u, 0x7755_3311u)]
    [TestCase("prmt.b32", 0x0000_8001u, 0u, 0x9890u, 0xFF00_FF01u)]
    [TestCase("prmt.b32.f4e", 0x3322_1100u, 0x7766_5544u, 1u, 0x4433_2211u)]
    [TestCase("prmt.b32.rc16", 0x3322_1100u, 0x7766_5544u, 1u, 0x3322_3322u)]
    [TestCase("shf.l.wrap.b32", 0x8000_0000u, 1u, 33u, 3u)]
    [TestCase("shf.l.clamp.b32", 0x8000_0000u, 1u, 33u, 0x8000_0000u)]
    [TestCase("shf.r.wrap.b32", 0x8000_0000u, 1u, 31u, 3u)]
    [TestCase("shf.r.clamp.b32", 0x8000_0000u, 7u, 40u, 7u)]
    [TestCase("dp4a.s32.s32", 0xFF02_0304u, 0x0101_01FFu, 10u, 10u)]
    [TestCase("dp4a.u32.u32", 0xFF02_0304u, 0x0101_01FFu, 10u, 1290u)]
    [TestCase("dp2a.lo.s32.s32", 0xFFFF_0002u, 0x0708_05FFu, 10u, 3u)]
    [TestCase("dp2a.hi.s32.u32", 0xFFFF_0002u, 0xFF03_05FFu, 10u, 0xFFFF_FF11u)]
    public void Three_words(string opcode, uint a, uint b, uint c, uint expected) =>
        Assert.That(One($"{opcode} %d, %a, %b, %c;", "b32", ("b32", a), ("b32", b), ("b32", c)), Is.EqualTo(expected));

    [TestCase(0xE8, 0b11101000u)]   // majority
    [TestCase(0x96, 0b10010110u)]   // parity
    public void A_table_of_three_bits(int table, uint expected) =>
        Assert.That(One($"lop3.b32 %d, %a, %b, %c, {table};", "b32", ("b32", 0xF0), ("b32", 0xCC), ("b32", 0xAA)) & 0xFF, Is.EqualTo(expected));

    [Test]
    public void Fields_are_inserted()
    {
        Assert.That(One("bfi.b32 %d, %a, %b, 4, 8;", "b32", ("b32", 0x1AB), ("b32", 0xFFFF_FFFF)), Is.EqualTo(0xFFFF_FABF));
        Assert.That(One("bfi.b64 %d, %a, %b, 60, 8;", "b64", ("b64", 0xAB), ("b64", 0)), Is.EqualTo(0xB000_0000_0000_0000));
    }

    [Test]
    public void Sixty_four_bits()
    {
        ulong high = 0x8000_0000_0000_0000;
        Assert.That(One("mul.hi.u64 %d, %a, %b;", "b64", ("b64", ulong.MaxValue), ("b64", 16)), Is.EqualTo(15));
        Assert.That(One("mul.hi.s64 %d, %a, %b;", "b64", ("b64", ulong.MaxValue), ("b64", 16)), Is.EqualTo(ulong.MaxValue));
        Assert.That(One("mul.wide.s32 %d, %a, %b;", "b64", ("b32", MinusOne), ("b32", 7)), Is.EqualTo(unchecked((ulong)-7L)));
        Assert.That(One("mul.wide.u32 %d, %a, %b;", "b64", ("b32", MinusOne), ("b32", 2)), Is.EqualTo(0x1_FFFF_FFFE));
        Assert.That(One("mad.wide.s32 %d, %a, %b, %c;", "b64", ("b32", MinusOne), ("b32", 7), ("b64", 8)), Is.EqualTo(1));
        Assert.That(One("shr.s64 %d, %a, %b;", "b64", ("b64", high), ("b32", 63)), Is.EqualTo(ulong.MaxValue));
        Assert.That(One("shl.b64 %d, %a, %b;", "b64", ("b64", 1), ("b32", 64)), Is.Zero);
        Assert.That(One("clz.b64 %d, %a;", "b32", ("b64", 1)), Is.EqualTo(63));
        Assert.That(One("div.u64 %d, %a, %b;", "b64", ("b64", high), ("b64", 3)), Is.EqualTo(high / 3));
        Assert.That(One("div.s64 %d, %a, %b;", "b64", ("b64", high), ("b64", ulong.MaxValue)), Is.EqualTo(high));
    }

    [Test]
    public void Carries_pass_from_one_word_to_the_next()
    {
        // 0x1_FFFFFFFF + 0x0_00000001 in two words, and back.
        uint[] words = Words("""
            mov.u32 %r1, 0xFFFFFFFF; mov.u32 %r2, 1; mov.u32 %r3, 1; mov.u32 %r4, 0;
            add.cc.u32 %r5, %r1, %r3;
            addc.u32 %r6, %r2, %r4;
            sub.cc.u32 %r7, %r5, %r3;
            subc.u32 %r8, %r6, %r4;
            st.global.v4.u32 [%out], {%r5, %r6, %r7, %r8};
            """, threads: 1, words: 4);
        Assert.That(words, Is.EqualTo(new uint[] { 0, 2, 0xFFFF_FFFF, 1 }));
    }

    [Test]
    public void Sixteen_bits_wrap_in_their_own_width()
    {
        Assert.That(One("add.s16 %d, %a, %b;", "b16", ("b16", 0x7FFF), ("b16", 1)) & 0xFFFF, Is.EqualTo(0x8000));
        Assert.That(One("mul.wide.s16 %d, %a, %b;", "b32", ("b16", 0xFFFF), ("b16", 3)), Is.EqualTo(0xFFFF_FFFD));
        Assert.That(One("mul.hi.s16 %d, %a, %b;", "b16", ("b16", 0x4000), ("b16", 0x0008)) & 0xFFFF, Is.EqualTo(2));
    }
}
