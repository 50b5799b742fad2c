using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Model;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;

namespace GemmaIlgpu.Engine.Planning;

/// <summary>How a model is to be used, as far as memory depends on it.</summary>
public sealed record PlanOptions
{
    /// <summary>Tokens of prompt and answer together.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Prompt tokens computed at once.</summary>
    public required int PrefillChunk { get; init; }

    /// <summary>Texts held at the same time, each with a cache of its own.</summary>
    public int Sequences { get; init; } = 1;

    /// <summary>How local layers keep their keys and values.</summary>
    public CacheLayout CacheLayout { get; init; } = CacheLayout.Ring;

    /// <summary>How keys and values are stored.</summary>
    public CacheType CacheType { get; init; } = CacheType.Float32;
}

/// <summary>The memory that a model takes when its context is full, part by part, in bytes.</summary>
/// <remarks>
/// Everything is counted as it is allocated; what the engine keeps but seldom touches (host copies of all logits for
/// sampling without top-k) is left out. What .NET itself, the compiled kernels and the tokenizer take is not allocated
/// by the engine; those are measured constants, see the fields.
/// </remarks>
public sealed record MemoryPlan
{
    /// <summary>.NET, this program's code and the kernels compiled for one model. Measured: Linux x64, .NET 10, gemma bench.</summary>
    public const long RuntimeBaseline = 75_000_000;

    /// <summary>A piece of the tokenizer in the tables that encode and decode. Measured with Gemma 2's 256,000.</summary>
    public const long BytesPerPiece = 200;

    /// <summary>What the plan is for.</summary>
    public required ModelOutline Model { get; init; }

    /// <summary>How the model is used.</summary>
    public required PlanOptions Options { get; init; }

    /// <summary>Weights, as many bytes as their file has. On a processor most are the mapped file, which the system may drop and reread.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Keys and values of all texts.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Working memory of one chunk of tokens, and the logits.</summary>
    public required long ActivationBytes { get; init; }

    /// <summary>What kernels keep for themselves, and weights that are held in another form than the file's.</summary>
    public required long ScratchBytes { get; init; }

    /// <summary>The tokenizer's tables.</summary>
    public required long TokenizerBytes { get; init; }

    /// <summary>.NET, the program and compiled kernels.</summary>
    public required long RuntimeBytes { get; init; }

    /// <summary>Tokens computed at once.</summary>
    public int Chunk => Math.Min(Options.PrefillChunk, Options.ContextLength);

    /// <summary>Slots of a local layer's cache.</summary>
    public int LocalSlots => KvCache.RingCapacity(Model.Config, Options.ContextLength, Chunk, Options.CacheLayout);

    /// <summary>Everything together.</summary>
    public long TotalBytes => WeightBytes + CacheBytes + ActivationBytes + ScratchBytes + TokenizerBytes + RuntimeBytes;

    /// <summary>Everything but mapped weights: memory that must be there whatever the system does with mapped files.</summary>
    public long UnmappedBytes => TotalBytes - WeightBytes + Model.RearrangedBytes;

    /// <summary>Plans a model on a device.</summary>
    public static MemoryPlan For(ModelOutline model, PlanOptions options, Tuning tuning)
    {
        ModelConfig config = model.Config;
        int chunk = Math.Min(options.PrefillChunk, options.ContextLength);
        return new MemoryPlan
        {
            Model = model,
            Options = options,
            WeightBytes = model.WeightBytes,
            CacheBytes = options.Sequences * KvCache.BytesWhenFull(config, options.ContextLength, chunk, options.CacheLayout, options.CacheType),
            ActivationBytes = Activations.BytesFor(config, chunk) + (long)config.VocabularySize * sizeof(float),
            ScratchBytes = WidenedNorms(model) + model.MisalignedBytes + Rearranging(model) + RoundedActivations(model, chunk) + Attention(config, options.ContextLength, chunk, tuning.WarpSize),
            TokenizerBytes = model.Pieces * BytesPerPiece,
            RuntimeBytes = RuntimeBaseline,
        };
    }

    // The largest matrix once more, and on each core a buffer of the pool, a mebibyte, with what running there takes besides.
    private static long Rearranging(ModelOutline model) =>
        model.RearrangedBytes == 0 ? 0 : model.LargestRearrangedBytes + Environment.ProcessorCount * (2L << 20);

    private static long WidenedNorms(ModelOutline model) =>
        model.Tensors.Where(tensor => tensor.Shape.Count == 1).Sum(tensor => tensor.Elements * sizeof(float));

    // Inputs of the widest matrix that is stored in blocks, as whole numbers with scales and sums; once more for those
    // of Q4_0, which are rearranged.
    internal static long RoundedActivations(ModelOutline model, int chunk)
    {
        long Widest(Func<TensorType, bool> stored) => model.Tensors.Where(tensor => stored(tensor.Type)).Select(tensor => tensor.Shape[1]).DefaultIfEmpty().Max();
        return QuantisedActivations.Bytes(chunk * Widest(type => type.IsQuantised() && type != TensorType.Q4_0), split: false)
            + QuantisedActivations.Bytes(chunk * Widest(type => type == TensorType.Q4_0), split: true);
    }

    // Softmax state of each row of a chunk; partial outputs and states of one token's splits.
    internal static long Attention(ModelConfig config, int context, int chunk, int warpSize)
    {
        long splits = (context - 1) / AttentionDecode.KeysPerSplit + 1, stateOfRow = AttentionTile.StateLength(warpSize);
        long prefill = chunk == 1 ? 0 : chunk * config.QueryHeads * stateOfRow;
        long decode = splits * config.QueryHeads * (config.HeadDim + stateOfRow);
        return (prefill + decode) * sizeof(float);
    }
}
