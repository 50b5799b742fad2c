using System.Reflection;
using System.Runtime.CompilerServices;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Lessons;

namespace GemmaIlgpu.Host.Inspection;

/// <summary>One kernel with its type arguments filled in.</summary>
/// <param name="Family">The class that launches it: "RmsNorm".</param>
/// <param name="Name">Unique name: "MatVecKernels.RowByRowKernel&lt;BFloat16Format, ushort&gt;".</param>
/// <param name="Method">What the front end compiles.</param>
internal sealed record KernelEntry(string Family, string Name, MethodInfo Method)
{
    /// <summary>The name without type arguments.</summary>
    public string SourceName => Name.Split('<')[0];

    /// <summary>"ArrayView&lt;float&gt; x_TD, int width".</summary>
    public string Parameters => string.Join(", ", Method.GetParameters().Select(p => $"{TypeNames.Short(p.ParameterType)} {p.Name}"));
}

/// <summary>The kernels of src/Kernels, found by the convention that their names hold "Kernel".</summary>
internal static class KernelCatalog
{
    public static IReadOnlyList<KernelEntry> All { get; } = [.. Find().OrderBy(entry => entry.Name, StringComparer.Ordinal)];

    /// <summary>The kernels of the lessons, which are found by name and listed with the lessons.</summary>
    public static IReadOnlyList<KernelEntry> OfLessons { get; } =
        [.. LessonKernels.All.Select(method => new KernelEntry(method.DeclaringType!.Name, $"{method.DeclaringType.Name}.{method.Name}", method))];

    /// <summary>A family's kernels, the one called Kernel first, or the one named; case does not matter, type arguments may be left out.</summary>
    public static IReadOnlyList<KernelEntry> Named(string name) =>
        [.. All.Concat(OfLessons).Where(entry => Same(entry.Family, name) || Same(entry.Name, name) || Same(entry.SourceName, name))
            .OrderBy(entry => entry.Method.Name != "Kernel")];

    /// <summary>As <see cref="Named"/>, but at least one.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static IReadOnlyList<KernelEntry> Require(string name) => Named(name) is { Count: > 0 } found
        ? found
        : throw new UsageException($"There is no kernel '{name}'; there are {string.Join(", ", All.Select(entry => entry.Family).Distinct())}.");

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<KernelEntry> Find()
    {
        const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        Type[] types = typeof(WeightMatrix).Assembly.GetTypes();
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

    // A generic kernel is shown once for each choice of our structs that fits its constraints. A format that is, say, an
    // IWeightFormat<ushort> settles the stored type along with itself.
    private static IEnumerable<MethodInfo> Instances(MethodInfo method, Type[] types)
    {
        if (!method.IsGenericMethodDefinition)
            return [method];
        Type[] parameters = method.GetGenericArguments();
        return Bind(parameters, new Type?[parameters.Length], 0, [.. types.Where(type => type.IsValueType).SelectMany(type => Closed(type, types))])
            .Select(arguments => method.MakeGenericMethod(arguments));
    }

    // A struct, or what a generic one with a single parameter becomes with each of the others.
    private static IEnumerable<Type> Closed(Type type, Type[] types)
    {
        if (!type.IsGenericTypeDefinition)
            return [type];
        Type[] parameters = type.GetGenericArguments();
        return parameters.Length > 1 ? [] : Bind(parameters, [null], 0, [.. types.Where(other => other.IsValueType && !other.IsGenericType)])
            .Select(arguments => type.MakeGenericType(arguments));
    }

    // All ways to give the parameters from a place on, those with an interface to satisfy, one of the structs.
    private static IEnumerable<Type[]> Bind(Type[] parameters, Type?[] bound, int place, Type[] structs)
    {
        if (place == parameters.Length)
            return bound.Contains(null) ? [] : [[.. bound.OfType<Type>()]];
        Type[] constraints = [.. parameters[place].GetGenericParameterConstraints().Where(constraint => constraint.IsInterface)];
        return constraints.Length == 0
            ? Bind(parameters, bound, place + 1, structs)
            : structs.Select(type => With(bound, place, type, constraints)).OfType<Type?[]>().SelectMany(next => Bind(parameters, next, place + 1, structs));
    }

    // The arguments with a struct at a place and what its interfaces settle; null if it does not fit.
    private static Type?[]? With(Type?[] bound, int place, Type type, Type[] constraints)
    {
        Type?[] next = [.. bound];
        next[place] = type;
        foreach (Type constraint in constraints)
        {
            Type? offered = type.GetInterfaces().FirstOrDefault(candidate => candidate.Name == constraint.Name && candidate.Namespace == constraint.Namespace);
            if (offered is null)
                return null;
            foreach ((Type wanted, Type given) in constraint.GetGenericArguments().Zip(offered.GetGenericArguments()))
            {
                if (wanted.IsGenericMethodParameter)
                    next[wanted.GenericParameterPosition] = given;
            }
        }
        return next;
    }
}
