using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;

namespace ILGPU.Runtime;

public abstract partial class Accelerator
{
    /// <summary>Compiles a kernel without loading it.</summary>
    public CompiledKernel CompileKernel(in EntryPointDescription entry) => CompileKernel(entry, KernelSpecialization.Empty);

    /// <summary>Compiles a kernel without loading it.</summary>
    /// <param name="entry">The kernel.</param>
    /// <param name="specialization">What the compiler may assume.</param>
    public CompiledKernel CompileKernel(in EntryPointDescription entry, in KernelSpecialization specialization) =>
        CompiledKernel.Of(Load(entry.MethodSource, entry.IsImplicitlyGrouped, 0, specialization));

    /// <summary>Loads an explicitly grouped kernel: it has no index parameter and asks <see cref="Group"/> and <see cref="Grid"/>.</summary>
    public Kernel LoadKernel(CompiledKernel kernel) => Load(kernel, implicitlyGrouped: false, 0);

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the accelerator chooses.</summary>
    public Kernel LoadAutoGroupedKernel(CompiledKernel kernel) => Load(kernel, implicitlyGrouped: true, 0);

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the accelerator chooses.</summary>
    public Kernel LoadAutoGroupedKernel(CompiledKernel kernel, out KernelInfo? kernelInfo)
    {
        Kernel loaded = LoadAutoGroupedKernel(kernel);
        kernelInfo = loaded.Info;
        return loaded;
    }

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the caller chooses.</summary>
    public Kernel LoadImplicitlyGroupedKernel(CompiledKernel kernel, int customGroupSize) => Load(kernel, implicitlyGrouped: true, CheckGroupSize(customGroupSize));

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the caller chooses.</summary>
    public Kernel LoadImplicitlyGroupedKernel(CompiledKernel kernel, int customGroupSize, out KernelInfo? kernelInfo)
    {
        Kernel loaded = LoadImplicitlyGroupedKernel(kernel, customGroupSize);
        kernelInfo = loaded.Info;
        return loaded;
    }

    private Kernel Load(CompiledKernel kernel, bool implicitlyGrouped, int groupSize)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Kernel compiled = kernel.Kernel;
        if (compiled.Accelerator.AcceleratorType != AcceleratorType)
            throw new NotSupportedException($"{compiled.DisplayName} was compiled for {compiled.Accelerator.AcceleratorType}; {Name} is {AcceleratorType}. Compile it with this accelerator.");
        if (compiled.ImplicitlyGrouped != implicitlyGrouped)
            throw new NotSupportedException(implicitlyGrouped
                ? $"{compiled.DisplayName} was compiled as an explicitly grouped kernel; load it with LoadKernel."
                : $"{compiled.DisplayName} was compiled as an implicitly grouped kernel; load it with LoadAutoGroupedKernel or LoadImplicitlyGroupedKernel.");
        return Load(compiled.Method, implicitlyGrouped, groupSize, compiled.Specialization);
    }
}
