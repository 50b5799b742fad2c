using System.Text.Json;

namespace GemmaIlgpu.Engine.Configuration;

/// <summary>
/// Typed and range-checked access to the fields of `config.json`; every complaint names field, value and expectation.
/// </summary>
/// <param name="file">Name for messages.</param>
/// <param name="scopes">Objects to look in, the first that has a field wins (text_config before the whole).</param>
internal sealed class ConfigFields(string file, params JsonElement[] scopes)
{
    /// <summary>The value of a field, or null when it is missing or JSON null.</summary>
    public JsonElement? Find(string name)
    {
        foreach (JsonElement scope in scopes)
        {
            if (scope.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
                return value;
        }

        return null;
    }

    /// <summary>Whether a field is there and holds null, which for some fields means "off" and not "default".</summary>
    public bool IsExplicitNull(string name)
    {
        foreach (JsonElement scope in scopes)
        {
            if (scope.TryGetProperty(name, out JsonElement value))
                return value.ValueKind == JsonValueKind.Null;
        }

        return false;
    }

    /// <summary>A whole number in a range; without a default a missing field is an error.</summary>
    public int Int(string name, int low, int high, int? missing = null)
    {
        if (Find(name) is not { } value)
            return missing ?? throw Missing(name, $"a whole number between {low} and {high}");
        return value.ValueKind == JsonValueKind.Number && TryGetWhole(value, out int number) && number >= low && number <= high
            ? number
            : throw Wrong(name, value, $"a whole number between {low} and {high}");
    }

    /// <summary>A number above <paramref name="low"/> and up to <paramref name="high"/>.</summary>
    public double Number(string name, double low, double high, double? missing = null)
    {
        if (Find(name) is not { } value)
            return missing ?? throw Missing(name, $"a number above {low} and up to {high}");
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number > low && number <= high
            ? number
            : throw Wrong(name, value, $"a number above {low} and up to {high}");
    }

    public bool Flag(string name, bool missing) => Find(name) is not { } value
        ? missing
        : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, value, "true or false"),
        };

    public string? Text(string name) => Find(name) is { } value ? JsonText.TextOf(value, name, file) : null;

    /// <summary>An id or a list of ids, each inside the vocabulary; empty when missing.</summary>
    public IReadOnlyList<int> Ids(string name, int vocabulary)
    {
        if (Find(name) is not { } value)
            return [];
        JsonElement[] entries = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Take(65)] : [value];
        string expected = $"an id between 0 and {vocabulary - 1}, or a list of at most 64";
        if (entries.Length > 64)
            throw Wrong(name, value, expected);
        var ids = new List<int>();
        foreach (JsonElement entry in entries)
        {
            if (entry.ValueKind != JsonValueKind.Number || !TryGetWhole(entry, out int id) || id < 0 || id >= vocabulary)
                throw Wrong(name, value, expected);
            if (!ids.Contains(id))
                ids.Add(id);
        }

        return ids;
    }

    /// <summary>An object field as a scope of its own, or null.</summary>
    public ConfigFields? Inner(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Object ? new ConfigFields($"{file}: {name}", value) : throw Wrong(name, value, "an object");
    }

    public ModelFileException Wrong(string name, JsonElement value, string expected) =>
        new($"{file}: {name} is {JsonText.Shorten(value.GetRawText())}; it must be {expected}.");

    public ModelFileException Wrong(string name, string value, string expected) =>
        new($"{file}: {name} is {value}; it must be {expected}.");

    private ModelFileException Missing(string name, string expected) =>
        new($"{file} has no {name}; it must be {expected}.");

    // Some tools write whole numbers as 256.0.
    private static bool TryGetWhole(JsonElement value, out int number)
    {
        if (value.TryGetInt32(out number))
            return true;
        if (!value.TryGetDouble(out double real) || real != Math.Floor(real) || Math.Abs(real) > int.MaxValue)
            return false;
        number = (int)real;
        return true;
    }
}
