using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Model;

/// <summary>One layer's weights on the device. Matrices are [outputs, inputs] as in the file; norms are widened to f32.</summary>
internal sealed record LayerWeights(
    ArrayView<float> AttentionNorm, ModelMatrix Query, ModelMatrix Key, ModelMatrix Value,
    ArrayView<float>? QueryNorm, ArrayView<float>? KeyNorm, ModelMatrix Output, ArrayView<float>? PostAttentionNorm,
    ArrayView<float> FeedForwardNorm, ModelMatrix Gate, ModelMatrix Up, ModelMatrix Down, ArrayView<float>? PostFeedForwardNorm);

/// <summary>
/// A model's weights on the device. On a CPU the matrices are the mapped file itself, with no second copy; only those of
/// Q4_0 are rearranged, which makes decoding half as fast again.
/// </summary>
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
        using var interleaver = new Interleaver(accelerator);
        try
        {
            Embedding = Matrix(map.Embedding, null);
            var layers = new List<LayerWeights>();
            foreach (LayerWeightNames names in map.Layers)
            {
                cancellation.ThrowIfCancellationRequested();
                layers.Add(Layer(names, interleaver));
                progress?.Report(new LoadProgress("Loading weights", Bytes, files.Tensors.Sum(tensor => tensor.Bytes)));
            }

            Layers = layers;
            FinalNorm = Norm(map.FinalNorm);
            Output = map.Output == map.Embedding ? Embedding : Matrix(map.Output, interleaver);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>[V, D].</summary>
    public ModelMatrix Embedding { get; }

    public IReadOnlyList<LayerWeights> Layers { get; }

    /// <summary>[D].</summary>
    public ArrayView<float> FinalNorm { get; }

    /// <summary>[V, D].</summary>
    public ModelMatrix Output { get; }

    /// <summary>What norms add to their weights.</summary>
    public float NormOffset => _files.NormOffset;

    /// <summary>Bytes of the file that are in use.</summary>
    public long Bytes { get; private set; }

    /// <summary>What the address of a matrix must be a multiple of.</summary>
    public static int Alignment(TensorType type) => type == TensorType.F32 ? sizeof(float) : sizeof(ushort);

    private LayerWeights Layer(LayerWeightNames names, Interleaver interleaver) => new(
        Norm(names.AttentionNorm), Matrix(names.Query, interleaver), Matrix(names.Key, interleaver), Matrix(names.Value, interleaver),
        NormOrNone(names.QueryNorm), NormOrNone(names.KeyNorm), Matrix(names.Output, interleaver), NormOrNone(names.PostAttentionNorm),
        Norm(names.FeedForwardNorm), Matrix(names.Gate, interleaver), Matrix(names.Up, interleaver), Matrix(names.Down, interleaver),
        NormOrNone(names.PostFeedForwardNorm));

    // Without an interleaver every type stays as it is in the file: rows of an embedding are looked up.
    private ModelMatrix Matrix(string name, Interleaver? interleaver)
    {
        _files.TryGet(name, out ITensorFile file, out TensorInfo tensor);
        int rows = (int)tensor.Shape[0], columns = (int)tensor.Shape[1];
        switch (tensor.Type)
        {
            case TensorType.F32:
                return new(new WeightMatrix(Place(file, tensor), WeightType.Float32, rows, columns));
            case TensorType.F16:
                return new(new WeightMatrix(Place(file, tensor), WeightType.Float16, rows, columns));
            case TensorType.BF16:
                return new(new WeightMatrix(Place(file, tensor), WeightType.BFloat16, rows, columns));
            case TensorType.Q4_0 when interleaver is not null:     // ModelOutline.RearrangedBytes counts these
                Bytes += tensor.Bytes;
                return new(interleaver.Load(file, tensor, _buffers));
            default:
                return new(new QuantisedMatrix(Place(file, tensor), BlockTypeOf(tensor.Type), rows, columns));
        }
    }

    private static BlockType BlockTypeOf(TensorType type) => type switch
    {
        TensorType.Q8_0 => BlockType.Q8_0,
        TensorType.Q4_0 => BlockType.Q4_0,
        TensorType.Q4_1 => BlockType.Q4_1,
        TensorType.Q5_0 => BlockType.Q5_0,
        TensorType.Q5_1 => BlockType.Q5_1,
        TensorType.Q2K => BlockType.Q2K,
        TensorType.Q3K => BlockType.Q3K,
        TensorType.Q4K => BlockType.Q4K,
        TensorType.Q5K => BlockType.Q5K,
        TensorType.Q6K => BlockType.Q6K,
        _ => throw new ModelFileException($"{type.FileName()} is no type of weights."),
    };

    private ArrayView<byte> Place(ITensorFile file, TensorInfo tensor)
    {
        Bytes += tensor.Bytes;
        nint address = file.Pointer(tensor);
        MemoryBuffer buffer = address % Alignment(tensor.Type) == 0
            ? Devices.Wrap(_accelerator, address, tensor.Bytes)
            : Copy(address, tensor.Bytes);
        _buffers.Add(buffer);
        return buffer.AsRawArrayView();
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
