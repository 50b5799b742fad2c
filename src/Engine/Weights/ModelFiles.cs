using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>
/// The checked files of a model, opened without a device: a GGUF file, or a folder with the configuration and the
/// tensors of `model.safetensors` or of the shards named in `model.safetensors.index.json`.
/// </summary>
public sealed class ModelFiles : IDisposable
{
    public const string SingleFileName = "model.safetensors";

    public const string TokenizerFileName = "tokenizer.model";

    public const string GgufExtension = ".gguf";

    private readonly List<ITensorFile> _readers = [];
    private readonly Dictionary<string, (ITensorFile File, TensorInfo Tensor)> _tensors = [];

    private ModelFiles(string location, ModelConfig config, GenerationConfig generation, GgufReader? gguf)
    {
        Location = location;
        Config = config;
        Generation = generation;
        Gguf = gguf;
    }

    /// <summary>The folder, or the GGUF file.</summary>
    public string Location { get; }

    public ModelConfig Config { get; }

    /// <summary>What `generation_config.json` recommends.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>The GGUF file; null for safetensors.</summary>
    public GgufReader? Gguf { get; }

    /// <summary>What norms add to their stored weights: safetensors hold w − 1, GGUF files w.</summary>
    public float NormOffset => Gguf is null ? 1f : 0f;

    /// <summary>Every tensor of every file, in the order of the files.</summary>
    public IReadOnlyList<TensorInfo> Tensors => [.. _readers.SelectMany(reader => reader.Tensors)];

    /// <summary>Names and sizes in bytes of the weight files.</summary>
    public IReadOnlyList<(string Name, long Bytes)> Files =>
        [.. _readers.Select(reader => (Path.GetFileName(reader.FilePath), reader.FileLength))];

    /// <summary>Opens a folder or a GGUF file, checks every header, and checks the weights against the configuration.</summary>
    /// <remarks>A folder without `config.json` that holds one GGUF file stands for that file.</remarks>
    /// <exception cref="ModelFileException">A file is missing, damaged or contradicts another.</exception>
    public static ModelFiles Open(string location)
    {
        if (File.Exists(location))
            return OpenGguf(location);
        if (!Directory.Exists(location))
        {
            throw new ModelFileException(Path.GetExtension(location).Equals(GgufExtension, StringComparison.OrdinalIgnoreCase)
                ? $"There is no file {location}."
                : $"There is no folder {location}. A model is a folder with config.json and model.safetensors, or a GGUF file.");
        }

        if (!File.Exists(Path.Combine(location, ConfigReader.FileName)) && Directory.GetFiles(location, $"*{GgufExtension}") is [string only])
            return OpenGguf(only);

        ModelConfig config = ConfigReader.Read(location, out GenerationConfig generation);
        var files = new ModelFiles(location, config, generation, gguf: null);
        return files.Fill(() =>
        {
            string single = Path.Combine(location, SingleFileName);
            string index = Path.Combine(location, SafetensorsIndex.FileName);
            if (File.Exists(single))
                files.Add(SafetensorsReader.Open(single));
            else if (File.Exists(index))
                files.AddShards(index);
            else
                throw new ModelFileException($"{location} holds neither {SingleFileName} nor {SafetensorsIndex.FileName}.");
        });
    }

    private static ModelFiles OpenGguf(string path)
    {
        GgufReader reader = GgufReader.Open(path);
        try
        {
            ModelConfig config = GgufConfig.Read(reader);
            var files = new ModelFiles(path, config, GenerationConfig.None, reader);
            return files.Fill(() => files.Add(reader));
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor and the file that holds it.</summary>
    public bool TryGet(string name, out ITensorFile file, out TensorInfo tensor)
    {
        bool found = _tensors.TryGetValue(name, out (ITensorFile File, TensorInfo Tensor) entry);
        (file, tensor) = entry;
        return found;
    }

    /// <summary>Reads the tokenizer: the folder's `tokenizer.model` or the GGUF file's own vocabulary; null when there is none.</summary>
    /// <exception cref="ModelFileException">It is damaged, of an unsupported kind, or from another model.</exception>
    public Tokenizer? LoadTokenizer()
    {
        string path = Gguf?.FilePath ?? Path.Combine(Location, TokenizerFileName);
        Tokenizer? tokenizer = Gguf is not null ? GgufVocabulary.Read(Gguf) : File.Exists(path) ? Tokenizer.Load(path) : null;
        return tokenizer is null || tokenizer.VocabularySize <= Config.VocabularySize
            ? tokenizer
            : throw new ModelFileException($"{path} has {tokenizer.VocabularySize} pieces, but the model has {Config.VocabularySize}. Is the tokenizer from another model?");
    }

    private ModelFiles Fill(Action addFiles)
    {
        try
        {
            addFiles();
            WeightMap.Check(Config, this);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void Add(ITensorFile file)
    {
        _readers.Add(file);
        foreach (TensorInfo tensor in file.Tensors)
            _tensors.Add(tensor.Name, (file, tensor));
    }

    private void AddShards(string indexPath)
    {
        SafetensorsIndex index = SafetensorsIndex.Parse(JsonText.ReadFile(indexPath, SafetensorsIndex.MaxBytes), indexPath);
        var readers = new Dictionary<string, SafetensorsReader>();
        foreach (string shard in index.Shards)
        {
            string path = Path.Combine(Location, shard);
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
        foreach (ITensorFile reader in _readers)
            reader.Dispose();
        _readers.Clear();
        _tensors.Clear();
    }
}
