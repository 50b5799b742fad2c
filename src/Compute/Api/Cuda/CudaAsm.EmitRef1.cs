using GemmaIlgpu.Compute.Api;

namespace ILGPU.Runtime.Cuda;

public static partial class CudaAsm
{
    /// <summary>Emits PTX whose arguments say themselves whether they are read or written.</summary>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0>(string asm, ref T0 arg0)
        where T0 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1>(string asm, ref T0 arg0, ref T1 arg1)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14, ref T15 arg15)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter where T15 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14, ref T15 arg15, ref T16 arg16)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter where T15 : struct, ICudaAsmEmitParameter
        where T16 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14, ref T15 arg15, ref T16 arg16, ref T17 arg17)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter where T15 : struct, ICudaAsmEmitParameter
        where T16 : struct, ICudaAsmEmitParameter where T17 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14, ref T15 arg15, ref T16 arg16, ref T17 arg17, ref T18 arg18)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter where T15 : struct, ICudaAsmEmitParameter
        where T16 : struct, ICudaAsmEmitParameter where T17 : struct, ICudaAsmEmitParameter where T18 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14, ref T15 arg15, ref T16 arg16, ref T17 arg17, ref T18 arg18, ref T19 arg19)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter where T15 : struct, ICudaAsmEmitParameter
        where T16 : struct, ICudaAsmEmitParameter where T17 : struct, ICudaAsmEmitParameter where T18 : struct, ICudaAsmEmitParameter where T19 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19, T20>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14, ref T15 arg15, ref T16 arg16, ref T17 arg17, ref T18 arg18, ref T19 arg19, ref T20 arg20)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter where T15 : struct, ICudaAsmEmitParameter
        where T16 : struct, ICudaAsmEmitParameter where T17 : struct, ICudaAsmEmitParameter where T18 : struct, ICudaAsmEmitParameter where T19 : struct, ICudaAsmEmitParameter where T20 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19, T20, T21>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14, ref T15 arg15, ref T16 arg16, ref T17 arg17, ref T18 arg18, ref T19 arg19, ref T20 arg20, ref T21 arg21)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter where T15 : struct, ICudaAsmEmitParameter
        where T16 : struct, ICudaAsmEmitParameter where T17 : struct, ICudaAsmEmitParameter where T18 : struct, ICudaAsmEmitParameter where T19 : struct, ICudaAsmEmitParameter where T20 : struct, ICudaAsmEmitParameter where T21 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19, T20, T21, T22>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14, ref T15 arg15, ref T16 arg16, ref T17 arg17, ref T18 arg18, ref T19 arg19, ref T20 arg20, ref T21 arg21, ref T22 arg22)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter where T15 : struct, ICudaAsmEmitParameter
        where T16 : struct, ICudaAsmEmitParameter where T17 : struct, ICudaAsmEmitParameter where T18 : struct, ICudaAsmEmitParameter where T19 : struct, ICudaAsmEmitParameter where T20 : struct, ICudaAsmEmitParameter where T21 : struct, ICudaAsmEmitParameter where T22 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19, T20, T21, T22, T23>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14, ref T15 arg15, ref T16 arg16, ref T17 arg17, ref T18 arg18, ref T19 arg19, ref T20 arg20, ref T21 arg21, ref T22 arg22, ref T23 arg23)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter where T15 : struct, ICudaAsmEmitParameter
        where T16 : struct, ICudaAsmEmitParameter where T17 : struct, ICudaAsmEmitParameter where T18 : struct, ICudaAsmEmitParameter where T19 : struct, ICudaAsmEmitParameter where T20 : struct, ICudaAsmEmitParameter where T21 : struct, ICudaAsmEmitParameter where T22 : struct, ICudaAsmEmitParameter where T23 : struct, ICudaAsmEmitParameter => Refuse(asm);

    /// <inheritdoc cref="EmitRef{T0}(string, ref T0)"/>
    [DeviceIntrinsic("CudaAsm.EmitRef")]
    public static void EmitRef<T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19, T20, T21, T22, T23, T24>(string asm, ref T0 arg0, ref T1 arg1, ref T2 arg2, ref T3 arg3, ref T4 arg4, ref T5 arg5, ref T6 arg6, ref T7 arg7, ref T8 arg8, ref T9 arg9, ref T10 arg10, ref T11 arg11, ref T12 arg12, ref T13 arg13, ref T14 arg14, ref T15 arg15, ref T16 arg16, ref T17 arg17, ref T18 arg18, ref T19 arg19, ref T20 arg20, ref T21 arg21, ref T22 arg22, ref T23 arg23, ref T24 arg24)
        where T0 : struct, ICudaAsmEmitParameter where T1 : struct, ICudaAsmEmitParameter where T2 : struct, ICudaAsmEmitParameter where T3 : struct, ICudaAsmEmitParameter where T4 : struct, ICudaAsmEmitParameter where T5 : struct, ICudaAsmEmitParameter where T6 : struct, ICudaAsmEmitParameter where T7 : struct, ICudaAsmEmitParameter
        where T8 : struct, ICudaAsmEmitParameter where T9 : struct, ICudaAsmEmitParameter where T10 : struct, ICudaAsmEmitParameter where T11 : struct, ICudaAsmEmitParameter where T12 : struct, ICudaAsmEmitParameter where T13 : struct, ICudaAsmEmitParameter where T14 : struct, ICudaAsmEmitParameter where T15 : struct, ICudaAsmEmitParameter
        where T16 : struct, ICudaAsmEmitParameter where T17 : struct, ICudaAsmEmitParameter where T18 : struct, ICudaAsmEmitParameter where T19 : struct, ICudaAsmEmitParameter where T20 : struct, ICudaAsmEmitParameter where T21 : struct, ICudaAsmEmitParameter where T22 : struct, ICudaAsmEmitParameter where T23 : struct, ICudaAsmEmitParameter
        where T24 : struct, ICudaAsmEmitParameter => Refuse(asm);
}
