using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Operations in which lanes of a warp take part together, fences and printing.</summary>
internal static unsafe class ExchangeOps
{
    private const int MostLanes = 64;

    /// <summary>The code of an operation of a warp.</summary>
    public static void* Find(IrValue value) => value.Op switch
    {
        IrOp.Shuffle when Width(value) == 4 => (delegate*<LockstepWarp, Instruction*, void>)&Shuffle<int>,
        IrOp.Shuffle => (delegate*<LockstepWarp, Instruction*, void>)&Shuffle<long>,
        IrOp.WarpBroadcast when Width(value) == 4 => (delegate*<LockstepWarp, Instruction*, void>)&Broadcast<int>,
        IrOp.WarpBroadcast => (delegate*<LockstepWarp, Instruction*, void>)&Broadcast<long>,
        IrOp.WarpBarrier => (delegate*<LockstepWarp, Instruction*, void>)&WarpBarrier,
        IrOp.MemoryFence => (delegate*<LockstepWarp, Instruction*, void>)&Fence,
        IrOp.Statement => (delegate*<LockstepWarp, Instruction*, void>)&Pass,
        _ => (delegate*<LockstepWarp, Instruction*, void>)&Print,
    };

    // A statement begins: nothing to do, but a place to stop.
    private static void Pass(LockstepWarp warp, Instruction* i)
    {
    }

    private static int Width(IrValue value) => value.Type is IrType.I32 or IrType.F32 ? 4 : 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Shuffle<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        warp.RequireAll(i);
        warp.Observer?.WarpExchange(warp, i);
        int lanes = warp.Lanes;
        T* old = stackalloc T[MostLanes];
        Unsafe.CopyBlock(old, warp.Registers + i->A, (uint)(sizeof(T) * lanes));
        int* arguments = (int*)(warp.Registers + i->B), widths = (int*)(warp.Registers + i->C);
        T* result = (T*)(warp.Registers + i->Result);
        if ((ShuffleKind)i->Immediate == ShuffleKind.Xor && warp.Start == warp.All
            && !new ReadOnlySpan<int>(arguments, lanes).ContainsAnyExcept(arguments[0]) && !new ReadOnlySpan<int>(widths, lanes).ContainsAnyExcept(lanes)
            && (uint)arguments[0] < (uint)lanes)
        {
            for (int lane = 0; lane < lanes; lane++)
                result[lane] = old[lane ^ arguments[0]];
            return;
        }
        for (ulong left = warp.Start; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left), argument = arguments[lane];
            int width = Math.Clamp(widths[lane], 1, lanes), first = lane / width * width, within = lane - first;
            int wanted = (ShuffleKind)i->Immediate switch
            {
                ShuffleKind.Index => (argument % width + width) % width,
                ShuffleKind.Up => within - argument,
                ShuffleKind.Down => within + argument,
                _ => within ^ argument,
            };
            bool exists = (uint)wanted < (uint)width && (warp.Start >> (first + wanted) & 1) != 0;
            result[lane] = old[exists ? first + wanted : lane];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Broadcast<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        warp.RequireAll(i);
        warp.Observer?.WarpExchange(warp, i);
        int* wanted = (int*)(warp.Registers + i->B);
        int first = BitOperations.TrailingZeroCount(warp.Start), from = wanted[first];
        for (ulong left = warp.Group.Program.Options.Checks ? warp.Start : 0; left != 0; left &= left - 1)
            if (BitOperations.TrailingZeroCount(left) is var lane && wanted[lane] != from)
                throw warp.Fault(lane, i, $"Warp.Broadcast of lane {wanted[lane]} here and of lane {from} in thread {warp.Group.ThreadIndex(warp.Number * warp.Lanes + first)}; it must be the same lane for all");
        T* values = (T*)(warp.Registers + i->A), result = (T*)(warp.Registers + i->Result);
        if ((uint)from >= (uint)warp.Lanes || (warp.Start >> from & 1) == 0)
            throw warp.Fault(BitOperations.TrailingZeroCount(warp.Start), i, $"the value of lane {from} is broadcast, which the warp does not have");
        T value = values[from];
        for (ulong left = warp.Start; left != 0; left &= left - 1)
            result[BitOperations.TrailingZeroCount(left)] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WarpBarrier(LockstepWarp warp, Instruction* i)
    {
        warp.RequireAll(i);
        warp.Observer?.WarpBarrier(warp, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fence(LockstepWarp warp, Instruction* i) => warp.Observer?.Fence(warp, i);

    private static void Print(LockstepWarp warp, Instruction* i)
    {
        IrValue print = warp.Group.Program.Values[i->Index]!;
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            object[] arguments = [.. print.Operands.Select(operand => ReadBoxed(warp, operand, lane))];
            Console.Write(string.Format(CultureInfo.InvariantCulture, print.Text!, arguments));
        }
    }

    /// <summary>The value that a lane's register holds.</summary>
    public static object ReadBoxed(LockstepWarp warp, IrValue value, int lane)
    {
        byte* row = warp.Registers + warp.Group.Program.RowOf(value);
        if (ProgramBuilder.IsTagged(value.Type))
            RowTag.Fill(warp, row);
        return value.Type switch
        {
            IrType.Bool => (*(ulong*)row >> lane & 1) != 0,
            IrType.I32 => ((int*)row)[lane],
            IrType.F32 => ((float*)row)[lane],
            IrType.F64 => ((double*)row)[lane],
            _ => ((long*)row)[lane],
        };
    }
}
