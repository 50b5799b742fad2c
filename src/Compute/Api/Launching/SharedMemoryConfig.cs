using System.Runtime.CompilerServices;

namespace ILGPU;

/// <summary>The dynamic shared memory that a launch asks for.</summary>
public readonly struct SharedMemoryConfig
{
    /// <summary>Creates a request.</summary>
    /// <param name="numElements">Elements.</param>
    /// <param name="elementSize">Bytes of one element.</param>
    public SharedMemoryConfig(int numElements, int elementSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(numElements);
        ArgumentOutOfRangeException.ThrowIfNegative(elementSize);
        NumElements = numElements;
        ElementSize = elementSize;
    }

    /// <summary>No dynamic shared memory.</summary>
    public static readonly SharedMemoryConfig Empty;

    /// <summary>Gets the number of elements.</summary>
    public int NumElements { get; }

    /// <summary>Gets the size of one element in bytes.</summary>
    public int ElementSize { get; }

    /// <summary>Gets the size in bytes.</summary>
    public int ArraySize => checked(NumElements * ElementSize);

    /// <summary>Gets whether any memory is asked for.</summary>
    public bool UsesDynamicSharedMemory => NumElements > 0;

    /// <summary>Asks for <paramref name="numElements"/> elements of <typeparamref name="T"/>.</summary>
    public static SharedMemoryConfig RequestDynamic<T>(int numElements)
        where T : unmanaged =>
        new(numElements, Unsafe.SizeOf<T>());
}
