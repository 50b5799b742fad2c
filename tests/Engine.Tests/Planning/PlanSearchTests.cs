using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Planning;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Kernels.Device;

namespace GemmaIlgpu.Engine.Tests.Planning;

public sealed class PlanSearchTests
{
    private static readonly Tuning Eight = new(warpSize: 8, groupSize: 8, targetWarps: 8);

    private static readonly PlanOptions Usual = new() { ContextLength = 8192, PrefillChunk = 256 };

    [Test]
    public void The_longest_context_fits_and_the_next_does_not([Values("gemma-2b", "gemma-2-9b", "gemma-3-27b")] string name, [Values(1, 20, 60)] int gigabytes)
    {
        long available = gigabytes * 1_000_000_000L;
        foreach (TensorType type in ModelOutline.WeightTypes)
        {
            ModelOutline model = ModelOutline.Of(KnownModels.Get(name), type);
            MemoryPlan? longest = PlanSearch.LongestContext(model, Usual, Eight, available);
            int context = longest?.Options.ContextLength ?? 0;
            long next = MemoryPlan.For(model, Usual with { ContextLength = context + PlanSearch.ContextStep }, Eight).TotalBytes;
            using (Assert.EnterMultipleScope())
            {
                Assert.That(longest?.TotalBytes ?? 0, Is.LessThanOrEqualTo(available));
                Assert.That(context == Usual.ContextLength || next > available, Is.True, $"{type}, {context}");
            }
        }
    }

    [Test]
    public void A_context_that_is_no_whole_step_is_kept_when_it_fits()
    {
        ModelOutline model = ModelOutline.Of(KnownModels.Get("gemma-2b"), TensorType.Q8_0);
        PlanOptions odd = Usual with { ContextLength = 777 };

        Assert.That(PlanSearch.LongestContext(model, odd, Eight, long.MaxValue)!.Options, Is.EqualTo(odd));
        Assert.That(PlanSearch.LongestContext(model, odd, Eight, 0), Is.Null);
    }

    [Test]
    public void Alternatives_fit_and_the_best_comes_first()
    {
        ModelOutline model = ModelOutline.Of(KnownModels.Get("gemma-2-9b"), TensorType.BF16);
        MemoryPlan plan = MemoryPlan.For(model, Usual, Eight);
        IReadOnlyList<MemoryPlan> found = PlanSearch.Alternatives(plan, Eight, available: 14_000_000_000);

        Assert.That(found, Is.Not.Empty);
        Assert.That(found.Select(other => other.TotalBytes), Is.All.LessThanOrEqualTo(14_000_000_000));
        Assert.That(found[0].Model.MainType, Is.EqualTo(TensorType.Q8_0));
    }

    [Test]
    public void What_cannot_fit_beside_mapped_weights_is_refused_with_a_way_out()
    {
        ModelOutline model = ModelOutline.Of(KnownModels.Get("gemma-2-2b"), TensorType.BF16);
        PlanSearch.RequireFit(model, Usual, Eight, memory: 2_000_000_000);      // less than the weights

        InputException refusal = Assert.Throws<InputException>(() => PlanSearch.RequireFit(model, Usual, Eight, memory: 1_000_000_000))!;
        Assert.That(refusal.Message, Does.StartWith("With a context of 8192 tokens this model takes 1.5 GB beside what is mapped from its file, 1.3 GB of them for keys and values; this machine has 1.0 GB. A context of 3840 tokens would fit;"));
        refusal = Assert.Throws<InputException>(() => PlanSearch.RequireFit(model, Usual, Eight, memory: 1_000))!;
        Assert.That(refusal.Message, Does.Contain("No context is short enough to fit"));
    }
}
