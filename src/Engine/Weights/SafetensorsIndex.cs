using System.Text.Json;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>`model.safetensors.index.json`: which shard holds which tensor.</summary>
public sealed class SafetensorsIndex
{
    public const string FileName = "model.safetensors.index.json";

    /// <summary>More than any index has: a 27B model's is 50 KB.</summary>
    public const long MaxBytes = 100_000_000;

    private SafetensorsIndex(IReadOnlyDictionary<string, string> shardOf, IReadOnlyList<string> shards)
    {
        ShardOf = shardOf;
        Shards = shards;
    }

    /// <summary>Tensor name to shard file name.</summary>
    public IReadOnlyDictionary<string, string> ShardOf { get; }

    /// <summary>The shard files' names, each once, sorted.</summary>
    public IReadOnlyList<string> Shards { get; }

    /// <summary>Parses and checks an index; shards must be plain names of files beside it.</summary>
    public static SafetensorsIndex Parse(ReadOnlyMemory<byte> json, string file)
    {
        using JsonDocument document = JsonText.ParseObject(json, file);
        if (!document.RootElement.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
            throw new ModelFileException($"{file} must hold an object \"weight_map\" from tensor names to files.");

        var shardOf = new Dictionary<string, string>();
        var shards = new SortedSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string tensor = JsonText.NameOf(entry, file);
            string shard = JsonText.TextOf(entry.Value, $"the shard of \"{JsonText.Shorten(tensor)}\"", file);
            if (!IsPlainFileName(shard))
                throw new ModelFileException($"{file} names the shard \"{JsonText.Shorten(shard)}\"; a shard must be a .safetensors file in the same folder.");
            shardOf.Add(tensor, shard);
            shards.Add(shard);
        }

        if (shardOf.Count == 0)
            throw new ModelFileException($"{file} lists no tensors.");
        return new SafetensorsIndex(shardOf, [.. shards]);
    }

    // A name from a downloaded file must not reach outside the model's folder, on any operating system.
    private static bool IsPlainFileName(string name) =>
        name.Length is > 12 and <= 255
        && name.EndsWith(".safetensors", StringComparison.Ordinal)
        && name[0] != '.'
        && name.All(c => c is not ('/' or '\\' or ':') && !char.IsControl(c));
}
