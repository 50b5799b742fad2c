using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Checks of indices that the front end left in the IR.</summary>
internal static unsafe class CheckOps
{
    /// <summary>The code of a check.</summary>
    public static void* Find(IrValue value) => (CheckKind)value.Immediate switch
    {
        CheckKind.Index when value.Operands.Count == 3 => (delegate*<LockstepWarp, Instruction*, void>)&Index,
        CheckKind.Range when value.Operands.Count == 4 => (delegate*<LockstepWarp, Instruction*, void>)&Range,
        CheckKind.Written => (delegate*<LockstepWarp, Instruction*, void>)&Written,
        _ => (delegate*<LockstepWarp, Instruction*, void>)&Any,
    };

    private static void Written(LockstepWarp warp, Instruction* i)
    {
        ulong missing = warp.Mask & ~LaneOps.Bits(warp, i->B);
        if (missing == 0)
            return;
        int lane = BitOperations.TrailingZeroCount(missing);
        IrAllocation memory = warp.Group.Program.Kernel.LocalAllocations[(int)warp.Group.Program.Values[i->Index]!.Operands[0].Immediate];
        KernelFaultAccess access = new("reads", warp.Observer!.NameOf(warp, i, lane), i->Offset / memory.ElementSize, -1);
        throw warp.Fault(lane, i, $"reads element {access.Element} of {access.Memory}, which the thread has not written").With(KernelFaultKind.NotWritten, access);
    }

    // 0 <= index < length for all lanes at once: neither the index nor length - 1 - index is negative.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Index(LockstepWarp warp, Instruction* i)
    {
        byte* index = warp.Registers + i->B, length = warp.Registers + i->C;
        RowTag* first = RowTag.Of(index), end = RowTag.Of(length);
        if (first->IsAffine && end->IsUniform)
        {
            // All lanes lie between the first and the last.
            long last = first->Base + first->Step * (warp.Lanes - 1);
            if ((ulong)first->Base < (ulong)end->Base && (ulong)last < (ulong)end->Base)
                return;
        }
        RowTag.Fill(warp, index);
        RowTag.Fill(warp, length);
        int bytes = warp.RowBytes(8);
        ulong bad = 0;
        for (int o = 0; o < bytes; o += 32)
        {
            Vector256<long> at = Vector256.Load((long*)(index + o));
            Vector256<long> room = Vector256.Load((long*)(length + o)) + Vector256<long>.AllBitsSet - at;
            bad |= (ulong)(at | room).ExtractMostSignificantBits() << (o / 8);
        }
        if ((bad & warp.Mask) != 0)
            Any(warp, i);
    }

    // The usual range is one for all lanes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Range(LockstepWarp warp, Instruction* i)
    {
        int length = warp.Group.Program.RowOf(warp.Group.Program.OperandsOf(i->Index)[3]);
        RowTag* first = RowTag.Of(warp.Registers + i->B), count = RowTag.Of(warp.Registers + i->C), end = RowTag.Of(warp.Registers + length);
        bool isOne = first->IsUniform && count->IsUniform && end->IsUniform;
        if (!isOne || (first->Base | count->Base | (end->Base - count->Base - first->Base)) < 0)
            Any(warp, i);
    }

    private static void Any(LockstepWarp warp, Instruction* i)
    {
        IrValue check = warp.Group.Program.Values[i->Index]!;
        foreach (IrValue operand in check.Operands)
            RowTag.Fill(warp, warp.Registers + warp.Group.Program.RowOf(operand));
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            long[] numbers = [.. check.Operands.Select(operand => ((long*)(warp.Registers + warp.Group.Program.RowOf(operand)))[lane])];
            switch ((CheckKind)check.Immediate)
            {
                case CheckKind.Alignment when numbers[0] % numbers[1] != 0:
                    throw warp.Fault(lane, i, $"{warp.Observer!.NameOf(warp, i, lane)} does not begin at a multiple of {numbers[1]} bytes").With(KernelFaultKind.Misaligned);
                case CheckKind.Index when Parts(numbers, 2).Any(part => part[0] < 0 || part[0] >= part[1]):
                    string memory = warp.Observer!.NameOf(warp, i, lane);
                    throw warp.Fault(lane, i, $"index {Tuple(numbers, 2, 0)} is outside {memory} of length {Tuple(numbers, 2, 1)}")
                        .With(KernelFaultKind.OutOfBounds, numbers.Length == 3 ? new("", memory, numbers[1], numbers[2]) : null);
                case CheckKind.Range when Parts(numbers, 3).Any(part => part[0] < 0 || part[1] < 0 || part[0] > part[2] - part[1]):
                    throw warp.Fault(lane, i, $"the range of {Tuple(numbers, 3, 1)} from {Tuple(numbers, 3, 0)} is outside {warp.Observer!.NameOf(warp, i, lane)} of length {Tuple(numbers, 3, 2)}").With(KernelFaultKind.OutOfBounds);
            }
        }
    }

    private static IEnumerable<long[]> Parts(long[] numbers, int size) => numbers.Skip(1).Chunk(size);

    // One number of each dimension.
    private static string Tuple(long[] numbers, int size, int at)
    {
        string text = string.Join(", ", Parts(numbers, size).Select(part => part[at]));
        return numbers.Length > size + 1 ? $"({text})" : text;
    }
}
