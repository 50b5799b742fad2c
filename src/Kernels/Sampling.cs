using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Kernels.Fast;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>The parts of sampling that touch the whole vocabulary: penalties, temperature, argmax, the top k.</summary>
/// <remarks>
/// <para>Shapes: logits [V]; ids, counts [number of distinct tokens]; results [1] or [k].</para>
/// <para>Launch: one warp per run of the vocabulary finds the run's best; then one warp picks among the runs, and for the
/// top k replaces a winner by the next of its run. Penalties: one thread per distinct token. Temperature: one warp per
/// run of 32 · warp values.</para>
/// <para>Shared memory: none. Scratch: a value and an id per run, at most 256 runs.</para>
/// <para>Traffic: 4·V bytes for argmax, and 4·V/256 more for each of the top k; 8·V for temperature: memory-bound.</para>
/// <para>Numerics: comparisons are exact; of equal logits the lowest id comes first, NaN and −∞ never come. Penalties
/// take three roundings, temperature two.</para>
/// <para>Source: repetition penalty of Keskar et al. 2019, arXiv:1909.05858, with the treatment of negative logits that
/// Hugging Face made customary; presence and frequency penalties as OpenAI's API documents them.</para>
/// </remarks>
public sealed class Sampling(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    /// <summary>Most runs that the vocabulary is cut into.</summary>
    private const int MaxRuns = 256;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _values = accelerator.Allocate1D<float>(MaxRuns);
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _ids = accelerator.Allocate1D<int>(MaxRuns);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, ArrayView<int>, int, int> _runs =
        accelerator.LoadKernel<View, View, ArrayView<int>, int, int>(RunsKernel);

    private readonly Action<AcceleratorStream, KernelConfig, View, ArrayView<int>, ArrayView<int>, int> _argMax =
        accelerator.LoadKernel<View, ArrayView<int>, ArrayView<int>, int>(ArgMaxKernel);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, ArrayView<int>, View, ArrayView<int>, int, int> _topK =
        accelerator.LoadKernel<View, View, ArrayView<int>, View, ArrayView<int>, int, int>(TopKKernel);

    // Compiled when first used: only GPUs take it.
    private Action<AcceleratorStream, KernelConfig, View, View, ArrayView<int>>? _select;

    private readonly Action<AcceleratorStream, KernelConfig, View, ArrayView<int>, ArrayView<int>, float, float, float> _penalise =
        accelerator.LoadKernel<View, ArrayView<int>, ArrayView<int>, float, float, float>(PenaliseKernel);

    private readonly Action<AcceleratorStream, KernelConfig, View, float> _scale = accelerator.LoadKernel<View, float>(ScaleKernel);

    /// <summary>result[0] = id of the largest logit; 0 when there is none but NaN and −∞.</summary>
    public void ArgMax(AcceleratorStream stream, View logits_V, ArrayView<int> result)
    {
        if (result.Length < 1)
            throw new ArgumentException("ArgMax: there is no room for the result.");
        var (_, runs) = FindRunBests(stream, nameof(ArgMax), logits_V);
        _argMax(stream, new KernelConfig(1, _tuning.WarpSize), _values.View, _ids.View, result, runs);
    }

    /// <summary>
    /// The largest logits in falling order with their ids, as many as the results have room for; where the logits run out,
    /// −∞ with id −1.
    /// </summary>
    public void TopK(AcceleratorStream stream, View logits_V, View values_k, ArrayView<int> ids_k)
    {
        if (values_k.Length < 1 || ids_k.Length != values_k.Length)
            throw new ArgumentException($"TopK: room for {values_k.Length} values and {ids_k.Length} ids; both must be k.");
        if (accelerator.AcceleratorType != AcceleratorType.CPU && values_k.Length <= TopKKernels.MostCandidates && logits_V.Length is > 0 and < int.MaxValue / 8)
        {
            Select(stream, logits_V, values_k, ids_k);
            return;
        }

        var (runLength, runs) = FindRunBests(stream, nameof(TopK), logits_V);
        _topK(stream, new KernelConfig(1, _tuning.WarpSize), logits_V, _values.View, _ids.View, values_k, ids_k, runLength, runs);
    }

    /// <summary>The same by one group of as many threads as possible, for GPUs; at most <see cref="TopKKernels.MostCandidates"/> logits.</summary>
    public void Select(AcceleratorStream stream, View logits_V, View values_k, ArrayView<int> ids_k)
    {
        _select ??= accelerator.LoadKernel<View, View, ArrayView<int>>(TopKKernels.SelectKernel);
        int group = accelerator.AcceleratorType == AcceleratorType.CPU ? _tuning.GroupSize : Math.Min(1024, accelerator.MaxNumThreadsPerGroup);
        _select(stream, new KernelConfig(1, group), logits_V, values_k, ids_k);
    }

    /// <summary>
    /// For each token that already occurred: a positive logit is divided by <paramref name="repetition"/>, a negative one
    /// multiplied; then presence + frequency · count is taken off. The ids must be distinct.
    /// </summary>
    public void Penalise(
        AcceleratorStream stream, View logits_V, ArrayView<int> ids, ArrayView<int> counts, float repetition, float presence, float frequency)
    {
        if (ids.Length != counts.Length || !(repetition > 0f))
        {
            throw new ArgumentException(
                $"Penalise: {ids.Length} ids with {counts.Length} counts and repetition penalty {repetition}; there must be one count per id, and the penalty must be positive.");
        }

        if (ids.Length > 0)
        {
            int groups = checked((int)((ids.Length + _tuning.GroupSize - 1) / _tuning.GroupSize));
            _penalise(stream, new KernelConfig(groups, _tuning.GroupSize), logits_V, ids, counts, repetition, presence, frequency);
        }
    }

    /// <summary>logits ← logits / temperature.</summary>
    public void Temperature(AcceleratorStream stream, View logits_V, float temperature)
    {
        if (!(temperature > 0f) || !float.IsFinite(temperature))
            throw new ArgumentException($"Temperature: {temperature} must be positive and finite; use ArgMax for 0.");
        if (logits_V.Length > 0)
            _scale(stream, Elementwise.Config(_tuning, logits_V.Length), logits_V, 1f / temperature);
    }

    public void Dispose()
    {
        _values.Dispose();
        _ids.Dispose();
    }

    private (int RunLength, int Runs) FindRunBests(AcceleratorStream stream, string name, View logits_V)
    {
        if (logits_V.Length < 1 || logits_V.Length > int.MaxValue)
            throw new ArgumentException($"{name}: {logits_V.Length} logits; there must be 1 to {int.MaxValue}.");

        // Runs are whole warps long, so that only the last one has a tail.
        long warps = (logits_V.Length + _tuning.WarpSize - 1) / _tuning.WarpSize;
        int runLength = checked((int)((warps + MaxRuns - 1) / MaxRuns * _tuning.WarpSize));
        int runs = (int)((logits_V.Length + runLength - 1) / runLength);
        _runs(stream, new KernelConfig(_tuning.GroupsFor(runs), _tuning.GroupSize), logits_V, _values.View, _ids.View, runLength, runs);
        return (runLength, runs);
    }

    public static void RunsKernel(View logits_V, View values, ArrayView<int> ids, int runLength, int runs)
    {
        int run = Elementwise.GlobalWarp();
        if (run >= runs)
            return;

        Candidate before;       // comes before every logit
        before.Value = float.PositiveInfinity;
        before.Id = -1;
        int start = run * runLength;
        Candidate best = Candidate.FirstOfRun(logits_V, start, RunLength(logits_V, start, runLength), before);
        if (Warp.IsFirstLane)
        {
            values[run] = best.Value;
            ids[run] = best.Id;
        }
    }

    public static void ArgMaxKernel(View values, ArrayView<int> ids, ArrayView<int> result, int runs)
    {
        Candidate winner = FirstOfRuns(values, ids, runs);
        if (Warp.IsFirstLane)
            result[0] = winner.Id == int.MaxValue ? 0 : winner.Id;
    }

    public static void TopKKernel(View logits_V, View values, ArrayView<int> ids, View values_k, ArrayView<int> ids_k, int runLength, int runs)
    {
        int k = values_k.IntLength;
        for (int place = 0; place < k; place++)
        {
            // 1. The best of all runs takes the place.
            Candidate winner = FirstOfRuns(values, ids, runs);
            bool found = winner.Id != int.MaxValue;
            if (Warp.IsFirstLane)
            {
                values_k[place] = winner.Value;
                ids_k[place] = found ? winner.Id : -1;
            }

            // 2. Its run offers its next one. The lane that reads a run's entry also writes it, so no fence is needed.
            if (found)
            {
                int run = winner.Id / runLength;
                int start = run * runLength;
                Candidate next = Candidate.FirstOfRun(logits_V, start, RunLength(logits_V, start, runLength), winner);
                if (run % Warp.WarpSize == Warp.LaneIdx)
                {
                    values[run] = next.Value;
                    ids[run] = next.Id;
                }
            }
        }
    }

    public static void PenaliseKernel(View logits_V, ArrayView<int> ids, ArrayView<int> counts, float repetition, float presence, float frequency)
    {
        int thread = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (thread >= ids.Length)
            return;

        int id = ids[thread];
        float logit = logits_V[id];
        logit = logit > 0f ? logit / repetition : logit * repetition;
        logits_V[id] = logit - (presence + (frequency * counts[thread]));
    }

    public static void ScaleKernel(View logits_V, float factor)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        long start = Elementwise.Start();
        int count = Elementwise.Count(start, logits_V.Length);
        int steps = count / warp;
        for (int step = 0; step < steps; step++)
            logits_V[start + ((step * warp) + lane)] *= factor;

        int rest = (steps * warp) + lane;
        if (rest < count)
            logits_V[start + rest] *= factor;
    }

    /// <summary>The first candidate among the runs' bests; every lane gets it. Lane l reads the runs l, l + warp, ….</summary>
    private static Candidate FirstOfRuns(View values, ArrayView<int> ids, int runs)
    {
        Candidate best = Candidate.None();
        for (int run = Warp.LaneIdx; run < runs; run += Warp.WarpSize)
        {
            if (values[run] > best.Value)
            {
                best.Value = values[run];
                best.Id = ids[run];
            }
        }

        return Candidate.FirstOfWarp(best);
    }

    private static int RunLength(View logits_V, int start, int runLength) => (int)XMath.Min(logits_V.Length - start, runLength);
}
