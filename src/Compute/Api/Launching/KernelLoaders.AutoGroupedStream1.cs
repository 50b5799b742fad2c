namespace ILGPU.Runtime;

public static partial class KernelLoaders
{
    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1> LoadAutoGroupedStreamKernel<TIndex, T1>(
        this Accelerator accelerator, Action<TIndex, T1> action)
        where TIndex : struct, IIndex
        where T1 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1>>(Accelerator.MethodOf(action));

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1> LoadAutoGroupedStreamKernel<TIndex, T1>(
        this Accelerator accelerator, Action<TIndex, T1> action, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1>>(Accelerator.MethodOf(action), out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2> LoadAutoGroupedStreamKernel<TIndex, T1, T2>(
        this Accelerator accelerator, Action<TIndex, T1, T2> action)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2>>(Accelerator.MethodOf(action));

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2> LoadAutoGroupedStreamKernel<TIndex, T1, T2>(
        this Accelerator accelerator, Action<TIndex, T1, T2> action, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2>>(Accelerator.MethodOf(action), out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2, T3> LoadAutoGroupedStreamKernel<TIndex, T1, T2, T3>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3> action)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2, T3>>(Accelerator.MethodOf(action));

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2, T3> LoadAutoGroupedStreamKernel<TIndex, T1, T2, T3>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3> action, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2, T3>>(Accelerator.MethodOf(action), out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2, T3, T4> LoadAutoGroupedStreamKernel<TIndex, T1, T2, T3, T4>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4> action)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2, T3, T4>>(Accelerator.MethodOf(action));

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2, T3, T4> LoadAutoGroupedStreamKernel<TIndex, T1, T2, T3, T4>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4> action, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2, T3, T4>>(Accelerator.MethodOf(action), out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2, T3, T4, T5> LoadAutoGroupedStreamKernel<TIndex, T1, T2, T3, T4, T5>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5> action)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2, T3, T4, T5>>(Accelerator.MethodOf(action));

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2, T3, T4, T5> LoadAutoGroupedStreamKernel<TIndex, T1, T2, T3, T4, T5>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5> action, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2, T3, T4, T5>>(Accelerator.MethodOf(action), out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2, T3, T4, T5, T6> LoadAutoGroupedStreamKernel<TIndex, T1, T2, T3, T4, T5, T6>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5, T6> action)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2, T3, T4, T5, T6>>(Accelerator.MethodOf(action));

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2, T3, T4, T5, T6> LoadAutoGroupedStreamKernel<TIndex, T1, T2, T3, T4, T5, T6>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5, T6> action, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2, T3, T4, T5, T6>>(Accelerator.MethodOf(action), out kernelInfo);

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2, T3, T4, T5, T6, T7> LoadAutoGroupedStreamKernel<TIndex, T1, T2, T3, T4, T5, T6, T7>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5, T6, T7> action)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2, T3, T4, T5, T6, T7>>(Accelerator.MethodOf(action));

    /// <summary>Loads an implicitly grouped kernel, launched in the default stream.</summary>
    public static Action<TIndex, T1, T2, T3, T4, T5, T6, T7> LoadAutoGroupedStreamKernel<TIndex, T1, T2, T3, T4, T5, T6, T7>(
        this Accelerator accelerator, Action<TIndex, T1, T2, T3, T4, T5, T6, T7> action, out KernelInfo? kernelInfo)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct =>
        accelerator.LoadAutoGroupedKernel<Action<TIndex, T1, T2, T3, T4, T5, T6, T7>>(Accelerator.MethodOf(action), out kernelInfo);
}
