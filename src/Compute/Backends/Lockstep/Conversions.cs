using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Operations with operands of several widths, with immediates, or that can fail.</summary>
internal static unsafe class Conversions
{
    private const MethodImplOptions Fast = MethodImplOptions.AggressiveOptimization;

    [MethodImpl(Fast)]
    public static void SignExtend(LockstepWarp warp, Instruction* i)
    {
        int* a = (int*)(warp.Registers + i->A);
        byte* result = warp.Registers + i->Result;
        for (int o = 0; o < warp.RowBytes(8); o += 32)
        {
            // The upper half of the last vector may lie beyond a row of few lanes; rows are whole vectors of 32 bytes.
            Put(warp, result, o, Vector256.WidenLower(Vector128.Load(a + o / 8).ToVector256()));
        }
    }

    [MethodImpl(Fast)]
    public static void Truncate(LockstepWarp warp, Instruction* i)
    {
        long* a = (long*)(warp.Registers + i->A);
        if (warp.Lanes >= 8)
        {
            for (int o = 0; o < warp.RowBytes(4); o += 32)
                Put(warp, warp.Registers + i->Result, o, Vector256.Narrow(Vector256.Load(a + o / 4), Vector256.Load(a + o / 4 + 4)));
            return;
        }
        int* result = (int*)(warp.Registers + i->Result);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            result[lane] = (int)a[lane];
        }
    }

    [MethodImpl(Fast)]
    public static void IntToSingle(LockstepWarp warp, Instruction* i)
    {
        byte* a = warp.Registers + i->A, result = warp.Registers + i->Result;
        for (int o = 0; o < warp.RowBytes(4); o += 32)
            Put(warp, result, o, Vector256.ConvertToSingle(Vector256.Load((int*)(a + o))));
    }

    // Toward zero, stopping at the ends of the range; NaN becomes 0.
    [MethodImpl(Fast)]
    public static void SingleToInt(LockstepWarp warp, Instruction* i)
    {
        byte* a = warp.Registers + i->A, result = warp.Registers + i->Result;
        for (int o = 0; o < warp.RowBytes(4); o += 32)
            Put(warp, result, o, Vector256.ConvertToInt32(Vector256.Load((float*)(a + o))));
    }

    [MethodImpl(Fast)]
    public static void HalfToFloat(LockstepWarp warp, Instruction* i)
    {
        byte* a = warp.Registers + i->A, result = warp.Registers + i->Result;
        for (int o = 0; o < warp.RowBytes(4); o += 32)
            Put(warp, result, o, PackedOps.HalfToSingle(Vector256.Load((int*)(a + o))));
    }

    [MethodImpl(Fast)]
    public static void Move<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        byte* a = warp.Registers + i->A, result = warp.Registers + i->Result;
        for (int o = 0; o < warp.RowBytes(sizeof(T)); o += 32)
            Put(warp, result, o, Vector256.Load((T*)(a + o)));
    }

    [MethodImpl(Fast)]
    public static void Offset(LockstepWarp warp, Instruction* i)
    {
        byte* a = warp.Registers + i->A, result = warp.Registers + i->Result;
        Vector256<long> offset = Vector256.Create(i->Offset);
        for (int o = 0; o < warp.RowBytes(8); o += 32)
            Put(warp, result, o, Vector256.Load((long*)(a + o)) + offset);
    }

    [MethodImpl(Fast)]
    public static void AddressShifted(LockstepWarp warp, Instruction* i)
    {
        byte* a = warp.Registers + i->A, b = warp.Registers + i->B, result = warp.Registers + i->Result;
        int shift = BitOperations.TrailingZeroCount(i->Immediate);
        Vector256<long> offset = Vector256.Create(i->Offset);
        for (int o = 0; o < warp.RowBytes(8); o += 32)
            Put(warp, result, o, Vector256.Load((long*)(a + o)) + Vector256.ShiftLeft(Vector256.Load((long*)(b + o)), shift) + offset);
    }

    [MethodImpl(Fast)]
    public static void Address(LockstepWarp warp, Instruction* i)
    {
        byte* a = warp.Registers + i->A, b = warp.Registers + i->B, result = warp.Registers + i->Result;
        Vector256<long> offset = Vector256.Create(i->Offset);
        for (int o = 0; o < warp.RowBytes(8); o += 32)
            Put(warp, result, o, Vector256.Load((long*)(a + o)) + Vector256.Load((long*)(b + o)) * i->Immediate + offset);
    }

    [MethodImpl(Fast)]
    public static void ShiftLeft<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        byte* a = warp.Registers + i->A, result = warp.Registers + i->Result;
        int count = (int)i->Immediate & (sizeof(T) * 8 - 1);
        for (int o = 0; o < warp.RowBytes(sizeof(T)); o += 32)
            Put(warp, result, o, Vector256.Load((T*)(a + o)) << count);
    }

    [MethodImpl(Fast)]
    public static void ShiftRight<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        byte* a = warp.Registers + i->A, result = warp.Registers + i->Result;
        int count = (int)i->Immediate & (sizeof(T) * 8 - 1);
        for (int o = 0; o < warp.RowBytes(sizeof(T)); o += 32)
            Put(warp, result, o, Vector256.Load((T*)(a + o)) >> count);
    }

    [MethodImpl(Fast)]
    public static void ShiftRightUnsigned<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        byte* a = warp.Registers + i->A, result = warp.Registers + i->Result;
        int count = (int)i->Immediate & (sizeof(T) * 8 - 1);
        for (int o = 0; o < warp.RowBytes(sizeof(T)); o += 32)
            Put(warp, result, o, Vector256.Load((T*)(a + o)) >>> count);
    }

    [MethodImpl(Fast)]
    public static void Division<T, TOperation>(LockstepWarp warp, Instruction* i)
        where T : unmanaged, IBinaryInteger<T>
        where TOperation : struct, ILaneBinary<T, T, T>
    {
        T* a = (T*)(warp.Registers + i->A), b = (T*)(warp.Registers + i->B), result = (T*)(warp.Registers + i->Result);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            if (T.IsZero(b[lane]))
                throw warp.Fault(lane, i, $"{a[lane]} is divided by the integer 0", new DivideByZeroException()).With(KernelFaultKind.DivisionByZero);
            T quotient = TOperation.Apply(a[lane], b[lane]);
            if (warp.Group.Program.Options.Checks && typeof(TOperation) == typeof(Quotient<T>) && T.IsNegative(quotient) && T.IsNegative(a[lane]) && T.IsNegative(b[lane]))
                throw warp.Fault(lane, i, $"{a[lane]} divided by -1 is more than {(sizeof(T) == 4 ? "an int" : "a long")} holds", new OverflowException());
            result[lane] = quotient;
        }
    }

    private static void Put<T>(LockstepWarp warp, byte* target, int offset, Vector256<T> value)
        where T : unmanaged => LaneOps.Put(warp, target, offset, value);
}
