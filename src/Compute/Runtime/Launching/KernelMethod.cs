using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>What a method must be to be a kernel.</summary>
internal static class KernelMethod
{
    /// <summary>Gets the type and method, for people.</summary>
    public static string Name(MethodInfo method) => method.DeclaringType is { } type ? $"{type.Name}.{method.Name}" : method.Name;

    /// <summary>Checks that a method can be a kernel.</summary>
    /// <exception cref="NotSupportedException">It cannot.</exception>
    public static void Check(MethodInfo method, bool implicitlyGrouped)
    {
        string name = Name(method);
        if (method.ReturnType != typeof(void))
            throw new NotSupportedException($"Kernel {name} returns {method.ReturnType.Name}; kernels return nothing.");
        if (method.ContainsGenericParameters)
            throw new NotSupportedException($"Kernel {name} has open type parameters; close them with MakeGenericMethod.");
        if (!method.IsStatic && FieldsOf(method.DeclaringType!).Any())
            throw new NotSupportedException(NeedsAnInstance(method, name));
        ParameterInfo[] parameters = method.GetParameters();
        if (implicitlyGrouped && (parameters.Length == 0 || !typeof(IIndex).IsAssignableFrom(parameters[0].ParameterType)))
            throw new NotSupportedException($"Kernel {name} is loaded as implicitly grouped; its first parameter must be an index such as Index1D.");
        if (parameters.FirstOrDefault(parameter => !parameter.ParameterType.IsValueType) is { } reference)
            throw new NotSupportedException($"Parameter {reference.Name} of kernel {name} is a {reference.ParameterType.Name}; parameters are structures, numbers and views.");
    }

    /// <summary>Gets an instance to call a lambda without captured variables on; null for static methods.</summary>
    public static object? Target(MethodInfo method) =>
        method.IsStatic ? null : RuntimeHelpers.GetUninitializedObject(method.DeclaringType!);

    // The compiler makes a class of what a lambda captures: its fields are the variables.
    private static string NeedsAnInstance(MethodInfo method, string name)
    {
        if (!method.DeclaringType!.Name.StartsWith("<>", StringComparison.Ordinal))
            return $"Kernel {name} is an instance method; make it static, and pass what it needs of the object as arguments.";
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        string[] captured = [.. FieldsOf(method.DeclaringType).Where(field => code.AsSpan().IndexOf(BitConverter.GetBytes(field.MetadataToken)) >= 0).Select(field => field.Name.StartsWith('<') ? "this" : field.Name)];
        string around = method.Name.StartsWith('<') && method.Name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? $" in {method.Name[1..end].Trim('<', '>', '$')}" : "";
        return $"The lambda or local function{around} that is to be a kernel captures {(captured.Length == 0 ? "variables" : captured.Length == 1 ? "the variable" : "the variables")}{(captured.Length == 0 ? "" : " ")}{string.Join(", ", captured)}; make it static, and pass captured values as arguments of the launch.";
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
}
