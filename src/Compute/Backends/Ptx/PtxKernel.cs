using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>A kernel as PTX.</summary>
public sealed record PtxKernel
{
    /// <summary>A whole module with one entry.</summary>
    public required string Text { get; init; }

    /// <summary>Name of the entry.</summary>
    public required string EntryName { get; init; }

    public required PtxTarget Target { get; init; }

    /// <summary>Bytes of shared memory declared with a size.</summary>
    public required int StaticSharedBytes { get; init; }

    /// <summary>
    /// Bytes that the launch must add to the dynamic shared memory: shared allocations beyond 48 KB live there, behind what the kernel
    /// itself asks for. The launch rounds the kernel's own part up to <see cref="DynamicAlignment"/> first.
    /// </summary>
    public required int ExtraDynamicSharedBytes { get; init; }

    /// <summary>To what the kernel's own dynamic part is rounded when <see cref="ExtraDynamicSharedBytes"/> follow.</summary>
    public const int DynamicAlignment = KnownAlignment.DynamicShared;

    /// <summary>The parameters in order; parameter i lies in 8-byte slot i. Implicit kernels have three more, the extents.</summary>
    public required IReadOnlyList<IrParameter> Parameters { get; init; }

    /// <summary>True if three extents follow the parameters.</summary>
    public required bool IsImplicit { get; init; }

    /// <summary>True if the length of the dynamic shared memory in bytes is one more parameter at the end.</summary>
    public required bool UsesDynamicShared { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
