namespace GemmaIlgpu.Engine.Generation;

/// <summary>Draws tokens from logits in the order penalties → temperature → top-k → top-p → min-p.</summary>
/// <remarks>
/// Deterministic: equal logits rank by the smaller id, sums run in rank order in double precision, and the random
/// numbers are <see cref="SeededRandom"/>'s. Sources: top-p, Holtzman et al. 2019 (arXiv:1904.09751); min-p, Nguyen et
/// al. 2024 (arXiv:2407.01082); repetition penalty, Keskar et al. 2019 (arXiv:1909.05858).
/// </remarks>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly Dictionary<int, int> _generated = [];
    private readonly HashSet<int> _seen = [];
    private SeededRandom _random;
    private float[] _logits = [];
    private int[] _ranked = [];
    private double[] _weights = [];

    public Sampler(SamplingOptions options)
    {
        _options = options;
        _random = new SeededRandom(options.Seed ?? (ulong)Random.Shared.NextInt64());
    }

    /// <summary>Makes a prompt token count for the repetition penalty.</summary>
    public void SeePrompt(int id) => _seen.Add(id);

    /// <summary>Draws the next token and remembers it for the penalties.</summary>
    /// <param name="logits">[V]; left as they are.</param>
    public int Sample(ReadOnlySpan<float> logits)
    {
        int id = Choose(logits);
        _seen.Add(id);
        _generated[id] = _generated.GetValueOrDefault(id) + 1;
        return id;
    }

    /// <summary>The index of the largest value, the first of equals.</summary>
    /// <exception cref="InvalidOperationException">A value is NaN: the model's numbers are broken, and no token would be honest.</exception>
    public static int ArgMax(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (float.IsNaN(logits[i]))
                throw new InvalidOperationException($"Logit {i} is not a number. Are the weights damaged?");
            if (logits[i] > logits[best])
                best = i;
        }

        return best;
    }

    private int Choose(ReadOnlySpan<float> logits)
    {
        bool penalised = _options.RepetitionPenalty != 1 || _options.PresencePenalty != 0 || _options.FrequencyPenalty != 0;
        if (penalised)
            logits = Penalise(logits);
        int best = ArgMax(logits);
        if (_options.Temperature == 0 || _options.TopK == 1)
            return best;

        int count = Rank(logits, logits[best]);
        return _ranked[Draw(logits, count)];
    }

    private ReadOnlySpan<float> Penalise(ReadOnlySpan<float> logits)
    {
        if (_logits.Length != logits.Length)
            _logits = new float[logits.Length];
        logits.CopyTo(_logits);
        foreach (int id in _seen)
            _logits[id] = _logits[id] > 0 ? _logits[id] / _options.RepetitionPenalty : _logits[id] * _options.RepetitionPenalty;
        foreach ((int id, int times) in _generated)
            _logits[id] -= _options.PresencePenalty + times * _options.FrequencyPenalty;
        return _logits;
    }

    // Fills _ranked with the candidates, likeliest first, after top-k, and returns how many there are.
    private int Rank(ReadOnlySpan<float> logits, float best)
    {
        if (_ranked.Length != logits.Length)
            _ranked = new int[logits.Length];

        // exp underflows to nothing this far below the best, so such tokens are never drawn: most of a large vocabulary.
        double floor = best - 700.0 * _options.Temperature;
        int k = _options.TopK == 0 ? int.MaxValue : _options.TopK;
        float threshold = k < logits.Length ? KthLargest(logits, k) : float.NegativeInfinity;
        int count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (logits[id] >= threshold && logits[id] >= floor)
                _ranked[count++] = id;
        }

        // Keys sort stably by (−logit, id), so that ties never depend on the sorting method.
        var keys = new float[count];
        for (int i = 0; i < count; i++)
            keys[i] = logits[_ranked[i]];
        Array.Sort(keys, _ranked, 0, count, LargestFirst.Instance);
        OrderTies(keys, count);
        return Math.Min(count, k);
    }

    private static float KthLargest(ReadOnlySpan<float> logits, int k)
    {
        // A min-heap of the k largest: one pass over the vocabulary, nearly all of it a single comparison.
        var heap = new PriorityQueue<int, float>(k + 1);
        float smallest = float.NegativeInfinity;
        for (int i = 0; i < logits.Length; i++)
        {
            if (heap.Count < k)
                heap.Enqueue(i, logits[i]);
            else if (logits[i] > smallest)
                heap.EnqueueDequeue(i, logits[i]);
            else
                continue;
            heap.TryPeek(out _, out smallest);
        }

        return smallest;
    }

    private void OrderTies(float[] keys, int count)
    {
        for (int start = 0; start < count;)
        {
            int end = start + 1;
            while (end < count && keys[end] == keys[start])
                end++;
            if (end - start > 1)
                Array.Sort(_ranked, start, end - start);
            start = end;
        }
    }

    // Applies temperature, top-p and min-p to the ranked candidates and draws one; returns its rank.
    private int Draw(ReadOnlySpan<float> logits, int count)
    {
        if (_weights.Length < count)
            _weights = new double[count];
        double best = logits[_ranked[0]], total = 0;
        for (int i = 0; i < count; i++)
            total += _weights[i] = Math.Exp((logits[_ranked[i]] - best) / _options.Temperature);

        // Top-p: the fewest candidates whose probabilities reach p; the likeliest always stays.
        double kept = 0, limit = _options.TopP * total;
        int survivors = 0;
        do
            kept += _weights[survivors++];
        while (survivors < count && (_options.TopP == 1 || kept < limit));

        // Min-p: the likeliest has weight 1, so its share is the weight itself.
        while (survivors > 1 && _weights[survivors - 1] < _options.MinP)
            kept -= _weights[--survivors];

        double point = _random.NextUnit() * kept;
        for (int i = 0; i < survivors; i++)
        {
            point -= _weights[i];
            if (point < 0)
                return i;
        }

        return survivors - 1;
    }

    private sealed class LargestFirst : IComparer<float>
    {
        public static readonly LargestFirst Instance = new();

        public int Compare(float x, float y) => y.CompareTo(x);
    }
}
