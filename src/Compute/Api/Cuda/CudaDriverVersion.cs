namespace ILGPU.Runtime.Cuda;

/// <summary>The CUDA version that an installed driver is for.</summary>
public readonly struct CudaDriverVersion : IEquatable<CudaDriverVersion>, IComparable<CudaDriverVersion>
{
    private CudaDriverVersion(int value) => Value = value;

    /// <summary>Gets the version as the driver counts: 1000 · major + 10 · minor.</summary>
    public int Value { get; }

    /// <summary>Gets the number before the dot.</summary>
    public int Major => Value / 1000;

    /// <summary>Gets the number behind the dot.</summary>
    public int Minor => Value % 1000 / 10;

    private int Key => Value;

    /// <summary>Makes a version of its two numbers.</summary>
    public static CudaDriverVersion FromMajorMinor(int major, int minor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(major);
        ArgumentOutOfRangeException.ThrowIfNegative(minor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minor, 99);
        return new(major * 1000 + minor * 10);
    }

    /// <summary>Makes a version of what the driver says.</summary>
    public static CudaDriverVersion FromValue(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return new(value);
    }

    /// <inheritdoc/>
    public int CompareTo(CudaDriverVersion other) => Key.CompareTo(other.Key);

    /// <inheritdoc/>
    public bool Equals(CudaDriverVersion other) => Key == other.Key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CudaDriverVersion other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Key;

    /// <summary>Compares two of them.</summary>
    public static bool operator ==(CudaDriverVersion first, CudaDriverVersion second) => first.Equals(second);

    /// <summary>Compares two of them.</summary>
    public static bool operator !=(CudaDriverVersion first, CudaDriverVersion second) => !first.Equals(second);

    /// <summary>Compares two of them.</summary>
    public static bool operator <(CudaDriverVersion first, CudaDriverVersion second) => first.CompareTo(second) < 0;

    /// <summary>Compares two of them.</summary>
    public static bool operator <=(CudaDriverVersion first, CudaDriverVersion second) => first.CompareTo(second) <= 0;

    /// <summary>Compares two of them.</summary>
    public static bool operator >(CudaDriverVersion first, CudaDriverVersion second) => first.CompareTo(second) > 0;

    /// <summary>Compares two of them.</summary>
    public static bool operator >=(CudaDriverVersion first, CudaDriverVersion second) => first.CompareTo(second) >= 0;

    /// <summary>Gets the version as the driver counts.</summary>
    public static implicit operator int(CudaDriverVersion version) => version.Value;

    /// <summary>Gets the version, e.g. "12.2".</summary>
    public override string ToString() => $"{Major}.{Minor}";
}
