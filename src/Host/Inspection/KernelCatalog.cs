using System.Reflection;
using System.Runtime.CompilerServices;

namespace GemmaIlgpu.Host.Inspection;

/// <summary>One kernel with its type arguments filled in.</summary>
/// <param name="Family">The class that launches it: "RmsNorm".</param>
/// <param name="Name">Unique name: "MatMul.VectorKernel&lt;BFloat16Weights&gt;".</param>
/// <param name="Method">What the front end compiles.</param>
internal sealed record KernelEntry(string Family, string Name, MethodInfo Method)
{
    /// <summary>"ArrayView&lt;Single&gt; x_TD, Int32 width".</summary>
    public string Parameters => string.Join(", ", Method.GetParameters().Select(p => $"{TypeNames.Short(p.ParameterType)} {p.Name}"));
}

/// <summary>The kernels of src/Kernels, found by the convention that their names hold "Kernel".</summary>
internal static class KernelCatalog
{
    public static IReadOnlyList<KernelEntry> All { get; } = [.. Find().OrderBy(entry => entry.Name, StringComparer.Ordinal)];

    /// <summary>A family's kernels, or the one named; case does not matter, type arguments may be left out.</summary>
    public static IReadOnlyList<KernelEntry> Named(string name) =>
        [.. All.Where(entry => Same(entry.Family, name) || Same(entry.Name, name) || Same(entry.Name.Split('<')[0], name))];

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<KernelEntry> Find()
    {
        const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        Type[] types = Assembly.Load("GemmaIlgpu.Kernels").GetTypes();
        foreach (Type type in types.Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute))))
        {
            foreach (MethodInfo method in type.GetMethods(Statics))
            {
                if (!method.Name.Contains("Kernel", StringComparison.Ordinal) || method.ReturnType != typeof(void) || method.IsDefined(typeof(CompilerGeneratedAttribute)))
                    continue;
                foreach (MethodInfo concrete in Instances(method, types))
                {
                    string arguments = concrete.IsGenericMethod ? $"<{string.Join(", ", concrete.GetGenericArguments().Select(TypeNames.Short))}>" : "";
                    yield return new KernelEntry(type.Name, $"{type.Name}.{method.Name}{arguments}", concrete);
                }
            }
        }
    }

    // A generic kernel is shown once for each of our structs that its constraints admit.
    private static IEnumerable<MethodInfo> Instances(MethodInfo method, Type[] types)
    {
        if (!method.IsGenericMethodDefinition)
            return [method];
        IEnumerable<IEnumerable<Type>> choices = [[]];
        foreach (Type parameter in method.GetGenericArguments())
        {
            Type[] fitting = [.. types.Where(type => type.IsValueType && !type.IsGenericType && Satisfies(type, parameter))];
            choices = [.. choices.SelectMany(_ => fitting, (chosen, next) => chosen.Append(next))];
        }
        return choices.Select(arguments => method.MakeGenericMethod([.. arguments]));
    }

    private static bool Satisfies(Type type, Type parameter)
    {
        Type[] interfaces = [.. parameter.GetGenericParameterConstraints().Where(constraint => constraint.IsInterface)];
        return interfaces.Length > 0 && interfaces.All(constraint =>
            type.GetInterfaces().Any(candidate => candidate.Name == constraint.Name && candidate.Namespace == constraint.Namespace));
    }
}
