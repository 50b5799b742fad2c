using System.Globalization;

namespace GemmaIlgpu.Host.Terminal;

/// <summary>Quantities for people, the same on every machine's locale.</summary>
internal static class Quantity
{
    /// <summary>"5.24 GB": decimal units, as disks and memory bandwidths are given.</summary>
    public static string Bytes(long bytes)
    {
        ReadOnlySpan<string> units = ["B", "kB", "MB", "GB", "TB"];
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }
        return Format(value, unit == 0 ? "0" : value < 10 ? "0.00" : value < 100 ? "0.0" : "0") + " " + units[unit];
    }

    /// <summary>"0.35 s", "12 ms".</summary>
    public static string Seconds(TimeSpan time) =>
        time.TotalSeconds < 0.1 ? Format(time.TotalMilliseconds, "0.0") + " ms" : Format(time.TotalSeconds, "0.00") + " s";

    /// <summary>"1,234,567".</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A rate or a ratio to three digits or so.</summary>
    public static string Number(double value) => Format(value, Math.Abs(value) < 10 ? "0.00" : Math.Abs(value) < 1000 ? "0.0" : "#,0");

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
