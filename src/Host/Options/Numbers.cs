using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GemmaIlgpu.Host.Options;

/// <summary>Options that take a number in a range, with complaints that say which.</summary>
internal static class Numbers
{
    /// <summary>A whole number; null when the option is not given.</summary>
    public static Option<int?> Whole(string name, string description, int low, int high = int.MaxValue) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= low && value <= high)
                    return value;
                return Complain<int?>(result, high == int.MaxValue
                    ? $"{name} takes a whole number of at least {low}, not '{text}'."
                    : $"{name} takes a whole number from {low} to {high}, not '{text}'.");
            },
        };

    /// <summary>Whole numbers separated by commas; an empty list when the option is not given.</summary>
    public static Option<int[]> Wholes(string name, string description, int low, int high = int.MaxValue) =>
        new(name)
        {
            Description = description,
            HelpName = "N,N,…",
            CustomParser = result =>
            {
                List<int> numbers = [];
                foreach (string part in result.Tokens[0].Value.Split(','))
                {
                    if (!int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value < low || value > high)
                        return Complain<int[]>(result, $"{name} takes whole numbers from {low} to {high} separated by commas, not '{part}'.")!;
                    numbers.Add(value);
                }

                return [.. numbers];
            },
        };

    /// <summary>A number with an optional fraction; null when the option is not given.</summary>
    public static Option<float?> Real(string name, string description, float low, float high) =>
        new(name)
        {
            Description = description,
            HelpName = "X",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                // Written so that NaN fails.
                if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= low && value <= high)
                    return value;
                return Complain<float?>(result, string.Create(CultureInfo.InvariantCulture, $"{name} takes a number from {low} to {high}, not '{text}'."));
            },
        };

    /// <summary>A seed: any 64-bit number without a sign.</summary>
    public static Option<ulong?> Seed(string description) =>
        new("--seed")
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
                    ? value
                    : Complain<ulong?>(result, $"--seed takes a whole number from 0 to {ulong.MaxValue}, not '{text}'.");
            },
        };

    /// <summary>A number of bytes: "800MB", "16 GB", "16GiB", or just digits; null when the option is not given.</summary>
    public static Option<long?> Bytes(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "SIZE",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                return ParseBytes(text) ?? Complain<long?>(result, $"{name} takes a size as 800MB, 16GB or 16GiB, not '{text}'.");
            },
        };

    private static long? ParseBytes(string text)
    {
        ReadOnlySpan<(string Name, double Bytes)> units =
        [
            ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1), ("", 1),
        ];
        foreach ((string name, double bytes) in units)
        {
            if (!text.EndsWith(name, StringComparison.OrdinalIgnoreCase))
                continue;
            string number = text[..^name.Length].TrimEnd();
            // Written so that NaN fails.
            return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value * bytes >= 1 && value * bytes <= 1e18
                ? (long)(value * bytes)
                : null;
        }

        return null;
    }

    private static T? Complain<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}
