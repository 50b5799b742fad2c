namespace GemmaIlgpu.Compute.Ir;

/// <summary>The type of a value in a register. Narrow integers live in memory only; see <see cref="MemoryType"/>.</summary>
public enum IrType : byte
{
    /// <summary>No value (stores, barriers).</summary>
    Void,
    /// <summary>A truth value: a scalar 0/1, or a lane mask in vector code.</summary>
    Bool,
    /// <summary>32 bits, signedness given by the operation.</summary>
    I32,
    /// <summary>64 bits, signedness given by the operation.</summary>
    I64,
    /// <summary>IEEE binary32.</summary>
    F32,
    /// <summary>IEEE binary64.</summary>
    F64,
    /// <summary>An address in one <see cref="AddressSpace"/>.</summary>
    Ptr,
}

/// <summary>How a value lies in memory. Loads of narrow integers extend to <see cref="IrType.I32"/>, stores truncate.</summary>
public enum MemoryType : byte { None, I8, U8, I16, U16, I32, I64, F32, F64 }

/// <summary>Where a pointer points.</summary>
public enum AddressSpace : byte
{
    /// <summary>Device memory, seen by all groups.</summary>
    Global,
    /// <summary>Memory of one group.</summary>
    Shared,
    /// <summary>Memory of one thread.</summary>
    Local,
    /// <summary>Constant tables compiled into the kernel.</summary>
    Constant,
}

/// <summary>Comparison predicates. On floats the U forms are true when either side is NaN, the others false
/// (except <see cref="Ne"/>, which is true); on integers the U forms compare unsigned.</summary>
public enum ComparePredicate : byte { Eq, Ne, Lt, Le, Gt, Ge, LtU, LeU, GtU, GeU }

/// <summary>Read-modify-write operations on memory.</summary>
public enum AtomicOperation : byte { Add, And, Or, Xor, Min, Max, MinU, MaxU, Exchange }

/// <summary>How a shuffle computes the lane that it reads.</summary>
public enum ShuffleKind : byte { Index, Up, Down, Xor }

/// <summary>How a barrier combines the predicates of its threads.</summary>
public enum BarrierReduction : byte { And, Or, PopCount }

/// <summary>How far a memory fence reaches.</summary>
public enum FenceLevel : byte { Group, Device, System }

/// <summary>What a check of the IR looks at.</summary>
public enum CheckKind : byte { Index, Range, Alignment, Written }

/// <summary>Sizes and correspondences of the types.</summary>
public static class IrTypes
{
    /// <summary>Bytes that a value of this type takes in memory.</summary>
    public static int SizeInBytes(this MemoryType type) => type switch
    {
        MemoryType.I8 or MemoryType.U8 => 1,
        MemoryType.I16 or MemoryType.U16 => 2,
        MemoryType.I32 or MemoryType.F32 => 4,
        MemoryType.I64 or MemoryType.F64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No memory type has that name."),
    };

    /// <summary>The register type that a load from memory gives.</summary>
    public static IrType RegisterType(this MemoryType type) => type switch
    {
        MemoryType.I64 => IrType.I64,
        MemoryType.F32 => IrType.F32,
        MemoryType.F64 => IrType.F64,
        MemoryType.None => IrType.Void,
        _ => IrType.I32,
    };

    /// <summary>True for the two integer register types.</summary>
    public static bool IsInteger(this IrType type) => type is IrType.I32 or IrType.I64;

    /// <summary>True for the two floating-point register types.</summary>
    public static bool IsFloat(this IrType type) => type is IrType.F32 or IrType.F64;
}
