using System.Numerics;

namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>add, sub and mad with the carry flag that each thread has (.cc writes it, addc, subc and madc read it).</summary>
internal sealed unsafe class CarryInstruction(bool subtract, bool reads, bool writes, int bits) : LaneInstruction
{
    /// <summary>What mad multiplies before: null for add and sub, else the high or low half of A·B.</summary>
    public Func<ulong, ulong, ulong>? Product { get; init; }

    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            ulong a = Read(warp, A, lane), b = Read(warp, B, lane);
            if (Product is not null)
            {
                a = Product(a, b);
                b = Read(warp, C, lane);
            }
            uint carry = reads ? warp.Carry >> lane & 1 : 0;
            UInt128 sum = subtract ? (UInt128)a - b - carry : (UInt128)a + b + carry;
            if (bits == 32)
                ((uint*)(warp.Registers + D))[lane] = (uint)sum;
            else
                ((ulong*)(warp.Registers + D))[lane] = (ulong)sum;
            if (!writes)
                continue;
            bool carried = (sum >> bits & 1) != 0;
            warp.Carry = (warp.Carry & ~(1u << lane)) | ((carried ? 1u : 0) << lane);
        }
    }

    private ulong Read(Warp warp, int offset, int lane) =>
        bits == 32 ? ((uint*)(warp.Registers + offset))[lane] : ((ulong*)(warp.Registers + offset))[lane];
}

/// <summary>bfi, which has four sources.</summary>
internal sealed unsafe class InsertFieldInstruction(bool wide, int length) : LaneInstruction
{
    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            uint position = ((uint*)(warp.Registers + C))[lane], count = ((uint*)(warp.Registers + length))[lane];
            if (wide)
                ((ulong*)(warp.Registers + D))[lane] = Operations.BitFunctions.InsertField(((ulong*)(warp.Registers + A))[lane], ((ulong*)(warp.Registers + B))[lane], position, count, 64);
            else
                ((uint*)(warp.Registers + D))[lane] = (uint)Operations.BitFunctions.InsertField(((uint*)(warp.Registers + A))[lane], ((uint*)(warp.Registers + B))[lane], position, count, 32);
        }
    }
}
