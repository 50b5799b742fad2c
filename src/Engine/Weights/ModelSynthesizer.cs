using GemmaIlgpu.Engine.Configuration;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>Writes models of random weights in the shape of a real size, for measurements.</summary>
public static class ModelSynthesizer
{
    /// <summary>Bytes that <see cref="Write"/> will write.</summary>
    public static long SizeInBytes(ModelConfig config, TensorType type) => throw new NotSupportedException();

    /// <summary>Writes `config.json` and `model.safetensors`, and copies the tokenizer if one is given. Nothing is left behind on failure.</summary>
    /// <param name="config">The shape, from <see cref="KnownModels"/>.</param>
    /// <param name="type">BF16, F16 or F32.</param>
    /// <param name="directory">Folder to create; it must not hold a model yet.</param>
    /// <param name="seed">Start of the random sequence: the same seed gives the same file.</param>
    /// <param name="tokenizerFile">A `tokenizer.model` to copy, or null.</param>
    /// <param name="progress">Told about the bytes written.</param>
    /// <param name="cancellation">Stops the writing and removes what was written.</param>
    public static void Write(
        ModelConfig config, TensorType type, string directory, ulong seed = 0, string? tokenizerFile = null,
        IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();
}
