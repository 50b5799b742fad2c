using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Model;

/// <summary>One layer's weights on the device. Matrices are [outputs, inputs] as in the file; norms are widened to f32.</summary>
internal sealed record LayerWeights(
    ArrayView<float> AttentionNorm, WeightMatrix Query, WeightMatrix Key, WeightMatrix Value,
    ArrayView<float>? QueryNorm, ArrayView<float>? KeyNorm, WeightMatrix Output, ArrayView<float>? PostAttentionNorm,
    ArrayView<float> FeedForwardNorm, WeightMatrix Gate, WeightMatrix Up, WeightMatrix Down, ArrayView<float>? PostFeedForwardNorm);

/// <summary>A model's weights on the device. On a CPU the matrices are the mapped file itself, with no second copy.</summary>
internal sealed class ModelWeights : IDisposable
{
    private readonly Accelerator _accelerator;
    private readonly ModelFiles _files;
    private readonly List<MemoryBuffer> _buffers = [];

    /// <summary>Puts the weights of checked files on a device. The files must stay open as long as this lives.</summary>
    public ModelWeights(Accelerator accelerator, ModelFiles files, IProgress<LoadProgress>? progress, CancellationToken cancellation)
    {
        _accelerator = accelerator;
        _files = files;
        ModelConfig config = files.Config;
        WeightMap map = WeightMap.For(config, files);
        try
        {
            Embedding = Matrix(map.Embedding);
            var layers = new List<LayerWeights>();
            foreach (LayerWeightNames names in map.Layers)
            {
                cancellation.ThrowIfCancellationRequested();
                layers.Add(Layer(names));
                progress?.Report(new LoadProgress("Loading weights", Bytes, files.Tensors.Sum(tensor => tensor.Bytes)));
            }

            Layers = layers;
            FinalNorm = Norm(map.FinalNorm);
            Output = map.Output == map.Embedding ? Embedding : Matrix(map.Output);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>[V, D].</summary>
    public WeightMatrix Embedding { get; }

    public IReadOnlyList<LayerWeights> Layers { get; }

    /// <summary>[D].</summary>
    public ArrayView<float> FinalNorm { get; }

    /// <summary>[V, D].</summary>
    public WeightMatrix Output { get; }

    /// <summary>What norms add to their weights.</summary>
    public float NormOffset => _files.NormOffset;

    /// <summary>Bytes of the file that are in use.</summary>
    public long Bytes { get; private set; }

    private LayerWeights Layer(LayerWeightNames names) => new(
        Norm(names.AttentionNorm), Matrix(names.Query), Matrix(names.Key), Matrix(names.Value),
        NormOrNone(names.QueryNorm), NormOrNone(names.KeyNorm), Matrix(names.Output), NormOrNone(names.PostAttentionNorm),
        Norm(names.FeedForwardNorm), Matrix(names.Gate), Matrix(names.Up), Matrix(names.Down), NormOrNone(names.PostFeedForwardNorm));

    private WeightMatrix Matrix(string name)
    {
        _files.TryGet(name, out ITensorFile file, out TensorInfo tensor);
        if (tensor.Type.IsQuantised())
        {
            throw new ModelFileException(
                $"{name} is {tensor.Type.FileName()}, which cannot be computed with yet; 'gemma quantize {_files.Location} OUT.gguf --type bf16' makes a file that can.");
        }

        Bytes += tensor.Bytes;
        nint address = file.Pointer(tensor);
        MemoryBuffer buffer = address % tensor.Type.Size() == 0
            ? Devices.Wrap(_accelerator, address, tensor.Bytes)
            : Copy(address, tensor.Bytes);
        _buffers.Add(buffer);
        WeightType type = tensor.Type switch
        {
            TensorType.F32 => WeightType.Float32,
            TensorType.F16 => WeightType.Float16,
            _ => WeightType.BFloat16,
        };
        return new WeightMatrix(buffer.AsRawArrayView(), type, (int)tensor.Shape[0], (int)tensor.Shape[1]);
    }

    // A file may place a tensor at an odd byte; kernels need it aligned to its elements.
    private MemoryBuffer Copy(nint address, long bytes)
    {
        MemoryBuffer buffer = _accelerator.AllocateRaw(bytes, 1);
        using MemoryBuffer source = Devices.Wrap(_accelerator, address, bytes);
        buffer.CopyFrom(_accelerator.DefaultStream, source.AsRawArrayView(), 0);
        _accelerator.DefaultStream.Synchronize();
        return buffer;
    }

    private ArrayView<float> Norm(string name)
    {
        _files.TryGet(name, out ITensorFile file, out TensorInfo tensor);
        Bytes += tensor.Bytes;
        MemoryBuffer1D<float, Stride1D.Dense> buffer = _accelerator.Allocate1D<float>(tensor.Elements);
        _buffers.Add(buffer);
        buffer.View.CopyFromCPU(_accelerator.DefaultStream, file.ReadFloats(tensor));
        return buffer.View;
    }

    private ArrayView<float>? NormOrNone(string? name) => name is null ? null : Norm(name);

    public void Dispose()
    {
        foreach (MemoryBuffer buffer in _buffers)
            buffer.Dispose();
        _buffers.Clear();
    }
}
