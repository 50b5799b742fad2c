using GemmaIlgpu.Kernels;

namespace GemmaIlgpu.Engine.Model;

/// <summary>A weight matrix on the device as its file stores it: plain numbers, or blocks with common scales.</summary>
internal readonly record struct ModelMatrix
{
    private readonly WeightMatrix _plain;
    private readonly QuantisedMatrix _blocks;

    public ModelMatrix(WeightMatrix plain) => _plain = plain;

    public ModelMatrix(QuantisedMatrix blocks)
    {
        _blocks = blocks;
        IsQuantised = true;
    }

    public bool IsQuantised { get; }

    /// <summary>The numbers, when <see cref="IsQuantised"/> is false.</summary>
    public WeightMatrix Plain => !IsQuantised ? _plain : throw new InvalidOperationException("The matrix is stored in blocks.");

    /// <summary>The blocks, when <see cref="IsQuantised"/> is true.</summary>
    public QuantisedMatrix Blocks => IsQuantised ? _blocks : throw new InvalidOperationException("The matrix is not stored in blocks.");
}
