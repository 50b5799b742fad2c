using System.Reflection;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Makes IR for a member that is not inlined.</summary>
/// <returns>What the member returns; null for void.</returns>
internal delegate StackValue? Intrinsic(IntrinsicCall call);

/// <summary>A use of a member that becomes operations of the IR.</summary>
/// <param name="Translator">Who asks.</param>
/// <param name="Method">The method or constructor, closed over its type arguments; null for a field.</param>
/// <param name="ResultType">What the C# member gives.</param>
/// <param name="Arguments">The receiver, if any, and the arguments.</param>
internal readonly record struct IntrinsicCall(Translator Translator, MethodBase? Method, Type ResultType, StackValue[] Arguments)
{
    public IrBuilder Ir => Translator.Ir;

    /// <summary>A scalar argument as a number.</summary>
    public IrValue Number(int index) => Translator.Plain(Translator.RequireScalar(Arguments[index]));

    /// <summary>A scalar argument as it is, so that truth values stay Bool.</summary>
    public IrValue Scalar(int index) => Translator.RequireScalar(Arguments[index]);

    /// <summary>The C# type of a parameter, references taken off.</summary>
    public Type ParameterType(int index)
    {
        Type type = Method!.GetParameters()[index].ParameterType;
        return type.IsByRef ? type.GetElementType()! : type;
    }

    /// <summary>The layout of the member's type argument.</summary>
    public TypeLayout TypeArgument(int index = 0) => TypeLayout.For(Method!.GetGenericArguments()[index]);

    public static StackValue Result(IrValue value) => new(value);
}

/// <summary>The members that the front end knows by name: marked ones of the ILGPU API and those of the class library.</summary>
internal static class Intrinsics
{
    private const string Mark = "DeviceIntrinsicAttribute";

    private static readonly CodeCache<MemberInfo, Intrinsic?> s_found = new(static member => member.IsCollectible);
    private static readonly Dictionary<string, Intrinsic> s_marked = [];
    private static readonly Dictionary<string, Intrinsic> s_library = [];

    static Intrinsics()
    {
        DeviceIntrinsics.AddTo(s_marked);
        ViewIntrinsics.AddTo(s_marked);
        AtomicIntrinsics.AddTo(s_marked);
        CudaIntrinsics.AddTo(s_marked);
        MathIntrinsics.AddTo(s_library);
        BitIntrinsics.AddTo(s_library);
        LibraryIntrinsics.AddTo(s_library);
    }

    /// <summary>How to make a member, or null when its C# body is inlined.</summary>
    public static Intrinsic? Find(MemberInfo member) => s_found.GetOrAdd(member, static member =>
    {
        string? mark = MarkOf(member);
        if (mark is not null)
        {
            return s_marked.TryGetValue(mark, out Intrinsic? marked) ? marked
                : call => throw call.Translator.Refuse($"it uses {mark}, which compiled kernels do not have yet", null);
        }
        Type? owner = member.DeclaringType;
        if (owner?.Namespace is null || !(owner.Namespace.StartsWith("System", StringComparison.Ordinal) || owner.Namespace.StartsWith("ILGPU", StringComparison.Ordinal)))
            return null;
        // Library code that asks for this processor's instructions takes its portable path in a kernel.
        if (owner.Namespace.StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal) && member.Name is "get_IsSupported" or "get_IsHardwareAccelerated")
            return static call => new(call.Ir.Bool(false));
        return s_library.GetValueOrDefault($"{(owner.IsGenericType ? owner.GetGenericTypeDefinition() : owner).FullName}.{member.Name}");
    });

    /// <summary>True when a mark of the ILGPU API has operations behind it.</summary>
    public static bool IsKnown(string mark) => s_marked.ContainsKey(mark);

    private static string? MarkOf(MemberInfo member)
    {
        foreach (CustomAttributeData data in member.GetCustomAttributesData())
            if (data.AttributeType.Name == Mark)
                return (string?)data.ConstructorArguments[0].Value;
        return null;
    }
}
