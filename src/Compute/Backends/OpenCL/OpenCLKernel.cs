using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

/// <summary>What one argument of an OpenCL kernel is.</summary>
public enum OpenCLArgumentKind
{
    /// <summary>The buffer that a view shows; null for a view of nothing.</summary>
    Buffer,
    /// <summary>Bytes from the buffer's start to the view's, 8 bytes.</summary>
    BufferOffset,
    /// <summary>4 bytes.</summary>
    Word,
    /// <summary>8 bytes.</summary>
    LongWord,
    /// <summary>The index space's size in dimension <see cref="OpenCLArgument.Index"/>, 8 bytes.</summary>
    Extent,
    /// <summary>Bytes of dynamic shared memory, 8 bytes.</summary>
    DynamicSharedLength,
    /// <summary>The dynamic shared memory itself.</summary>
    DynamicShared,
    /// <summary>Local memory for exchanges between threads: <see cref="OpenCLKernel.ScratchBytesPerThread"/> for each.</summary>
    Scratch,
}

/// <summary>One argument.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">The slot that it comes from, or the dimension of an extent.</param>
public sealed record OpenCLArgument(OpenCLArgumentKind Kind, int Index);

/// <summary>A kernel as OpenCL C.</summary>
/// <param name="Name">The C# type and method, for people.</param>
/// <param name="EntryName">The name of the kernel in the program.</param>
/// <param name="Source">The program.</param>
/// <param name="Parameters">The slots of a launch.</param>
/// <param name="Arguments">The kernel's arguments in order.</param>
/// <param name="StaticSharedBytes">Local memory that the kernel declares itself.</param>
/// <param name="ScratchBytesPerThread">Bytes of the scratch argument for each thread of a group; 0 without one.</param>
/// <param name="BuildOptions">Options for the device's compiler.</param>
public sealed record OpenCLKernel(
    string Name,
    string EntryName,
    string Source,
    IReadOnlyList<IrParameter> Parameters,
    IReadOnlyList<OpenCLArgument> Arguments,
    int StaticSharedBytes,
    int ScratchBytesPerThread,
    string BuildOptions)
{
    /// <summary>Gets whether threads of a group wait for each other, for which all of them must be there.</summary>
    public bool HasBarriers { get; init; }
}
