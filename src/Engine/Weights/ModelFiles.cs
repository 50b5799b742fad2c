using GemmaIlgpu.Engine.Configuration;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>
/// The checked files of a model folder, opened without a device: configuration and the tensors of
/// `model.safetensors` or of the shards named in `model.safetensors.index.json`.
/// </summary>
public sealed class ModelFiles : IDisposable
{
    public const string SingleFileName = "model.safetensors";

    private readonly List<SafetensorsReader> _readers = [];
    private readonly Dictionary<string, (SafetensorsReader Reader, TensorInfo Tensor)> _tensors = [];

    private ModelFiles(string directory, ModelConfig config, GenerationConfig generation)
    {
        Directory = directory;
        Config = config;
        Generation = generation;
    }

    public string Directory { get; }

    public ModelConfig Config { get; }

    /// <summary>What `generation_config.json` recommends.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>Every tensor of every file, in the order of the files.</summary>
    public IReadOnlyList<TensorInfo> Tensors => [.. _readers.SelectMany(reader => reader.Tensors)];

    /// <summary>Names and sizes in bytes of the weight files.</summary>
    public IReadOnlyList<(string Name, long Bytes)> Files =>
        [.. _readers.Select(reader => (Path.GetFileName(reader.FilePath), reader.FileLength))];

    /// <summary>Opens the folder, checks every header, and checks the weights against the configuration.</summary>
    /// <exception cref="ModelFileException">A file is missing, damaged or contradicts another.</exception>
    public static ModelFiles Open(string directory)
    {
        if (!System.IO.Directory.Exists(directory))
            throw new ModelFileException($"There is no folder {directory}. A model is a folder with config.json and model.safetensors.");

        ModelConfig config = ConfigReader.Read(directory, out GenerationConfig generation);
        var files = new ModelFiles(directory, config, generation);
        try
        {
            string single = Path.Combine(directory, SingleFileName);
            string index = Path.Combine(directory, SafetensorsIndex.FileName);
            if (File.Exists(single))
                files.AddSingle(single);
            else if (File.Exists(index))
                files.AddShards(index);
            else
                throw new ModelFileException($"{directory} holds neither {SingleFileName} nor {SafetensorsIndex.FileName}.");
            WeightMap.Check(config, files);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor and the file that holds it.</summary>
    public bool TryGet(string name, out SafetensorsReader reader, out TensorInfo tensor)
    {
        bool found = _tensors.TryGetValue(name, out (SafetensorsReader Reader, TensorInfo Tensor) entry);
        (reader, tensor) = entry;
        return found;
    }

    private void AddSingle(string path)
    {
        SafetensorsReader reader = SafetensorsReader.Open(path);
        _readers.Add(reader);
        foreach (TensorInfo tensor in reader.Tensors)
            _tensors.Add(tensor.Name, (reader, tensor));
    }

    private void AddShards(string indexPath)
    {
        SafetensorsIndex index = SafetensorsIndex.Parse(JsonText.ReadFile(indexPath, SafetensorsIndex.MaxBytes), indexPath);
        var readers = new Dictionary<string, SafetensorsReader>();
        foreach (string shard in index.Shards)
        {
            string path = Path.Combine(Directory, shard);
            if (!File.Exists(path))
                throw new ModelFileException($"{indexPath} names {shard}, which is not there. Is the download complete?");
            SafetensorsReader reader = SafetensorsReader.Open(path);
            _readers.Add(reader);
            readers.Add(shard, reader);
        }

        // A shard may hold more than the index names; only what the index names is used.
        foreach ((string name, string shard) in index.ShardOf)
        {
            if (!readers[shard].TryGet(name, out TensorInfo tensor))
                throw new ModelFileException($"{indexPath} says that \"{JsonText.Shorten(name)}\" is in {shard}; it is not.");
            _tensors.Add(name, (readers[shard], tensor));
        }
    }

    public void Dispose()
    {
        foreach (SafetensorsReader reader in _readers)
            reader.Dispose();
        _readers.Clear();
        _tensors.Clear();
    }
}
