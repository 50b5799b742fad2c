using GemmaIlgpu.Compute.Ir;
using ILGPU;

namespace GemmaIlgpu.Compute.Tests.Frontend;

/// <summary>Views, structs in memory, local arrays and what the optimiser makes of them.</summary>
public class MemoryTests
{
    private struct Inner
    {
        public byte Tag;
        public short Small;
        public double Wide;
    }

    private struct Outer
    {
        public bool Flag;
        public Inner Inside;
        public char Letter;
        public long Count;

        public readonly long Sum() => Count + Inside.Small + (Flag ? Letter : Inside.Tag);

        public void Grow(int by)
        {
            Count += by;
            Inside.Small -= (short)by;
            Inside.Wide *= 2;
        }
    }

    private static void Structs(ArrayView<Outer> items, ArrayView<long> r, int a)
    {
        Outer local = items[0];
        local.Grow(a);
        Change(ref local, out int old);
        r[0] = local.Sum() + old;
        items[1] = local;
        items[2].Inside.Tag = (byte)a;
        items[2].Grow(3);
        items[2].Flag = a > 2;
        ref Outer third = ref items[2];
        third.Letter = (char)(a + 70000);
        Inner copy = third.Inside;
        copy.Small = 12;
        r[1] = copy.Small + third.Inside.Small;
        (Outer first, Outer second) = (items[1], items[0]);
        r[2] = first.Sum() - second.Sum();
        Outer fresh = new() { Count = 5, Inside = new() { Small = 6 } };
        r[3] = fresh.Sum();
        Outer chosen = a > 1 ? fresh : local;
        r[4] = chosen.Sum();
    }

    private static void Change(ref Outer value, out int old)
    {
        old = (int)value.Count;
        value.Inside.Tag++;
        value.Letter = 'x';
    }

    private static void NarrowMemory(ArrayView<byte> bytes, ArrayView<sbyte> sbytes, ArrayView<short> shorts, ArrayView<ushort> ushorts, ArrayView<bool> flags, int a)
    {
        bytes[0] = (byte)(bytes[1] + a);
        bytes[2] += 200;
        sbytes[0] = (sbyte)(sbytes[1] - a);
        shorts[0] = (short)(shorts[1] * a);
        ushorts[0] = (ushort)(ushorts[1] << (a & 15));
        flags[0] = flags[1] ^ a > 3;
        flags[2] = bytes[0] == 7;
    }

    private static void Views(ArrayView<float> x, ArrayView<int> r, int a)
    {
        ArrayView<float> part = x.SubView(2, 4);
        r[0] = (int)part.Length + x.IntLength;
        part[1] = 9f;
        ArrayView<int> bits = x.Cast<int>();
        r[1] = bits[3];
        r[2] = (int)x.Cast<double>().Length;
        ArrayView<float> either = a > 0 ? part : x;
        either[0] = 7f;
        r[3] = (int)either.Length;
        long total = 0;
        for (ArrayView<float> rest = x; rest.Length > 1; rest = rest.SubView(1))
            total += (long)rest[0];
        r[4] = (int)total;
        foreach (ref int item in new Span3(bits))
            r[5] += item;
    }

    private ref struct Span3(ArrayView<int> view)
    {
        private int _next = -1;

        public readonly ref int Current => ref view[_next];

        public readonly Span3 GetEnumerator() => this;

        public bool MoveNext() => ++_next < 3;
    }

    private static void LocalArray(ArrayView<int> r, int a)
    {
        ArrayView<int> local = LocalMemory.Allocate<int>(4);
        for (int i = 0; i < 4; i++)
            local[i] = 0;
        for (int k = 0; k < a; k++)
            for (int i = 0; i < 4; i++)
                local[i] += r[k] * i;
        for (int i = 0; i < 4; i++)
            r[i] = local[i];
    }

    private static void LocalTile(ArrayView<float> x, ArrayView<float> y)
    {
        ArrayView<float> tile = LocalMemory.Allocate<float>(16);
        for (int i = 0; i < 16; i++)
            tile[i] = 0f;
        for (int k = 0; k < x.IntLength; k += 4)
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++)
                    tile[i * 4 + j] += x[k + i] * x[k + j];
        for (int i = 0; i < 16; i++)
            y[i] = tile[i];
    }

    [Test]
    public void Structs_keep_their_fields_apart()
    {
        var items = new Outer[3];
        for (int i = 0; i < 3; i++)
            items[i] = new() { Flag = i == 1, Letter = (char)(60 + i), Count = 100 * i, Inside = new() { Tag = 250, Small = -3, Wide = 1.5 } };
        for (int a = 0; a < 5; a++)
            KernelRunner.Check(Structs, items, new long[5], a);
    }

    [Test]
    public void Narrow_elements_wrap_and_extend()
    {
        for (int a = -3; a < 20; a++)
            KernelRunner.Check(NarrowMemory, new byte[] { 1, 255, 100 }, new sbyte[] { 0, -128 }, new short[] { 0, 12345 }, new ushort[] { 0, 54321 }, new[] { false, true, false }, a);
    }

    [Test]
    public void Views_slice_cast_and_merge()
    {
        for (int a = 0; a < 2; a++)
            KernelRunner.Check(Views, new float[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, new int[6], a);
    }

    [Test]
    public void A_small_local_array_becomes_registers()
    {
        IrKernel ir = KernelRunner.Translate(LocalArray);
        Assert.That(ir.Blocks.SelectMany(block => block.Values).Count(value => value.Op == IrOp.LocalBase), Is.Zero, ir.ToString());
        int[] r = [3, 1, 4, 1, 5, 9, 2, 6];
        Array[] actual = KernelRunner.Interpret(ir, r, 5);
        Assert.That(actual[0], Is.EqualTo(new[] { 0, 14, 28, 42, 5, 9, 2, 6 }));
    }

    [Test]
    public void A_register_tile_becomes_registers()
    {
        IrKernel ir = KernelRunner.Translate(LocalTile);
        Assert.That(ir.Blocks.SelectMany(block => block.Values).Count(value => value.Op == IrOp.LocalBase), Is.Zero, ir.ToString());
        float[] x = [.. Enumerable.Range(1, 12).Select(i => (float)i)];
        float[] expected = new float[16];
        for (int k = 0; k < 12; k += 4)
            for (int i = 0; i < 16; i++)
                expected[i] += x[k + i / 4] * x[k + i % 4];
        Assert.That(KernelRunner.Interpret(ir, x, new float[16])[1], Is.EqualTo(expected));
    }

    [Test]
    public void A_local_array_indexed_at_run_time_stays_memory()
    {
        IrKernel ir = KernelRunner.Translate(RunTimeIndex);
        Assert.That(KernelRunner.Interpret(ir, new int[4], 2)[0], Is.EqualTo(new[] { 5, 0, 0, 0 }));
        Assert.That(ir.ToString(), Does.Contain("localbase"));
    }

    private static void RunTimeIndex(ArrayView<int> r, int a)
    {
        ArrayView<int> local = LocalMemory.Allocate<int>(4);
        local[a] = 5;
        r[0] = local[(a + 4) & 3];
    }
}
