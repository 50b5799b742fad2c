namespace ILGPU.Runtime;

public abstract partial class Accelerator
{
    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1>(
        Action<T1> action, AcceleratorStream stream, in KernelConfig kernelConfig, T1 arg1)
        where T1 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1>>(action, implicitlyGrouped: false)(stream, kernelConfig, arg1);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1>(
        Action<T1> action, in KernelConfig kernelConfig, T1 arg1)
        where T1 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1>>(action, implicitlyGrouped: false)(DefaultStream, kernelConfig, arg1);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2>(
        Action<T1, T2> action, AcceleratorStream stream, in KernelConfig kernelConfig, T1 arg1, T2 arg2)
        where T1 : struct
        where T2 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2>>(action, implicitlyGrouped: false)(stream, kernelConfig, arg1, arg2);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2>(
        Action<T1, T2> action, in KernelConfig kernelConfig, T1 arg1, T2 arg2)
        where T1 : struct
        where T2 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2>>(action, implicitlyGrouped: false)(DefaultStream, kernelConfig, arg1, arg2);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2, T3>(
        Action<T1, T2, T3> action, AcceleratorStream stream, in KernelConfig kernelConfig, T1 arg1, T2 arg2, T3 arg3)
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2, T3>>(action, implicitlyGrouped: false)(stream, kernelConfig, arg1, arg2, arg3);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2, T3>(
        Action<T1, T2, T3> action, in KernelConfig kernelConfig, T1 arg1, T2 arg2, T3 arg3)
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2, T3>>(action, implicitlyGrouped: false)(DefaultStream, kernelConfig, arg1, arg2, arg3);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2, T3, T4>(
        Action<T1, T2, T3, T4> action, AcceleratorStream stream, in KernelConfig kernelConfig, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4>>(action, implicitlyGrouped: false)(stream, kernelConfig, arg1, arg2, arg3, arg4);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2, T3, T4>(
        Action<T1, T2, T3, T4> action, in KernelConfig kernelConfig, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4>>(action, implicitlyGrouped: false)(DefaultStream, kernelConfig, arg1, arg2, arg3, arg4);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2, T3, T4, T5>(
        Action<T1, T2, T3, T4, T5> action, AcceleratorStream stream, in KernelConfig kernelConfig, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5>>(action, implicitlyGrouped: false)(stream, kernelConfig, arg1, arg2, arg3, arg4, arg5);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2, T3, T4, T5>(
        Action<T1, T2, T3, T4, T5> action, in KernelConfig kernelConfig, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5>>(action, implicitlyGrouped: false)(DefaultStream, kernelConfig, arg1, arg2, arg3, arg4, arg5);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2, T3, T4, T5, T6>(
        Action<T1, T2, T3, T4, T5, T6> action, AcceleratorStream stream, in KernelConfig kernelConfig, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6>>(action, implicitlyGrouped: false)(stream, kernelConfig, arg1, arg2, arg3, arg4, arg5, arg6);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2, T3, T4, T5, T6>(
        Action<T1, T2, T3, T4, T5, T6> action, in KernelConfig kernelConfig, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6>>(action, implicitlyGrouped: false)(DefaultStream, kernelConfig, arg1, arg2, arg3, arg4, arg5, arg6);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2, T3, T4, T5, T6, T7>(
        Action<T1, T2, T3, T4, T5, T6, T7> action, AcceleratorStream stream, in KernelConfig kernelConfig, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7>>(action, implicitlyGrouped: false)(stream, kernelConfig, arg1, arg2, arg3, arg4, arg5, arg6, arg7);

    /// <summary>Loads (once) and launches an explicitly grouped kernel.</summary>
    public void Launch<T1, T2, T3, T4, T5, T6, T7>(
        Action<T1, T2, T3, T4, T5, T6, T7> action, in KernelConfig kernelConfig, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct =>
        CachedLauncher<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7>>(action, implicitlyGrouped: false)(DefaultStream, kernelConfig, arg1, arg2, arg3, arg4, arg5, arg6, arg7);
}
