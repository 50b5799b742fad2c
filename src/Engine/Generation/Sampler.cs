namespace GemmaIlgpu.Engine.Generation;

/// <summary>Draws tokens from logits in the order penalties → temperature → top-k → top-p → min-p.</summary>
/// <remarks>
/// Deterministic: equal logits rank by the smaller id, sums run in rank order in double precision, and the random
/// numbers are <see cref="SeededRandom"/>'s. Sources: top-p, Holtzman et al. 2019 (arXiv:1904.09751); min-p, Nguyen et
/// al. 2024 (arXiv:2407.01082); repetition penalty, Keskar et al. 2019 (arXiv:1909.05858).
/// </remarks>
public sealed class Sampler
{
    private readonly Dictionary<int, int> _generated = [];
    private readonly HashSet<int> _seen = [];
    private SeededRandom _random;
    private float[] _penalised = [];
    private float[] _values = [];
    private int[] _ids = [];
    private double[] _weights = [];

    public Sampler(SamplingOptions options)
    {
        Options = options;
        _random = new SeededRandom(options.Seed ?? (ulong)Random.Shared.NextInt64());
    }

    public SamplingOptions Options { get; }

    /// <summary>The likeliest tokens that a draw looks at; 0 means all.</summary>
    internal int CandidateCount => Options.Temperature == 0 ? 1 : Options.TopK;

    /// <summary>Tokens of prompt and answer, each once.</summary>
    internal IReadOnlyCollection<int> Seen => _seen;

    /// <summary>How often each token was drawn.</summary>
    internal IReadOnlyDictionary<int, int> Generated => _generated;

    /// <summary>Makes a prompt token count for the repetition penalty.</summary>
    public void SeePrompt(int id) => _seen.Add(id);

    /// <summary>Draws the next token and remembers it for the penalties.</summary>
    /// <param name="logits">[V]; left as they are.</param>
    public int Sample(ReadOnlySpan<float> logits)
    {
        if (Options.RepetitionPenalty != 1 || Options.PresencePenalty != 0 || Options.FrequencyPenalty != 0)
            logits = Penalise(logits);
        int best = ArgMax(logits);
        if (CandidateCount == 1)
            return Remember(best);
        int count = Rank(logits, logits[best]);
        return Pick(_values.AsSpan(0, count), _ids);
    }

    /// <summary>Draws from candidates that are penalised and ranked already, and remembers the token.</summary>
    /// <param name="values">Logits in falling order.</param>
    /// <param name="ids">Their ids; may be longer.</param>
    internal int Pick(ReadOnlySpan<float> values, ReadOnlySpan<int> ids)
    {
        if (values.IsEmpty)
            throw new ModelFileException("No logit is a number. Are the weights damaged?");
        return Remember(values.Length == 1 ? ids[0] : ids[Draw(values)]);
    }

    /// <summary>The index of the largest value, the first of equals.</summary>
    /// <exception cref="ModelFileException">A value is NaN: the model's numbers are broken, and no token would be honest.</exception>
    public static int ArgMax(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (float.IsNaN(logits[i]))
                throw new ModelFileException($"Logit {i} is not a number. Are the weights damaged?");
            if (logits[i] > logits[best])
                best = i;
        }

        return best;
    }

    private int Remember(int id)
    {
        _seen.Add(id);
        _generated[id] = _generated.GetValueOrDefault(id) + 1;
        return id;
    }

    private ReadOnlySpan<float> Penalise(ReadOnlySpan<float> logits)
    {
        if (_penalised.Length != logits.Length)
            _penalised = new float[logits.Length];
        logits.CopyTo(_penalised);
        foreach (int id in _seen)
            _penalised[id] = _penalised[id] > 0 ? _penalised[id] / Options.RepetitionPenalty : _penalised[id] * Options.RepetitionPenalty;
        foreach ((int id, int times) in _generated)
            _penalised[id] -= Options.PresencePenalty + Options.FrequencyPenalty * times;
        return _penalised;
    }

    // Fills _values and _ids with the candidates, likeliest first, after top-k, and returns how many there are.
    private int Rank(ReadOnlySpan<float> logits, float best)
    {
        if (_ids.Length != logits.Length)
        {
            _ids = new int[logits.Length];
            _values = new float[logits.Length];
        }

        // Together, all tokens further below the best than this are less likely than the random numbers' resolution.
        double floor = best - 50.0 * Options.Temperature;
        int k = Options.TopK == 0 ? int.MaxValue : Options.TopK;
        float threshold = k < logits.Length ? KthLargest(logits, k) : float.NegativeInfinity;
        int count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (logits[id] >= threshold && logits[id] >= floor)
            {
                _ids[count] = id;
                _values[count++] = logits[id];
            }
        }

        Array.Sort(_values, _ids, 0, count, LargestFirst.Instance);
        OrderTies(count);
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

    // The sorting method may leave equal logits in any order; ids decide.
    private void OrderTies(int count)
    {
        for (int start = 0; start < count;)
        {
            int end = start + 1;
            while (end < count && _values[end] == _values[start])
                end++;
            if (end - start > 1)
                Array.Sort(_ids, start, end - start);
            start = end;
        }
    }

    // Applies temperature, top-p and min-p to the ranked candidates and draws one; returns its rank.
    private int Draw(ReadOnlySpan<float> values)
    {
        if (_weights.Length < values.Length)
            _weights = new double[values.Length];
        double best = values[0], total = 0;
        for (int i = 0; i < values.Length; i++)
            total += _weights[i] = Math.Exp((values[i] - best) / Options.Temperature);

        // Top-p: the fewest candidates whose probabilities reach p; the likeliest always stays.
        double kept = 0, limit = Options.TopP * total;
        int survivors = 0;
        do
            kept += _weights[survivors++];
        while (survivors < values.Length && (Options.TopP == 1 || kept < limit));

        // Min-p: the likeliest has weight 1, so its share is the weight itself.
        while (survivors > 1 && _weights[survivors - 1] < Options.MinP)
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
