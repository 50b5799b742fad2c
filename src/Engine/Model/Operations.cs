using GemmaIlgpu.Kernels;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Model;

/// <summary>The kernel families a Gemma needs, loaded once for a device.</summary>
internal sealed class Operations(Accelerator accelerator) : IDisposable
{
    public AcceleratorStream Stream { get; } = accelerator.DefaultStream;

    public Embedding Embedding { get; } = new(accelerator);

    public RmsNorm RmsNorm { get; } = new(accelerator);

    public MatMul MatMul { get; } = new(accelerator);

    public Rope Rope { get; } = new(accelerator);

    public KvCacheWrite KvCacheWrite { get; } = new(accelerator);

    public AttentionPrefill AttentionPrefill { get; } = new(accelerator);

    public AttentionDecode AttentionDecode { get; } = new(accelerator);

    public GeGlu GeGlu { get; } = new(accelerator);

    public Add Add { get; } = new(accelerator);

    public Softcap Softcap { get; } = new(accelerator);

    public Sampling Sampling { get; } = new(accelerator);

    public void Dispose()
    {
        AttentionDecode.Dispose();
        Sampling.Dispose();
    }
}
