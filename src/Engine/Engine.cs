using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine;

/// <summary>A loaded model on an open device. The front door: load, generate, dispose.</summary>
public sealed class Engine : IDisposable
{
    /// <summary>The shape of the loaded model.</summary>
    public ModelConfig Config => throw new NotSupportedException();

    /// <summary>The device that computes, for people.</summary>
    public string DeviceName => throw new NotSupportedException();

    /// <summary>Tokens of prompt and answer together.</summary>
    public int ContextLength => throw new NotSupportedException();

    /// <summary>Bytes of weights, which are mapped from the files.</summary>
    public long WeightBytes => throw new NotSupportedException();

    /// <summary>From `tokenizer.model` in the model's folder; null when there is none.</summary>
    public Tokenizer? Tokenizer => throw new NotSupportedException();

    /// <summary>What the model's `generation_config.json` says, over the defaults of <see cref="SamplingOptions"/>; `do_sample: false` is greedy.</summary>
    public SamplingOptions DefaultSampling => throw new NotSupportedException();

    /// <summary>Opens the device and the model in a folder of Hugging Face's layout.</summary>
    /// <exception cref="ModelFileException">A file is missing, damaged or contradicts another.</exception>
    /// <exception cref="ArgumentException">An option does not fit the model or the machine.</exception>
    public static Engine Load(string modelDirectory, EngineOptions? options = null, IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    /// <summary>Starts an empty text with a KV cache of its own.</summary>
    public Generator CreateGenerator() => throw new NotSupportedException();

    public void Dispose() { }
}
