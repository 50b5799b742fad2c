using System.Reflection;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Names of types and methods as a C# programmer writes them, for messages.</summary>
internal static class MethodNames
{
    /// <summary>"Type.Method".</summary>
    public static string Of(MethodBase method)
    {
        string type = method.DeclaringType is null ? "" : Of(method.DeclaringType);
        return method.IsConstructor ? $"new {type}" : $"{type}.{Simple(method)}";
    }

    /// <summary>The method alone; a lambda or local function gets the name of the method around it.</summary>
    public static string Simple(MethodBase method)
    {
        string name = method.Name;
        if (name.StartsWith('<'))
        {
            int close = name.IndexOf('>', StringComparison.Ordinal);
            int local = name.IndexOf("g__", StringComparison.Ordinal);
            int bar = name.IndexOf('|', StringComparison.Ordinal);
            return local > 0 && bar > local ? name[(local + 3)..bar] : $"{name[1..close]} (lambda)";
        }
        return name[(name.LastIndexOf('.') + 1)..];
    }

    /// <summary>A type with its generic arguments.</summary>
    public static string Of(Type type)
    {
        if (type.IsByRef)
            return "ref " + Of(type.GetElementType()!);
        if (type.IsArray)
            return Of(type.GetElementType()!) + "[]";
        if (type == typeof(object))
            return "object";
        string? keyword = Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => null,
            TypeCode.Boolean => "bool",
            TypeCode.SByte => "sbyte",
            TypeCode.Byte => "byte",
            TypeCode.Int16 => "short",
            TypeCode.UInt16 => "ushort",
            TypeCode.Char => "char",
            TypeCode.Int32 => "int",
            TypeCode.UInt32 => "uint",
            TypeCode.Int64 => "long",
            TypeCode.UInt64 => "ulong",
            TypeCode.Single => "float",
            TypeCode.Double => "double",
            TypeCode.Decimal => "decimal",
            TypeCode.String => "string",
            _ => null,
        };
        if (keyword is not null)
            return keyword;
        string name = type.Name;
        if (name.StartsWith('<') && type.DeclaringType is not null)
            return Of(type.DeclaringType);
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }
}
