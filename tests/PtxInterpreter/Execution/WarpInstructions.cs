using System.Numerics;

namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>An instruction with a member mask: waits for those lanes, and exchanges among them only.</summary>
internal abstract unsafe class MaskedInstruction(int members) : WarpInstruction
{
    public override uint Members(Warp warp, uint mask)
    {
        uint all = 0;
        for (uint left = mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            uint named = MembersOf(warp, lane);
            if ((named >> lane & 1) == 0)
                throw warp.Fault($"the lane is not in its member mask 0x{named:x8}", 1u << lane);
            all |= named;
        }
        return all;
    }

    protected uint MembersOf(Warp warp, int lane) => ((uint*)(warp.Registers + members))[lane];

    protected static void SetPredicate(Warp warp, int offset, uint lanes, bool value)
    {
        uint* register = (uint*)(warp.Registers + offset);
        *register = value ? *register | lanes : *register & ~lanes;
    }

    protected static uint* Words(Warp warp, int offset) => (uint*)(warp.Registers + offset);
}

internal sealed class WarpBarrier(int members) : MaskedInstruction(members)
{
    public override void Execute(Warp warp, uint mask)
    {
    }
}

internal enum ShuffleMode { Up, Down, Butterfly, Index }

/// <summary>shfl.sync. A value from a lane that takes no part is undefined.</summary>
internal sealed unsafe class ShuffleInstruction(int members, ShuffleMode mode, Register a, int b, int c, Register destination, int predicate) : MaskedInstruction(members)
{
    public override void Execute(Warp warp, uint mask)
    {
        uint* values = stackalloc uint[32];
        new ReadOnlySpan<uint>(warp.Registers + a.Offset, 32).CopyTo(new Span<uint>(values, 32));
        uint* d = Words(warp, destination.Offset);
        uint undefined = 0;
        for (uint left = mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            int by = (int)(Words(warp, b)[lane] & 31);
            uint control = Words(warp, c)[lane];
            int clamp = (int)(control & 31), segment = (int)(control >> 8 & 31);
            int low = lane & segment, limit = low | (clamp & ~segment & 31);
            int source = mode switch
            {
                ShuffleMode.Up => lane - by,
                ShuffleMode.Down => lane + by,
                ShuffleMode.Butterfly => lane ^ by,
                _ => low | (by & ~segment & 31),
            };
            bool inside = mode == ShuffleMode.Up ? source >= limit : source <= limit;
            if (!inside)
                source = lane;
            if ((mask & ~warp.Undefined(a.Number) & MembersOf(warp, lane) & (1u << source)) == 0)
                undefined |= 1u << lane;
            d[lane] = values[source];
            if (predicate >= 0)
                SetPredicate(warp, predicate, 1u << lane, inside);
        }
        warp.SetUndefined(destination.Number, mask, undefined);
    }
}

internal sealed unsafe class VoteInstruction(int members, string mode, int predicate, bool negated, int destination) : MaskedInstruction(members)
{
    public override void Execute(Warp warp, uint mask)
    {
        uint votes = *Words(warp, predicate);
        if (negated)
            votes = ~votes;
        for (uint left = mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            uint asked = MembersOf(warp, lane) & mask;
            uint yes = votes & asked;
            if (mode == "ballot")
                Words(warp, destination)[lane] = yes;
            else
                SetPredicate(warp, destination, 1u << lane, mode switch { "all" => yes == asked, "any" => yes != 0, _ => yes == 0 || yes == asked });
        }
    }
}

internal sealed unsafe class MatchInstruction(int members, bool all, int a, bool wide, int destination, int predicate) : MaskedInstruction(members)
{
    public override void Execute(Warp warp, uint mask)
    {
        for (uint left = mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            uint asked = MembersOf(warp, lane) & mask, same = 0;
            for (uint others = asked; others != 0; others &= others - 1)
            {
                int other = BitOperations.TrailingZeroCount(others);
                if (Value(warp, other) == Value(warp, lane))
                    same |= 1u << other;
            }
            Words(warp, destination)[lane] = all && same != asked ? 0 : same;
            if (predicate >= 0)
                SetPredicate(warp, predicate, 1u << lane, same == asked);
        }
    }

    private ulong Value(Warp warp, int lane) => wide ? ((ulong*)(warp.Registers + a))[lane] : Words(warp, a)[lane];
}

internal sealed unsafe class ReduceInstruction(int members, string operation, bool signed, int a, int destination) : MaskedInstruction(members)
{
    public override void Execute(Warp warp, uint mask)
    {
        uint* results = stackalloc uint[32];
        for (uint left = mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            uint asked = MembersOf(warp, lane) & mask;
            uint result = Words(warp, a)[BitOperations.TrailingZeroCount(asked)];
            for (asked &= asked - 1; asked != 0; asked &= asked - 1)
                result = Combine(result, Words(warp, a)[BitOperations.TrailingZeroCount(asked)]);
            results[lane] = result;
        }
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            Words(warp, destination)[lane] = results[lane];
        }
    }

    private uint Combine(uint x, uint y) => operation switch
    {
        "add" => unchecked(x + y),
        "and" => x & y,
        "or" => x | y,
        "xor" => x ^ y,
        "min" => signed ? (uint)Math.Min((int)x, (int)y) : Math.Min(x, y),
        _ => signed ? (uint)Math.Max((int)x, (int)y) : Math.Max(x, y),
    };
}

/// <summary>elect.sync: the lowest lane leads.</summary>
internal sealed unsafe class ElectInstruction(int members, int destination, int predicate) : MaskedInstruction(members)
{
    public override void Execute(Warp warp, uint mask)
    {
        for (uint left = mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            int leader = BitOperations.TrailingZeroCount(MembersOf(warp, lane) & mask);
            Words(warp, destination)[lane] = (uint)leader;
            if (predicate >= 0)
                SetPredicate(warp, predicate, 1u << lane, lane == leader);
        }
    }
}

internal sealed unsafe class ActiveMask(int destination) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        for (uint left = mask; left != 0; left &= left - 1)
            ((uint*)(warp.Registers + destination))[BitOperations.TrailingZeroCount(left)] = mask;
    }
}
