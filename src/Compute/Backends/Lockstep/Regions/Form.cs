using System.Reflection.Emit;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>How a value of a warp lies in registers while compiled code runs.</summary>
internal enum FormKind
{
    /// <summary>In its row, as values or bits.</summary>
    Row,

    /// <summary>A number that is known when the code is made.</summary>
    Constant,

    /// <summary>One number for all lanes.</summary>
    Uniform,

    /// <summary>Lane l holds base + l · step.</summary>
    Affine,

    /// <summary>Lane l holds base + a distance that is known when the code is made.</summary>
    Pattern,

    /// <summary>A vector for each part of the lanes.</summary>
    Vectors,

    /// <summary>One vector, which is every part.</summary>
    Broadcast,

    /// <summary>One truth value for all lanes.</summary>
    Bit,

    /// <summary>A bit for each lane.</summary>
    Bits,

    /// <summary>A vector of all or no bits for each part of the lanes.</summary>
    Masks,
}

/// <summary>A value of a region.</summary>
/// <param name="Kind">How it lies.</param>
/// <param name="Locals">Where.</param>
internal sealed record Form(FormKind Kind, params LocalBuilder[] Locals)
{
    /// <summary>Gets a constant's bits, or an affine value's step if <see cref="Step"/> is null.</summary>
    public long Number { get; init; }

    /// <summary>Gets the step of an affine value if it is not known when the code is made.</summary>
    public LocalBuilder? Step { get; init; }

    /// <summary>Gets the distances of a pattern.</summary>
    public long[] Distances { get; init; } = [];

    /// <summary>Gets the bytes of a lane of a mask.</summary>
    public int Width { get; init; }

    public bool IsUniform => Kind is FormKind.Constant or FormKind.Uniform;

    public bool IsAffine => IsUniform || Kind == FormKind.Affine;

    /// <summary>Gets whether it is a number for all lanes and what each lane differs from it.</summary>
    public bool HasStart => IsAffine || Kind == FormKind.Pattern;
}
