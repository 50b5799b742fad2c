using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Model;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Planning;

/// <summary>What of a model decides the memory it takes: its shape, and how each tensor is stored.</summary>
/// <param name="Config">The shape.</param>
/// <param name="Tensors">The tensors that the model uses, in the order of computation.</param>
/// <param name="Pieces">Pieces of its tokenizer; 0 when it has none.</param>
/// <param name="MisalignedBytes">Bytes of matrices that their file places at an address no kernel reads from.</param>
public sealed record ModelOutline(ModelConfig Config, IReadOnlyList<TensorInfo> Tensors, int Pieces, long MisalignedBytes)
{
    /// <summary>The weight types that plans can be made for, from large to small.</summary>
    public static IReadOnlyList<TensorType> WeightTypes { get; } =
    [
        .. Enum.GetValues<TensorType>().Where(BlockFormats.IsWeight).OrderByDescending(type => (double)type.BlockBytes() / type.BlockLength()),
    ];

    /// <summary>Bytes of the weights, as they lie in the file.</summary>
    public long WeightBytes => Tensors.Sum(tensor => tensor.Bytes);

    /// <summary>
    /// Bytes of the matrices that are rearranged while loading, and so are memory of the process instead of mapped file:
    /// all of Q4_0 but the embedding, which comes first.
    /// </summary>
    public long RearrangedBytes => Rearranged.Sum(tensor => tensor.Bytes);

    /// <summary>Bytes of the largest of them, which the rearranging takes once more.</summary>
    public long LargestRearrangedBytes => Rearranged.Select(tensor => tensor.Bytes).DefaultIfEmpty().Max();

    /// <summary>The type that most of the weights have.</summary>
    public TensorType MainType => Tensors.GroupBy(tensor => tensor.Type).MaxBy(group => group.Sum(tensor => tensor.Elements))!.Key;

    /// <summary>The embedding, the final norm and, if it is a table of its own, the output.</summary>
    internal IEnumerable<TensorInfo> TableTensors => Tensors.Take(1).Concat(Tensors.Skip(1 + Config.Layers * TensorsPerLayer));

    private int TensorsPerLayer => (Tensors.Count - (Config.TiedEmbedding ? 2 : 3)) / Config.Layers;

    /// <summary>The tensors of one layer.</summary>
    internal IEnumerable<TensorInfo> LayerTensors(int layer) => Tensors.Skip(1 + layer * TensorsPerLayer).Take(TensorsPerLayer);

    private IEnumerable<TensorInfo> Rearranged => Tensors.Skip(1).Where(tensor => tensor.Type == TensorType.Q4_0);

    /// <summary>The outline of files.</summary>
    /// <exception cref="ModelFileException">Its tokenizer is damaged.</exception>
    public static ModelOutline Of(ModelFiles files) => Of(files, files.LoadTokenizer()?.VocabularySize ?? 0);

    /// <summary>The outline of files whose tokenizer has been read already.</summary>
    public static ModelOutline Of(ModelFiles files, int pieces)
    {
        var tensors = new List<TensorInfo>();
        long misaligned = 0;
        foreach ((string name, _) in WeightMap.For(files.Config, files).RequiredTensors(files.Config))
        {
            files.TryGet(name, out ITensorFile file, out TensorInfo tensor);
            tensors.Add(tensor);
            // A mapping begins at a page, so the place in the file decides.
            if (tensor.Shape.Count > 1 && file.FileOffset(tensor) % ModelWeights.Alignment(tensor.Type) != 0)
                misaligned += tensor.Bytes;
        }

        return new ModelOutline(files.Config, tensors, pieces, misaligned);
    }

    /// <summary>The outline of a model with the weights that `gemma quantize` gives it for a type, and a tokenizer.</summary>
    public static ModelOutline Of(ModelConfig config, TensorType type)
    {
        WeightMap map = WeightMap.ForGguf(config);
        IEnumerable<TensorInfo> tensors = map.RequiredTensors(config).Select(tensor =>
        {
            TensorType stored = ModelConverter.ChooseType(type, tensor.Shape, isTable: tensor.Name == map.Embedding || tensor.Name == map.Output);
            return new TensorInfo(tensor.Name, stored, tensor.Shape, 0, stored.Bytes(tensor.Shape.Aggregate(1L, (product, size) => product * size)));
        });
        return new ModelOutline(config, [.. tensors], config.VocabularySize, MisalignedBytes: 0);
    }
}
