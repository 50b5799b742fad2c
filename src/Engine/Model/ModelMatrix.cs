using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Fast;

namespace GemmaIlgpu.Engine.Model;

/// <summary>A weight matrix on the device: plain numbers, blocks with common scales as in a file, or blocks rearranged for decoding.</summary>
internal readonly record struct ModelMatrix
{
    private readonly WeightMatrix _plain;
    private readonly QuantisedMatrix _blocks;
    private readonly InterleavedMatrix _interleaved;

    public ModelMatrix(WeightMatrix plain) => _plain = plain;

    public ModelMatrix(QuantisedMatrix blocks) => (_blocks, Kind) = (blocks, MatrixKind.Blocks);

    public ModelMatrix(InterleavedMatrix interleaved) => (_interleaved, Kind) = (interleaved, MatrixKind.Interleaved);

    public MatrixKind Kind { get; }

    public WeightMatrix Plain => Kind == MatrixKind.Plain ? _plain : throw Wrong();

    public QuantisedMatrix Blocks => Kind == MatrixKind.Blocks ? _blocks : throw Wrong();

    public InterleavedMatrix Interleaved => Kind == MatrixKind.Interleaved ? _interleaved : throw Wrong();

    /// <summary>As decoding on GPUs takes it, or null when it is rearranged for processors.</summary>
    public FusedMatrix? Fused => Kind switch
    {
        MatrixKind.Plain => _plain,
        MatrixKind.Blocks => _blocks,
        _ => null,
    };

    private InvalidOperationException Wrong() => new($"The matrix is stored as {Kind}.");
}

/// <summary>How a matrix is stored.</summary>
internal enum MatrixKind
{
    Plain,
    Blocks,
    Interleaved,
}
