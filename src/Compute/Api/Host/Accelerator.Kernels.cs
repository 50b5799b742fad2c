using System.Reflection;

namespace ILGPU.Runtime;

public abstract partial class Accelerator
{
    /// <summary>Loads an explicitly grouped kernel: it has no index parameter and asks <see cref="Group"/> and <see cref="Grid"/>.</summary>
    public Kernel LoadKernel(MethodInfo method) => LoadKernel(method, KernelSpecialization.Empty);

    /// <summary>Loads an explicitly grouped kernel.</summary>
    public Kernel LoadKernel(MethodInfo method, KernelSpecialization specialization) =>
        Load(method, implicitlyGrouped: false, 0, specialization);

    /// <summary>Loads an explicitly grouped kernel.</summary>
    public Kernel LoadKernel(MethodInfo method, KernelSpecialization specialization, out KernelInfo? kernelInfo)
    {
        Kernel kernel = LoadKernel(method, specialization);
        kernelInfo = kernel.Info;
        return kernel;
    }

    /// <summary>Loads an explicitly grouped kernel.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, <see cref="KernelConfig"/>, arguments).</typeparam>
    public TDelegate LoadKernel<TDelegate>(MethodInfo method)
        where TDelegate : Delegate =>
        LoadKernel(method).CreateLauncherDelegate<TDelegate>();

    /// <summary>Loads an explicitly grouped kernel.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, <see cref="KernelConfig"/>, arguments).</typeparam>
    public TDelegate LoadKernel<TDelegate>(MethodInfo method, KernelSpecialization specialization)
        where TDelegate : Delegate =>
        LoadKernel(method, specialization).CreateLauncherDelegate<TDelegate>();

    /// <summary>Loads an explicitly grouped kernel.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, <see cref="KernelConfig"/>, arguments).</typeparam>
    public TDelegate LoadKernel<TDelegate>(MethodInfo method, KernelSpecialization specialization, out KernelInfo? kernelInfo)
        where TDelegate : Delegate =>
        LoadKernel(method, specialization, out kernelInfo).CreateLauncherDelegate<TDelegate>();

    /// <summary>Loads an explicitly grouped kernel.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, <see cref="KernelConfig"/>, arguments).</typeparam>
    /// <typeparam name="TSourceDelegate">A delegate of (arguments).</typeparam>
    public TDelegate LoadKernel<TDelegate, TSourceDelegate>(
        TSourceDelegate methodDelegate,
        KernelSpecialization specialization,
        out KernelInfo? kernelInfo)
        where TDelegate : Delegate
        where TSourceDelegate : Delegate =>
        LoadKernel<TDelegate>(MethodOf(methodDelegate), specialization, out kernelInfo);

    /// <summary>Loads an explicitly grouped kernel.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, <see cref="KernelConfig"/>, arguments).</typeparam>
    /// <typeparam name="TSourceDelegate">A delegate of (arguments).</typeparam>
    public TDelegate LoadKernel<TDelegate, TSourceDelegate>(TSourceDelegate methodDelegate, out KernelInfo? kernelInfo)
        where TDelegate : Delegate
        where TSourceDelegate : Delegate =>
        LoadKernel<TDelegate>(MethodOf(methodDelegate), KernelSpecialization.Empty, out kernelInfo);

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the caller chooses.</summary>
    public Kernel LoadImplicitlyGroupedKernel(MethodInfo method, int customGroupSize) =>
        Load(method, implicitlyGrouped: true, CheckGroupSize(customGroupSize), KernelSpecialization.Empty);

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the caller chooses.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, extent, arguments).</typeparam>
    public TDelegate LoadImplicitlyGroupedKernel<TDelegate>(MethodInfo method, int customGroupSize)
        where TDelegate : Delegate =>
        LoadImplicitlyGroupedKernel(method, customGroupSize).CreateLauncherDelegate<TDelegate>();

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the caller chooses.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, extent, arguments).</typeparam>
    public TDelegate LoadImplicitlyGroupedKernel<TDelegate>(MethodInfo method, int customGroupSize, out KernelInfo? kernelInfo)
        where TDelegate : Delegate
    {
        Kernel kernel = LoadImplicitlyGroupedKernel(method, customGroupSize);
        kernelInfo = kernel.Info;
        return kernel.CreateLauncherDelegate<TDelegate>();
    }

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the caller chooses.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, extent, arguments).</typeparam>
    /// <typeparam name="TSourceDelegate">A delegate of (index, arguments).</typeparam>
    public TDelegate LoadImplicitlyGroupedKernel<TDelegate, TSourceDelegate>(TSourceDelegate methodDelegate, int customGroupSize)
        where TDelegate : Delegate
        where TSourceDelegate : Delegate =>
        LoadImplicitlyGroupedKernel<TDelegate>(MethodOf(methodDelegate), customGroupSize);

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the caller chooses.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, extent, arguments).</typeparam>
    /// <typeparam name="TSourceDelegate">A delegate of (index, arguments).</typeparam>
    public TDelegate LoadImplicitlyGroupedKernel<TDelegate, TSourceDelegate>(
        TSourceDelegate methodDelegate,
        int customGroupSize,
        out KernelInfo? kernelInfo)
        where TDelegate : Delegate
        where TSourceDelegate : Delegate =>
        LoadImplicitlyGroupedKernel<TDelegate>(MethodOf(methodDelegate), customGroupSize, out kernelInfo);

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the accelerator chooses.</summary>
    public Kernel LoadAutoGroupedKernel(MethodInfo method) =>
        Load(method, implicitlyGrouped: true, 0, KernelSpecialization.Empty);

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the accelerator chooses.</summary>
    public Kernel LoadAutoGroupedKernel(MethodInfo method, out KernelInfo? kernelInfo)
    {
        Kernel kernel = LoadAutoGroupedKernel(method);
        kernelInfo = kernel.Info;
        return kernel;
    }

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the accelerator chooses.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, extent, arguments).</typeparam>
    public TDelegate LoadAutoGroupedKernel<TDelegate>(MethodInfo method)
        where TDelegate : Delegate =>
        LoadAutoGroupedKernel(method).CreateLauncherDelegate<TDelegate>();

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the accelerator chooses.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, extent, arguments).</typeparam>
    public TDelegate LoadAutoGroupedKernel<TDelegate>(MethodInfo method, out KernelInfo? kernelInfo)
        where TDelegate : Delegate =>
        LoadAutoGroupedKernel(method, out kernelInfo).CreateLauncherDelegate<TDelegate>();

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the accelerator chooses.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, extent, arguments).</typeparam>
    /// <typeparam name="TSourceDelegate">A delegate of (index, arguments).</typeparam>
    public TDelegate LoadAutoGroupedKernel<TDelegate, TSourceDelegate>(TSourceDelegate methodDelegate, out KernelInfo? kernelInfo)
        where TDelegate : Delegate
        where TSourceDelegate : Delegate =>
        LoadAutoGroupedKernel<TDelegate>(MethodOf(methodDelegate), out kernelInfo);

    /// <summary>Loads a kernel whose first parameter is its index, in groups of a size that the accelerator chooses.</summary>
    /// <typeparam name="TDelegate">A delegate of (stream, extent, arguments).</typeparam>
    /// <typeparam name="TSourceDelegate">A delegate of (index, arguments).</typeparam>
    public TDelegate LoadAutoGroupedKernel<TDelegate, TSourceDelegate>(TSourceDelegate methodDelegate)
        where TDelegate : Delegate
        where TSourceDelegate : Delegate =>
        LoadAutoGroupedKernel<TDelegate>(MethodOf(methodDelegate));

    internal static MethodInfo MethodOf(Delegate methodDelegate)
    {
        ArgumentNullException.ThrowIfNull(methodDelegate);
        return methodDelegate.Method;
    }

    private int CheckGroupSize(int customGroupSize) => customGroupSize >= 1 && customGroupSize <= MaxNumThreadsPerGroup
        ? customGroupSize
        : throw new ArgumentOutOfRangeException(nameof(customGroupSize), $"A group of {customGroupSize} threads was asked for; this accelerator takes 1 to {MaxNumThreadsPerGroup}.");

    private Kernel Load(MethodInfo method, bool implicitlyGrouped, int groupSize, KernelSpecialization specialization)
    {
        ArgumentNullException.ThrowIfNull(method);
        ThrowIfDisposed();
        if (!specialization.IsCompatibleWith(this))
            throw new NotSupportedException($"Groups of {specialization.MaxNumThreadsPerGroup} threads were asked for; {Name} takes {MaxNumThreadsPerGroup}.");
        return LoadKernelCore(method, implicitlyGrouped, groupSize, specialization);
    }
}
