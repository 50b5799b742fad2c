using System.Globalization;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;

namespace GemmaIlgpu.Engine.Planning;

/// <summary>Finds plans that fit a memory.</summary>
public static class PlanSearch
{
    /// <summary>Contexts are tried in steps of this many tokens.</summary>
    public const int ContextStep = 256;

    /// <summary>The plan with the longest context that fits, at most the one asked for; null when not even the first step fits.</summary>
    public static MemoryPlan? LongestContext(ModelOutline model, PlanOptions options, Tuning tuning, long available) =>
        LongestContext(model, options, tuning, plan => plan.TotalBytes <= available);

    private static MemoryPlan? LongestContext(ModelOutline model, PlanOptions options, Tuning tuning, Predicate<MemoryPlan> fit)
    {
        MemoryPlan At(int context) => MemoryPlan.For(model, options with { ContextLength = context }, tuning);
        if (At(options.ContextLength) is { } asked && fit(asked))
            return asked;
        // Memory grows with the context, so the last step that fits is found by halving.
        int fits = 0, tooMany = (options.ContextLength + ContextStep - 1) / ContextStep;
        while (tooMany - fits > 1)
        {
            int middle = (fits + tooMany) / 2;
            if (fit(At(middle * ContextStep)))
                fits = middle;
            else
                tooMany = middle;
        }

        return fits == 0 ? null : At(fits * ContextStep);
    }

    /// <summary>Demands that what a model takes beside its mapped weights fits a memory.</summary>
    /// <exception cref="InputException">It does not; the message says what would.</exception>
    public static void RequireFit(ModelOutline model, PlanOptions options, Tuning tuning, long memory)
    {
        MemoryPlan plan = MemoryPlan.For(model, options, tuning);
        if (plan.UnmappedBytes <= memory)
            return;
        MemoryPlan? shorter = LongestContext(model, options, tuning, candidate => candidate.UnmappedBytes <= memory);
        string way = shorter is null ? "No context is short enough to fit" : $"A context of {shorter.Options.ContextLength} tokens would fit";
        throw new InputException(string.Create(
            CultureInfo.InvariantCulture,
            $"With a context of {options.ContextLength} tokens this model takes {plan.UnmappedBytes / 1e9:0.0} GB beside what is mapped from its file, {plan.CacheBytes / 1e9:0.0} GB of them for keys and values; this machine has {memory / 1e9:0.0} GB. {way}; 'gemma plan' shows more."));
    }

    /// <summary>
    /// What would fit instead of a plan that does not: its own weights with a shorter context or with smaller keys and
    /// values, and smaller types of weights, each with the context asked for or the longest that fits.
    /// </summary>
    public static IReadOnlyList<MemoryPlan> Alternatives(MemoryPlan plan, Tuning tuning, long available)
    {
        IEnumerable<(ModelOutline, PlanOptions)> smallerCaches = Enum.GetValues<CacheType>()
            .Where(type => CacheTensor.BytesPerValue(type) < CacheTensor.BytesPerValue(plan.Options.CacheType))
            .Select(type => (plan.Model, plan.Options with { CacheType = type }));
        IEnumerable<(ModelOutline, PlanOptions)> smallerWeights = ModelOutline.WeightTypes
            .Select(type => ModelOutline.Of(plan.Model.Config, type) with { Pieces = plan.Model.Pieces })
            .Where(model => model.WeightBytes < plan.WeightBytes)
            .Select(model => (model, plan.Options));
        return
        [
            .. smallerCaches.Prepend((plan.Model, plan.Options)).Concat(smallerWeights)
                .Select(way => LongestContext(way.Item1, way.Item2, tuning, available))
                .OfType<MemoryPlan>(),
        ];
    }
}
