using GemmaIlgpu.Kernels;

namespace GemmaIlgpu.Engine.Cache;

/// <summary>The names of cache types.</summary>
public static class CacheTypes
{
    private static readonly (string Name, CacheType Type)[] s_types =
        [("f32", CacheType.Float32), ("f16", CacheType.Float16), ("bf16", CacheType.BFloat16), ("q8", CacheType.Int8)];

    /// <summary>What `--cache-type` takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_types.Select(pair => pair.Name)];

    /// <summary>"bf16" and the like.</summary>
    public static string Name(CacheType type) => s_types.First(pair => pair.Type == type).Name;

    /// <summary>The type of a name.</summary>
    /// <exception cref="InputException">There is no such type.</exception>
    public static CacheType Parse(string name)
    {
        foreach ((string known, CacheType type) in s_types)
        {
            if (known == name)
                return type;
        }

        throw new InputException($"There is no cache type \"{name}\"; known are {string.Join(", ", Names)}.");
    }
}
