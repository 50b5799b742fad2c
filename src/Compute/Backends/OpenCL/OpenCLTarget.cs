namespace GemmaIlgpu.Compute.Backends.OpenCL;

/// <summary>How threads of a sub-group hand each other values.</summary>
public enum OpenCLShuffles
{
    /// <summary>There are no sub-groups: every thread is a warp of its own.</summary>
    None,

    /// <summary>cl_khr_subgroup_shuffle.</summary>
    Khronos,

    /// <summary>cl_intel_subgroups.</summary>
    Intel,

    /// <summary>Sub-groups without shuffles: values travel through local memory.</summary>
    LocalMemory,
}

/// <summary>What the compiler must know of a device.</summary>
public sealed record OpenCLTarget
{
    /// <summary>OpenCL C 1.2 with double precision and 64-bit atomics, without sub-groups: what is shown when no device is named.</summary>
    public static OpenCLTarget Generic { get; } = new();

    /// <summary>Gets the name for people.</summary>
    public string Name { get; init; } = "OpenCL C 1.2";

    /// <summary>Gets the language version that programs are compiled as, e.g. "CL1.2".</summary>
    public string LanguageVersion { get; init; } = "CL1.2";

    /// <summary>Gets the threads of a sub-group, which is the warp size; 1 without sub-groups.</summary>
    public int WarpSize { get; init; } = 1;

    /// <summary>Gets how threads of a sub-group exchange values.</summary>
    public OpenCLShuffles Shuffles { get; init; }

    /// <summary>Gets whether kernels must ask for the sub-group size, because the device has several (Intel).</summary>
    public bool RequiresSubGroupSize { get; init; }

    /// <summary>Gets whether the device computes in double precision.</summary>
    public bool HasDoubles { get; init; } = true;

    /// <summary>Gets whether the device has 64-bit atomic operations.</summary>
    public bool HasLongAtomics { get; init; } = true;

    /// <summary>Gets whether fences can name a scope (OpenCL C 2.0 and up).</summary>
    public bool HasScopedFences { get; init; }

    /// <summary>Gets whether divisions and square roots of float can be rounded correctly.</summary>
    public bool RoundsDivisions { get; init; } = true;

    /// <summary>Gets whether the elementary functions of float may be the device's fast ones.</summary>
    public bool FastMath { get; init; }

    /// <summary>Gets text put before every program.</summary>
    internal string Preamble { get; init; } = "";

    /// <summary>Gets text put at the start of every kernel.</summary>
    internal string KernelPreamble { get; init; } = "";
}
