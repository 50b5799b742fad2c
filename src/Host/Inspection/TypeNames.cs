namespace GemmaIlgpu.Host.Inspection;

/// <summary>Type names as short as they can be read.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
    };

    /// <summary>"ArrayView&lt;float&gt;" for ILGPU.ArrayView`1[System.Single].</summary>
    public static string Short(Type type)
    {
        if (s_keywords.TryGetValue(type, out string? keyword))
            return keyword;
        if (type.IsByRef || type.IsPointer)
            return Short(type.GetElementType()!) + (type.IsByRef ? "&" : "*");
        if (type.IsArray)
            return Short(type.GetElementType()!) + "[]";
        string name = type.Name.Split('`')[0];
        if (type.IsNested && !type.IsGenericParameter)
            name = $"{type.DeclaringType!.Name.Split('`')[0]}.{name}";
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Short))}>" : name;
    }
}
