using System.Reflection;
using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Kernels.Fast;

namespace GemmaIlgpu.Kernels.Tests.Ptx;

public class FlashAttentionTests
{
    // Query heads, KV heads, head width, past, tokens, window, cap. Rows (tokens · G) around 16, 64 and several tiles;
    // keys around tiles of 32 and 64; windows inside a tile, across tiles and longer than the text; odd groups of heads.
    [TestCase(1, 1, 64, 0, 2, 0, 0f)]
    [TestCase(2, 1, 64, 5, 33, 0, 50f)]
    [TestCase(3, 1, 64, 70, 25, 0, 0f)]
    [TestCase(4, 2, 64, 60, 40, 9, 0f)]
    [TestCase(2, 2, 64, 100, 66, 70, 50f)]
    [TestCase(4, 2, 128, 3, 31, 0, 0f)]
    [TestCase(8, 1, 128, 61, 17, 40, 30f)]
    [TestCase(2, 1, 256, 0, 35, 0, 50f)]
    [TestCase(2, 2, 256, 30, 67, 33, 50f)]
    public void Agrees_with_the_double_reference(int heads, int kvHeads, int headDim, int past, int tokens, int window, float cap)
    {
        var shape = new AttentionShape(heads, kvHeads, headDim, 1f / MathF.Sqrt(headDim), cap, window);
        AttentionCase exact = AttentionCase.Random(shape, past, tokens, seed: 31);
        foreach (CacheType type in Enum.GetValues<CacheType>())
            Check(exact, exact.Rounded(type), type, capacity: past + tokens + 3);
    }

    [Test]
    public void A_ring_may_wrap_inside_a_tile()
    {
        var shape = new AttentionShape(2, 1, 64, 0.125f, 50f, Window: 20);
        AttentionCase data = AttentionCase.Random(shape, past: 90, tokens: 12, seed: 32);
        Check(data, data.Rounded(CacheType.BFloat16), CacheType.BFloat16, capacity: 31);
    }

    private static void Check(AttentionCase exact, AttentionCase rounded, CacheType type, int capacity)
    {
        AttentionShape shape = exact.Shape;
        using var run = new PtxRun();
        var (kData, kScales) = TestCache.Bytes(type, exact.K, shape.KvHeads, capacity, shape.HeadDim);
        var (vData, vScales) = TestCache.Bytes(type, exact.V, shape.KvHeads, capacity, shape.HeadDim);
        bool hasScales = CacheTensor.HasScales(type);
        PtxBuffer y = run.Upload(Enumerable.Repeat(float.NaN, exact.Q.Length).ToArray());
        var p = new AttentionParameters(shape, exact.FirstPosition, exact.Tokens, capacity);
        var (kernel, shared) = Kernel(type, shape.HeadDim);
        run.Launch(
            kernel, FlashKernels.Tiles(p) * shape.KvHeads, FlashKernels.Threads, shared, "sm_80",
            run.Upload(exact.Q), run.Upload(kData), run.Upload(vData), run.Upload(hasScales ? kScales : []), run.Upload(hasScales ? vScales : []), y, p);

        // What bfloat16 operands cost: the exact attention of rounded operands differs from that of the operands by this much;
        // the kernel rounds the weights too (2⁻⁹ relative, so at most 2⁻⁹ of the largest value), and sums in float32.
        AttentionCase inBFloat16 = rounded with { Q = BFloat16(rounded.Q), K = BFloat16(rounded.K), V = BFloat16(rounded.V) };
        double largest = rounded.V.Max(MathF.Abs);
        double tolerance = (Math.ScaleB(1, -9) + Math.ScaleB(1, -15)) * largest;
        double[] ofRounded = Reference.Attention(shape, inBFloat16.Q, inBFloat16.K, inBFloat16.V, exact.FirstPosition);
        float[] actual = run.Download<float>(y);
        TensorAssert.Close(ofRounded, actual, tolerance, [exact.Tokens, shape.QueryHeads, shape.HeadDim], $"FlashAttention {type}", Devices.Fastest);

        // The plain kernel multiplies unrounded operands: what rounding them costs, once more for luck, and the above.
        double cost = ofRounded.Zip(rounded.Expected, (a, b) => Math.Abs(a - b)).Max();
        double[] plain = [.. exact.Prefill(Devices.Fastest, type: type).Select(v => (double)v)];
        TensorAssert.Close(plain, actual, (2 * cost) + tolerance, [exact.Tokens, shape.QueryHeads, shape.HeadDim], $"FlashAttention {type} and the plain kernel", Devices.Fastest);
    }

    private static float[] BFloat16(float[] values) =>
        [.. values.Select(v => float.IsNaN(v) ? v : BFloat16Cache.ToFloat(BFloat16Cache.FromFloat(v)))];

    private static (MethodInfo Kernel, int Shared) Kernel(CacheType type, int headDim)
    {
        Type tile = headDim switch { 64 => typeof(HeadTile64), 128 => typeof(HeadTile128), _ => typeof(HeadTile256) };
        (Type format, Type stored) = type switch
        {
            CacheType.Float32 => (typeof(Float32Cache), typeof(float)),
            CacheType.Float16 => (typeof(Float16Cache), typeof(ushort)),
            CacheType.BFloat16 => (typeof(BFloat16Cache), typeof(ushort)),
            _ => (typeof(Int8Cache), typeof(byte)),
        };
        MethodInfo shared = typeof(FlashKernels).GetMethod(nameof(FlashKernels.SharedBytes))!.MakeGenericMethod(tile);
        return (typeof(FlashKernels).GetMethod(nameof(FlashKernels.Kernel))!.MakeGenericMethod(format, stored, tile), (int)shared.Invoke(null, null)!);
    }
}
