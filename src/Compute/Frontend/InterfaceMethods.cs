using System.Reflection;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Finds the struct's method behind an interface method, instance or static abstract.</summary>
internal static class InterfaceMethods
{
    /// <summary>The implementation, or null when the struct has none of its own.</summary>
    public static MethodInfo? Resolve(MethodInfo method, Type type)
    {
        MethodInfo definition = method.IsGenericMethod ? method.GetGenericMethodDefinition() : method;
        InterfaceMapping map = type.GetInterfaceMap(method.DeclaringType!);
        int index = Array.FindIndex(map.InterfaceMethods, candidate => candidate == definition);
        MethodInfo? target = index < 0 ? null : map.TargetMethods[index];
        if (target is null && !definition.IsAbstract)
            target = definition;    // a default body
        if (target is null)
            return null;
        return method.IsGenericMethod ? target.MakeGenericMethod(method.GetGenericArguments()) : target;
    }
}
