namespace GemmaIlgpu.Host.Inspection;

/// <summary>Type names as short as they can be read.</summary>
internal static class TypeNames
{
    /// <summary>"ArrayView&lt;Single&gt;" for ILGPU.ArrayView`1[System.Single].</summary>
    public static string Short(Type type)
    {
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
