namespace ILGPU.Runtime;

public abstract partial class Accelerator
{
    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1>(
        Action<TIndex, T1> action, AcceleratorStream stream, TIndex extent, T1 arg1)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1>>(action, implicitlyGrouped: true)(stream, extent, arg1);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1>(
        Action<TIndex, T1> action, TIndex extent, T1 arg1)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1>>(action, implicitlyGrouped: true)(DefaultStream, extent, arg1);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2>(
        Action<TIndex, T1, T2> action, AcceleratorStream stream, TIndex extent, T1 arg1, T2 arg2)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2>>(action, implicitlyGrouped: true)(stream, extent, arg1, arg2);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2>(
        Action<TIndex, T1, T2> action, TIndex extent, T1 arg1, T2 arg2)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2>>(action, implicitlyGrouped: true)(DefaultStream, extent, arg1, arg2);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2, T3>(
        Action<TIndex, T1, T2, T3> action, AcceleratorStream stream, TIndex extent, T1 arg1, T2 arg2, T3 arg3)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2, T3>>(action, implicitlyGrouped: true)(stream, extent, arg1, arg2, arg3);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2, T3>(
        Action<TIndex, T1, T2, T3> action, TIndex extent, T1 arg1, T2 arg2, T3 arg3)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct
        where T3 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2, T3>>(action, implicitlyGrouped: true)(DefaultStream, extent, arg1, arg2, arg3);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2, T3, T4>(
        Action<TIndex, T1, T2, T3, T4> action, AcceleratorStream stream, TIndex extent, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2, T3, T4>>(action, implicitlyGrouped: true)(stream, extent, arg1, arg2, arg3, arg4);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2, T3, T4>(
        Action<TIndex, T1, T2, T3, T4> action, TIndex extent, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2, T3, T4>>(action, implicitlyGrouped: true)(DefaultStream, extent, arg1, arg2, arg3, arg4);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2, T3, T4, T5>(
        Action<TIndex, T1, T2, T3, T4, T5> action, AcceleratorStream stream, TIndex extent, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5>>(action, implicitlyGrouped: true)(stream, extent, arg1, arg2, arg3, arg4, arg5);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2, T3, T4, T5>(
        Action<TIndex, T1, T2, T3, T4, T5> action, TIndex extent, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5>>(action, implicitlyGrouped: true)(DefaultStream, extent, arg1, arg2, arg3, arg4, arg5);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2, T3, T4, T5, T6>(
        Action<TIndex, T1, T2, T3, T4, T5, T6> action, AcceleratorStream stream, TIndex extent, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6>>(action, implicitlyGrouped: true)(stream, extent, arg1, arg2, arg3, arg4, arg5, arg6);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2, T3, T4, T5, T6>(
        Action<TIndex, T1, T2, T3, T4, T5, T6> action, TIndex extent, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6>>(action, implicitlyGrouped: true)(DefaultStream, extent, arg1, arg2, arg3, arg4, arg5, arg6);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2, T3, T4, T5, T6, T7>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7> action, AcceleratorStream stream, TIndex extent, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6, T7>>(action, implicitlyGrouped: true)(stream, extent, arg1, arg2, arg3, arg4, arg5, arg6, arg7);

    /// <summary>Loads (once) and launches an implicitly grouped kernel.</summary>
    public void LaunchAutoGrouped<TIndex, T1, T2, T3, T4, T5, T6, T7>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7> action, TIndex extent, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7)
        where TIndex : struct, IGenericIndex<TIndex>
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct =>
        CachedLauncher<Action<AcceleratorStream, TIndex, T1, T2, T3, T4, T5, T6, T7>>(action, implicitlyGrouped: true)(DefaultStream, extent, arg1, arg2, arg3, arg4, arg5, arg6, arg7);
}
