using System.Collections.Concurrent;
using System.Reflection;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>A view as the Debug accelerator looks for it when it names or checks a buffer.</summary>
internal interface IDebugView
{
    /// <summary>Gets the first byte.</summary>
    nint Address { get; }

    /// <summary>Gets the number of bytes.</summary>
    long LengthInBytes { get; }

    /// <summary>Gets the buffer; null for shared and local memory and for views of nothing.</summary>
    MemoryBuffer? Source { get; }
}

/// <summary>Finds the views inside an argument.</summary>
internal static class DebugViews
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = new();

    /// <summary>Finds the views inside an argument, with the names of the fields on the way.</summary>
    /// <param name="value">The argument.</param>
    /// <param name="name">The name of the parameter.</param>
    public static IEnumerable<(string Name, IDebugView View)> In(object? value, string name)
    {
        if (value is IDebugView view)
        {
            yield return (name, view);
            yield break;
        }

        if (value is null)
            yield break;
        foreach (FieldInfo field in s_fields.GetOrAdd(value.GetType(), FieldsWithViews))
        {
            foreach ((string Name, IDebugView View) part in In(field.GetValue(value), $"{name}.{FieldName(field)}"))
                yield return part;
        }
    }

    private static FieldInfo[] FieldsWithViews(Type type) =>
        type.IsPrimitive || type.IsEnum || type.IsPointer
            ? []
            : [.. type.GetFields(AnyInstance).Where(field => HoldsViews(field.FieldType))];

    private static bool HoldsViews(Type type) =>
        typeof(IDebugView).IsAssignableFrom(type)
        || (type is { IsValueType: true, IsPrimitive: false, IsEnum: false } && type.GetFields(AnyInstance).Any(field => field.FieldType != type && HoldsViews(field.FieldType)));

    // <Name>k__BackingField of an automatic property, <Name>P of a primary constructor's parameter.
    private static string FieldName(FieldInfo field) =>
        field.Name is ['<', .. string rest] && rest.IndexOf('>', StringComparison.Ordinal) is > 0 and int end ? rest[..end] : field.Name;
}
