using System.Reflection.Metadata;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>One decoded IL instruction.</summary>
/// <param name="Offset">Bytes from the start of the method's code.</param>
/// <param name="Code">The operation.</param>
/// <param name="Operand">An integer, a token, the bits of a float, or the offset of a branch target.</param>
/// <param name="Targets">Offsets of a switch's targets.</param>
internal readonly record struct IlInstruction(int Offset, ILOpCode Code, long Operand, int[]? Targets)
{
    /// <summary>The operand as a metadata token.</summary>
    public int Token => (int)Operand;
}
