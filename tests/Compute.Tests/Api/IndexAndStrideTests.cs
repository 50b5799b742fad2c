using FsCheck;
using FsCheck.Fluent;
using ILGPU;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>Arithmetic of indices and strides.</summary>
internal sealed class IndexAndStrideTests
{
    [Test]
    public void Indices_compute_part_by_part()
    {
        var a = new Index3D(1, 2, 3);
        var b = new Index3D(4, 5, 6);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(a + b, Is.EqualTo(new Index3D(5, 7, 9)));
            Assert.That(b - a, Is.EqualTo(new Index3D(3)));
            Assert.That(a * b, Is.EqualTo(new Index3D(4, 10, 18)));
            Assert.That(b / a, Is.EqualTo(new Index3D(4, 2, 2)));
            Assert.That(a.Size, Is.EqualTo(6));
            Assert.That(new Index2D(100_000, 100_000).LongSize, Is.EqualTo(10_000_000_000));
            Assert.That(Index3D.Max(a, new Index3D(2, 1, 3)), Is.EqualTo(new Index3D(2, 2, 3)));
            Assert.That(Index3D.Clamp(b, Index3D.Zero, new Index3D(5, 5, 5)), Is.EqualTo(new Index3D(4, 5, 5)));
            Assert.That(a.XY, Is.EqualTo(new Index2D(1, 2)));
            Assert.That(a.YZ, Is.EqualTo(new Index2D(2, 3)));
            Assert.That(a.ToString(), Is.EqualTo("(1, 2, 3)"));
            Assert.That(a.InBounds(b), Is.True);
            Assert.That(b.InBounds(b), Is.False);
            Assert.That(b.InBoundsInclusive(b), Is.True);
            Assert.That(Index3D.Invalid.InBounds(b), Is.False);
            Assert.That((LongIndex3D)a, Is.EqualTo(new LongIndex3D(1, 2, 3)));
            Assert.That((Index3D)new LongIndex3D(1, 2, 3), Is.EqualTo(a));
            Assert.That(Index1D.One.IndexType, Is.EqualTo(IndexType.Index1D));
            Assert.That(LongIndex2D.One.IndexType, Is.EqualTo(IndexType.LongIndex2D));
        }

        (int x, int y, int z) = b;
        Index2D pair = (7, 8);
        int number = new Index1D(9);
        Index1D index = 10;
        Assert.That((x, y, z, pair.X, pair.Y, number, index.X), Is.EqualTo((4, 5, 6, 7, 8, 9, 10)));
    }

    [Test]
    public void Dense_strides_place_every_index_once() => Prop.ForAll(
        (from x in Gen.Choose(1, 6) from y in Gen.Choose(1, 6) from z in Gen.Choose(1, 6) select (x, y, z)).ToArbitrary(),
        extent =>
        {
            (int x, int y, int z) = extent;
            var flat = new Index2D(x, y);
            var deep = new Index3D(x, y, z);
            return Covers(x * y, from i in Enumerable.Range(0, x) from j in Enumerable.Range(0, y) select Stride2D.DenseX.FromExtent(flat).ComputeElementIndex(new Index2D(i, j)))
                && Covers(x * y, from i in Enumerable.Range(0, x) from j in Enumerable.Range(0, y) select Stride2D.DenseY.FromExtent(flat).ComputeElementIndex(new Index2D(i, j)))
                && Covers(x * y * z, from i in All(deep) select Stride3D.DenseXY.FromExtent(deep).ComputeElementIndex(i))
                && Covers(x * y * z, from i in All(deep) select Stride3D.DenseZY.FromExtent(deep).ComputeElementIndex(i))
                && Stride3D.DenseXY.FromExtent(deep).ComputeBufferLength(deep) == deep.Size
                && Stride3D.DenseZY.FromExtent(deep.ToLongIndex()).ComputeBufferLength(deep.ToLongIndex()) == deep.Size;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Reconstruction_inverts_placement()
    {
        var extent = new Index3D(3, 4, 5);
        using (Assert.EnterMultipleScope())
        {
            foreach (Index3D index in All(extent))
            {
                var xy = Stride3D.DenseXY.FromExtent(extent);
                var zy = Stride3D.DenseZY.FromExtent(extent);
                Assert.That(xy.ReconstructFromElementIndex(xy.ComputeElementIndex(index)), Is.EqualTo(index));
                Assert.That(zy.ReconstructFromElementIndex((long)zy.ComputeElementIndex(index)), Is.EqualTo(index.ToLongIndex()));
            }
        }
    }

    [Test]
    public void Strides_know_their_memory()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new Stride2D.DenseX(10).ComputeElementIndex(new Index2D(3, 2)), Is.EqualTo(23));
            Assert.That(new Stride2D.DenseY(10).ComputeElementIndex(new LongIndex2D(3, 2)), Is.EqualTo(32));
            Assert.That(new Stride2D.DenseX(10).ComputeBufferLength(new Index2D(7, 3)), Is.EqualTo(27));
            Assert.That(new Stride1D.General(3).ComputeBufferLength(new Index1D(4)), Is.EqualTo(10));
            Assert.That(new Stride1D.General(3).ComputeBufferLength(new Index1D(0)), Is.Zero);
            Assert.That(default(Stride1D.Infinite).ComputeElementIndex(new Index1D(5)), Is.Zero);
            Assert.That(new Stride2D.DenseX(10).AsGeneral().StrideExtent, Is.EqualTo(new Index2D(1, 10)));
            Assert.That(Stride1D.ComputeElementIndex(new Stride1D.General(2), new Index1D(5)), Is.EqualTo(10));
            Assert.That(() => new Stride2D.DenseX(10).ComputeElementIndexChecked(new Index2D(0, 3), new Index2D(10, 3)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    private static bool Covers(int count, IEnumerable<int> positions) => positions.Order().SequenceEqual(Enumerable.Range(0, count));

    private static IEnumerable<Index3D> All(Index3D extent) =>
        from x in Enumerable.Range(0, extent.X)
        from y in Enumerable.Range(0, extent.Y)
        from z in Enumerable.Range(0, extent.Z)
        select new Index3D(x, y, z);
}
