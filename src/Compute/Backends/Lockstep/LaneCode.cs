using System.Reflection;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>What an operation is applied to.</summary>
internal enum LaneShape : byte
{
    /// <summary>Known to its own code only.</summary>
    Own,

    /// <summary>Vectors of one operand.</summary>
    One,

    /// <summary>Vectors of two operands.</summary>
    Two,

    /// <summary>Vectors of three operands.</summary>
    Three,

    /// <summary>Vectors of one operand; gives a bit a lane.</summary>
    Test,

    /// <summary>Vectors of two operands; gives a bit a lane.</summary>
    Compare,
}

/// <summary>The code of an operation: for a warp's rows, and for one vector where there is such a method.</summary>
internal readonly unsafe struct LaneCode
{
    public LaneCode(delegate*<LockstepWarp, Instruction*, void> code, Type? operation = null, LaneShape shape = LaneShape.Own)
    {
        Code = code;
        Operation = operation;
        Shape = shape;
    }

    /// <summary>Gets a <c>delegate*&lt;LockstepWarp, Instruction*, void&gt;</c>.</summary>
    public void* Code { get; }

    public LaneShape Shape { get; }

    private Type? Operation { get; }

    /// <summary>Gets the method that computes one vector of the result.</summary>
    public MethodInfo? Apply => Operation?.GetMethod("Apply");
}
