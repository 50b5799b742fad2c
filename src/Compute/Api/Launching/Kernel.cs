using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

/// <summary>A kernel that is loaded on an accelerator.</summary>
public abstract class Kernel : AcceleratorObject
{
    private protected Kernel(Accelerator accelerator, MethodInfo method, KernelSpecialization specialization, KernelInfo? info)
        : base(accelerator, register: false)
    {
        Method = method;
        Specialization = specialization;
        Info = info;
    }

    /// <summary>Gets what is known about the kernel; null if nothing.</summary>
    internal KernelInfo? Info { get; }

    /// <summary>Gets the number of arguments, without the index.</summary>
    public abstract int NumParameters { get; }

    /// <summary>Gets what the compiler assumed.</summary>
    public KernelSpecialization Specialization { get; }

    internal MethodInfo Method { get; }

    /// <summary>Makes a delegate that launches the kernel.</summary>
    /// <typeparam name="TDelegate">
    /// A delegate of (<see cref="AcceleratorStream"/>, dimension, arguments). The stream may be left out, which
    /// means the default stream; the dimension is a <see cref="KernelConfig"/> for explicitly grouped kernels,
    /// otherwise the extent in the type of the kernel's index.
    /// </typeparam>
    public abstract TDelegate CreateLauncherDelegate<TDelegate>()
        where TDelegate : Delegate;

    /// <summary>Launches the kernel; slow, since all arguments are boxed.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="dimension">A <see cref="KernelConfig"/> or the extent.</param>
    /// <param name="args">The arguments, without the index.</param>
    public void Launch<TIndex>(AcceleratorStream stream, TIndex dimension, params object[] args)
        where TIndex : struct, IIndex =>
        LaunchBoxed(stream, dimension, args);

    /// <summary>Launches the kernel; slow, since all arguments are boxed.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="dimension">The extent.</param>
    /// <param name="args">The arguments, without the index.</param>
    public void Launch(AcceleratorStream stream, int dimension, params object[] args) =>
        LaunchBoxed(stream, new Index1D(dimension), args);

    private protected abstract void LaunchBoxed(AcceleratorStream stream, object dimension, object[] args);
}

/// <summary>Gets at the kernels behind launchers.</summary>
public static class KernelUtil
{
    /// <summary>Gets the kernel that a launcher launches.</summary>
    /// <returns>Whether the delegate is a launcher.</returns>
    public static bool TryGetKernel<TDelegate>(this TDelegate kernelDelegate, [NotNullWhen(true)] out Kernel? kernel)
        where TDelegate : Delegate
    {
        ArgumentNullException.ThrowIfNull(kernelDelegate);
        kernel = (kernelDelegate.Target as KernelLauncher)?.Kernel;
        return kernel is not null;
    }

    /// <summary>Gets the kernel that a launcher launches.</summary>
    public static Kernel GetKernel<TDelegate>(this TDelegate kernelDelegate)
        where TDelegate : Delegate =>
        kernelDelegate.TryGetKernel(out Kernel? kernel)
            ? kernel
            : throw new ArgumentException("This delegate was not made by loading a kernel.", nameof(kernelDelegate));

    /// <summary>Gets what the compiler assumed about the kernel that a launcher launches.</summary>
    public static KernelSpecialization GetKernelSpecialization<TDelegate>(this TDelegate kernelDelegate)
        where TDelegate : Delegate =>
        kernelDelegate.GetKernel().Specialization;
}
