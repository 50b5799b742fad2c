using System.Numerics;
using System.Reflection;

namespace GemmaIlgpu.Compute.Frontend.Library;

/// <summary>Members of the class library that kernels compile from code of our own, as theirs is for the processor only.</summary>
internal static class LibraryMembers
{
    private static readonly Dictionary<Type, Type> s_owners = new()
    {
        [typeof(Vector2)] = typeof(Vector2Members),
        [typeof(Vector3)] = typeof(Vector3Members),
        [typeof(Vector4)] = typeof(Vector4Members),
    };

    private static readonly Dictionary<string, string> s_operators = new()
    {
        ["op_Addition"] = "Add",
        ["op_Subtraction"] = "Subtract",
        ["op_Multiply"] = "Multiply",
        ["op_Division"] = "Divide",
        ["op_UnaryNegation"] = "Negate",
        ["op_Equality"] = "Equality",
        ["op_Inequality"] = "Inequality",
        [".ctor"] = "Create",
    };

    private static readonly CodeCache<MethodBase, MethodInfo?> s_found = new(static member => member.IsCollectible);

    /// <summary>
    /// The method to compile instead of a member, or null if there is none. It takes the receiver by reference first; a constructor's
    /// gives the value.
    /// </summary>
    public static MethodInfo? Find(MethodBase member) => member.DeclaringType is { } owner && s_owners.ContainsKey(owner) ? s_found.GetOrAdd(member, Look) : null;

    private static MethodInfo? Look(MethodBase member)
    {
        Type owner = member.DeclaringType!;
        string name = member.Name.StartsWith("get_", StringComparison.Ordinal) ? member.Name[4..] : s_operators.GetValueOrDefault(member.Name, member.Name);
        IEnumerable<Type> types = member.GetParameters().Select(parameter => parameter.ParameterType);
        if (!member.IsStatic && !member.IsConstructor)
            types = types.Prepend(owner.MakeByRefType());
        return s_owners[owner].GetMethod(name, BindingFlags.Public | BindingFlags.Static, [.. types]);
    }
}
