using GemmaIlgpu.Kernels;
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

    public Operations(Accelerator accelerator)
    {
        Stream = accelerator.DefaultStream;
        _embedding = new Embedding(accelerator);
        _matMul = new MatMul(accelerator);
        _quantisedMatMul = new QuantisedMatMul(accelerator);
        _interleavedMatMul = new InterleavedMatMul(accelerator);
        RmsNorm = new RmsNorm(accelerator);
        Rope = new Rope(accelerator);
        KvCacheWrite = new KvCacheWrite(accelerator);
        AttentionPrefill = new AttentionPrefill(accelerator);
        AttentionDecode = new AttentionDecode(accelerator);
        GeGlu = new GeGlu(accelerator);
        Add = new Add(accelerator);
        Softcap = new Softcap(accelerator);
        Sampling = new Sampling(accelerator);
    }

    public AcceleratorStream Stream { get; }

    public RmsNorm RmsNorm { get; }

    public Rope Rope { get; }

    public KvCacheWrite KvCacheWrite { get; }

    public AttentionPrefill AttentionPrefill { get; }

    public AttentionDecode AttentionDecode { get; }

    public GeGlu GeGlu { get; }

    public Add Add { get; }

    public Softcap Softcap { get; }

    public Sampling Sampling { get; }

    /// <summary>y = x · Wᵀ for matrices of any kind that multiply the same x, which is rounded once for those that need it.</summary>
    public void Multiply(ArrayView<float> x_TK, params ReadOnlySpan<(ModelMatrix W_NK, ArrayView<float> Y_TN)> products)
    {
        IntegerActivations? rounded = null, split = null;
        foreach ((ModelMatrix w_NK, ArrayView<float> y_TN) in products)
        {
            switch (w_NK.Kind)
            {
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
        AttentionPrefill.Dispose();
        AttentionDecode.Dispose();
        Sampling.Dispose();
    }
}
