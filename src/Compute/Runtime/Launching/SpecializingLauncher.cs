using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>What a launcher delegate of a kernel with specialised values is bound to: it finds the kernel for the values at hand.</summary>
internal sealed unsafe class SpecializingLauncher : KernelLauncher
{
    private static readonly MethodInfo s_read = typeof(SpecializingLauncher).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Compile _compile;
    private readonly Lock _compiling = new();
    private Variant[] _variants = [];

    /// <summary>Prepares to launch.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="compile">Compiles the kernel for a set of values and makes its launcher.</param>
    public SpecializingLauncher(Kernel kernel, Compile compile)
        : base(kernel)
    {
        _compile = compile;
        int offset = 0;
        var values = new List<SpecializedParameter>();
        foreach (ParameterInfo parameter in kernel.Parameters.Where(IsSpecialized))
        {
            Type type = parameter.ParameterType.GetGenericArguments()[0];
            var read = s_read.MakeGenericMethod(type).CreateDelegate<Func<nint, object>>();
            values.Add(new(parameter.Position, parameter.ParameterType, type, offset, read));
            offset += SizeOf(type);
        }

        Values = [.. values];
        KeyBytes = offset;
    }

    /// <summary>Compiles a kernel for a set of values.</summary>
    /// <param name="key">The bytes of the values.</param>
    /// <param name="specialized">The values by position in the parameter list.</param>
    /// <returns>The launcher.</returns>
    public delegate Delegate Compile(byte[] key, IReadOnlyDictionary<int, object> specialized);

    /// <summary>Gets the specialised parameters.</summary>
    public SpecializedParameter[] Values { get; }

    /// <summary>Gets the number of bytes of all specialised values.</summary>
    public int KeyBytes { get; }

    /// <summary>Gets whether a parameter is a <see cref="SpecializedValue{T}"/>.</summary>
    public static bool IsSpecialized(ParameterInfo parameter) =>
        parameter.ParameterType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(SpecializedValue<>);

    /// <summary>Gets the launcher for a set of values, compiling the kernel the first time.</summary>
    /// <param name="key">The values, <see cref="KeyBytes"/> bytes.</param>
    public Delegate Select(byte* key)
    {
        var wanted = new ReadOnlySpan<byte>(key, KeyBytes);
        foreach (Variant variant in _variants)
        {
            if (wanted.SequenceEqual(variant.Key))
                return variant.Launcher;
        }

        lock (_compiling)
        {
            Dictionary<int, object> values = Values.ToDictionary(value => value.Position, value => value.Read((nint)key + value.Offset));
            byte[] bytes = wanted.ToArray();
            Delegate launcher = _compile(bytes, values);
            _variants = [.. _variants, new(bytes, launcher)];
            return launcher;
        }
    }

    private static object Read<T>(nint address)
        where T : unmanaged =>
        *(T*)address;

    private static int SizeOf(Type type) =>
        (int)typeof(System.Runtime.CompilerServices.Unsafe).GetMethod("SizeOf")!.MakeGenericMethod(type).Invoke(null, null)!;

    private sealed record Variant(byte[] Key, Delegate Launcher);
}

/// <summary>A specialised parameter.</summary>
/// <param name="Position">Its position in the kernel's parameter list.</param>
/// <param name="WrapperType">The type of the parameter.</param>
/// <param name="Type">The type of the value.</param>
/// <param name="Offset">Where its bytes are in the key.</param>
/// <param name="Read">Boxes the value at an address.</param>
internal sealed record SpecializedParameter(int Position, Type WrapperType, Type Type, int Offset, Func<nint, object> Read);
