using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.ExceptionServices;
using GemmaIlgpu.Compute.Runtime;
using ILGPU.Backends;

namespace ILGPU.Runtime;

/// <summary>A kernel that is loaded on an accelerator.</summary>
public abstract class Kernel : AcceleratorObject
{
    private readonly KernelInfo? _info;

    private protected Kernel(
        Accelerator accelerator,
        MethodInfo method,
        bool implicitlyGrouped,
        int groupSize,
        KernelSpecialization specialization,
        KernelInfo? info)
        : base(accelerator, register: false)
    {
        KernelMethod.Check(method, implicitlyGrouped);
        Method = method;
        ImplicitlyGrouped = implicitlyGrouped;
        CustomGroupSize = groupSize;
        Parameters = [.. method.GetParameters()];
        DisplayName = KernelMethod.Name(method);
        Specialization = specialization;
        _info = info;
    }

    /// <summary>Gets what the compiler made.</summary>
    public CompiledKernel CompiledKernel => CompiledKernel.Of(this);

    /// <summary>Gets what is known about the kernel; null if nothing.</summary>
    internal virtual KernelInfo? Info => _info;

    /// <summary>Gets the number of arguments, without the index.</summary>
    public int NumParameters => Parameters.Length - (ImplicitlyGrouped ? 1 : 0);

    /// <summary>Gets what the compiler assumed.</summary>
    public KernelSpecialization Specialization { get; }

    internal MethodInfo Method { get; }

    /// <summary>Gets whether the first parameter is the index.</summary>
    internal bool ImplicitlyGrouped { get; }

    /// <summary>Gets the threads of a group that the caller chose; 0 if the accelerator chooses.</summary>
    internal int CustomGroupSize { get; }

    /// <summary>Gets the parameters of the method.</summary>
    internal ParameterInfo[] Parameters { get; }

    /// <summary>Gets the type and method, for people.</summary>
    internal string DisplayName { get; }

    /// <summary>Makes a delegate that launches the kernel.</summary>
    /// <typeparam name="TDelegate">
    /// A delegate of (<see cref="AcceleratorStream"/>, dimension, arguments). The stream may be left out, which
    /// means the default stream; the dimension is a <see cref="KernelConfig"/> for explicitly grouped kernels,
    /// otherwise the extent in the type of the kernel's index.
    /// </typeparam>
    public TDelegate CreateLauncherDelegate<TDelegate>()
        where TDelegate : Delegate =>
        (TDelegate)CreateLauncher(Signature(typeof(TDelegate)));

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

    /// <summary>Makes a delegate that launches the kernel.</summary>
    /// <param name="signature">The type of the delegate and what its parameters are.</param>
    private protected abstract Delegate CreateLauncher(LauncherSignature signature);

    internal void LaunchBoxed(AcceleratorStream stream, object dimension, object[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args.Length != NumParameters)
            throw new ArgumentException($"{DisplayName} takes {NumParameters} arguments; {args.Length} were given.", nameof(args));
        args = [.. args.Zip(Parameters[^args.Length..], Converted)];
        Type[] types = [typeof(AcceleratorStream), dimension.GetType(), .. args.Select(argument => argument.GetType()), typeof(void)];
        try
        {
            CreateLauncher(Signature(Expression.GetDelegateType(types))).DynamicInvoke([stream, dimension, .. args]);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
        }
    }

    // A view of one dimension is taken for one without, as in a call that the C# compiler sees.
    private static object Converted(object argument, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(argument);
        Type from = argument.GetType(), to = parameter.ParameterType;
        MethodInfo? conversion = from == to ? null : from.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Concat(to.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .FirstOrDefault(method => method.Name == "op_Implicit" && method.ReturnType == to && method.GetParameters()[0].ParameterType == from);
        return conversion?.Invoke(null, [argument]) ?? argument;
    }

    private LauncherSignature Signature(Type launcher) =>
        LauncherSignature.Read(DisplayName, launcher, [.. Parameters.Select(parameter => parameter.ParameterType)], ImplicitlyGrouped);
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

    /// <summary>Gets what the compiler made of the kernel that a launcher launches.</summary>
    public static CompiledKernel GetCompiledKernel<TDelegate>(this TDelegate kernelDelegate)
        where TDelegate : Delegate =>
        kernelDelegate.GetKernel().CompiledKernel;

    /// <summary>Gets what is known about the kernel that a launcher launches; null if nothing.</summary>
    public static KernelInfo? GetKernelInfo<TDelegate>(this TDelegate kernelDelegate)
        where TDelegate : Delegate =>
        kernelDelegate.GetKernel().Info;
}
