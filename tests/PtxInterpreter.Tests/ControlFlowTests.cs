using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;
using static GemmaIlgpu.PtxInterpreter.Tests.Harness;

namespace GemmaIlgpu.PtxInterpreter.Tests;

public sealed class ControlFlowTests
{
    [Test]
    public void Lanes_part_in_a_loop_and_meet_again()
    {
        // Lane t counts to t; afterwards all 32 are there again.
        uint[] words = Words("""
            mov.u32 %r1, 0;
            loop:
            setp.ge.u32 %p1, %r1, %t;
            @%p1 bra done;
            add.u32 %r1, %r1, 1;
            bra loop;
            done:
            activemask.b32 %r2;
            popc.b32 %r2, %r2;
            mad.lo.u32 %r1, %r1, 100, %r2;
            st.global.u32 [%mine], %r1;
            """);
        Assert.That(words, Is.EqualTo(Enumerable.Range(0, 32).Select(t => (uint)((100 * t) + 32))));
    }

    [Test]
    public void Some_lanes_return_early()
    {
        uint[] words = Words("""
            and.b32 %r1, %t, 1;
            setp.eq.u32 %p1, %r1, 0;
            @%p1 ret;
            activemask.b32 %r2;
            st.global.u32 [%mine], %r2;
            """);
        Assert.That(words, Is.EqualTo(Enumerable.Range(0, 32).Select(t => t % 2 == 0 ? 0 : 0xAAAA_AAAA)));
    }

    [Test]
    public void Scopes_hide_registers_and_labels()
    {
        uint[] words = Words("""
            mov.u32 %r1, 5;
            {
                .reg .b32 %r1;
                mov.u32 %r1, 7;
                bra next;
                next:
                add.u32 %r1, %r1, 1;
                st.global.u32 [%mine], %r1;
            }
            {
                .reg .b32 %temp;
                mov.u32 %temp, %r1;
                bra next;
                trap;
                next:
                ld.global.u32 %r2, [%mine];
                mad.lo.u32 %temp, %temp, 10, %r2;
                st.global.u32 [%mine], %temp;
            }
            """, threads: 1);
        Assert.That(words[0], Is.EqualTo(58));
    }

    [Test]
    public void Branches_by_index()
    {
        uint[] words = Words("""
            table: .branchtargets zero, one, two;
            rem.u32 %r1, %t, 3;
            brx.idx %r1, table;
            zero: mov.u32 %r2, 10; bra out_;
            one: mov.u32 %r2, 11; bra out_;
            two: mov.u32 %r2, 12;
            out_:
            st.global.u32 [%mine], %r2;
            """, threads: 5);
        Assert.That(words, Is.EqualTo(new uint[] { 10, 11, 12, 10, 11 }));
    }

    [Test]
    public void Warps_meet_at_barriers()
    {
        // Every thread reads what its mirror in another warp wrote before the barrier.
        uint[] words = Words("""
            mov.u32 %r1, tile;
            shl.b32 %r2, %t, 2;
            add.u32 %r3, %r1, %r2;
            st.shared.u32 [%r3], %t;
            bar.sync 0;
            sub.u32 %r4, 508, %r2;
            add.u32 %r4, %r1, %r4;
            ld.shared.u32 %r5, [%r4];
            st.global.u32 [%mine], %r5;
            """, threads: 128, declarations: ".shared .align 4 .b8 tile[512];");
        Assert.That(words, Is.EqualTo(Enumerable.Range(0, 128).Select(t => (uint)(127 - t))));
    }

    [Test]
    public void Barriers_reduce()
    {
        uint[] words = Words("""
            setp.lt.u32 %p1, %t, 50;
            bar.red.popc.u32 %r1, 1, %p1;
            bar.red.and.pred %p2, 1, %p1;
            bar.red.or.pred %p3, 2, %p1;
            selp.u32 %r2, 1000, 0, %p2;
            selp.u32 %r3, 2000, 0, %p3;
            add.u32 %r1, %r1, %r2;
            add.u32 %r1, %r1, %r3;
            st.global.u32 [%mine], %r1;
            """, threads: 100);
        Assert.That(words, Is.All.EqualTo(2050));
    }

    [Test]
    public void A_producer_arrives_and_a_consumer_waits()
    {
        uint[] words = Words("""
            mov.u32 %r1, tile;
            setp.lt.u32 %p1, %t, 32;
            @%p1 bra consumer;
            mov.u32 %r2, 42;
            st.shared.u32 [%r1], %r2;
            bar.arrive 3, 64;
            bra end;
            consumer:
            bar.sync 3, 64;
            ld.shared.u32 %r3, [%r1];
            st.global.u32 [%mine], %r3;
            end:
            """, threads: 64, declarations: ".shared .align 4 .b8 tile[4];");
        Assert.That(words.Take(32), Is.All.EqualTo(42));
    }

    [Test]
    public void A_lane_may_wait_for_another_of_its_warp()
    {
        // A lock: lanes in the critical section one after another, although spinning ones lie before it in the text.
        uint[] words = Words("""
            mov.u32 %r9, 0;
            again:
            atom.global.cas.b32 %r1, [%out], 0, 1;
            setp.ne.u32 %p1, %r1, 0;
            @%p1 bra again;
            ld.volatile.global.u32 %r2, [%out+4];
            add.u32 %r2, %r2, 1;
            st.volatile.global.u32 [%out+4], %r2;
            membar.gl;
            atom.global.exch.b32 %r3, [%out], 0;
            """, threads: 32, words: 2);
        Assert.That(words, Is.EqualTo(new uint[] { 0, 32 }));
    }

    [Test]
    public void Groups_run_on_several_threads()
    {
        using var memory = new DeviceMemory();
        ulong address = memory.Allocate<uint>(new uint[64]);
        PtxEntry entry = PtxModule.Parse(Kernel("""
            mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ctaid.y; mad.lo.u32 %r3, %r2, 8, %r1;
            mad.wide.u32 %rd1, %r3, 4, %out;
            mov.u32 %r4, %nctaid.x; mad.lo.u32 %r5, %r4, 1000, %r3;
            st.global.u32 [%rd1], %r5;
            """)).GetEntry("kernel");
        LaunchStatistics statistics = entry.Launch(new Dim3(8, 8), new Dim3(32), 0, entry.PackParameters(address), memory, new LaunchOptions { Threads = 2 });
        Assert.That(memory.Read<uint>(address, 64), Is.EqualTo(Enumerable.Range(0, 64).Select(i => (uint)(8000 + i))));
        Assert.That(statistics.LanesByOpcode["st"], Is.EqualTo(64 * 32));
    }

    [Test]
    public void Printed_text_is_captured()
    {
        List<string> lines = [];
        using var memory = new DeviceMemory();
        string text = Kernel("""
            add.u32 %r1, %t, 40;
            cvt.rn.f64.u32 %fd1, %t;
            st.local.u32 [buffer], %r1;
            st.local.f64 [buffer+8], %fd1;
            mov.u64 %rd1, format; cvta.global.u64 %rd1, %rd1;
            mov.u64 %rd2, buffer; cvta.local.u64 %rd2, %rd2;
            {
                .param .b64 param0; st.param.b64 [param0], %rd1;
                .param .b64 param1; st.param.b64 [param1], %rd2;
                .param .b32 retval0;
                call.uni (retval0), vprintf, (param0, param1);
                ld.param.b32 %r2, [retval0];
            }
            """, """
            .extern .func (.param .b32 func_retval0) vprintf(.param .b64 a, .param .b64 b);
            .global .align 1 .b8 format[10] = {37, 100, 32, 37, 46, 50, 102, 10, 0};
            """).Replace("ld.param.u64 %out", ".local .align 8 .b8 buffer[16];\nld.param.u64 %out", StringComparison.Ordinal);
        PtxEntry entry = PtxModule.Parse(text).GetEntry("kernel");
        entry.Launch(new Dim3(1), new Dim3(2), 0, entry.PackParameters(0), memory, new LaunchOptions { Output = lines.Add });
        Assert.That(lines, Is.EqualTo(new[] { "40 0.00\n", "41 1.00\n" }));
    }
}
