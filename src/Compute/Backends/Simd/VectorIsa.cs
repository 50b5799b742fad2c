using System.Reflection;
using System.Runtime.Intrinsics;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>The vector types and methods of one width. The three widths have the same method names, so that one emitter
/// serves all.</summary>
internal sealed class VectorIsa
{
    private static readonly VectorIsa s_128 = new(128, typeof(Vector128), typeof(Vector128<>));
    private static readonly VectorIsa s_256 = new(256, typeof(Vector256), typeof(Vector256<>));
    private static readonly VectorIsa s_512 = new(512, typeof(Vector512), typeof(Vector512<>));

    private readonly Type _methods;
    private readonly Type _vector;
    private readonly Dictionary<string, MethodInfo> _found = [];

    private VectorIsa(int bits, Type methods, Type vector) => (Bits, _methods, _vector) = (bits, methods, vector);

    public int Bits { get; }

    /// <summary>Lanes of 32 bits.</summary>
    public int Lanes => Bits / 32;

    public static VectorIsa Of(int bits) => bits switch
    {
        128 => s_128,
        256 => s_256,
        512 => s_512,
        _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "Vectors have 128, 256 or 512 bits."),
    };

    /// <summary>Vector256&lt;element&gt; and its siblings.</summary>
    public Type Vector(Type element) => _vector.MakeGenericType(element);

    /// <summary>The Zero or AllBitsSet property's getter.</summary>
    public MethodInfo Property(string name, Type element) => Vector(element).GetProperty(name)!.GetMethod!;

    /// <summary>The static method of this name whose parameters, its type argument filled in, are just these.</summary>
    public MethodInfo Method(string name, params Type[] parameters)
    {
        string key = name + string.Join(',', parameters.Select(type => type.ToString()));
        lock (_found)
        {
            if (!_found.TryGetValue(key, out MethodInfo? method))
                _found[key] = method = Search(name, parameters) ?? throw new MissingMethodException(_methods.Name, key);
            return method;
        }
    }

    private MethodInfo? Search(string name, Type[] parameters)
    {
        MethodInfo? generic = null;
        foreach (MethodInfo candidate in _methods.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (candidate.Name != name || candidate.GetParameters().Length != parameters.Length)
                continue;
            if (!candidate.IsGenericMethodDefinition)
            {
                if (Matches(candidate, parameters))
                    return candidate;
                continue;
            }
            if (candidate.GetGenericArguments().Length != 1)
                continue;
            Type first = parameters[0];
            Type argument = first.IsPointer ? first.GetElementType()! : first.IsGenericType ? first.GetGenericArguments()[0] : first;
            MethodInfo closed = candidate.MakeGenericMethod(argument);
            if (Matches(closed, parameters))
                generic ??= closed;
        }
        return generic;
    }

    private static bool Matches(MethodInfo method, Type[] parameters) =>
        method.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(parameters);
}
