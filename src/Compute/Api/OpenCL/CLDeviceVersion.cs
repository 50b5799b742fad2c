using System.Globalization;

namespace ILGPU.Runtime.OpenCL;

/// <summary>A version of OpenCL.</summary>
/// <param name="major">The first number.</param>
/// <param name="minor">The second number.</param>
public readonly struct CLDeviceVersion(int major, int minor)
{
    /// <summary>OpenCL 1.0.</summary>
    public static readonly CLDeviceVersion CL10 = new(1, 0);

    /// <summary>OpenCL 1.1.</summary>
    public static readonly CLDeviceVersion CL11 = new(1, 1);

    /// <summary>OpenCL 1.2.</summary>
    public static readonly CLDeviceVersion CL12 = new(1, 2);

    /// <summary>OpenCL 2.0.</summary>
    public static readonly CLDeviceVersion CL20 = new(2, 0);

    /// <summary>OpenCL 2.1.</summary>
    public static readonly CLDeviceVersion CL21 = new(2, 1);

    /// <summary>OpenCL 2.2.</summary>
    public static readonly CLDeviceVersion CL22 = new(2, 2);

    /// <summary>OpenCL 3.0.</summary>
    public static readonly CLDeviceVersion CL30 = new(3, 0);

    /// <summary>Gets the first number.</summary>
    public int Major { get; } = major;

    /// <summary>Gets the second number.</summary>
    public int Minor { get; } = minor;

    /// <summary>Compares.</summary>
    public static bool operator <(CLDeviceVersion first, CLDeviceVersion second) =>
        (first.Major, first.Minor).CompareTo((second.Major, second.Minor)) < 0;

    /// <summary>Compares.</summary>
    public static bool operator >(CLDeviceVersion first, CLDeviceVersion second) => second < first;

    /// <summary>Compares.</summary>
    public static bool operator <=(CLDeviceVersion first, CLDeviceVersion second) => !(second < first);

    /// <summary>Compares.</summary>
    public static bool operator >=(CLDeviceVersion first, CLDeviceVersion second) => !(first < second);

    /// <summary>Reads what a device answers: "OpenCL 3.0 and more".</summary>
    /// <param name="expression">The answer.</param>
    /// <param name="version">The version.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string expression, out CLDeviceVersion version)
    {
        version = default;
        string[] words = (expression ?? "").Split(' ');
        if (words.Length < 2 || words[0] != "OpenCL" || words[1].Split('.') is not [var first, var second])
            return false;
        if (!int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            || !int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int minor))
        {
            return false;
        }
        version = new(major, minor);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"OpenCL {Major}.{Minor}";
}
