using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;
using ILGPU.Util;

namespace ILGPU.Backends;

/// <summary>The compiler of an accelerator.</summary>
public sealed class Backend : DisposeBase
{
    private readonly Accelerator _accelerator;

    internal Backend(Accelerator accelerator)
    {
        _accelerator = accelerator;
    }

    /// <summary>Gets the context.</summary>
    public Context Context => _accelerator.Context;

    /// <summary>Compiles a kernel.</summary>
    /// <param name="entry">The kernel.</param>
    /// <param name="specialization">What the compiler may assume.</param>
    public CompiledKernel Compile(in EntryPointDescription entry, in KernelSpecialization specialization) => _accelerator.CompileKernel(entry, specialization);
}

/// <summary>Gets at compilers.</summary>
public static class BackendExtensions
{
    /// <summary>Gets the compiler of an accelerator.</summary>
    public static Backend GetBackend(this Accelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return new(accelerator);
    }
}
