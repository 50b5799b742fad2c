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

/// <summary>What kernels may do with static fields.</summary>
[Flags]
public enum StaticFieldMode
{
    /// <summary>Read those that cannot change.</summary>
    Default = 0,

    /// <summary>Read those that can change too: the value of the moment in which a kernel is compiled.</summary>
    MutableStaticFields = 1,

    /// <summary>Write them, which does nothing.</summary>
    IgnoreStaticFieldStores = 2,
}

/// <summary>What kernels may do with static arrays.</summary>
public enum ArrayMode
{
    /// <summary>Read those of fields that cannot change.</summary>
    Default = 0,

    /// <summary>Read those of fields that can change too: the elements of the moment in which a kernel is compiled.</summary>
    InlineMutableStaticArrays = 1,
}

/// <summary>What a context keeps for later. Ours keeps all whatever is chosen; a launch means the same either way.</summary>
public enum CachingMode
{
    /// <summary>Kernels and launchers.</summary>
    Default = 0,

    /// <summary>Launchers.</summary>
    NoKernelCaching = 1,

    /// <summary>Kernels.</summary>
    NoLaunchCaching = 2,

    /// <summary>Nothing.</summary>
    Disabled = 3,
}

/// <summary>What a compiled kernel knows of its source. Ours knows lines whatever is chosen.</summary>
public enum DebugSymbolsMode
{
    /// <summary>Lines, if the assembly has symbols.</summary>
    Auto = 0,

    /// <summary>Nothing.</summary>
    Disabled = 1,

    /// <summary>What errors of the host need.</summary>
    Basic = 2,

    /// <summary>Lines.</summary>
    Kernel = 3,

    /// <summary>Lines, and the source beside the code.</summary>
    KernelSourceAnnotations = 4,
}

/// <summary>When host memory is page-locked for copies. Ours locks what is asked for and stages the rest, whatever is chosen.</summary>
public enum PageLockingMode
{
    /// <summary>When asked for.</summary>
    Default = 0,

    /// <summary>When asked for.</summary>
    Auto = 1,

    /// <summary>Always.</summary>
    Aggressive = 2,
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

    /// <summary>Gets what kernels may do with static fields.</summary>
    public StaticFieldMode StaticFieldMode { get; private protected set; }

    /// <summary>Gets what kernels may do with static arrays.</summary>
    public ArrayMode ArrayMode { get; private protected set; }

    /// <summary>Gets what is kept for later.</summary>
    public CachingMode CachingMode { get; private protected set; }

    /// <summary>Gets what kernels know of their source.</summary>
    public DebugSymbolsMode DebugSymbolsMode { get; private protected set; }

    /// <summary>Gets when host memory is page-locked.</summary>
    public PageLockingMode PageLockingMode { get; private protected set; }
}
