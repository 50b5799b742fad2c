using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU;

/// <summary>Bits, sizes and printing, for kernels and hosts.</summary>
public static partial class Interop
{
    /// <summary>Gets the bits of a number.</summary>
    [DeviceIntrinsic("Interop.FloatAsInt")]
    public static ushort FloatAsInt(Half value) => value.RawValue;

    /// <summary>Gets the bits of a number.</summary>
    [DeviceIntrinsic("Interop.FloatAsInt")]
    public static uint FloatAsInt(float value) => BitConverter.SingleToUInt32Bits(value);

    /// <summary>Gets the bits of a number.</summary>
    [DeviceIntrinsic("Interop.FloatAsInt")]
    public static ulong FloatAsInt(double value) => BitConverter.DoubleToUInt64Bits(value);

    /// <summary>Gets the number that has these bits.</summary>
    [DeviceIntrinsic("Interop.IntAsFloat")]
    public static Half IntAsFloat(ushort value) => new(value);

    /// <summary>Gets the number that has these bits.</summary>
    [DeviceIntrinsic("Interop.IntAsFloat")]
    public static float IntAsFloat(uint value) => BitConverter.UInt32BitsToSingle(value);

    /// <summary>Gets the number that has these bits.</summary>
    [DeviceIntrinsic("Interop.IntAsFloat")]
    public static double IntAsFloat(ulong value) => BitConverter.UInt64BitsToDouble(value);

    /// <summary>Gets the size of a type in bytes.</summary>
    [DeviceIntrinsic("Interop.SizeOf")]
    public static int SizeOf<T>()
        where T : unmanaged =>
        Unsafe.SizeOf<T>();

    /// <summary>Gets the size of a type in bytes.</summary>
    [DeviceIntrinsic("Interop.SizeOf")]
    public static int SizeOf<T>(T structure)
        where T : unmanaged =>
        Unsafe.SizeOf<T>();

    /// <summary>Gets the distance of a field from the start of its structure in bytes.</summary>
    public static int OffsetOf<T>(string fieldName)
        where T : unmanaged =>
        Marshal.OffsetOf<T>(fieldName).ToInt32();

    /// <summary>Computes how many <typeparamref name="TFirst"/> hold <paramref name="numSecondElements"/> of <typeparamref name="TSecond"/>.</summary>
    public static long ComputeRelativeSizeOf<TFirst, TSecond>(long numSecondElements)
        where TFirst : unmanaged
        where TSecond : unmanaged =>
        (numSecondElements * SizeOf<TSecond>() + SizeOf<TFirst>() - 1) / SizeOf<TFirst>();

    /// <summary>Computes the bytes from an address up to the next one that is aligned.</summary>
    /// <param name="ptr">The address.</param>
    /// <param name="alignmentInBytes">A power of two.</param>
    public static int ComputeAlignmentOffset(long ptr, int alignmentInBytes) =>
        (int)(-ptr & (alignmentInBytes - 1));

    /// <summary>Computes the next address that is aligned, at most <paramref name="length"/> bytes away.</summary>
    /// <param name="ptr">The address.</param>
    /// <param name="length">The most bytes to skip.</param>
    /// <param name="alignmentInBytes">A power of two.</param>
    public static long Align(long ptr, long length, int alignmentInBytes) =>
        ptr + Math.Min(ComputeAlignmentOffset(ptr, alignmentInBytes), length);
}
