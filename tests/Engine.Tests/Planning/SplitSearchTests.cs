using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Planning;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Planning;

public sealed class SplitSearchTests
{
    private const long Gigabyte = 1_000_000_000;

    private static readonly PlanOptions Usual = new() { ContextLength = 4096, PrefillChunk = 256 };

    private static readonly DeviceCapacity Processor = new(new DeviceInfo("simd", "CPU", null), 64 * Gigabyte, 8);

    // Gemma 2 9B in BF16: 42 layers of 0.4 GB, tables of 1.84 GB.
    private static readonly ModelOutline Nine = ModelOutline.Of(KnownModels.Get("gemma-2-9b"), TensorType.BF16);

    [Test]
    public void Whatever_is_free_each_layer_is_somewhere_once_and_no_device_is_overfull(
        [Values("gemma-2-2b", "gemma-2-9b", "gemma-3-4b")] string name, [Values(0, 1, 3, 8, 30)] int first, [Values(0, 2, 12, 50)] int second)
    {
        ModelOutline model = ModelOutline.Of(KnownModels.Get(name), TensorType.Q8_0);
        LayerSplit split = SplitSearch.Divide(model, Usual, [Gpu(0, first), Gpu(1, second), Processor], gpuLayers: null)!;

        int next = 0;
        foreach (DeviceShare share in split.Shares)
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(share.FirstLayer, Is.EqualTo(next));
                Assert.That(share.Layers > 0 || share.HasTables, Is.True);
                Assert.That(share.Capacity.Device.IsHost || share.TotalBytes <= share.Capacity.FreeBytes - SplitSearch.Reserve, Is.True, split.ToString());
            }

            next += share.Layers;
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(next, Is.EqualTo(model.Config.Layers));
            Assert.That(split.Shares.Count(share => share.HasTables), Is.EqualTo(1));
            // Nothing is twice and nothing is missing.
            Assert.That(split.Shares.Sum(share => share.WeightBytes), Is.EqualTo(new ShareCosts(model, Usual).Share(Processor, 0, model.Config.Layers, true).WeightBytes));
        }
    }

    [Test]
    public void What_fits_one_device_stays_there_when_the_others_are_only_taken_as_needed()
    {
        Assert.That(SplitSearch.Divide(Nine, Usual, [Gpu(0, 141)], null)!.ToString(), Is.EqualTo("all 42 layers and logits on cuda:0 (a GPU, 21.4 GB)"));
        Assert.That(SplitSearch.Divide(Nine, Usual, [Gpu(0, 12)], null), Is.Null);
    }

    [Test]
    public void Layers_that_do_not_fit_go_to_the_processor_and_the_tables_stay_with_the_gpu()
    {
        LayerSplit split = SplitSearch.Divide(Nine, Usual, [Gpu(0, 12), Processor], null)!;

        Assert.That(split.ToString(), Does.Match(@"^layers 0-2\d on cuda:0 \(a GPU, 11\.\d GB\), 2\d-41 on simd \(CPU, \d\.\d GB\), logits on cuda:0$"));
    }

    [Test]
    public void Several_gpus_share_in_proportion_to_what_they_have_free()
    {
        LayerSplit split = SplitSearch.Divide(Nine, Usual, [Gpu(0, 60), Gpu(1, 30)], null)!;

        Assert.That(split.Shares.Select(share => share.Layers).Sum(), Is.EqualTo(42));
        // What is left free is twice as much on the first: shares differ from that by at most a layer.
        double left = (60e9 - split.Shares[0].TotalBytes) / (30e9 - split.Shares[1].TotalBytes);
        Assert.That(left, Is.EqualTo(2).Within(0.1), split.ToString());
    }

    [TestCase(0, "all 42 layers and logits on simd (CPU, 21.4 GB)")]
    [TestCase(1, "layers 0 on cuda:0")]
    [TestCase(20, "layers 0-19 on cuda:0")]
    [TestCase(42, "all 42 layers and logits on cuda:0")]
    [TestCase(99, "all 42 layers and logits on cuda:0")]
    public void A_number_of_layers_is_obeyed(int layers, string start) =>
        Assert.That(SplitSearch.Divide(Nine, Usual, [Gpu(0, 80), Processor], layers)!.ToString(), Does.StartWith(start));

    [Test]
    public void Too_many_layers_are_refused_with_the_number_that_fits()
    {
        InputException refusal = Assert.Throws<InputException>(() => SplitSearch.Divide(Nine, Usual, [Gpu(0, 12), Processor], 40))!;
        Assert.That(refusal.Message, Does.Match(@"^--gpu-layers 40 is too many: cuda:0 has 12\.0 GB free, which is room for 2\d\. Left out, --gpu-layers is chosen, and simd takes the rest; 'gemma plan' shows more\.$"));
        Assert.That(() => SplitSearch.Divide(Nine, Usual, [Processor], 3), Throws.TypeOf<InputException>().With.Message.Contains("simd is the only one"));
        Assert.That(SplitSearch.Divide(Nine, Usual, [Processor], 0)!.Shares, Has.Count.EqualTo(1));
    }

    private static DeviceCapacity Gpu(int index, int gigabytes) =>
        new(new DeviceInfo($"cuda:{index}", "a GPU", null) { IsHost = false }, gigabytes * Gigabyte, 32);
}
