using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Inspection;
using ILGPU;
using ILGPU.Runtime;
using LayoutKind = GemmaIlgpu.Compute.Frontend.LayoutKind;

namespace GemmaIlgpu.Host.Stepping;

/// <summary>Arguments for a kernel that nobody launches: views of numbers that are easy to recognise, and scalars by name.</summary>
/// <param name="accelerator">Where buffers lie.</param>
/// <param name="length">Elements of a view.</param>
/// <param name="given">Values that the user chose, by parameter; for a view, its length.</param>
internal sealed class MadeArguments(Accelerator accelerator, int length, IReadOnlyDictionary<string, string> given) : IDisposable
{
    private const int Width = 8;

    private readonly List<MemoryBuffer> _buffers = [];
    private readonly List<string> _said = [];
    private readonly HashSet<string> _used = [];

    /// <summary>Gets what was made, for people.</summary>
    public string Description => string.Join(", ", _said);

    /// <summary>Makes an argument for each parameter.</summary>
    public object[] Make(IEnumerable<ParameterInfo> parameters)
    {
        object[] arguments = [.. parameters.Select(parameter => Make(parameter.ParameterType, parameter.Name!))];
        return given.Keys.FirstOrDefault(name => !_used.Contains(name)) is { } unknown
            ? throw new UsageException($"The kernel has no parameter '{unknown}'; it has {string.Join(", ", parameters.Select(parameter => parameter.Name))}.")
            : arguments;
    }

    public void Dispose()
    {
        foreach (MemoryBuffer buffer in _buffers)
            buffer.Dispose();
    }

    private object Make(Type type, string name)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(SpecializedValue<>))
            return Activator.CreateInstance(type, Scalar(type.GetGenericArguments()[0], name))!;
        if (type.IsPrimitive || type.IsEnum)
            return Scalar(type, name);
        if (type.Name.StartsWith("ArrayView", StringComparison.Ordinal) && type.IsGenericType)
            return View(type, name);
        if (type.IsValueType)
            return Struct(type, name);
        throw new InputException($"An argument of type {TypeNames.Short(type)} for '{name}' cannot be made up; --host names a method that makes the launch.");
    }

    private object Struct(Type type, string name)
    {
        object made = RuntimeHelpers.GetUninitializedObject(type);
        if (TypeLayout.For(type) is { HasElements: true, Fields: [{ Field.FieldType: { IsPrimitive: true } element }] } layout)
        {
            Fill(made, element, layout.Count);
            _said.Add($"{name} = {TypeNames.Short(element)}[{layout.Count}]");
            return made;
        }
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            string fieldName = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
            field.SetValue(made, Make(field.FieldType, $"{name}.{fieldName}"));
        }
        return made;
    }

    // A fixed buffer or an inline array: as of a view, element i holds i.
    private static void Fill(object made, Type element, int count)
    {
        Array elements = Array.CreateInstance(element, count);
        for (int i = 0; i < count; i++)
            elements.SetValue(element == typeof(bool) ? i > 0 : Convert.ChangeType(i % sbyte.MaxValue, element, CultureInfo.InvariantCulture), i);
        byte[] bytes = new byte[Buffer.ByteLength(elements)];
        Buffer.BlockCopy(elements, 0, bytes, 0, bytes.Length);
        GCHandle pinned = GCHandle.Alloc(made, GCHandleType.Pinned);
        Marshal.Copy(bytes, 0, pinned.AddrOfPinnedObject(), bytes.Length);
        pinned.Free();
    }

    private object Scalar(Type type, string name)
    {
        object value;
        if (given.TryGetValue(name, out string? text))
        {
            _used.Add(name);
            value = Parse(type, name, text);
        }
        else
        {
            value = type.IsEnum ? First(type) : Convert.ChangeType(Guess(type, name), type, CultureInfo.InvariantCulture);
        }
        value = type.IsEnum ? Enum.ToObject(type, value) : value;
        _said.Add($"{name} = {Convert.ToString(value, CultureInfo.InvariantCulture)}");
        return value;
    }

    private static object First(Type type) => Convert.ChangeType(
        Enum.GetValuesAsUnderlyingType(type) is { Length: > 0 } known ? known.GetValue(0)! : 0, Enum.GetUnderlyingType(type), CultureInfo.InvariantCulture);

    private static object Parse(Type type, string name, string text)
    {
        try
        {
            return type.IsEnum ? Convert.ChangeType(Enum.Parse(type, text, ignoreCase: true), Enum.GetUnderlyingType(type), CultureInfo.InvariantCulture)
                : Convert.ChangeType(text.TrimEnd('f', 'F'), type, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or InvalidCastException or ArgumentException)
        {
            throw new UsageException($"--set {name}={text}: '{text}' is no {TypeNames.Short(type)}.");
        }
    }

    // Numbers that fit together: so many elements are rows of so many columns.
    private long Guess(Type type, string name)
    {
        if (type == typeof(float) || type == typeof(double) || type == typeof(bool))
            return 1;
        string lower = name.ToLowerInvariant();
        long guess = Has("width", "column", "cols", "stride", "pitch") ? Math.Min(Width, length) : Has("height", "row") ? Math.Max(1, length / Width) : length;
        return type == typeof(byte) || type == typeof(sbyte) ? Math.Min(guess, sbyte.MaxValue) : type == typeof(short) || type == typeof(ushort) ? Math.Min(guess, short.MaxValue) : guess;

        bool Has(params ReadOnlySpan<string> words)
        {
            foreach (string word in words)
                if (lower.Contains(word, StringComparison.Ordinal))
                    return true;
            return false;
        }
    }

    private object View(Type type, string name)
    {
        int count = length;
        if (given.TryGetValue(name, out string? text))
        {
            _used.Add(name);
            if (!int.TryParse(text, out count) || count < 0)
                throw new UsageException($"--set {name}={text}: of a view the length is chosen, a whole number.");
        }
        Type element = type.GetGenericArguments()[0];
        int rank = type.Name[9] is >= '1' and <= '3' ? type.Name[9] - '0' : 0;
        long x = rank < 2 ? count : Math.Min(Width, count), y = rank < 2 ? 1 : Math.Max(1, count / x);
        _said.Add($"{name} = {TypeNames.Short(element)}[{(rank == 3 ? $"{x}, {y}, 1" : rank == 2 ? $"{x}, {y}" : $"{count}")}]");
        object all = typeof(MadeArguments).GetMethod(nameof(Allocate), BindingFlags.Instance | BindingFlags.NonPublic)!.MakeGenericMethod(element).Invoke(this, BindingFlags.DoNotWrapExceptions, null, [(long)Math.Max(count, x * y)], null)!;
        if (rank == 0)
            return all;
        object extent = rank switch { 1 => new LongIndex1D(count), 2 => new LongIndex2D(x, y), _ => new LongIndex3D(x, y, 1) };
        Type rule = type.GetGenericArguments()[1];
        object stride = rule.GetMethod("FromExtent", [extent.GetType()]) is { } from ? from.Invoke(null, [extent])! : Activator.CreateInstance(rule)!;
        if (rank > 1 && rule.GetMethod("FromExtent", [extent.GetType()]) is null)
            throw new InputException($"A view with the strides {TypeNames.Short(rule)} for '{name}' cannot be made up; --host names a method that makes the launch.");
        return Activator.CreateInstance(type, all, extent, stride)!;
    }

    // Element i holds i, as far as its type goes: whoever looks sees where a value came from, and indices are inside.
    private ArrayView<T> Allocate<T>(long count)
        where T : unmanaged
    {
        MemoryBuffer1D<T, Stride1D.Dense> buffer = accelerator.Allocate1D<T>(Math.Max(1, count));
        _buffers.Add(buffer);
        var data = new T[Math.Max(1, count)];
        TypeLayout layout = TypeLayout.For(typeof(T));
        for (int i = 0; i < data.Length; i++)
            data[i] = layout.Kind == LayoutKind.Scalar ? Number<T>(i) : Filled<T>(layout, i);
        buffer.View.BaseView.CopyFromCPU(data);
        return buffer.View.BaseView.SubView(0, count);
    }

    // Of a struct every number is i.
    private static T Filled<T>(TypeLayout layout, int i)
        where T : unmanaged
    {
        if (typeof(T) == typeof(ILGPU.Half))
            return (T)(object)(ILGPU.Half)(float)i;
        var bytes = new byte[layout.Size];
        foreach (ScalarLayout scalar in layout.Scalars)
        {
            Span<byte> place = bytes.AsSpan(scalar.Offset);
            switch (scalar.Memory)
            {
                case MemoryType.I8 or MemoryType.U8: place[0] = (byte)(scalar.Type == IrType.Bool ? i % 2 : i % 128); break;
                case MemoryType.I16 or MemoryType.U16: MemoryMarshal.Write(place, (short)i); break;
                case MemoryType.I64: MemoryMarshal.Write(place, (long)i); break;
                case MemoryType.F32: MemoryMarshal.Write(place, (float)i); break;
                case MemoryType.F64: MemoryMarshal.Write(place, (double)i); break;
                default: MemoryMarshal.Write(place, i); break;
            }
        }
        return MemoryMarshal.Read<T>(bytes);
    }

    private static T Number<T>(int i)
        where T : unmanaged
    {
        object value = Type.GetTypeCode(typeof(T)) switch
        {
            TypeCode.Boolean => i % 2 == 1,
            TypeCode.SByte => (sbyte)(i % 128),
            TypeCode.Byte => (byte)i,
            TypeCode.Int16 => (short)i,
            TypeCode.UInt16 or TypeCode.Char => (ushort)i,
            TypeCode.UInt32 => (uint)i,
            TypeCode.Int64 => (long)i,
            TypeCode.UInt64 => (ulong)i,
            TypeCode.Single => (float)i,
            TypeCode.Double => (double)i,
            _ => i,
        };
        return value is T number ? number : default;
    }
}
