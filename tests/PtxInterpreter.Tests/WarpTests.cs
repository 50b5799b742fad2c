using static GemmaIlgpu.PtxInterpreter.Tests.Harness;

namespace GemmaIlgpu.PtxInterpreter.Tests;

public sealed class WarpTests
{
    private static IEnumerable<uint> Each(Func<int, int> value) => Enumerable.Range(0, 32).Select(t => (uint)value(t));

    [Test]
    public void Shuffles()
    {
        uint[] Shuffle(string arguments) => Words($"shfl.sync.{arguments}; selp.u32 %r2, 100, 0, %p1; add.u32 %r1, %r1, %r2; st.global.u32 [%mine], %r1;");
        Assert.That(Shuffle("bfly.b32 %r1|%p1, %t, 1, 31, -1"), Is.EqualTo(Each(t => (t ^ 1) + 100)));
        Assert.That(Shuffle("down.b32 %r1|%p1, %t, 3, 31, -1"), Is.EqualTo(Each(t => t + 3 < 32 ? t + 103 : t)));
        Assert.That(Shuffle("up.b32 %r1|%p1, %t, 3, 0, -1"), Is.EqualTo(Each(t => t >= 3 ? t + 97 : t)));
        Assert.That(Shuffle("idx.b32 %r1|%p1, %t, 5, 31, -1"), Is.EqualTo(Each(_ => 105)));
        // Sub-warps of 8 lanes: c = ((32 - 8) << 8) | 7 (or 0 for up).
        Assert.That(Shuffle("idx.b32 %r1|%p1, %t, 5, 0x1807, -1"), Is.EqualTo(Each(t => (t / 8 * 8) + 105)));
        Assert.That(Shuffle("down.b32 %r1|%p1, %t, 3, 0x1807, -1"), Is.EqualTo(Each(t => t % 8 < 5 ? t + 103 : t)));
        Assert.That(Shuffle("up.b32 %r1|%p1, %t, 3, 0x1800, -1"), Is.EqualTo(Each(t => t % 8 >= 3 ? t + 97 : t)));
    }

    [Test]
    public void Halves_of_a_warp_shuffle_apart()
    {
        uint[] words = Words("""
            mov.u32 %r5, 0;
            setp.lt.u32 %p1, %t, 16;
            @%p1 bra low;
            shfl.sync.bfly.b32 %r1, %t, 1, 31, 0xFFFF0000;
            bra end;
            low:
            shfl.sync.bfly.b32 %r1, %t, 2, 31, 0xFFFF;
            end:
            st.global.u32 [%mine], %r1;
            """);
        Assert.That(words, Is.EqualTo(Each(t => t < 16 ? t ^ 2 : t ^ 1)));
    }

    [Test]
    public void Votes_matches_and_reductions()
    {
        uint[] words = Words("""
            setp.lt.u32 %p1, %t, 20;
            vote.sync.ballot.b32 %r1, %p1, -1;
            vote.sync.all.pred %p2, %p1, -1;
            vote.sync.any.pred %p3, !%p1, -1;
            shr.u32 %r2, %t, 3;
            match.any.sync.b32 %r3, %r2, -1;
            match.all.sync.b32 %r4|%p4, 7, -1;
            redux.sync.add.u32 %r5, %t, -1;
            redux.sync.max.s32 %r6, %t, 0xFFFFFFFF;
            selp.u32 %r7, 1, 0, %p2; selp.u32 %r8, 2, 0, %p3; selp.u32 %r9, 4, 0, %p4;
            or.b32 %r7, %r7, %r8; or.b32 %r7, %r7, %r9;
            setp.ne.u32 %p5, %t, 9;
            @%p5 ret;
            st.global.v4.u32 [%out], {%r1, %r3, %r4, %r5};
            st.global.v2.u32 [%out+16], {%r6, %r7};
            """, words: 8);
        Assert.That(words, Is.EqualTo(new uint[] { 0xFFFFF, 0xFF00, uint.MaxValue, 496, 31, 6, 0, 0 }));
    }

    [Test]
    public void Undefined_results_may_be_computed_with_and_thrown_away()
    {
        // 20 threads: lanes 19 shuffles from lane 20, which does not exist, and drops what it got.
        uint[] words = Words("""
            shfl.sync.down.b32 %r1, %t, 1, 31, -1;
            add.u32 %r2, %r1, 100;
            setp.lt.u32 %p1, %t, 19;
            selp.u32 %r3, %r2, %t, %p1;
            st.global.u32 [%mine], %r3;
            """, threads: 20);
        Assert.That(words, Is.EqualTo(Enumerable.Range(0, 20).Select(t => (uint)(t < 19 ? t + 101 : 19))));
    }

    [Test]
    public void Lane_masks_and_ids()
    {
        uint[] words = Words("""
            mov.u32 %r1, %lanemask_lt; popc.b32 %r1, %r1;
            mov.u32 %r2, %lanemask_ge; popc.b32 %r2, %r2;
            mov.u32 %r3, %laneid; mov.u32 %r4, %warpid;
            mad.lo.u32 %r1, %r4, 1000000, %r1;
            mad.lo.u32 %r1, %r3, 10000, %r1;
            mad.lo.u32 %r1, %r2, 100, %r1;
            st.global.u32 [%mine], %r1;
            """, threads: 64);
        Assert.That(words[35], Is.EqualTo(1_032_903), "thread 35 is lane 3 of warp 1; 3 lanes lie below it and 29 not");
    }
}
