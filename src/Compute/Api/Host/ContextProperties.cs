namespace ILGPU;

/// <summary>How much kernels are optimised.</summary>
public enum OptimizationLevel
{
    /// <summary>The same as <see cref="O0"/>.</summary>
    Debug = 0,

    /// <summary>Little.</summary>
    O0 = Debug,

    /// <summary>The same as <see cref="O1"/>.</summary>
    Release = 1,

    /// <summary>As is usual.</summary>
    O1 = Release,

    /// <summary>Even if it takes longer.</summary>
    O2 = 2,
}

/// <summary>How exact the functions of calculus are.</summary>
public enum MathMode
{
    /// <summary>As exact as the device is by default.</summary>
    Default,

    /// <summary>Fast approximations.</summary>
    Fast,

    /// <summary>Fast approximations in 32 bits, even for 64-bit arguments.</summary>
    Fast32BitOnly,
}

/// <summary>Which calls are inlined.</summary>
public enum InliningMode
{
    /// <summary>As the compiler sees fit.</summary>
    Default = 0,

    /// <summary>All of them.</summary>
    Aggressive = Default,

    /// <summary>Small ones.</summary>
    Conservative = 1,

    /// <summary>None.</summary>
    Disabled = 2,
}

/// <summary>What <see cref="Context.ClearCache"/> forgets.</summary>
public enum ClearCacheMode
{
    /// <summary>What is not in use.</summary>
    Default = 0,

    /// <summary>Everything.</summary>
    Everything = 1,
}

/// <summary>The settings of a context.</summary>
public class ContextProperties
{
    private protected ContextProperties()
    {
    }

    /// <summary>Gets whether assertions in kernels are on.</summary>
    public bool EnableAssertions { get; private protected set; }

    /// <summary>Gets whether profiling markers are on.</summary>
    public bool EnableProfiling { get; private protected set; }

    /// <summary>Gets whether the compiler checks its intermediate code.</summary>
    public bool EnableVerifier { get; private protected set; }

    /// <summary>Gets whether kernels may print.</summary>
    public bool EnableIOOperations { get; private protected set; }

    /// <summary>Gets how much kernels are optimised.</summary>
    public OptimizationLevel OptimizationLevel { get; private protected set; } = OptimizationLevel.Release;

    /// <summary>Gets how exact the functions of <c>XMath</c> are.</summary>
    public MathMode MathMode { get; private protected set; }

    /// <summary>Gets which calls are inlined.</summary>
    public InliningMode InliningMode { get; private protected set; }
}
