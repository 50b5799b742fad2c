using System.Runtime.CompilerServices;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>How a value of a register lies in memory.</summary>
internal unsafe interface IMemoryForm<T>
    where T : unmanaged
{
    static abstract int Size { get; }

    static abstract T Read(byte* place);

    static abstract void Write(byte* place, T value);
}

internal unsafe struct SignedByte : IMemoryForm<int>
{
    public static int Size => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(byte* place) => *(sbyte*)place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* place, int value) => *place = (byte)value;
}

internal unsafe struct UnsignedByte : IMemoryForm<int>
{
    public static int Size => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(byte* place) => *place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* place, int value) => *place = (byte)value;
}

internal unsafe struct SignedShort : IMemoryForm<int>
{
    public static int Size => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(byte* place) => *(short*)place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* place, int value) => *(short*)place = (short)value;
}

internal unsafe struct UnsignedShort : IMemoryForm<int>
{
    public static int Size => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(byte* place) => *(ushort*)place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* place, int value) => *(short*)place = (short)value;
}

/// <summary>As it is in the register.</summary>
internal unsafe struct Whole<T> : IMemoryForm<T>
    where T : unmanaged
{
    public static int Size => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read(byte* place) => *(T*)place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* place, T value) => *(T*)place = value;
}
