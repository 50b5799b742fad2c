using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>The parts of sampling that touch the whole vocabulary: argmax, penalties, temperature.</summary>
/// <remarks>
/// <para>Shapes: logits [V]; ids, counts [number of distinct tokens]; result [1].</para>
/// <para>Launch: argmax one warp per run of the vocabulary, then one warp over the runs' winners; penalties one thread
/// per distinct token; temperature one warp per run of 32 · warp values.</para>
/// <para>Shared memory: none. Scratch: a value and an index per run.</para>
/// <para>Traffic: 4·V bytes for argmax, 8·V for temperature: memory-bound.</para>
/// <para>Numerics: comparisons are exact; of equal logits the lowest id wins, NaN never does, and without any winner the
/// result is 0. Penalties take three roundings, temperature one.</para>
/// <para>Source: repetition penalty of Keskar et al. 2019, arXiv:1909.05858, with the sign treatment that Hugging Face
/// made customary; presence and frequency penalties as OpenAI's API documents them.</para>
/// </remarks>
public sealed class Sampling(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    /// <summary>Most runs that argmax cuts the vocabulary into.</summary>
    private const int MaxRuns = 256;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _values = accelerator.Allocate1D<float>(MaxRuns);
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _ids = accelerator.Allocate1D<int>(MaxRuns);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, ArrayView<int>, int, int> _runs =
        accelerator.LoadKernel<View, View, ArrayView<int>, int, int>(RunsKernel);

    private readonly Action<AcceleratorStream, KernelConfig, View, ArrayView<int>, ArrayView<int>, int> _winner =
        accelerator.LoadKernel<View, ArrayView<int>, ArrayView<int>, int>(WinnerKernel);

    private readonly Action<AcceleratorStream, KernelConfig, View, ArrayView<int>, ArrayView<int>, float, float, float> _penalise =
        accelerator.LoadKernel<View, ArrayView<int>, ArrayView<int>, float, float, float>(PenaliseKernel);

    private readonly Action<AcceleratorStream, KernelConfig, View, float> _scale = accelerator.LoadKernel<View, float>(ScaleKernel);

    /// <summary>result[0] = index of the largest logit.</summary>
    public void ArgMax(AcceleratorStream stream, View logits_V, ArrayView<int> result)
    {
        if (logits_V.Length == 0 || logits_V.Length > int.MaxValue || result.Length < 1)
            throw new ArgumentException($"ArgMax: {logits_V.Length} logits and room for {result.Length} results; both must be at least 1.");

        // Runs are whole warps long, so that only the last one has a tail.
        long warps = (logits_V.Length + _tuning.WarpSize - 1) / _tuning.WarpSize;
        int runLength = checked((int)((warps + MaxRuns - 1) / MaxRuns * _tuning.WarpSize));
        int runs = (int)((logits_V.Length + runLength - 1) / runLength);
        _runs(stream, new KernelConfig(_tuning.GroupsFor(runs), _tuning.GroupSize), logits_V, _values.View, _ids.View, runLength, runs);
        _winner(stream, new KernelConfig(1, _tuning.WarpSize), _values.View, _ids.View, result, runs);
    }

    /// <summary>
    /// For each token that already occurred: a positive logit is divided by <paramref name="repetition"/>, a negative one
    /// multiplied; then presence + frequency · count is taken off. The ids must be distinct.
    /// </summary>
    public void Penalise(
        AcceleratorStream stream, View logits_V, ArrayView<int> ids, ArrayView<int> counts, float repetition, float presence, float frequency)
    {
        if (ids.Length != counts.Length || !(repetition > 0f))
            throw new ArgumentException($"Penalise: {ids.Length} ids with {counts.Length} counts and repetition penalty {repetition}; there must be one count per id, and the penalty must be positive.");
        if (ids.Length > 0)
        {
            long groups = (ids.Length + _tuning.GroupSize - 1) / _tuning.GroupSize;
            _penalise(stream, new KernelConfig(checked((int)groups), _tuning.GroupSize), logits_V, ids, counts, repetition, presence, frequency);
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

    /// <summary>A logit and whose it is.</summary>
    private struct Candidate
    {
        public float Value;
        public int Id;
    }

    public static void RunsKernel(View logits_V, View values, ArrayView<int> ids, int runLength, int runs)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int run = Elementwise.GlobalWarp();
        if (run >= runs)
            return;

        // 1. Each lane's best; a later equal value does not replace an earlier one.
        int start = run * runLength;
        int count = (int)(logits_V.Length - start);
        if (count > runLength)
            count = runLength;
        int steps = count / warp;
        float best = float.NegativeInfinity;
        int bestId = int.MaxValue;
        for (int step = 0; step < steps; step++)
        {
            int id = start + ((step * warp) + lane);
            float value = logits_V[id];
            bool better = value > best;
            best = better ? value : best;
            bestId = better ? id : bestId;
        }

        int rest = (steps * warp) + lane;
        if (rest < count && logits_V[start + rest] > best)
        {
            best = logits_V[start + rest];
            bestId = start + rest;
        }

        // 2. The warp's best.
        Candidate winner = WarpBest(best, bestId);
        if (Warp.IsFirstLane)
        {
            values[run] = winner.Value;
            ids[run] = winner.Id;
        }
    }

    public static void WinnerKernel(View values, ArrayView<int> ids, ArrayView<int> result, int runs)
    {
        float best = float.NegativeInfinity;
        int bestId = int.MaxValue;
        for (int run = Warp.LaneIdx; run < runs; run += Warp.WarpSize)
        {
            if (values[run] > best)
            {
                best = values[run];
                bestId = ids[run];
            }
        }

        Candidate winner = WarpBest(best, bestId);
        if (Warp.IsFirstLane)
            result[0] = winner.Id == int.MaxValue ? 0 : winner.Id;
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

    /// <summary>The largest value over the warp, of equal ones the lowest id; every lane gets it.</summary>
    private static Candidate WarpBest(float value, int id)
    {
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
        {
            float otherValue = Warp.ShuffleXor(value, mask);
            int otherId = Warp.ShuffleXor(id, mask);
            bool better = (otherValue > value) | ((otherValue == value) & (otherId < id));
            value = better ? otherValue : value;
            id = better ? otherId : id;
        }

        Candidate winner;
        winner.Value = value;
        winner.Id = id;
        return winner;
    }
}
