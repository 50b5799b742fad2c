namespace GemmaIlgpu.Engine.Weights;

/// <summary>A GGUF file mapped into memory: tensors are read in place, pages come from disk when touched.</summary>
public sealed class GgufReader : ITensorFile
{
    private readonly MappedFile _file;
    private readonly Dictionary<string, TensorInfo> _byName;

    private GgufReader(string path, MappedFile file, GgufHeader header)
    {
        FilePath = path;
        Header = header;
        _file = file;
        _byName = header.Tensors.ToDictionary(tensor => tensor.Name);
    }

    public string FilePath { get; }

    public long FileLength => _file.Length;

    public GgufHeader Header { get; }

    public GgufMetadata Metadata => Header.Metadata;

    public IReadOnlyList<TensorInfo> Tensors => Header.Tensors;

    /// <summary>Opens and checks a file. Only its head is read.</summary>
    /// <exception cref="ModelFileException">The file is missing, unreadable or damaged.</exception>
    public static GgufReader Open(string path)
    {
        MappedFile? file = null;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length == 0)
                throw new ModelFileException($"{path} is empty. Was the download interrupted?");
            file = MappedFile.Map(stream);
            return new GgufReader(path, file, GgufHeader.Parse(file.First(GgufHeader.MaxBytes), file.Length, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            file?.Dispose();
            throw new ModelFileException($"{path} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public bool TryGet(string name, out TensorInfo tensor) => _byName.TryGetValue(name, out tensor!);

    public nint Pointer(TensorInfo tensor) => _file.Pointer(FileOffset(tensor));

    public long FileOffset(TensorInfo tensor) => Header.DataStart + tensor.Offset;

    public void Dispose() => _file.Dispose();
}
