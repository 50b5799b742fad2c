using ILGPU.Runtime;

namespace ILGPU;

/// <summary>A window onto memory.</summary>
public interface IArrayView
{
    /// <summary>Gets the buffer that owns the memory.</summary>
    MemoryBuffer Buffer { get; }

    /// <summary>Gets the size of one element in bytes.</summary>
    int ElementSize { get; }

    /// <summary>Gets the number of elements.</summary>
    long Length { get; }

    /// <summary>Gets the number of bytes.</summary>
    long LengthInBytes { get; }

    /// <summary>Gets whether the view shows any memory.</summary>
    bool IsValid { get; }
}

/// <summary>A window onto elements of one type.</summary>
public interface IArrayView<T> : IArrayView
    where T : unmanaged;

/// <summary>A window without gaps.</summary>
public interface IContiguousArrayView : IArrayView
{
    /// <summary>Gets the distance from the start of the buffer in elements.</summary>
    long Index { get; }

    /// <summary>Gets the distance from the start of the buffer in bytes.</summary>
    long IndexInBytes { get; }
}

/// <summary>A window without gaps onto elements of one type.</summary>
public interface IContiguousArrayView<T> : IContiguousArrayView, IArrayView<T>
    where T : unmanaged;
