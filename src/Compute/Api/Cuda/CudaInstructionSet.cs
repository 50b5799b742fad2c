namespace ILGPU.Runtime.Cuda;

/// <summary>A version of the PTX language.</summary>
/// <param name="major">The number before the dot.</param>
/// <param name="minor">The number behind the dot.</param>
public readonly struct CudaInstructionSet(int major, int minor) : IEquatable<CudaInstructionSet>, IComparable<CudaInstructionSet>
{
    /// <summary>CUDA 11.4.</summary>
    public static readonly CudaInstructionSet ISA_74 = new(7, 4);

    /// <summary>CUDA 11.8: the first with Hopper.</summary>
    public static readonly CudaInstructionSet ISA_78 = new(7, 8);

    /// <summary>CUDA 12.0: the first with what only sm_90a has.</summary>
    public static readonly CudaInstructionSet ISA_80 = new(8, 0);

    /// <summary>CUDA 12.8: the first with Blackwell.</summary>
    public static readonly CudaInstructionSet ISA_87 = new(8, 7);

    /// <summary>Gets the number before the dot.</summary>
    public int Major { get; } = major;

    /// <summary>Gets the number behind the dot.</summary>
    public int Minor { get; } = minor;

    private int Key => Major * 100 + Minor;

    /// <inheritdoc/>
    public int CompareTo(CudaInstructionSet other) => Key.CompareTo(other.Key);

    /// <inheritdoc/>
    public bool Equals(CudaInstructionSet other) => Key == other.Key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CudaInstructionSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Key;

    /// <summary>Compares two of them.</summary>
    public static bool operator ==(CudaInstructionSet first, CudaInstructionSet second) => first.Equals(second);

    /// <summary>Compares two of them.</summary>
    public static bool operator !=(CudaInstructionSet first, CudaInstructionSet second) => !first.Equals(second);

    /// <summary>Compares two of them.</summary>
    public static bool operator <(CudaInstructionSet first, CudaInstructionSet second) => first.CompareTo(second) < 0;

    /// <summary>Compares two of them.</summary>
    public static bool operator <=(CudaInstructionSet first, CudaInstructionSet second) => first.CompareTo(second) <= 0;

    /// <summary>Compares two of them.</summary>
    public static bool operator >(CudaInstructionSet first, CudaInstructionSet second) => first.CompareTo(second) > 0;

    /// <summary>Compares two of them.</summary>
    public static bool operator >=(CudaInstructionSet first, CudaInstructionSet second) => first.CompareTo(second) >= 0;

    /// <summary>Gets the version, e.g. "7.8".</summary>
    public override string ToString() => $"{Major}.{Minor}";
}
