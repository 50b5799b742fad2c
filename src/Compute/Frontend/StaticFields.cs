namespace GemmaIlgpu.Compute.Frontend;

/// <summary>What a kernel may do with static fields.</summary>
[Flags]
public enum StaticFields
{
    /// <summary>Read those that cannot change.</summary>
    Constant = 0,

    /// <summary>Read those that can change; the value is that of the moment in which the kernel is compiled.</summary>
    Mutable = 1,

    /// <summary>The same for fields that hold arrays.</summary>
    MutableArrays = 2,

    /// <summary>Write them, which does nothing.</summary>
    IgnoredStores = 4,
}
