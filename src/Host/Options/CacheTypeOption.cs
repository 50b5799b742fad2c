using System.CommandLine;
using GemmaIlgpu.Engine.Cache;

namespace GemmaIlgpu.Host.Options;

/// <summary>`--cache-type`, for every verb that has to do with keys and values.</summary>
internal static class CacheTypeOption
{
    public static Option<string> Create()
    {
        Option<string> option = new("--cache-type")
        {
            Description = "How keys and values are stored: f32, which loses nothing, f16 or bf16 in half of the memory, q8 in a quarter.",
            HelpName = "TYPE",
            DefaultValueFactory = _ => "f32",
        };
        option.Validators.Add(result =>
        {
            string? name = result.GetValueOrDefault<string>();
            if (!CacheTypes.Names.Contains(name))
                result.AddError($"--cache-type takes {string.Join(", ", CacheTypes.Names.SkipLast(1))} or {CacheTypes.Names[^1]}, not '{name}'.");
        });
        return option;
    }
}
