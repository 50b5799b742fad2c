using System.Reflection;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>Prints types and members the way the signature list does.</summary>
internal static class SignaturePrinter
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(uint)] = "uint",
        [typeof(ulong)] = "ulong",
        [typeof(byte)] = "byte",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(bool)] = "bool",
        [typeof(string)] = "string",
        [typeof(void)] = "void",
    };

    /// <summary>Gets the namespace and name of a type, as the list's headings have it.</summary>
    public static string Heading(Type type)
    {
        string name = type.Name;
        int arity = name.IndexOf('`', StringComparison.Ordinal);
        if (arity >= 0)
            name = name[..arity];
        Type[] outer = type.DeclaringType?.GetGenericArguments() ?? [];
        string arguments = string.Join(",", type.GetGenericArguments().Skip(outer.Length).Select(Name));
        return $"{(type.DeclaringType is { } parent ? Heading(parent) : type.Namespace)}.{name}{(arguments.Length > 0 ? $"<{arguments}>" : "")}";
    }

    /// <summary>Gets the kind of a type.</summary>
    public static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsValueType ? "struct"
        : type.IsInterface ? "interface"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : "class";

    /// <summary>Prints the members that a type adds; overrides add none.</summary>
    public static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            foreach (string name in Enum.GetNames(type))
                yield return name;
            yield break;
        }

        foreach (ConstructorInfo constructor in type.GetConstructors(Declared & ~BindingFlags.Static))
            yield return $".ctor({Parameters(constructor)})";
        foreach (FieldInfo field in type.GetFields(Declared))
            yield return $"{(field.IsStatic ? "static " : "")}field {Name(field.FieldType)} {field.Name}";
        foreach (PropertyInfo property in type.GetProperties(Declared))
        {
            MethodInfo accessor = property.GetGetMethod() ?? property.GetSetMethod()!;
            if (IsOverride(accessor))
                continue;
            string index = string.Join(",", property.GetIndexParameters().Select(parameter => Name(parameter.ParameterType)));
            string set = property.GetSetMethod() is null ? "" : "set;";
            yield return $"{(accessor.IsStatic ? "static " : "")}{Name(property.PropertyType)} {property.Name}{(index.Length > 0 ? $"[{index}]" : "")} {{get;{set}}}";
        }

        foreach (MethodInfo method in type.GetMethods(Declared))
        {
            bool isAccessor = method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);
            if (isAccessor || IsOverride(method))
                continue;
            string generic = method.IsGenericMethod ? $"<{string.Join(",", method.GetGenericArguments().Select(Name))}>" : "";
            yield return $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
        }
    }

    private static bool IsOverride(MethodInfo method) => method.IsVirtual && method.GetBaseDefinition() != method;

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}"));

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return $"ref {Name(type.GetElementType()!)}";
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        if (type.IsPointer)
            return $"{Name(type.GetElementType()!)}*";
        if (s_keywords.TryGetValue(type, out string? keyword))
            return keyword;
        if (!type.IsGenericType)
            return type.Name;
        string[] own = [.. type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).Select(Name)];
        int arity = type.Name.IndexOf('`', StringComparison.Ordinal);
        string name = arity < 0 ? type.Name : type.Name[..arity];

        // A nested type without arguments of its own prints with those of the type around it.
        if (own.Length == 0)
            own = [.. type.GetGenericArguments().Select(Name)];
        return $"{name}<{string.Join(",", own)}>";
    }
}
