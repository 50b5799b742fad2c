using GemmaIlgpu.Compute.Api;

namespace ILGPU;

/// <content>Printing from kernels: {0}, {1}... stand for the arguments.</content>
public static partial class Interop
{
    /// <summary>Prints from a kernel.</summary>
    [DeviceIntrinsic("Interop.Write")]
    public static void Write(string expression) =>
        Console.Out.Write(expression);

    /// <summary>Prints from a kernel.</summary>
    [DeviceIntrinsic("Interop.Write")]
    public static void Write<T1>(string format, T1 arg1)
        where T1 : unmanaged =>
        Console.Out.Write(format, new object?[] { arg1 });

    /// <summary>Prints from a kernel.</summary>
    [DeviceIntrinsic("Interop.Write")]
    public static void Write<T1, T2>(string format, T1 arg1, T2 arg2)
        where T1 : unmanaged
        where T2 : unmanaged =>
        Console.Out.Write(format, new object?[] { arg1, arg2 });

    /// <summary>Prints from a kernel.</summary>
    [DeviceIntrinsic("Interop.Write")]
    public static void Write<T1, T2, T3>(string format, T1 arg1, T2 arg2, T3 arg3)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged =>
        Console.Out.Write(format, new object?[] { arg1, arg2, arg3 });

    /// <summary>Prints from a kernel.</summary>
    [DeviceIntrinsic("Interop.Write")]
    public static void Write<T1, T2, T3, T4>(string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged =>
        Console.Out.Write(format, new object?[] { arg1, arg2, arg3, arg4 });

    /// <summary>Prints from a kernel.</summary>
    [DeviceIntrinsic("Interop.Write")]
    public static void Write<T1, T2, T3, T4, T5>(string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged =>
        Console.Out.Write(format, new object?[] { arg1, arg2, arg3, arg4, arg5 });

    /// <summary>Prints from a kernel.</summary>
    [DeviceIntrinsic("Interop.Write")]
    public static void Write<T1, T2, T3, T4, T5, T6>(string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where T6 : unmanaged =>
        Console.Out.Write(format, new object?[] { arg1, arg2, arg3, arg4, arg5, arg6 });

    /// <summary>Prints from a kernel.</summary>
    [DeviceIntrinsic("Interop.Write")]
    public static void Write<T1, T2, T3, T4, T5, T6, T7>(string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where T6 : unmanaged
        where T7 : unmanaged =>
        Console.Out.Write(format, new object?[] { arg1, arg2, arg3, arg4, arg5, arg6, arg7 });

    /// <summary>Prints from a kernel.</summary>
    [DeviceIntrinsic("Interop.Write")]
    public static void Write<T1, T2, T3, T4, T5, T6, T7, T8>(string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7, T8 arg8)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where T6 : unmanaged
        where T7 : unmanaged
        where T8 : unmanaged =>
        Console.Out.Write(format, new object?[] { arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8 });

    /// <summary>Prints from a kernel, then ends the line.</summary>
    [DeviceIntrinsic("Interop.WriteLine")]
    public static void WriteLine(string expression) =>
        Console.Out.WriteLine(expression);

    /// <summary>Prints from a kernel, then ends the line.</summary>
    [DeviceIntrinsic("Interop.WriteLine")]
    public static void WriteLine<T1>(string format, T1 arg1)
        where T1 : unmanaged =>
        Console.Out.WriteLine(format, new object?[] { arg1 });

    /// <summary>Prints from a kernel, then ends the line.</summary>
    [DeviceIntrinsic("Interop.WriteLine")]
    public static void WriteLine<T1, T2>(string format, T1 arg1, T2 arg2)
        where T1 : unmanaged
        where T2 : unmanaged =>
        Console.Out.WriteLine(format, new object?[] { arg1, arg2 });

    /// <summary>Prints from a kernel, then ends the line.</summary>
    [DeviceIntrinsic("Interop.WriteLine")]
    public static void WriteLine<T1, T2, T3>(string format, T1 arg1, T2 arg2, T3 arg3)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged =>
        Console.Out.WriteLine(format, new object?[] { arg1, arg2, arg3 });

    /// <summary>Prints from a kernel, then ends the line.</summary>
    [DeviceIntrinsic("Interop.WriteLine")]
    public static void WriteLine<T1, T2, T3, T4>(string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged =>
        Console.Out.WriteLine(format, new object?[] { arg1, arg2, arg3, arg4 });

    /// <summary>Prints from a kernel, then ends the line.</summary>
    [DeviceIntrinsic("Interop.WriteLine")]
    public static void WriteLine<T1, T2, T3, T4, T5>(string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged =>
        Console.Out.WriteLine(format, new object?[] { arg1, arg2, arg3, arg4, arg5 });

    /// <summary>Prints from a kernel, then ends the line.</summary>
    [DeviceIntrinsic("Interop.WriteLine")]
    public static void WriteLine<T1, T2, T3, T4, T5, T6>(string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where T6 : unmanaged =>
        Console.Out.WriteLine(format, new object?[] { arg1, arg2, arg3, arg4, arg5, arg6 });

    /// <summary>Prints from a kernel, then ends the line.</summary>
    [DeviceIntrinsic("Interop.WriteLine")]
    public static void WriteLine<T1, T2, T3, T4, T5, T6, T7>(string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where T6 : unmanaged
        where T7 : unmanaged =>
        Console.Out.WriteLine(format, new object?[] { arg1, arg2, arg3, arg4, arg5, arg6, arg7 });

    /// <summary>Prints from a kernel, then ends the line.</summary>
    [DeviceIntrinsic("Interop.WriteLine")]
    public static void WriteLine<T1, T2, T3, T4, T5, T6, T7, T8>(string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7, T8 arg8)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where T6 : unmanaged
        where T7 : unmanaged
        where T8 : unmanaged =>
        Console.Out.WriteLine(format, new object?[] { arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8 });
}
