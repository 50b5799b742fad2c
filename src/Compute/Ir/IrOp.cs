namespace GemmaIlgpu.Compute.Ir;

/// <summary>The operations of the IR. Operand and payload conventions stand beside each group;
/// the result type is the value's <see cref="IrValue.Type"/>.</summary>
public enum IrOp : byte
{
    // ---- Leaves -------------------------------------------------------------------------------------------------
    /// <summary>Immediate = the bits (Bool 0/1; I32 sign-extended; F32 its 32 bits; F64 its 64 bits; Ptr 0 = null).</summary>
    Constant,
    /// <summary>Immediate = index into <see cref="IrKernel.Parameters"/>.</summary>
    Parameter,
    /// <summary>Immediate = dimension 0, 1, 2; I32.</summary>
    GridIndex, GroupIndex, GridDimension, GroupDimension,
    /// <summary>I32, no payload.</summary>
    LaneIndex, WarpIndex, WarpSize,
    /// <summary>Immediate = index into <see cref="IrKernel.SharedAllocations"/>; Ptr Shared.</summary>
    SharedBase,
    /// <summary>Immediate = index into <see cref="IrKernel.LocalAllocations"/>; Ptr Local.</summary>
    LocalBase,
    /// <summary>Start of the dynamic shared memory; Ptr Shared.</summary>
    DynamicSharedBase,
    /// <summary>Bytes of dynamic shared memory given at launch; I64.</summary>
    DynamicSharedLength,
    /// <summary>Immediate = index into <see cref="IrKernel.ConstantTables"/>; Ptr Constant.</summary>
    ConstantBase,

    // ---- Arithmetic: operands have the result's type ----------------------------------------------------------------
    /// <summary>Integers wrap; floats are IEEE and never contracted or reassociated.</summary>
    Add, Sub, Mul,
    /// <summary>Integer or float division; the U forms are unsigned.</summary>
    Div, DivU, Rem, RemU,
    /// <summary>Also on Bool: And, Or, Xor, Not.</summary>
    And, Or, Xor, Not, Neg,
    /// <summary>Shifts: operand 1 is I32; only its low 5 (or 6) bits count.</summary>
    Shl, Shr, ShrU,
    /// <summary>Float Min/Max: as MathF.Min/Max (NaN propagates, -0 &lt; +0).</summary>
    Min, Max, MinU, MaxU, Abs,
    /// <summary>a * b + c with one rounding; F32, F64.</summary>
    Fma,
    /// <summary>Integer bit counts; result I32.</summary>
    PopCount, LeadingZeros, TrailingZeros,
    /// <summary>I32 operands that hold two 16-bit or four 8-bit numbers; see <see cref="Packed"/>.</summary>
    WidenBytes, WidenSignedBytes, DotPairs, AddPairs, MultiplyQuads, DotQuads, DotUnsignedQuads,

    // ---- Float functions --------------------------------------------------------------------------------------------
    Sqrt, Rsqrt, Rcp, Exp, Exp2, Log, Log2, Log10, Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Tanh,
    Floor, Ceiling, Truncate, RoundEven, RoundAway, Pow, Atan2, CopySign, IeeeRemainder,
    /// <summary>Float to Bool.</summary>
    IsNaN, IsInfinity, IsFinite,

    // ---- Comparison and choice ----------------------------------------------------------------------------------------
    /// <summary>Immediate = <see cref="ComparePredicate"/>; both operands of one type (I32, I64, F32, F64, Ptr, Bool Eq/Ne); Bool.</summary>
    Compare,
    /// <summary>Operands: condition Bool, value if true, value if false.</summary>
    Select,

    // ---- Conversions --------------------------------------------------------------------------------------------------
    /// <summary>I32 to I32: keep the low 8 or 16 bits and extend them.</summary>
    SignExtend8, SignExtend16, ZeroExtend8, ZeroExtend16,
    /// <summary>I32 to I64.</summary>
    SignExtend, ZeroExtend,
    /// <summary>I64 to I32, F64 to F32.</summary>
    Truncate64, FloatTruncate,
    /// <summary>F32 to F64.</summary>
    FloatExtend,
    /// <summary>I32/I64 to F32/F64.</summary>
    SignedToFloat, UnsignedToFloat,
    /// <summary>F32/F64 to I32/I64, toward zero, saturating, NaN to 0 (as .NET).</summary>
    FloatToSigned, FloatToUnsigned,
    /// <summary>I32 ↔ F32, I64 ↔ F64: same bits.</summary>
    Bitcast,
    /// <summary>Low 16 bits of an I32 as IEEE binary16 to F32; F32 rounded to even to binary16 bits in an I32 (upper bits 0).</summary>
    HalfToFloat, FloatToHalf,
    /// <summary>Bool to I32 0/1. (The other way is Compare Ne 0.)</summary>
    BoolToInt,
    /// <summary>Ptr ↔ I64.</summary>
    PointerToInt, IntToPointer,

    // ---- Memory ---------------------------------------------------------------------------------------------------------
    /// <summary>Operands: pointer, index I64. Result = pointer + index · Immediate + Offset bytes.
    /// With one operand: pointer + Offset.</summary>
    Address,
    /// <summary>Operand: pointer; the same pointer, known to be a multiple of Immediate. Only in kernels translated for PTX.</summary>
    AlignedPointer,
    /// <summary>Operand: pointer; Memory says what lies there.</summary>
    Load,
    /// <summary>Operands: pointer, value.</summary>
    Store,
    /// <summary>Immediate = <see cref="AtomicOperation"/>; operands pointer, value; gives the old value. Memory is I32, I64, F32 or F64.</summary>
    Atomic,
    /// <summary>Operands: pointer, compare, value; gives the old value.</summary>
    AtomicCompareExchange,
    /// <summary>Immediate = <see cref="FenceLevel"/>.</summary>
    MemoryFence,

    // ---- Groups and warps -----------------------------------------------------------------------------------------------
    /// <summary>Group barrier; shared and global writes before it are seen after it.</summary>
    Barrier,
    /// <summary>Immediate = <see cref="BarrierReduction"/>; operand Bool; I32 count for PopCount, else Bool.</summary>
    BarrierReduce,
    /// <summary>Operands: value, thread's linear index in the group (I32, uniform); implies barriers.</summary>
    GroupBroadcast,
    WarpBarrier,
    /// <summary>Immediate = <see cref="ShuffleKind"/>; operands: value, I32 lane/delta/mask, I32 sub-warp width.
    /// A lane whose source is outside its sub-warp keeps its own value.</summary>
    Shuffle,
    /// <summary>Operands: value, I32 lane (uniform).</summary>
    WarpBroadcast,

    // ---- Other ----------------------------------------------------------------------------------------------------------
    /// <summary>One operand per predecessor, in the order of <see cref="IrBlock.Predecessors"/>.</summary>
    Phi,
    /// <summary>Inline PTX: Text = the template, <see cref="IrValue.InlineArguments"/> = what %0, %1, … are, operands = the arguments
    /// that are read, in order.</summary>
    InlinePtx,
    /// <summary>Operand: an InlinePtx; Immediate = which of the arguments that it writes.</summary>
    InlinePtxResult,
    /// <summary>Only where the front end was asked for checks. Immediate = <see cref="CheckKind"/>. Operands: the pointer of the view,
    /// then I64s: for each dimension index and length (Index), or first, count and length (Range); or the alignment (Alignment); or a Bool (Written): whether the
    /// thread has written the local memory at Offset.</summary>
    Check,
    /// <summary>Prints Data (a format string) with the operands, one line per active thread.</summary>
    Print,
    /// <summary>Only where the front end was asked for statements: a C# statement begins here. Immediate = index into
    /// IrKernel.Statements; operands: the values of the variables that can be seen here.</summary>
    Statement,
}
