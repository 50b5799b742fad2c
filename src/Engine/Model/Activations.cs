using GemmaIlgpu.Engine.Configuration;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Model;

/// <summary>Working memory for one chunk of tokens, allocated once and used by every layer in turn.</summary>
internal sealed class Activations : IDisposable
{
    private readonly Accelerator _accelerator;
    private readonly List<MemoryBuffer> _buffers = [];
    private readonly ModelConfig _config;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _inputs;     // the position, then the ids: one copy for both
    private readonly int[] _hostInputs;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _residual, _normed, _projected, _query, _key, _value, _attended, _gate, _up;
    private readonly MemoryBuffer1D<float, Stride1D.Dense>[] _rope;

    /// <param name="accelerator">The device.</param>
    /// <param name="config">The shape.</param>
    /// <param name="chunk">Tokens computed at once at most.</param>
    public Activations(Accelerator accelerator, ModelConfig config, int chunk)
    {
        _accelerator = accelerator;
        _config = config;
        _inputs = accelerator.Allocate1D<int>(chunk + 1);
        _buffers.Add(_inputs);
        _hostInputs = new int[chunk + 1];
        _residual = Allocate(chunk, config.EmbedDim);
        _normed = Allocate(chunk, config.EmbedDim);
        _projected = Allocate(chunk, config.EmbedDim);
        _query = Allocate(chunk, config.QueryHeads * config.HeadDim);
        _attended = Allocate(chunk, config.QueryHeads * config.HeadDim);
        _key = Allocate(chunk, config.KvHeads * config.HeadDim);
        _value = Allocate(chunk, config.KvHeads * config.HeadDim);
        _gate = Allocate(chunk, config.FeedForwardDim);
        _up = Allocate(chunk, config.FeedForwardDim);
        _rope = [.. Enumerable.Range(0, 4).Select(_ => Allocate(chunk, config.HeadDim / 2))];
    }

    /// <summary>Bytes of the working memory of a chunk.</summary>
    public static long BytesFor(ModelConfig config, int chunk)
    {
        long heads = config.QueryHeads + (long)config.KvHeads;
        long floats = 3L * config.EmbedDim + 2 * heads * config.HeadDim + 2L * config.FeedForwardDim + 4L * (config.HeadDim / 2);
        return sizeof(int) + chunk * (sizeof(int) + floats * sizeof(float));
    }

    /// <summary>Bytes allocated.</summary>
    public long Bytes => _buffers.Sum(buffer => buffer.LengthInBytes);

    /// <summary>Uploads the position of a chunk's first token, and the ids if they are wanted here, and gives the chunk's views.</summary>
    public ChunkViews Begin(int tokens, int firstPosition, ReadOnlySpan<int> ids)
    {
        _hostInputs[0] = firstPosition;
        ids.CopyTo(_hostInputs.AsSpan(1));
        _inputs.View.SubView(0, 1 + ids.Length).CopyFromCPU(_accelerator.DefaultStream, ref _hostInputs[0], 1 + ids.Length);
        int queries = _config.QueryHeads * _config.HeadDim, keys = _config.KvHeads * _config.HeadDim, half = _config.HeadDim / 2;
        var localRope = new RopeViews(Rows(_rope[0], tokens, half), Rows(_rope[1], tokens, half));
        return new ChunkViews(
            tokens, firstPosition, _inputs.View.SubView(1, tokens), _inputs.View.SubView(0, 1),
            Rows(_residual, tokens, _config.EmbedDim), Rows(_normed, tokens, _config.EmbedDim), Rows(_projected, tokens, _config.EmbedDim),
            Rows(_query, tokens, queries), Rows(_key, tokens, keys), Rows(_value, tokens, keys), Rows(_attended, tokens, queries),
            Rows(_gate, tokens, _config.FeedForwardDim), Rows(_up, tokens, _config.FeedForwardDim),
            localRope, _config.HasTwoRopes ? new RopeViews(Rows(_rope[2], tokens, half), Rows(_rope[3], tokens, half)) : localRope);
    }

    private static ArrayView<T> Rows<T>(MemoryBuffer1D<T, Stride1D.Dense> buffer, int rows, int width) where T : unmanaged =>
        buffer.View.SubView(0, (long)rows * width);

    private MemoryBuffer1D<float, Stride1D.Dense> Allocate(int rows, int width)
    {
        MemoryBuffer1D<float, Stride1D.Dense> buffer = _accelerator.Allocate1D<float>((long)rows * width);
        _buffers.Add(buffer);
        return buffer;
    }

    public void Dispose()
    {
        foreach (MemoryBuffer buffer in _buffers)
            buffer.Dispose();
    }
}

/// <summary>Cosines and sines of a chunk's positions, [T, H/2] each.</summary>
internal readonly record struct RopeViews(ArrayView<float> Cos, ArrayView<float> Sin);

/// <summary>The working memory of one chunk: T tokens.</summary>
/// <param name="Tokens">T.</param>
/// <param name="FirstPosition">Position of the first token.</param>
/// <param name="Ids">[T].</param>
/// <param name="Position">[1], the same position in the device's memory: for launches that are recorded and replayed.</param>
/// <param name="Residual">The residual stream, [T, D].</param>
/// <param name="Normed">What a block reads, [T, D].</param>
/// <param name="Projected">What a block gives back, [T, D].</param>
/// <param name="Query">[T, N, H].</param>
/// <param name="Key">[T, K, H].</param>
/// <param name="Value">[T, K, H].</param>
/// <param name="Attended">[T, N, H].</param>
/// <param name="Gate">[T, F].</param>
/// <param name="Up">[T, F].</param>
/// <param name="LocalRope">Tables of local layers.</param>
/// <param name="GlobalRope">Tables of global layers.</param>
internal sealed record ChunkViews(
    int Tokens, int FirstPosition, ArrayView<int> Ids, ArrayView<int> Position, ArrayView<float> Residual, ArrayView<float> Normed, ArrayView<float> Projected,
    ArrayView<float> Query, ArrayView<float> Key, ArrayView<float> Value, ArrayView<float> Attended,
    ArrayView<float> Gate, ArrayView<float> Up, RopeViews LocalRope, RopeViews GlobalRope);
