using GemmaIlgpu.Engine.Planning;
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

/// <summary>The weights outside the layers: [V, D], [D] and [V, D].</summary>
internal sealed record TableWeights(ModelMatrix Embedding, ArrayView<float> FinalNorm, ModelMatrix Output);

/// <summary>
/// The weights that one device holds: some layers, perhaps the tables. On a processor the matrices are the mapped file itself,
/// with no second copy; only those of Q4_0 are rearranged, which makes decoding half as fast again. Other devices get copies.
/// </summary>
internal sealed class ModelWeights : IDisposable
{
    private readonly Accelerator _accelerator;
    private readonly ModelFiles _files;
    private readonly WeightUpload _upload;
    private readonly List<MemoryBuffer> _buffers = [];

    /// <summary>Puts weights of checked files on a device. The files must stay open as long as this lives.</summary>
    /// <param name="device">The device.</param>
    /// <param name="files">The files.</param>
    /// <param name="share">Which weights.</param>
    /// <param name="loaded">Is told the bytes so far after each layer.</param>
    /// <param name="cancellation">Stops between layers.</param>
    public ModelWeights(OpenDevice device, ModelFiles files, DeviceShare share, Action<long>? loaded, CancellationToken cancellation)
    {
        _accelerator = device.Accelerator;
        _files = files;
        _upload = new WeightUpload(device);
        WeightMap map = WeightMap.For(files.Config, files);
        using Interleaver? interleaver = device.SharesHostMemory ? new Interleaver(_accelerator) : null;
        try
        {
            ModelMatrix embedding = share.HasTables ? Matrix(map.Embedding, null) : default;
            var layers = new List<LayerWeights>();
            foreach (LayerWeightNames names in map.Layers.Skip(share.FirstLayer).Take(share.Layers))
            {
                cancellation.ThrowIfCancellationRequested();
                layers.Add(Layer(names, interleaver));
                loaded?.Invoke(Bytes);
            }

            Layers = layers;
            if (share.HasTables)
                Tables = new TableWeights(embedding, Norm(map.FinalNorm), map.Output == map.Embedding ? embedding : Matrix(map.Output, interleaver));
            loaded?.Invoke(Bytes);
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            _upload.Dispose();
        }
    }

    /// <summary>The layers of this device.</summary>
    public IReadOnlyList<LayerWeights> Layers { get; }

    /// <summary>The tables, if they are here.</summary>
    public TableWeights? Tables { get; }

    /// <summary>What norms add to their weights.</summary>
    public float NormOffset => _files.NormOffset;

    /// <summary>Bytes of the file that are in use.</summary>
    public long Bytes { get; private set; }

    /// <summary>What the address of a matrix must be a multiple of.</summary>
    public static int Alignment(TensorType type) => type == TensorType.F32 ? sizeof(float) : sizeof(ushort);

    private LayerWeights Layer(LayerWeightNames names, Interleaver? interleaver) => new(
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
        MemoryBuffer buffer = _upload.Place(file.Pointer(tensor), tensor.Bytes, Alignment(tensor.Type));
        _buffers.Add(buffer);
        return buffer.AsRawArrayView();
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
