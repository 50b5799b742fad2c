using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>The parameters of a launcher delegate: (stream, dimension, arguments) or (dimension, arguments).</summary>
/// <param name="DelegateType">The type of the delegate.</param>
/// <param name="HasStream">Whether the first parameter is a stream.</param>
/// <param name="Parameters">The types of all parameters.</param>
internal sealed record LauncherSignature(Type DelegateType, bool HasStream, Type[] Parameters)
{
    /// <summary>Gets the position of the dimension.</summary>
    public int Dimension => HasStream ? 1 : 0;

    /// <summary>Gets the position of the first argument.</summary>
    public int FirstArgument => Dimension + 1;

    /// <summary>Reads the parameters of a delegate and holds them against the kernel's.</summary>
    /// <param name="kernel">The kernel's name.</param>
    /// <param name="delegateType">The type of the delegate.</param>
    /// <param name="kernelParameters">The types of the kernel's parameters, with the index of implicitly grouped kernels.</param>
    /// <param name="implicitlyGrouped">Whether the first parameter of the kernel is its index.</param>
    /// <exception cref="ArgumentException">The delegate cannot launch the kernel.</exception>
    public static LauncherSignature Read(string kernel, Type delegateType, Type[] kernelParameters, bool implicitlyGrouped)
    {
        MethodInfo invoke = delegateType.GetMethod("Invoke")
            ?? throw new ArgumentException($"{delegateType} is no type of launchers; name a delegate type such as Action<AcceleratorStream, ...>.");
        Type[] types = [.. invoke.GetParameters().Select(parameter => parameter.ParameterType)];
        bool hasStream = types.Length > 0 && types[0] == typeof(AcceleratorStream);
        Type dimension = implicitlyGrouped ? kernelParameters[0] : typeof(KernelConfig);
        Type[] expected =
        [
            .. hasStream ? [typeof(AcceleratorStream)] : Type.EmptyTypes,
            dimension,
            .. implicitlyGrouped ? kernelParameters[1..] : kernelParameters,
        ];
        if (!types.SequenceEqual(expected) || invoke.ReturnType != typeof(void))
        {
            throw new ArgumentException(
                $"A launcher of {kernel} takes ({string.Join(", ", expected.Select(Name))}); the delegate takes ({string.Join(", ", types.Select(Name))}).");
        }

        return new(delegateType, hasStream, types);
    }

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
