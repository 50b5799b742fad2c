using System.Runtime.InteropServices;
using GemmaIlgpu.Engine.Model;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Generation;

/// <summary>
/// Brings the candidates for the next token to the host: penalties and top-k run on the device, so that a few numbers
/// are copied instead of the whole vocabulary. Without top-k everything comes over and the host ranks it.
/// </summary>
/// <param name="accelerator">The device.</param>
internal sealed class CandidateReader(Accelerator accelerator) : IDisposable
{
    // Finding the top k takes k short steps on the device; from here on ranking on the host is as good.
    private const int MostOnDevice = 512;

    // The values' bits, then their ids: one copy brings both.
    private MemoryBuffer1D<int, Stride1D.Dense>? _best, _penalisedIds, _counts;
    private int[] _hostBest = [];
    private float[] _hostLogits = [];
    private bool _isWhole;

    /// <summary>Reads what a sampler needs from the logits [V]; penalties change them.</summary>
    public void Read(Operations operations, ArrayView<float> logits, Sampler sampler)
    {
        int count = sampler.CandidateCount;
        _isWhole = count == 0 || count > MostOnDevice || count > logits.Length;
        if (_isWhole)
        {
            Resize(ref _hostLogits, logits.IntLength);
            logits.CopyToCPU(operations.Stream, _hostLogits);
            return;
        }

        Penalise(operations, logits, sampler);
        if (_best is null || _best.Length != 2 * count)
        {
            _best?.Dispose();
            _best = accelerator.Allocate1D<int>(2 * count);
        }

        ArrayView<int> best = _best.View;
        operations.Sampling.TopK(operations.Stream, logits, best.SubView(0, count).Cast<float>(), best.SubView(count));
        Resize(ref _hostBest, 2 * count);
        best.CopyToCPU(operations.Stream, _hostBest);
        operations.Stream.Synchronize();
    }

    /// <summary>Draws a token from what was read last.</summary>
    public int Choose(Sampler sampler)
    {
        if (_isWhole)
            return sampler.Sample(_hostLogits);
        int most = _hostBest.Length / 2;
        int[] ids = _hostBest[most..];
        // The device passes over NaN and −∞; what is left must be enough for at least one candidate.
        int count = Array.IndexOf(ids, -1);
        return sampler.Pick(MemoryMarshal.Cast<int, float>(_hostBest.AsSpan(0, count < 0 ? most : count)), ids);
    }

    private void Penalise(Operations operations, ArrayView<float> logits, Sampler sampler)
    {
        SamplingOptions options = sampler.Options;
        if (options.RepetitionPenalty != 1)
        {
            int[] seen = [.. sampler.Seen];
            Penalise(operations, logits, seen, new int[seen.Length], options.RepetitionPenalty, 0, 0);
        }

        if (options.PresencePenalty != 0 || options.FrequencyPenalty != 0)
            Penalise(operations, logits, [.. sampler.Generated.Keys], [.. sampler.Generated.Values], 1, options.PresencePenalty, options.FrequencyPenalty);
    }

    private void Penalise(Operations operations, ArrayView<float> logits, int[] ids, int[] counts, float repetition, float presence, float frequency)
    {
        if (ids.Length == 0)
            return;
        if (_penalisedIds is null || _penalisedIds.Length < ids.Length)
        {
            _penalisedIds?.Dispose();
            _counts?.Dispose();
            _penalisedIds = accelerator.Allocate1D<int>(2 * ids.Length);
            _counts = accelerator.Allocate1D<int>(2 * ids.Length);
        }

        ArrayView<int> idView = _penalisedIds.View.SubView(0, ids.Length), countView = _counts!.View.SubView(0, ids.Length);
        idView.CopyFromCPU(operations.Stream, ids);
        countView.CopyFromCPU(operations.Stream, counts);
        operations.Sampling.Penalise(operations.Stream, logits, idView, countView, repetition, presence, frequency);
    }

    private static void Resize<T>(ref T[] array, int length)
    {
        if (array.Length != length)
            array = new T[length];
    }

    public void Dispose()
    {
        _best?.Dispose();
        _penalisedIds?.Dispose();
        _counts?.Dispose();
    }
}
