using System.Buffers.Binary;
using System.Text.Json;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>The checked header of a safetensors file.</summary>
/// <remarks>
/// Format: 8 bytes N (little endian), N bytes of JSON, then the data. The JSON maps names to
/// {"dtype", "shape", "data_offsets": [begin, end]}, offsets counted from the start of the data; the data must be
/// covered without holes or overlaps. Source: https://github.com/huggingface/safetensors#format.
/// </remarks>
public sealed class SafetensorsHeader
{
    /// <summary>The format's own limit for the JSON part.</summary>
    public const long MaxJsonBytes = 100_000_000;

    private const int MaxRank = 16;

    private SafetensorsHeader(IReadOnlyList<TensorInfo> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The `__metadata__` entries.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Checks the first 8 bytes of a file against its length and returns the length of the JSON part.</summary>
    public static int ReadJsonLength(ReadOnlySpan<byte> firstBytes, long fileLength, string file)
    {
        if (fileLength < 8 || firstBytes.Length < 8)
            throw new ModelFileException($"{file} has {fileLength} bytes; a safetensors file has at least 8. Was the download interrupted?");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(firstBytes);
        if (length > MaxJsonBytes)
            throw new ModelFileException($"{file} claims a header of {length:N0} bytes; the format allows {MaxJsonBytes:N0}. Is it a safetensors file?");
        if ((long)length > fileLength - 8)
            throw new ModelFileException($"{file} claims a header of {length:N0} bytes, but only {fileLength - 8:N0} follow. Was the download interrupted?");
        return (int)length;
    }

    /// <summary>Parses and checks the JSON part.</summary>
    /// <param name="json">The JSON part.</param>
    /// <param name="dataLength">Bytes of the file after the JSON part.</param>
    /// <param name="file">Name for messages.</param>
    public static SafetensorsHeader Parse(ReadOnlyMemory<byte> json, long dataLength, string file)
    {
        string where = $"The header of {file}";
        if (json.IsEmpty || json.Span[0] != (byte)'{')
            throw new ModelFileException($"{where} must start with '{{'. Is it a safetensors file?");

        using JsonDocument document = JsonText.ParseObject(json, where);
        var metadata = new Dictionary<string, string>();
        var tensors = new List<TensorInfo>();
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            string name = JsonText.NameOf(property, where);
            if (name == "__metadata__")
                ReadMetadata(property.Value, metadata, where);
            else
                tensors.Add(ReadTensor(name, property.Value, dataLength, where));
        }

        tensors.Sort(static (a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.Bytes.CompareTo(b.Bytes));
        CheckCoverage(tensors, dataLength, where);
        return new SafetensorsHeader(tensors, metadata);
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata, string where)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new ModelFileException($"{where}: __metadata__ is {JsonText.Describe(element.ValueKind)}; it must be an object of strings.");
        foreach (JsonProperty entry in element.EnumerateObject())
        {
            string name = JsonText.NameOf(entry, where);
            metadata[name] = JsonText.TextOf(entry.Value, $"__metadata__ entry \"{JsonText.Shorten(name)}\"", where);
        }
    }

    private static TensorInfo ReadTensor(string name, JsonElement element, long dataLength, string where)
    {
        string label = $"tensor \"{JsonText.Shorten(name)}\"";
        if (element.ValueKind != JsonValueKind.Object)
            throw new ModelFileException($"{where}: {label} is {JsonText.Describe(element.ValueKind)}; it must be an object with dtype, shape and data_offsets.");

        JsonElement? dtype = null, shape = null, offsets = null;
        foreach (JsonProperty field in element.EnumerateObject())
        {
            string key = JsonText.NameOf(field, where);
            switch (key)
            {
                case "dtype": dtype = field.Value; break;
                case "shape": shape = field.Value; break;
                case "data_offsets": offsets = field.Value; break;
                default: throw new ModelFileException($"{where}: {label} has the unknown field \"{JsonText.Shorten(key)}\".");
            }
        }

        if (dtype is null || shape is null || offsets is null)
        {
            string missing = dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw new ModelFileException($"{where}: {label} has no {missing}.");
        }

        string typeName = JsonText.TextOf(dtype.Value, $"the dtype of {label}", where);
        TensorType type = TensorTypes.Parse(typeName)
            ?? throw new ModelFileException($"{where}: {label} has the dtype \"{JsonText.Shorten(typeName)}\", which is unknown here.");
        long[] sizes = ReadNumbers(shape.Value, MaxRank, $"the shape of {label}", where);
        long[] range = ReadNumbers(offsets.Value, 2, $"data_offsets of {label}", where);
        if (range.Length != 2)
            throw new ModelFileException($"{where}: data_offsets of {label} must be [begin, end].");
        return CheckTensor(name, label, type, sizes, range[0], range[1], dataLength, where);
    }

    private static TensorInfo CheckTensor(
        string name, string label, TensorType type, long[] sizes, long begin, long end, long dataLength, string where)
    {
        long bytes = type.Size();
        foreach (long size in sizes)
        {
            // Zero later in the shape does not excuse an overflow before it.
            if (size != 0 && bytes > long.MaxValue / size)
                throw new ModelFileException($"{where}: {label} has the shape [{string.Join(", ", sizes)}], which is more than any file holds.");
            bytes *= size;
        }

        if (begin > end || end > dataLength)
            throw new ModelFileException($"{where}: {label} lies at bytes {begin} to {end}, but the file has {dataLength} bytes of data. Was the download interrupted?");
        if (end - begin != bytes)
            throw new ModelFileException($"{where}: {label} is {type.FileName()} [{string.Join(", ", sizes)}], which takes {bytes} bytes; its data_offsets span {end - begin}.");
        return new TensorInfo(name, type, sizes, begin, bytes);
    }

    private static long[] ReadNumbers(JsonElement element, int maxCount, string what, string where)
    {
        if (element.ValueKind != JsonValueKind.Array)
            throw new ModelFileException($"{where}: {what} is {JsonText.Describe(element.ValueKind)}; it must be an array of whole numbers.");
        int count = element.GetArrayLength();
        if (count > maxCount)
            throw new ModelFileException($"{where}: {what} has {count} entries; at most {maxCount} are possible.");
        var numbers = new long[count];
        int i = 0;
        foreach (JsonElement entry in element.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Number || !entry.TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw new ModelFileException($"{where}: {what} holds {JsonText.Shorten(entry.GetRawText())}; it must be a whole number from 0 on.");
            i++;
        }

        return numbers;
    }

    private static void CheckCoverage(List<TensorInfo> tensors, long dataLength, string where)
    {
        long covered = 0;
        foreach (TensorInfo tensor in tensors)
        {
            if (tensor.Offset != covered)
            {
                string fault = tensor.Offset < covered ? "overlaps the tensor before it" : "leaves a hole before it";
                throw new ModelFileException($"{where}: tensor \"{JsonText.Shorten(tensor.Name)}\" starts at byte {tensor.Offset} and {fault}; {covered} was expected.");
            }

            covered += tensor.Bytes;
        }

        if (covered != dataLength)
            throw new ModelFileException($"{where} describes {covered} bytes of data; the file has {dataLength}.");
    }
}
