using GemmaIlgpu.Engine.Configuration;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>
/// The checked files of a model folder, opened without a device: configuration and the tensors of
/// `model.safetensors` or of the shards named in `model.safetensors.index.json`.
/// </summary>
public sealed class ModelFiles : IDisposable
{
    public string Directory => throw new NotSupportedException();

    public ModelConfig Config => throw new NotSupportedException();

    /// <summary>Every tensor of every file, in the order of the files.</summary>
    public IReadOnlyList<TensorInfo> Tensors => throw new NotSupportedException();

    /// <summary>Names and sizes in bytes of the weight files.</summary>
    public IReadOnlyList<(string Name, long Bytes)> Files => throw new NotSupportedException();

    /// <exception cref="ModelFileException">A file is missing, damaged or contradicts another.</exception>
    public static ModelFiles Open(string directory) => throw new NotSupportedException();

    public void Dispose() { }
}
