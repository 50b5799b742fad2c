using FsCheck;
using FsCheck.Fluent;

namespace GemmaIlgpu.Kernels.Tests;

public class AttentionRangeTests
{
    [Test]
    public void A_window_of_three_looks_like_this()
    {
        // Row = query position, column = key: 1 where the query sees the key.
        string[] expected =
        [
            "100000",
            "110000",
            "111000",
            "011100",
            "001110",
            "000111",
        ];
        string[] actual = [.. Enumerable.Range(0, 6).Select(p =>
            string.Concat(Enumerable.Range(0, 6).Select(j => j <= p && j >= AttentionRange.First(p, 3) ? '1' : '0')))];
        Assert.That(actual, Is.EqualTo(expected));
    }

    [Test]
    public void Window_zero_sees_everything() => Assert.That(AttentionRange.First(1000, 0), Is.Zero);

    [Test]
    public void A_query_sees_itself_and_at_most_a_window() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<PositiveInt>(),
        (position, window) =>
            AttentionRange.First(position.Get, window.Get) <= position.Get
            && AttentionRange.Length(position.Get, window.Get) == Math.Min(position.Get + 1, window.Get))
        .QuickCheckThrowOnFailure();

    [Test]
    public void The_slots_of_a_ring_hold_every_key_that_a_chunk_sees() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<PositiveInt>(),
        (first, window, chunk) =>
        {
            int last = first.Get + chunk.Get - 1;
            int seen = last - AttentionRange.First(first.Get, window.Get) + 1;
            return seen <= AttentionRange.SlotsNeeded(last + 1, window.Get, chunk.Get);
        }).QuickCheckThrowOnFailure();
}
