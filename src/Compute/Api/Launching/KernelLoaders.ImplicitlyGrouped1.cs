namespace ILGPU.Runtime;

public static partial class KernelLoaders
{
    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1> LoadImplicitlyGroupedKernel<TIndex, T1>(
        this Accelerator accelerator, Action<TIndex, T1> action, int customGroupSize)
        where TIndex : struct, IIndex
        where T1 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1>>(Accelerator.MethodOf(action), customGroupSize);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1> LoadImplicitlyGroupedKernel<TIndex, T1>(
        this Accelerator accelerator, Action<TIndex, T1> action, int customGroupSize, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1>>(Accelerator.MethodOf(action), customGroupSize, out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2> LoadImplicitlyGroupedKernel<TIndex, T1, T2>(
        this Accelerator accelerator, Action<TIndex, T1, T2> action, int customGroupSize)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2>>(Accelerator.MethodOf(action), customGroupSize);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2> LoadImplicitlyGroupedKernel<TIndex, T1, T2>(
        this Accelerator accelerator, Action<TIndex, T1, T2> action, int customGroupSize, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2>>(Accelerator.MethodOf(action), customGroupSize, out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2, T3> LoadImplicitlyGroupedKernel<TIndex, T1, T2, T3>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3> action, int customGroupSize)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2, T3>>(Accelerator.MethodOf(action), customGroupSize);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2, T3> LoadImplicitlyGroupedKernel<TIndex, T1, T2, T3>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3> action, int customGroupSize, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2, T3>>(Accelerator.MethodOf(action), customGroupSize, out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2, T3, T4> LoadImplicitlyGroupedKernel<TIndex, T1, T2, T3, T4>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4> action, int customGroupSize)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2, T3, T4>>(Accelerator.MethodOf(action), customGroupSize);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2, T3, T4> LoadImplicitlyGroupedKernel<TIndex, T1, T2, T3, T4>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4> action, int customGroupSize, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2, T3, T4>>(Accelerator.MethodOf(action), customGroupSize, out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5> LoadImplicitlyGroupedKernel<TIndex, T1, T2, T3, T4, T5>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5> action, int customGroupSize)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5>>(Accelerator.MethodOf(action), customGroupSize);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5> LoadImplicitlyGroupedKernel<TIndex, T1, T2, T3, T4, T5>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5> action, int customGroupSize, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5>>(Accelerator.MethodOf(action), customGroupSize, out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6> LoadImplicitlyGroupedKernel<TIndex, T1, T2, T3, T4, T5, T6>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5, T6> action, int customGroupSize)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6>>(Accelerator.MethodOf(action), customGroupSize);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6> LoadImplicitlyGroupedKernel<TIndex, T1, T2, T3, T4, T5, T6>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5, T6> action, int customGroupSize, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6>>(Accelerator.MethodOf(action), customGroupSize, out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6, T7> LoadImplicitlyGroupedKernel<TIndex, T1, T2, T3, T4, T5, T6, T7>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5, T6, T7> action, int customGroupSize)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6, T7>>(Accelerator.MethodOf(action), customGroupSize);

    /// <summary>Loads an implicitly grouped kernel, launched in any stream.</summary>
    public static Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6, T7> LoadImplicitlyGroupedKernel<TIndex, T1, T2, T3, T4, T5, T6, T7>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5, T6, T7> action, int customGroupSize, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct =>
        accelerator.LoadImplicitlyGroupedKernel<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6, T7>>(Accelerator.MethodOf(action), customGroupSize, out kernelInfo);
}
