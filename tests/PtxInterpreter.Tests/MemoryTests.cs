using static GemmaIlgpu.PtxInterpreter.Tests.Harness;

namespace GemmaIlgpu.PtxInterpreter.Tests;

public sealed class MemoryTests
{
    [Test]
    public void Small_types_extend_into_wider_registers()
    {
        uint[] words = Words("""
            mov.u32 %r1, 0xFFFF80FE;
            st.global.u32 [%out+64], %r1;
            ld.global.s8 %r2, [%out+64];
            ld.global.u8 %r3, [%out+64];
            ld.global.s16 %r4, [%out+64];
            ld.global.b16 %h1, [%out+64];
            cvt.u32.u16 %r5, %h1;
            st.global.v4.b32 [%out], {%r2, %r3, %r4, %r5};
            st.global.u8 [%out+16], %r1;
            """, threads: 1, words: 20);
        Assert.That(words.Take(5), Is.EqualTo(new uint[] { 0xFFFF_FFFE, 0xFE, 0xFFFF_80FE, 0x80FE, 0xFE }));
    }

    [Test]
    public void Parts_are_packed_and_unpacked()
    {
        uint[] words = Words("""
            mov.b64 %rd1, {%t, 7};
            mov.b64 {%r1, %r2}, %rd1;
            mov.b32 {%h1, %h2}, 0x12345678;
            mov.b32 %r3, {%h2, %h1};
            mov.b32 {_, %h3}, %r3;
            cvt.u32.u16 %r4, %h3;
            st.global.v4.b32 [%out], {%r1, %r2, %r3, %r4};
            """, threads: 1, words: 4);
        Assert.That(words, Is.EqualTo(new uint[] { 0, 7, 0x5678_1234, 0x5678 }));
    }

    [Test]
    public void Initial_values_and_addresses_of_variables()
    {
        uint[] words = Words("""
            ld.const.u32 %r1, [table+8];
            ld.global.u64 %rd1, [pointer];
            ld.u32 %r2, [%rd1];
            mov.u64 %rd2, table+4; ld.const.u32 %r3, [%rd2];
            ld.global.f32 %f1, [number]; mov.b32 %r4, %f1;
            st.global.v4.b32 [%out], {%r1, %r2, %r3, %r4};
            """, threads: 1, words: 4, declarations: """
            .const .align 4 .u32 table[4] = {1, 2, 0x30};
            .global .align 4 .b32 value = 77;
            .global .align 8 .u64 pointer = generic(value);
            .global .f32 number = 0f40490FDB;
            """);
        Assert.That(words, Is.EqualTo(new uint[] { 0x30, 77, 2, 0x4049_0FDB }));
    }

    [Test]
    public void Generic_addresses_reach_all_spaces()
    {
        string text = Kernel("""
            mov.u64 %rd1, tile; cvta.shared.u64 %rd2, %rd1;
            mov.u64 %rd3, mine; cvta.local.u64 %rd4, %rd3;
            cvta.global.u64 %rd5, %out;
            st.u32 [%rd2], 11; st.u32 [%rd4], 12; st.u32 [%rd5], 13;
            ld.shared.u32 %r1, [tile]; ld.local.u32 %r2, [mine]; ld.global.u32 %r3, [%out];
            cvta.to.shared.u64 %rd6, %rd2; ld.shared.u32 %r4, [%rd6];
            isspacep.shared %p1, %rd2; isspacep.local %p2, %rd2; selp.u32 %r5, 100, 0, %p1; selp.u32 %r6, 200, 0, %p2;
            add.u32 %r4, %r4, %r5; add.u32 %r4, %r4, %r6;
            st.global.v4.b32 [%out], {%r1, %r2, %r3, %r4};
            """, ".shared .align 4 .b8 tile[4];").Replace("ld.param", ".local .align 4 .b8 mine[4];\nld.param", StringComparison.Ordinal);
        using var memory = new Memory.DeviceMemory();
        ulong address = memory.Allocate<uint>(new uint[4]);
        PtxEntry entry = PtxModule.Parse(text).GetEntry("kernel");
        entry.Launch(new Execution.Dim3(1), new Execution.Dim3(1), 0, entry.PackParameters(address), memory);
        Assert.That(memory.Read<uint>(address, 4), Is.EqualTo(new uint[] { 11, 12, 13, 111 }));
    }

    [TestCase("atom.global.add.u32", 5u, 3u, 8u)]
    [TestCase("atom.global.min.s32", 5u, 0xFFFF_FFFFu, 0xFFFF_FFFFu)]
    [TestCase("atom.global.max.u32", 5u, 0xFFFF_FFFFu, 0xFFFF_FFFFu)]
    [TestCase("atom.global.and.b32", 6u, 3u, 2u)]
    [TestCase("atom.global.or.b32", 6u, 3u, 7u)]
    [TestCase("atom.global.xor.b32", 6u, 3u, 5u)]
    [TestCase("atom.global.exch.b32", 6u, 3u, 3u)]
    [TestCase("atom.global.inc.u32", 6u, 6u, 0u)]
    [TestCase("atom.global.inc.u32", 5u, 6u, 6u)]
    [TestCase("atom.global.dec.u32", 0u, 6u, 6u)]
    [TestCase("atom.global.dec.u32", 7u, 6u, 6u)]
    [TestCase("atom.relaxed.gpu.global.add.f32", 0x3FC0_0000u, 0x3F80_0000u, 0x4020_0000u)]
    [TestCase("atom.add.noftz.f16x2", 0x3C00_3C00u, 0x3C00_4000u, 0x4000_4200u)]
    [TestCase("atom.add.noftz.bf16x2", 0x3F80_3F80u, 0x3F80_4000u, 0x4000_4040u)]
    public void Atomics_give_the_old_value(string opcode, uint before, uint operand, uint after)
    {
        bool real = opcode.EndsWith(".f32", StringComparison.Ordinal);
        uint[] words = Words($"""
            mov.b32 %r1, {before}; st.global.u32 [%out], %r1;
            mov.b32 %r2, {operand}; mov.b32 %f2, %r2;
            {opcode} {(real ? "%f3" : "%r3")}, [%out], {(real ? "%f2" : "%r2")};
            {(real ? "mov.b32 %r3, %f3;" : "")}
            st.global.u32 [%out+4], %r3;
            """, threads: 1, words: 2, target: "sm_90");
        Assert.That(words, Is.EqualTo(new[] { after, before }));
    }

    [Test]
    public void All_threads_add_to_one_word()
    {
        uint[] words = Words("red.global.add.u32 [%out], %t; atom.shared.add.u32 %r1, [counter], 1; st.shared.u32 [counter], 0;", threads: 96, words: 1, groups: 3,
            declarations: ".shared .align 4 .b8 counter[4];");
        Assert.That(words[0], Is.EqualTo(3 * 96 * 95 / 2));
    }

    [Test]
    public void Dynamic_shared_memory_follows_the_static_part()
    {
        uint[] words = Words("""
            mov.u32 %r1, fixed_part; mov.u32 %r2, dynamic_part;
            sub.u32 %r3, %r2, %r1;
            st.shared.u32 [%r2+60], %t;
            mov.u32 %r4, %dynamic_smem_size;
            st.global.v2.u32 [%out], {%r3, %r4};
            """, threads: 1, words: 2, dynamicShared: 64, declarations: ".shared .align 4 .b8 fixed_part[20]; .extern .shared .align 16 .b8 dynamic_part[];");
        Assert.That(words, Is.EqualTo(new uint[] { 32, 64 }));
    }
}
