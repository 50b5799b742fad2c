using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Fast;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Model;

/// <summary>The kernel families a Gemma needs, loaded once for a device.</summary>
internal sealed class Operations : IDisposable
{
    private readonly Embedding _embedding;
    private readonly MatMul _matMul;
    private readonly QuantisedMatMul _quantisedMatMul;
    private readonly InterleavedMatMul _interleavedMatMul;
    private readonly TensorMatMul _tensorMatMul;
    private readonly TensorQuantisedMatMul _tensorQuantisedMatMul;
    private readonly AttentionPrefill _attentionPrefill;
    private readonly AttentionDecode _attentionDecode;
    private readonly FlashAttention _flashAttention;

    public Operations(Accelerator accelerator, KernelChoice kernels = KernelChoice.Auto)
    {
        Stream = accelerator.DefaultStream;
        Table = new KernelTable(accelerator, kernels);
        _tensorMatMul = new TensorMatMul(accelerator);
        _tensorQuantisedMatMul = new TensorQuantisedMatMul(accelerator);
        _attentionPrefill = new AttentionPrefill(accelerator);
        _attentionDecode = new AttentionDecode(accelerator);
        _flashAttention = new FlashAttention(accelerator);
        Fused = new FusedProducts(accelerator);
        DecodeHeads = new DecodeHeads(accelerator);
        DecodeAttention = new DecodeAttention(accelerator);
        _embedding = new Embedding(accelerator);
        _matMul = new MatMul(accelerator);
        _quantisedMatMul = new QuantisedMatMul(accelerator);
        _interleavedMatMul = new InterleavedMatMul(accelerator);
        RmsNorm = new RmsNorm(accelerator);
        Rope = new Rope(accelerator);
        KvCacheWrite = new KvCacheWrite(accelerator);
        GeGlu = new GeGlu(accelerator);
        Add = new Add(accelerator);
        Softcap = new Softcap(accelerator);
        Sampling = new Sampling(accelerator);
    }

    public AcceleratorStream Stream { get; }

    /// <summary>Which kernel computes what.</summary>
    public KernelTable Table { get; }

    public FusedProducts Fused { get; }

    public DecodeHeads DecodeHeads { get; }

    public DecodeAttention DecodeAttention { get; }

    public RmsNorm RmsNorm { get; }

    public Rope Rope { get; }

    public KvCacheWrite KvCacheWrite { get; }

    public GeGlu GeGlu { get; }

    public Add Add { get; }

    public Softcap Softcap { get; }

    public Sampling Sampling { get; }

    /// <summary>y = x · Wᵀ for matrices of any kind that multiply the same x, which is rounded once for those that need it.</summary>
    public void Multiply(ArrayView<float> x_TK, params ReadOnlySpan<(ModelMatrix W_NK, ArrayView<float> Y_TN)> products)
    {
        IntegerActivations? rounded = null, split = null;
        ArrayView<ushort> bfloat16 = default;
        foreach ((ModelMatrix w_NK, ArrayView<float> y_TN) in products)
        {
            switch (w_NK.Kind)
            {
                case MatrixKind.Plain when Table.UsesTensorCores(x_TK.Length / w_NK.Plain.Columns, w_NK.Plain):
                    _tensorMatMul.Run(Stream, bfloat16 = Rounded(bfloat16, x_TK), w_NK.Plain, y_TN);
                    break;
                case MatrixKind.Blocks when Table.UsesTensorCores(x_TK.Length / w_NK.Blocks.Columns):
                    _tensorQuantisedMatMul.Run(Stream, bfloat16 = Rounded(bfloat16, x_TK), w_NK.Blocks, y_TN);
                    break;
                case MatrixKind.Plain:
                    _matMul.Run(Stream, x_TK, w_NK.Plain, y_TN);
                    break;
                case MatrixKind.Blocks:
                    rounded ??= _quantisedMatMul.Round(Stream, x_TK);
                    _quantisedMatMul.Run(Stream, rounded.Value, w_NK.Blocks, y_TN);
                    break;
                default:
                    split ??= _interleavedMatMul.Round(Stream, x_TK);
                    _interleavedMatMul.Run(Stream, split.Value, w_NK.Interleaved, y_TN);
                    break;
            }
        }
    }

    // Once for all matrices that multiply the same x.
    private ArrayView<ushort> Rounded(ArrayView<ushort> rounded, ArrayView<float> x_TK) =>
        rounded.Length == x_TK.Length ? rounded : _tensorMatMul.Round(Stream, x_TK);

    /// <summary>Attention of new tokens over the cache, which has their keys and values already.</summary>
    public void Attend(
        AttentionShape shape, ArrayView<float> q_TNH, CacheTensor keys, CacheTensor values, ArrayView<float> y_TNH, int firstPosition, int tokens)
    {
        if (Table.UsesFlashAttention(tokens, shape.HeadDim))
            _flashAttention.Run(Stream, shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
        else if (tokens == 1)
            _attentionDecode.Run(Stream, shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
        else
            _attentionPrefill.Run(Stream, shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
    }

    /// <summary>Rows of a table of either kind, times a factor.</summary>
    public void Embed(ArrayView<int> ids_T, ModelMatrix table_VD, ArrayView<float> x_TD, float scale)
    {
        if (table_VD.Kind == MatrixKind.Blocks)
            _quantisedMatMul.Gather(Stream, ids_T, table_VD.Blocks, x_TD, scale);
        else
            _embedding.Run(Stream, ids_T, table_VD.Plain, x_TD, scale);
    }

    public void Dispose()
    {
        _quantisedMatMul.Dispose();
        _interleavedMatMul.Dispose();
        _tensorMatMul.Dispose();
        _attentionPrefill.Dispose();
        _attentionDecode.Dispose();
        DecodeAttention.Dispose();
        Sampling.Dispose();
    }
}
