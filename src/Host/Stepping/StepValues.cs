using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;
using LayoutKind = GemmaIlgpu.Compute.Frontend.LayoutKind;

namespace GemmaIlgpu.Host.Stepping;

/// <summary>A view as a debugger sees it.</summary>
/// <param name="Element">The type of its elements.</param>
/// <param name="Pointer">The address of the first.</param>
/// <param name="Extents">Indices in each dimension.</param>
/// <param name="Strides">Elements between neighbours in each dimension.</param>
/// <param name="Name">The variable, for people.</param>
internal sealed record ViewValue(Type Element, long Pointer, long[] Extents, long[] Strides, string Name)
{
    public long Length => Extents.Aggregate(1L, (product, extent) => product * extent);

    public int ElementSize => TypeLayout.For(Element).Size;

    /// <summary>The address of an element; a sentence if there is none.</summary>
    public long AddressOf(params ReadOnlySpan<long> index)
    {
        if (index.Length != Extents.Length)
            throw new EvaluationException($"{Name} has {Extents.Length} {(Extents.Length == 1 ? "dimension" : "dimensions")}; {index.Length} indices were given.");
        long place = 0;
        for (int i = 0; i < index.Length; i++)
        {
            if (index[i] < 0 || index[i] >= Extents[i])
                throw new EvaluationException($"Index {string.Join(", ", index.ToArray())} is outside {Name} of length {string.Join(" x ", Extents)}.");
            place += index[i] * Strides[i];
        }
        return Pointer + place * ElementSize;
    }
}

/// <summary>Some elements of a view, one after the other.</summary>
internal sealed record SliceValue(long First, object[] Elements);

/// <summary>What lies in memory that nobody has written yet.</summary>
/// <param name="Name">The element, for people.</param>
internal sealed record UnwrittenValue(string Name);

/// <summary>A fixed buffer or an inline array.</summary>
/// <param name="Elements">Its elements.</param>
/// <param name="Name">The variable, for people.</param>
internal sealed record ElementsValue(object[] Elements, string Name)
{
    /// <summary>An element; a sentence if there is none.</summary>
    public object At(long index) => index >= 0 && index < Elements.Length
        ? Elements[index]
        : throw new EvaluationException($"Index {index} is outside {Name} of length {Elements.Length}.");
}

/// <summary>A struct that is no number and no view.</summary>
internal sealed record StructValue(Type Type, (string Name, object Value)[] Fields);

/// <summary>Makes values of C# types of what lies in registers and memory.</summary>
internal static class StepValues
{
    /// <summary>A value from the bits of its scalars.</summary>
    public static object FromBits(Type type, ReadOnlySpan<long> bits, string name)
    {
        TypeLayout layout = TypeLayout.For(type);
        switch (layout.Kind)
        {
            case LayoutKind.Scalar: return Scalar(type, bits[0]);
            case LayoutKind.View: return new ViewValue(layout.Element!.Type, bits[0], [bits[1]], [1], name);
            case LayoutKind.Reference: throw new EvaluationException($"{name} is a reference, which is not shown.");
        }
        if (type == typeof(ILGPU.Half))
            return (float)BitConverter.UInt16BitsToHalf((ushort)bits[0]);
        if (layout is { HasElements: true, Fields: [var element] } && layout.Count > element.Layout.Count)
        {
            var elements = new object[layout.Count / element.Layout.Count];
            for (int i = 0; i < elements.Length; i++)
                elements[i] = FromBits(element.Field.FieldType, bits.Slice(i * element.Layout.Count, element.Layout.Count), $"{name}[{i}]");
            return new ElementsValue(elements, name);
        }
        var fields = new List<(string Name, object Value)>();
        foreach (FieldLayout field in layout.Fields)
        {
            string fieldName = field.Field.Name.StartsWith('<') ? field.Field.Name[1..field.Field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Field.Name;
            fields.Add((fieldName, FromBits(field.Field.FieldType, bits.Slice(field.First, field.Layout.Count), $"{name}.{fieldName}")));
        }
        return AsView(type, fields, name) is { } view ? view : new StructValue(type, [.. fields]);
    }

    /// <summary>A value that lies in memory.</summary>
    public static unsafe object FromMemory(SteppedMachine machine, Type type, long address, string name)
    {
        TypeLayout layout = TypeLayout.For(type);
        if (!machine.CanRead(address, layout.Size))
            throw new EvaluationException($"{name} is in memory that is not there.");
        if (!Array.Exists(layout.Scalars, scalar => machine.IsWritten(address + scalar.Offset, scalar.Memory.SizeInBytes())))
            return new UnwrittenValue(name);
        var bits = new long[layout.Count];
        for (int i = 0; i < bits.Length; i++)
        {
            byte* place = (byte*)address + layout.Scalars[i].Offset;
            bits[i] = layout.Scalars[i].Memory switch
            {
                MemoryType.I8 => *(sbyte*)place,
                MemoryType.U8 => *place,
                MemoryType.I16 => MemoryMarshal.Read<short>(new(place, 2)),
                MemoryType.U16 => MemoryMarshal.Read<ushort>(new(place, 2)),
                MemoryType.I64 or MemoryType.F64 => MemoryMarshal.Read<long>(new(place, 8)),
                _ => MemoryMarshal.Read<int>(new(place, 4)),
            };
        }
        return FromBits(type, bits, name);
    }

    /// <summary>An element of a view.</summary>
    public static object Element(ThreadScope scope, ViewValue view, params ReadOnlySpan<long> index) =>
        FromMemory(scope.Machine, view.Element, scope.LastAddress = view.AddressOf(index), $"{view.Name}[{string.Join(", ", index.ToArray())}]");

    private static object Scalar(Type type, long bits)
    {
        if (type.IsEnum)
            return Enum.ToObject(type, bits);
        if (type == typeof(nint) || type == typeof(nuint))
            return bits;
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => (bits & 0xFF) != 0,
            TypeCode.SByte => (sbyte)bits,
            TypeCode.Byte => (byte)bits,
            TypeCode.Int16 => (short)bits,
            TypeCode.UInt16 => (ushort)bits,
            TypeCode.Char => (char)bits,
            TypeCode.UInt32 => (uint)bits,
            TypeCode.Int64 => bits,
            TypeCode.UInt64 => (ulong)bits,
            TypeCode.Single => BitConverter.Int32BitsToSingle((int)bits),
            TypeCode.Double => BitConverter.Int64BitsToDouble(bits),
            _ => (int)bits,
        };
    }

    // ArrayView1D to 3D: a view of all memory, an extent and a rule.
    private static ViewValue? AsView(Type type, List<(string Name, object Value)> fields, string name)
    {
        if (!type.IsGenericType || type.Namespace != "ILGPU.Runtime" || fields.Find(field => field.Name == "BaseView").Value is not ViewValue all)
            return null;
        long[] extents = Numbers(fields.Find(field => field.Name == "Extent").Value);
        long[] given = fields.Find(field => field.Name == "Stride").Value is { } stride ? Numbers(stride) : [];
        string rule = type.GetGenericArguments()[^1].Name;
        long[] strides = (rule, extents.Length) switch
        {
            ("Dense", _) => [1],
            ("Infinite", _) => [0],
            ("DenseX", 2) => [1, given[0]],
            ("DenseY", 2) => [given[0], 1],
            ("DenseXY", 3) => [1, given[0], given[1]],
            ("DenseZY", 3) => [given[0], given[1], 1],
            _ => given,
        };
        return strides.Length == extents.Length ? new ViewValue(all.Element, all.Pointer, extents, strides, name) : null;
    }

    private static long[] Numbers(object value) => value switch
    {
        StructValue { Fields: var fields } => [.. fields.SelectMany(field => Numbers(field.Value))],
        _ => [Convert.ToInt64(value, null)],
    };
}
