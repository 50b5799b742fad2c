using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>An access outside a view. In a kernel it becomes the inner exception of a <see cref="KernelFaultException"/>.</summary>
/// <param name="Address">The first byte of the view; 0 if unknown.</param>
/// <param name="Source">The buffer of the view, if any.</param>
/// <param name="What">What was accessed, for example "index 12".</param>
/// <param name="Length">The length of the view in elements, for people.</param>
internal sealed class ViewAccessException(nint Address, MemoryBuffer? Source, string What, string Length)
    : ArgumentOutOfRangeException(null, $"{Capitalised(What)} is outside a view of length {Length}.")
{
    /// <summary>Gets the first byte of the view; 0 if unknown.</summary>
    public nint Address { get; } = Address;

    /// <summary>Gets the buffer of the view, if any.</summary>
    public MemoryBuffer? Buffer { get; } = Source;

    /// <summary>Gets what was accessed, for example "index 12".</summary>
    public string What { get; } = What;

    /// <summary>Gets the length of the view in elements, for people.</summary>
    public string Length { get; } = Length;

    private static string Capitalised(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
