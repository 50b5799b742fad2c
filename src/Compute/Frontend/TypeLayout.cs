using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>What a C# type is to the front end.</summary>
internal enum LayoutKind
{
    /// <summary>One register.</summary>
    Scalar,
    /// <summary>ILGPU.ArrayView: a pointer and a length in elements.</summary>
    View,
    /// <summary>The registers of all fields in order.</summary>
    Struct,
    /// <summary>A managed or unmanaged pointer, or a class that only compile-time values can have.</summary>
    Reference,
}

/// <summary>One register of a type and where it lies in memory.</summary>
/// <param name="Type">Register type.</param>
/// <param name="Memory">Form in memory; None for references.</param>
/// <param name="Offset">Bytes from the start of the outermost struct.</param>
internal readonly record struct ScalarLayout(IrType Type, MemoryType Memory, int Offset);

/// <summary>One field: which registers of the struct it takes and where it lies.</summary>
internal sealed record FieldLayout(FieldInfo Field, TypeLayout Layout, int First, int Offset);

/// <summary>How a type splits into registers, and how it lies in memory (sequential or explicit, as the CLR lays out unmanaged structs).</summary>
internal sealed class TypeLayout
{
    private static readonly CodeCache<Type, TypeLayout> s_cache = new(static type => type.IsCollectible);

    private readonly Dictionary<int, FieldLayout> _byToken = [];

    private TypeLayout(Type type, LayoutKind kind, ScalarLayout[] scalars, int size, int alignment)
    {
        Type = type;
        Kind = kind;
        Scalars = scalars;
        Size = size;
        Alignment = alignment;
    }

    public Type Type { get; }

    public LayoutKind Kind { get; }

    public ScalarLayout[] Scalars { get; }

    /// <summary>Number of registers.</summary>
    public int Count => Scalars.Length;

    public FieldLayout[] Fields { get; private init; } = [];

    /// <summary>Bytes of an element in memory.</summary>
    public int Size { get; }

    public int Alignment { get; }

    /// <summary>False when the type holds something that cannot lie in device memory: a view, a reference.</summary>
    public bool IsStorable { get; private init; } = true;

    /// <summary>The element type of a view.</summary>
    public TypeLayout? Element { get; private init; }

    /// <summary>Two fields of the struct share bytes.</summary>
    public bool HasOverlap { get; private init; }

    /// <summary>The struct has elements that are reached by number: an inline array, a fixed buffer, or a field that is one.</summary>
    public bool HasElements { get; private init; }

    public static TypeLayout For(Type type) => s_cache.GetOrAdd(type, Make);

    /// <summary>The layout of a field of this struct.</summary>
    public FieldLayout? Find(FieldInfo field) => _byToken.GetValueOrDefault(field.MetadataToken);

    /// <summary>True for ILGPU.ArrayView, the one struct that the front end treats as a primitive.</summary>
    public static bool IsView(Type type) => type.IsGenericType && type.GetGenericTypeDefinition().FullName == "ILGPU.ArrayView`1";

    private static TypeLayout Make(Type type)
    {
        if (type.IsEnum)
            type = Enum.GetUnderlyingType(type);
        if (type.IsByRef || type.IsPointer || type.IsFunctionPointer || !type.IsValueType)
            return new(type, LayoutKind.Reference, [new(IrType.Ptr, MemoryType.None, 0)], 8, 8) { IsStorable = false };
        if (type == typeof(nint) || type == typeof(nuint))
            return Scalar(type, IrType.I64, MemoryType.I64);
        switch (Type.GetTypeCode(type))
        {
            case TypeCode.Boolean: return Scalar(type, IrType.Bool, MemoryType.U8);
            case TypeCode.SByte: return Scalar(type, IrType.I32, MemoryType.I8);
            case TypeCode.Byte: return Scalar(type, IrType.I32, MemoryType.U8);
            case TypeCode.Int16: return Scalar(type, IrType.I32, MemoryType.I16);
            case TypeCode.UInt16 or TypeCode.Char: return Scalar(type, IrType.I32, MemoryType.U16);
            case TypeCode.Int32 or TypeCode.UInt32: return Scalar(type, IrType.I32, MemoryType.I32);
            case TypeCode.Int64 or TypeCode.UInt64: return Scalar(type, IrType.I64, MemoryType.I64);
            case TypeCode.Single: return Scalar(type, IrType.F32, MemoryType.F32);
            case TypeCode.Double: return Scalar(type, IrType.F64, MemoryType.F64);
        }
        if (IsView(type))
        {
            return new(type, LayoutKind.View, [new(IrType.Ptr, MemoryType.None, 0), new(IrType.I64, MemoryType.I64, 8)], 16, 8)
            {
                IsStorable = false,
                Element = For(type.GetGenericArguments()[0]),
            };
        }
        return MakeStruct(type);
    }

    private static TypeLayout Scalar(Type type, IrType register, MemoryType memory) =>
        new(type, LayoutKind.Scalar, [new(register, memory, 0)], memory.SizeInBytes(), memory.SizeInBytes());

    private static TypeLayout MakeStruct(Type type)
    {
        StructLayoutAttribute? attribute = type.StructLayoutAttribute;
        bool isExplicit = attribute?.Value == System.Runtime.InteropServices.LayoutKind.Explicit;
        int pack = attribute is { Pack: > 0 } ? attribute.Pack : 8;
        var fields = new List<FieldLayout>();
        var scalars = new List<ScalarLayout>();
        var taken = new HashSet<int>();
        int end = 0, alignment = 1;
        bool overlap = false, storable = true;
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).OrderBy(field => field.MetadataToken))
        {
            TypeLayout layout = For(field.FieldType);
            int fieldAlignment = Math.Min(pack, layout.Alignment);
            int offset = isExplicit ? field.GetCustomAttribute<FieldOffsetAttribute>()!.Value : (end + fieldAlignment - 1) / fieldAlignment * fieldAlignment;
            fields.Add(new(field, layout, scalars.Count, offset));
            scalars.AddRange(layout.Scalars.Select(scalar => scalar with { Offset = scalar.Offset + offset }));
            for (int i = 0; i < layout.Size; i++)
                overlap |= !taken.Add(offset + i);
            end = Math.Max(end, offset + layout.Size);
            alignment = Math.Max(alignment, fieldAlignment);
            storable &= layout.IsStorable;
        }
        int elements = fields.Count == 1 ? ElementsOf(type, fields[0].Layout) : 1;
        if (elements > 1)
        {
            TypeLayout element = fields[0].Layout;
            for (int i = 1; i < elements; i++)
                scalars.AddRange(element.Scalars.Select(scalar => scalar with { Offset = scalar.Offset + i * element.Size }));
            end = elements * element.Size;
        }
        int size = Math.Max(1, Math.Max((end + alignment - 1) / alignment * alignment, attribute?.Size ?? 0));
        var result = new TypeLayout(type, LayoutKind.Struct, [.. scalars], size, alignment)
        {
            Fields = [.. fields],
            HasOverlap = overlap,
            HasElements = elements > 1 || fields.Exists(field => field.Layout.HasElements),
            IsStorable = storable,
        };
        foreach (FieldLayout field in fields)
            result._byToken[field.Field.MetadataToken] = field;
        return result;
    }

    // The C# compiler gives the type of a fixed buffer its first element as a field, and the size of all.
    private static int ElementsOf(Type type, TypeLayout element) => type.GetCustomAttribute<InlineArrayAttribute>() is { } array ? array.Length
        : type.IsDefined(typeof(UnsafeValueTypeAttribute), inherit: false) && type.StructLayoutAttribute is { } layout ? layout.Size / element.Size
        : 1;
}
