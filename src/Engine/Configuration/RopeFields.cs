namespace GemmaIlgpu.Engine.Configuration;

/// <summary>
/// The RoPE fields of `config.json` in their two spellings: `rope_theta`, `rope_local_base_freq` and `rope_scaling`,
/// or `rope_parameters` (for Gemma 3 with one object for each kind of layer), as newer `transformers` write.
/// </summary>
internal static class RopeFields
{
    private const double MaxBase = 1e12, MaxFactor = 1e4;

    public static (double LocalBase, double GlobalBase, double GlobalScale) Read(ModelFamily family, ConfigFields fields)
    {
        double defaultGlobal = family == ModelFamily.Gemma3 ? 1e6 : 1e4;
        if (fields.Inner("rope_parameters") is { } parameters)
        {
            ConfigFields global = parameters.Inner("full_attention") ?? parameters;
            ConfigFields local = parameters.Inner("sliding_attention") ?? parameters;
            if (ReadScale(local) != 1 && local != parameters)
                throw local.Wrong("factor", $"{ReadScale(local)}", "1 for sliding_attention");
            return (ReadBase(local, "rope_theta", 1e4), ReadBase(global, "rope_theta", defaultGlobal), ReadScale(global));
        }

        double globalBase = ReadBase(fields, "rope_theta", defaultGlobal);
        double localBase = family == ModelFamily.Gemma3 ? ReadBase(fields, "rope_local_base_freq", 1e4) : globalBase;
        double scale = fields.Inner("rope_scaling") is { } scaling ? ReadScale(scaling) : 1;
        if (scale != 1 && family != ModelFamily.Gemma3)
            throw fields.Wrong("rope_scaling", "set", "null: only Gemma 3 scales positions");
        return (localBase, globalBase, scale);
    }

    private static double ReadBase(ConfigFields fields, string name, double missing) => fields.Number(name, 1, MaxBase, missing);

    private static double ReadScale(ConfigFields scaling)
    {
        string type = scaling.Text("rope_type") ?? scaling.Text("type") ?? "default";
        return type switch
        {
            "default" => 1,
            "linear" => scaling.Number("factor", 0, MaxFactor),
            _ => throw scaling.Wrong("rope_type", $"\"{JsonText.Shorten(type)}\"", "linear or default"),
        };
    }
}
