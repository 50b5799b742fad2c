using FsCheck;
using FsCheck.Fluent;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;

namespace GemmaIlgpu.Explorer.Tests;

/// <summary>Which tiles are visited, against a look at every score.</summary>
public class TileTests
{
    [Test]
    public void Visits_are_the_tiles_with_something_to_see([Values(true, false)] bool inBlocks)
    {
        Gen<(int Tokens, int Cached, int Window, int Heads, int Rows, int Keys)> cases =
            from tokens in Gen.Choose(1, 40)
            from cached in Gen.Choose(0, 30)
            from window in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 50))
            from heads in Gen.Choose(1, 3)
            from rows in Gen.Choose(1, 20)
            from keys in Gen.Choose(1, 20)
            select (tokens, cached, window, heads, rows, keys);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var p = new AttentionParameters(new AttentionShape(c.Heads, 1, 1, 1f, 0f, c.Window), c.Cached, c.Tokens, c.Cached + c.Tokens);
            AttentionVisit[] visits = [.. inBlocks ? AttentionTiles.InBlocks(p, c.Rows, c.Keys) : AttentionTiles.FromFirstKey(p, c.Rows, c.Keys)];
            int rows = c.Tokens * c.Heads, keys = c.Cached + c.Tokens;
            int[,] covered = new int[rows, keys];
            foreach (AttentionVisit visit in visits)
            {
                long visible = 0;
                for (int row = visit.RowStart; row < visit.RowEnd; row++)
                {
                    for (int key = visit.FirstKey; key <= visit.LastKey; key++)
                    {
                        covered[row, key]++;
                        visible += Sees(row, key) ? 1 : 0;
                    }
                }
                Assert.That(visit.Visible, Is.EqualTo(visible).And.GreaterThan(0));
                Assert.That(visit.Computed, Is.GreaterThanOrEqualTo(visible));
            }
            for (int row = 0; row < rows; row++)
                for (int key = 0; key < keys; key++)
                    Assert.That(covered[row, key], Sees(row, key) ? Is.EqualTo(1) : Is.LessThanOrEqualTo(1));

            bool Sees(int row, int key)
            {
                int position = c.Cached + (row / c.Heads);
                return key <= position && (c.Window == 0 || key > position - c.Window);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void A_drawn_example_is_counted_by_hand()
    {
        // 8 tokens, window 3, tiles of 2 tokens by 2 keys: each tile of tokens sees its own tile and the one before.
        var p = new AttentionParameters(new AttentionShape(1, 1, 1, 1f, 0f, 3), 0, 8, 8);
        Assert.That(AttentionTiles.InBlocks(p, 2, 2).Select(visit => (visit.RowStart, visit.FirstKey, visit.LastKey, visit.Visible)), Is.EqualTo(new[]
        {
            (0, 0, 1, 3L), (2, 0, 1, 3L), (2, 2, 3, 3L), (4, 2, 3, 3L), (4, 4, 5, 3L), (6, 4, 5, 3L), (6, 6, 7, 3L),
        }));
    }
}
