using GemmaIlgpu.Compute.Runtime.Cpu;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>The map of written bytes against an array of truth values.</summary>
internal sealed class ByteMapTests
{
    [Test]
    public void Copies_of_parts_agree_with_copies_of_truth_values([Range(1, 8)] int seed)
    {
        const int length = 400;
        var random = new Random(seed);
        using ByteMap source = new(length), target = new(length);
        bool[] from = new bool[length], to = new bool[length];
        for (int step = 0; step < 60; step++)
        {
            int first = random.Next(length), count = random.Next(length - first + 1);
            (ByteMap map, bool[] model) = step % 3 == 0 ? (target, to) : (source, from);
            map.Set(first, count / 4);
            model.AsSpan(first, count / 4).Fill(true);
            int at = random.Next(length - count + 1);
            target.Copy(source, first, at, count);
            from.AsSpan(first, count).CopyTo(to.AsSpan(at));
            Assert.That(Enumerable.Range(0, length).Select(i => target.IsSet(i, 1)), Is.EqualTo(to));
            int clear = Array.IndexOf(to, false);
            Assert.That((target.FirstClear(0, length), target.IsFull(0, length)), Is.EqualTo(((long)clear, clear < 0)));
            if (step % 20 == 19)
            {
                source.Clear();
                Array.Clear(from);
            }
        }
    }
}
