namespace ILGPU.Runtime.Cuda;

/// <summary>A generation of NVIDIA devices by its compute capability: 8.0 is sm_80.</summary>
/// <param name="major">The number before the dot.</param>
/// <param name="minor">The number behind the dot.</param>
public readonly struct CudaArchitecture(int major, int minor) : IEquatable<CudaArchitecture>, IComparable<CudaArchitecture>
{
    /// <summary>Volta: V100.</summary>
    public static readonly CudaArchitecture SM_70 = new(7, 0);

    /// <summary>Volta: Xavier.</summary>
    public static readonly CudaArchitecture SM_72 = new(7, 2);

    /// <summary>Turing: T4, RTX 20.</summary>
    public static readonly CudaArchitecture SM_75 = new(7, 5);

    /// <summary>Ampere: A100.</summary>
    public static readonly CudaArchitecture SM_80 = new(8, 0);

    /// <summary>Ampere: A10, RTX 30.</summary>
    public static readonly CudaArchitecture SM_86 = new(8, 6);

    /// <summary>Ampere: Orin.</summary>
    public static readonly CudaArchitecture SM_87 = new(8, 7);

    /// <summary>Ada: L4, L40, RTX 40.</summary>
    public static readonly CudaArchitecture SM_89 = new(8, 9);

    /// <summary>Hopper: H100, H200.</summary>
    public static readonly CudaArchitecture SM_90 = new(9, 0);

    /// <summary>Blackwell: B200.</summary>
    public static readonly CudaArchitecture SM_100 = new(10, 0);

    /// <summary>Blackwell: RTX 50.</summary>
    public static readonly CudaArchitecture SM_120 = new(12, 0);

    /// <summary>Gets the number before the dot.</summary>
    public int Major { get; } = major;

    /// <summary>Gets the number behind the dot.</summary>
    public int Minor { get; } = minor;

    private int Key => Major * 100 + Minor;

    /// <inheritdoc/>
    public int CompareTo(CudaArchitecture other) => Key.CompareTo(other.Key);

    /// <inheritdoc/>
    public bool Equals(CudaArchitecture other) => Key == other.Key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CudaArchitecture other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Key;

    /// <summary>Compares two of them.</summary>
    public static bool operator ==(CudaArchitecture first, CudaArchitecture second) => first.Equals(second);

    /// <summary>Compares two of them.</summary>
    public static bool operator !=(CudaArchitecture first, CudaArchitecture second) => !first.Equals(second);

    /// <summary>Compares two of them.</summary>
    public static bool operator <(CudaArchitecture first, CudaArchitecture second) => first.CompareTo(second) < 0;

    /// <summary>Compares two of them.</summary>
    public static bool operator <=(CudaArchitecture first, CudaArchitecture second) => first.CompareTo(second) <= 0;

    /// <summary>Compares two of them.</summary>
    public static bool operator >(CudaArchitecture first, CudaArchitecture second) => first.CompareTo(second) > 0;

    /// <summary>Compares two of them.</summary>
    public static bool operator >=(CudaArchitecture first, CudaArchitecture second) => first.CompareTo(second) >= 0;

    /// <summary>Gets the name, e.g. "SM_80".</summary>
    public override string ToString() => $"SM_{Major}{Minor}";
}
