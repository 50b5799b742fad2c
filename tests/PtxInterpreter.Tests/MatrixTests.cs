using System.Globalization;
using System.Text;
using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;
using static GemmaIlgpu.PtxInterpreter.Tests.Harness;

namespace GemmaIlgpu.PtxInterpreter.Tests;

/// <summary>mma against a plain product. Fragments are filled here from the formulas of the ISA's text, written
/// out case by case, not from the interpreter's own layout.</summary>
public sealed class MatrixTests
{
    private const int M = 16, N = 8;

    private static readonly Random Numbers = new(7);

    /// <summary>Row and column of A's element i: PTX ISA, "Matrix Fragments for mma.m16n8k*".</summary>
    private static (int Row, int Column) OfA(string shape, bool bytes, int lane, int i)
    {
        int group = lane >> 2, thread = lane % 4;
        return (shape, bytes) switch
        {
            ("m16n8k4", _) => (i == 0 ? group : group + 8, thread),
            ("m16n8k8 tf32", _) => (i is 0 or 2 ? group : group + 8, i < 2 ? thread : thread + 4),
            ("m16n8k8", _) => (i < 2 ? group : group + 8, (thread * 2) + (i & 1)),
            ("m16n8k16", false) => (i is < 2 or 4 or 5 ? group : group + 8, (thread * 2) + (i & 1) + (i >= 4 ? 8 : 0)),
            ("m16n8k16", true) => (i < 4 ? group : group + 8, (thread * 4) + (i & 3)),
            _ => (i is < 4 or (>= 8 and < 12) ? group : group + 8, (thread * 4) + (i & 3) + (i >= 8 ? 16 : 0)),
        };
    }

    private static (int Row, int Column) OfB(string shape, bool bytes, int lane, int i)
    {
        int group = lane >> 2, thread = lane % 4;
        return (shape, bytes) switch
        {
            ("m16n8k4", _) => (thread, group),
            ("m16n8k8 tf32", _) => (thread + (4 * i), group),
            ("m16n8k8", _) => ((thread * 2) + i, group),
            ("m16n8k16", false) => ((thread * 2) + (i & 1) + (i >= 2 ? 8 : 0), group),
            ("m16n8k16", true) => ((thread * 4) + i, group),
            _ => ((thread * 4) + (i & 3) + (i >= 4 ? 16 : 0), group),
        };
    }

    private static (int Row, int Column) OfC(int lane, int i) => (i < 2 ? lane >> 2 : (lane >> 2) + 8, (lane % 4 * 2) + (i & 1));

    [TestCase("m16n8k16", "f32.bf16.bf16.f32", 16)]
    [TestCase("m16n8k8", "f32.bf16.bf16.f32", 8)]
    [TestCase("m16n8k16", "f32.f16.f16.f32", 16)]
    [TestCase("m16n8k16", "f16.f16.f16.f16", 16)]
    [TestCase("m16n8k8", "f16.f16.f16.f16", 8)]
    [TestCase("m16n8k8 tf32", "f32.tf32.tf32.f32", 8)]
    [TestCase("m16n8k4", "f32.tf32.tf32.f32", 4)]
    [TestCase("m16n8k16", "s32.s8.s8.s32", 16)]
    [TestCase("m16n8k32", "s32.s8.s8.s32", 32)]
    [TestCase("m16n8k32", "s32.u8.s8.s32", 32)]
    public void A_product_matches_the_plain_one(string shape, string types, int k)
    {
        string[] type = types.Split('.');
        bool bytes = type[1] is "s8" or "u8", half = type[0] == "f16";
        int perRegister = bytes ? 4 : type[1] == "tf32" ? 1 : 2;
        int elementsA = M * k / 32, elementsB = k * N / 32;
        // Small integers: every format holds them and all sums of them exactly.
        int[,] a = Fill(M, k, type[1] == "u8" ? 0 : -8), b = Fill(k, N, -8), c = Fill(M, N, -8);
        uint[,] words = new uint[32, 12];
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < elementsA; i++)
                Put(words, lane, 0, i, perRegister, At(a, OfA(shape, bytes, lane, i)), type[1]);
            for (int i = 0; i < elementsB; i++)
                Put(words, lane, 4, i, perRegister, At(b, OfB(shape, bytes, lane, i)), type[2]);
            for (int i = 0; i < 4; i++)
                Put(words, lane, 8, i, half ? 2 : 1, At(c, OfC(lane, i)), type[3]);
        }
        uint[] results = Multiply(shape.Split(' ')[0], types, words, elementsA / perRegister, elementsB / perRegister, half ? 2 : 4);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                (int row, int column) = OfC(lane, i);
                int sum = c[row, column];
                for (int x = 0; x < k; x++)
                    sum += a[row, x] * b[x, column];
                uint word = results[(4 * lane) + (half ? i / 2 : i)];
                double got = type[0] switch
                {
                    "f32" => BitConverter.UInt32BitsToSingle(word),
                    "s32" => (int)word,
                    _ => (double)BitConverter.UInt16BitsToHalf((ushort)(word >> (16 * (i % 2)))),
                };
                Assert.That(got, Is.EqualTo(sum), $"{types} at [{row}, {column}]");
            }
        }
    }

    [Test]
    public void Matrices_are_loaded_row_by_row()
    {
        // Four 8 × 8 matrices of consecutive numbers, 16 bytes a row.
        uint[] Load(string modifiers, int count) => Words($$"""
            shl.b32 %r1, %t, 4;
            mov.u32 %r2, tile; add.u32 %r1, %r1, %r2;
            mov.u32 %r3, 0;
            fill:
            mad.lo.u32 %r4, %t, 8, %r3; cvt.u16.u32 %h1, %r4;
            shl.b32 %r5, %r3, 1; add.u32 %r5, %r5, %r1;
            st.shared.u16 [%r5], %h1;
            add.u32 %r3, %r3, 1; setp.lt.u32 %p1, %r3, 8; @%p1 bra fill;
            bar.sync 0;
            ldmatrix.sync.aligned.m8n8.x{{count}}{{modifiers}}.shared.b16 {{{string.Join(", ", Enumerable.Range(10, count).Select(r => $"%r{r}"))}}}, [%r1];
            st.global.u32 [%mine], %r{{9 + count}};
            """, declarations: ".shared .align 16 .b8 tile[512];");
        // Lane l has row l / 4, columns 2 (l % 4) and the next.
        Assert.That(Load("", 4), Is.EqualTo(Enumerable.Range(0, 32).Select(l => Pair(192 + (l / 4 * 8) + (l % 4 * 2), 1))));
        Assert.That(Load("", 1), Is.EqualTo(Enumerable.Range(0, 32).Select(l => Pair((l / 4 * 8) + (l % 4 * 2), 1))));
        Assert.That(Load(".trans", 2), Is.EqualTo(Enumerable.Range(0, 32).Select(l => Pair(64 + (l % 4 * 2 * 8) + (l / 4), 8))));
    }

    [Test]
    public void Stored_matrices_are_loaded_again()
    {
        uint[] words = Words("""
            shl.b32 %r1, %t, 4;
            mov.u32 %r2, tile; add.u32 %r1, %r1, %r2;
            add.u32 %r3, %t, 100;
            stmatrix.sync.aligned.m8n8.x2.trans.shared.b16 [%r1], {%t, %r3};
            ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%r4, %r5}, [%r1];
            movmatrix.sync.aligned.m8n8.trans.b16 %r6, %r5;
            st.global.u32 [%mine], %r6;
            """, declarations: ".shared .align 16 .b8 tile[512];", target: "sm_90");
        Assert.That(words, Is.EqualTo(Enumerable.Range(100, 32).Select(i => (uint)i)));
    }

    [Test]
    public void Copies_are_seen_after_the_wait_and_not_before()
    {
        uint[] words = Words("""
            st.global.u32 [%out], 5; st.global.u32 [%out+4], 6;
            st.shared.u32 [tile], 1; st.shared.u32 [tile+4], 2; st.shared.u32 [tile+8], 3; st.shared.u32 [tile+12], 4;
            mov.u32 %r9, tile;
            cp.async.ca.shared.global [%r9], [%out], 4;
            cp.async.commit_group;
            cp.async.ca.shared.global [%r9+4], [%out+4], 4;
            cp.async.commit_group;
            cp.async.ca.shared.global [%r9+8], [%out], 8, 4;
            ld.shared.u32 %r1, [tile];
            cp.async.wait_group 1;
            ld.shared.v2.u32 {%r2, %r3}, [tile];
            cp.async.wait_group 0;
            ld.shared.u32 %r4, [tile+4]; ld.shared.u32 %r5, [tile+8];
            cp.async.wait_all;
            ld.shared.v2.u32 {%r6, %r7}, [tile+8];
            st.global.v4.u32 [%out+16], {%r1, %r2, %r3, %r4};
            st.global.v4.u32 [%out+32], {%r5, %r6, %r7, %r7};
            """, threads: 1, words: 12, declarations: ".shared .align 16 .b8 tile[16];");
        Assert.That(words.Skip(4).Take(4), Is.EqualTo(new uint[] { 1, 5, 2, 6 }));
        Assert.That(words.Skip(8).Take(3), Is.EqualTo(new uint[] { 3, 5, 0 }), "the third copy was not committed; its upper half is filled with zeros");
    }

    [Test]
    public void Some_groups_copy_at_once()
    {
        uint[] words = Words("""
            mov.u32 %r1, %ctaid.x; mad.wide.u32 %rd1, %r1, 4, %out;
            st.shared.u32 [tile], 1; mov.u32 %r2, 9; st.global.u32 [%rd1+16], %r2;
            mov.u32 %r9, tile;
            cp.async.ca.shared.global [%r9], [%rd1+16], 4;
            ld.shared.u32 %r3, [tile];
            st.global.u32 [%rd1], %r3;
            cp.async.wait_all;
            """, threads: 1, words: 8, groups: 4, declarations: ".shared .align 16 .b8 tile[16];");
        Assert.That(words.Take(4), Is.EqualTo(new uint[] { 1, 1, 9, 9 }), "a kernel that reads before the wait is wrong in one group or another");
    }

    private static uint Pair(int low, int step) => (uint)(low | ((low + step) << 16));

    private static int[,] Fill(int rows, int columns, int low)
    {
        int[,] values = new int[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                values[i, j] = Numbers.Next(low, 8);
        return values;
    }

    private static int At(int[,] matrix, (int Row, int Column) at) => matrix[at.Row, at.Column];

    private static void Put(uint[,] words, int lane, int first, int i, int perRegister, int value, string type)
    {
        uint bits = type switch
        {
            "bf16" => BitConverter.SingleToUInt32Bits(value) >> 16,
            "f16" => BitConverter.HalfToUInt16Bits((Half)value),
            "s8" or "u8" => (uint)value & 0xFF,
            "s32" => (uint)value,
            // The lower 13 bits of tf32 must not count.
            "tf32" => BitConverter.SingleToUInt32Bits(value) | 0x1ABC,
            _ => BitConverter.SingleToUInt32Bits(value),
        };
        words[lane, first + (i / perRegister)] |= bits << (32 / perRegister * (i % perRegister));
    }

    private static uint[] Multiply(string shape, string types, uint[,] words, int registersA, int registersB, int registersC)
    {
        bool real = types.StartsWith("f32", StringComparison.Ordinal);
        string Registers(string prefix, int first, int count) => "{" + string.Join(", ", Enumerable.Range(first, count).Select(i => prefix + i.ToString(CultureInfo.InvariantCulture))) + "}";
        string sum = real ? "%f" : "%r";
        var body = new StringBuilder("mad.wide.u32 %rd1, %t, 48, %out;\n");
        for (int i = 0; i < 12; i++)
            body.Append(CultureInfo.InvariantCulture, $"ld.global.{(real && i >= 8 ? "f32 %f" : "u32 %r")}{i}, [%rd1+{4 * i}];\n");
        body.Append(CultureInfo.InvariantCulture, $"mma.sync.aligned.{shape}.row.col.{types} {Registers(sum, 20, registersC)}, {Registers("%r", 0, registersA)}, {Registers("%r", 4, registersB)}, {Registers(sum, 8, registersC)};\n");
        body.Append("mad.wide.u32 %rd2, %t, 16, %out;\n");
        for (int i = 0; i < registersC; i++)
            body.Append(CultureInfo.InvariantCulture, $"st.global.{(real ? "f32" : "u32")} [%rd2+{4 * i}], {sum}{20 + i};\n");
        using var memory = new DeviceMemory();
        ulong address = memory.Allocate<uint>([.. words.Cast<uint>()]);
        PtxEntry entry = PtxModule.Parse(Kernel(body.ToString())).GetEntry("kernel");
        entry.Launch(new Dim3(1), new Dim3(32), 0, entry.PackParameters(address), memory);
        return memory.Read<uint>(address, 128);
    }
}
