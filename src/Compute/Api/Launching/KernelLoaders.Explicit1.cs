namespace ILGPU.Runtime;

public static partial class KernelLoaders
{
    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1> LoadKernel<T1>(
        this Accelerator accelerator, Action<T1> action)
        where T1 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1>>(Accelerator.MethodOf(action));

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1> LoadKernel<T1>(
        this Accelerator accelerator, Action<T1> action, out KernelInfo? kernelInfo)
        where T1 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1>>(Accelerator.MethodOf(action), KernelSpecialization.Empty, out kernelInfo);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1> LoadKernel<T1>(
        this Accelerator accelerator, Action<T1> action, KernelSpecialization specialization)
        where T1 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1>>(Accelerator.MethodOf(action), specialization);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1> LoadKernel<T1>(
        this Accelerator accelerator, Action<T1> action, KernelSpecialization specialization, out KernelInfo? kernelInfo)
        where T1 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1>>(Accelerator.MethodOf(action), specialization, out kernelInfo);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2> LoadKernel<T1, T2>(
        this Accelerator accelerator, Action<T1, T2> action)
        where T1 : struct
        where T2 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2>>(Accelerator.MethodOf(action));

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2> LoadKernel<T1, T2>(
        this Accelerator accelerator, Action<T1, T2> action, out KernelInfo? kernelInfo)
        where T1 : struct
        where T2 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2>>(Accelerator.MethodOf(action), KernelSpecialization.Empty, out kernelInfo);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2> LoadKernel<T1, T2>(
        this Accelerator accelerator, Action<T1, T2> action, KernelSpecialization specialization)
        where T1 : struct
        where T2 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2>>(Accelerator.MethodOf(action), specialization);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2> LoadKernel<T1, T2>(
        this Accelerator accelerator, Action<T1, T2> action, KernelSpecialization specialization, out KernelInfo? kernelInfo)
        where T1 : struct
        where T2 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2>>(Accelerator.MethodOf(action), specialization, out kernelInfo);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3> LoadKernel<T1, T2, T3>(
        this Accelerator accelerator, Action<T1, T2, T3> action)
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3>>(Accelerator.MethodOf(action));

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3> LoadKernel<T1, T2, T3>(
        this Accelerator accelerator, Action<T1, T2, T3> action, out KernelInfo? kernelInfo)
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3>>(Accelerator.MethodOf(action), KernelSpecialization.Empty, out kernelInfo);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3> LoadKernel<T1, T2, T3>(
        this Accelerator accelerator, Action<T1, T2, T3> action, KernelSpecialization specialization)
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3>>(Accelerator.MethodOf(action), specialization);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3> LoadKernel<T1, T2, T3>(
        this Accelerator accelerator, Action<T1, T2, T3> action, KernelSpecialization specialization, out KernelInfo? kernelInfo)
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3>>(Accelerator.MethodOf(action), specialization, out kernelInfo);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4> LoadKernel<T1, T2, T3, T4>(
        this Accelerator accelerator, Action<T1, T2, T3, T4> action)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4>>(Accelerator.MethodOf(action));

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4> LoadKernel<T1, T2, T3, T4>(
        this Accelerator accelerator, Action<T1, T2, T3, T4> action, out KernelInfo? kernelInfo)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4>>(Accelerator.MethodOf(action), KernelSpecialization.Empty, out kernelInfo);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4> LoadKernel<T1, T2, T3, T4>(
        this Accelerator accelerator, Action<T1, T2, T3, T4> action, KernelSpecialization specialization)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4>>(Accelerator.MethodOf(action), specialization);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4> LoadKernel<T1, T2, T3, T4>(
        this Accelerator accelerator, Action<T1, T2, T3, T4> action, KernelSpecialization specialization, out KernelInfo? kernelInfo)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4>>(Accelerator.MethodOf(action), specialization, out kernelInfo);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5> LoadKernel<T1, T2, T3, T4, T5>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5> action)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5>>(Accelerator.MethodOf(action));

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5> LoadKernel<T1, T2, T3, T4, T5>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5> action, out KernelInfo? kernelInfo)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5>>(Accelerator.MethodOf(action), KernelSpecialization.Empty, out kernelInfo);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5> LoadKernel<T1, T2, T3, T4, T5>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5> action, KernelSpecialization specialization)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5>>(Accelerator.MethodOf(action), specialization);

    /// <summary>Loads an explicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5> LoadKernel<T1, T2, T3, T4, T5>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5> action, KernelSpecialization specialization, out KernelInfo? kernelInfo)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5>>(Accelerator.MethodOf(action), specialization, out kernelInfo);
}
