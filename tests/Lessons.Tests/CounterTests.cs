namespace GemmaIlgpu.Lessons.Tests;

/// <summary>What the pages say that can be counted is counted, as on a GPU with warps of 32.</summary>
public class CounterTests
{
    private static readonly CountedLaunches Counting = new();

    [OneTimeTearDown]
    public void Close() => Counting.Dispose();

    private static Dictionary<string, Dictionary<string, double>> Count(int lesson)
    {
        Lesson found = LessonCatalog.All[lesson - 1];
        return LessonRunner.Run(found, Accelerators.Get("Simd 256"), new LessonRequest { Scale = Scale.Small, CountedScale = Scale.Small, Measure = false, Counting = Counting }).Rungs
            .Where(rung => rung.Counters.Count > 0)
            .ToDictionary(rung => rung.Name, rung => rung.Counters.ToDictionary());
    }

    [Test]
    public void Neighbouring_threads_on_neighbouring_addresses_use_what_they_move()
    {
        var counted = Count(2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counted["down the columns"]["% of it used"], Is.LessThan(20));
            Assert.That(counted["along the rows"]["% of it used"], Is.GreaterThan(70));
            Assert.That(counted["one column per thread"]["bytes moved"], Is.LessThan(counted["along the rows"]["bytes moved"]));
        }
    }

    [Test]
    public void A_tree_meets_at_eight_barriers_and_warps_at_one()
    {
        var counted = Count(3);
        // 1,003 numbers in groups of 128: eight groups, then one.
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counted["tree"]["launches"], Is.EqualTo(2));
            Assert.That(counted["tree"]["barriers"], Is.EqualTo(9 * 8));
            Assert.That(counted["warp first"]["barriers"], Is.EqualTo(9));
        }
    }

    [Test]
    public void Padding_and_swizzling_end_bank_conflicts()
    {
        var counted = Count(4);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counted["tile"]["bank conflicts"], Is.GreaterThan(1000));
            Assert.That(counted["padded tile"]["bank conflicts"], Is.Zero);
            Assert.That(counted["swizzled tile"]["bank conflicts"], Is.Zero);
            Assert.That(counted["naive"]["bytes moved"], Is.GreaterThan(1.5 * counted["tile"]["bytes moved"]));
        }
    }

    [Test]
    public void Each_rung_of_the_matrix_product_moves_less()
    {
        var counted = Count(6);
        double[] moved = [.. new[] { "naive", "tiled", "four per thread" }.Select(rung => counted[rung]["bytes moved"])];
        Assert.That(moved, Is.Ordered.Descending.And.Unique);
    }

    [Test]
    public void Fusing_saves_launches_and_bytes()
    {
        var norm = Count(8);
        var rope = Count(9);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(norm["fused"]["launches"], Is.EqualTo(1));
            Assert.That(norm["fused"]["bytes moved"], Is.LessThan(norm["warp first"]["bytes moved"]));
            Assert.That(rope["a kernel per step"]["launches"], Is.EqualTo(4));
            Assert.That(rope["fused"]["launches"], Is.EqualTo(2));
            Assert.That(rope["fused"]["bytes moved"], Is.LessThan(rope["a kernel per step"]["bytes moved"]));
            Assert.That(rope["one angle for all heads"]["operations"], Is.LessThan(rope["fused"]["operations"]));
        }
    }

    [Test]
    public void A_window_skips_tiles_and_no_kernel_needs_the_matrix()
    {
        var counted = Count(10);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counted["flash tiles"]["bytes moved"], Is.LessThan(counted["group per query"]["bytes moved"]));
            Assert.That(counted["visible tiles only"]["bytes moved"], Is.LessThan(counted["flash tiles"]["bytes moved"]));
            Assert.That(counted["three kernels"]["bytes moved"], Is.GreaterThan(counted["group per query"]["bytes moved"]));
        }
    }
}
