namespace GemmaIlgpu.Compute.Api;

/// <summary>
/// Marks a member that a compiled kernel replaces by an operation of its own. The C# body is what the
/// Debug accelerator runs.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Constructor | AttributeTargets.Field)]
internal sealed class DeviceIntrinsicAttribute(string name) : Attribute
{
    /// <summary>Gets the operation's name, "Type.Member", for example <c>Warp.ShuffleXor</c>.</summary>
    public string Name { get; } = name;
}

/// <summary>Marks a method returning nothing whose calls a compiled kernel drops: checks that only the Debug accelerator makes.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DebugOnlyAttribute : Attribute;
