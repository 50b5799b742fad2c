using System.Globalization;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>What PTX is written for: a compute capability and a version of the language.</summary>
/// <param name="Major">Compute capability, before the point.</param>
/// <param name="Minor">Compute capability, behind the point.</param>
/// <param name="Suffix">"a" for what only this architecture has (wgmma on 9.0a), "f" for its family, or nothing.</param>
/// <param name="Isa">Version of PTX, ten times the major plus the minor number: 78 is 7.8.</param>
public sealed record PtxTarget(int Major, int Minor, string Suffix, int Isa)
{
    // The version of PTX that each target came with.
    private static readonly (int Capability, int Isa, int IsaOfSuffix)[] s_known =
    [
        (70, 60, 60), (72, 61, 61), (75, 63, 63), (80, 70, 70), (86, 71, 71), (87, 74, 74), (88, 90, 90), (89, 78, 78),
        (90, 78, 80), (100, 86, 86), (101, 86, 86), (103, 88, 88), (110, 90, 90), (120, 87, 87), (121, 88, 88),
    ];

    // The version of PTX that each CUDA driver brought.
    private static readonly (int Driver, int Isa)[] s_drivers =
    [
        (9000, 60), (9010, 61), (9020, 62), (10000, 63), (10010, 64), (10020, 65), (11000, 70), (11010, 71), (11020, 72), (11030, 73), (11040, 74),
        (11050, 75), (11060, 76), (11070, 77), (11080, 78), (12000, 80), (12010, 81), (12020, 82), (12030, 83), (12040, 84), (12050, 85),
        (12070, 86), (12080, 87), (12090, 88), (13000, 90), (13010, 91),
    ];

    /// <summary>Compute capability, ten times the major plus the minor number.</summary>
    public int Capability => (Major * 10) + Minor;

    /// <summary>Gets the name in a .target line.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"sm_{Capability}{Suffix}");

    /// <summary>Gets the target of a compute capability with the lowest version of PTX that knows it.</summary>
    /// <exception cref="ArgumentException">The device is older than 7.0.</exception>
    public static PtxTarget For(int major, int minor, string suffix = "")
    {
        int capability = (major * 10) + minor;
        if (capability < 70)
            throw new ArgumentException($"Compute capability {major}.{minor} is too old; kernels need 7.0 (Volta) or newer.");
        (int Capability, int Isa, int IsaOfSuffix) known = s_known.LastOrDefault(entry => entry.Capability == capability);
        int isa = known.Capability == 0 ? s_drivers[^1].Isa : suffix.Length > 0 ? known.IsaOfSuffix : known.Isa;
        return new(major, minor, suffix, isa);
    }

    /// <summary>Gets the target of a device as its driver can compile it: with what only this architecture has, if the driver knows it.</summary>
    /// <param name="major">Compute capability, before the point.</param>
    /// <param name="minor">Compute capability, behind the point.</param>
    /// <param name="driver">The driver's version as cuDriverGetVersion gives it: 12040 is 12.4.</param>
    public static PtxTarget ForDevice(int major, int minor, int driver)
    {
        int isa = s_drivers.LastOrDefault(entry => entry.Driver <= driver, s_drivers[0]).Isa;
        PtxTarget plain = For(major, minor);
        if (plain.Capability >= 90 && For(major, minor, "a") is { } full && full.Isa <= isa)
            return full with { Isa = isa };
        return plain with { Isa = Math.Max(plain.Isa, isa) };
    }

    /// <summary>Reads a name such as sm_80 or sm_90a.</summary>
    /// <exception cref="ArgumentException">It is no such name.</exception>
    public static PtxTarget Parse(string name)
    {
        string digits = name.StartsWith("sm_", StringComparison.Ordinal) ? name[3..].TrimEnd('a', 'f') : "";
        string suffix = digits.Length > 0 ? name[(3 + digits.Length)..] : "";
        if (digits.Length is not (2 or 3) || suffix.Length > 1 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int capability))
            throw new ArgumentException($"'{name}' is no target of PTX; write sm_80, sm_90a or the like.");
        if (suffix.Length > 0 && capability < 90)
            throw new ArgumentException($"'{name}' is no target of PTX; a letter follows from sm_90 on.");
        return For(capability / 10, capability % 10, suffix);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
