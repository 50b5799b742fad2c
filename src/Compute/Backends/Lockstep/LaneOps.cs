using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

internal interface IVectorUnary<T>
{
    static abstract Vector256<T> Apply(Vector256<T> a);
}

internal interface IVectorBinary<T>
{
    static abstract Vector256<T> Apply(Vector256<T> a, Vector256<T> b);
}

internal interface IVectorTernary<T>
{
    static abstract Vector256<T> Apply(Vector256<T> a, Vector256<T> b, Vector256<T> c);
}

internal interface ILaneUnary<TIn, TOut>
{
    static abstract TOut Apply(TIn a);
}

internal interface ILaneBinary<T1, T2, TOut>
{
    static abstract TOut Apply(T1 a, T2 b);
}

/// <summary>Applies an operation to all active lanes. Rows are whole vectors; what stands in lanes that never take part does
/// not matter, but a lane that waits for others must keep its values.</summary>
internal static unsafe class LaneOps
{
    private const MethodImplOptions Fast = MethodImplOptions.AggressiveOptimization;


    /// <summary>All bits of the lanes whose bits are set, beginning with bit 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Mask<T>(ulong bits)
        where T : unmanaged
    {
        if (sizeof(T) == 4)
        {
            Vector256<int> lane = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
            return Vector256.Equals(Vector256.Create((int)bits) & lane, lane).As<int, T>();
        }
        Vector256<long> wide = Vector256.Create(1L, 2, 4, 8);
        return Vector256.Equals(Vector256.Create((long)bits) & wide, wide).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(LockstepWarp warp, byte* target, int offset, Vector256<T> value)
        where T : unmanaged
    {
        T* place = (T*)(target + offset);
        if (!warp.IsWhole)
            value = Vector256.ConditionalSelect(Mask<T>(warp.Mask >> (offset / sizeof(T))), value, Vector256.Load(place));
        value.Store(place);
    }

    [MethodImpl(Fast)]
    public static void Unary<T, TOperation>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
        where TOperation : struct, IVectorUnary<T>
    {
        byte* a = warp.Registers + i->A, result = warp.Registers + i->Result;
        int bytes = warp.RowBytes(sizeof(T));
        for (int o = 0; o < bytes; o += 32)
            Put(warp, result, o, TOperation.Apply(Vector256.Load((T*)(a + o))));
    }

    [MethodImpl(Fast)]
    public static void Binary<T, TOperation>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
        where TOperation : struct, IVectorBinary<T>
    {
        byte* a = warp.Registers + i->A, b = warp.Registers + i->B, result = warp.Registers + i->Result;
        int bytes = warp.RowBytes(sizeof(T));
        if (warp.IsWhole)
        {
            for (int o = 0; o < bytes; o += 32)
                TOperation.Apply(Vector256.Load((T*)(a + o)), Vector256.Load((T*)(b + o))).Store((T*)(result + o));
            return;
        }
        for (int o = 0; o < bytes; o += 32)
            Put(warp, result, o, TOperation.Apply(Vector256.Load((T*)(a + o)), Vector256.Load((T*)(b + o))));
    }

    [MethodImpl(Fast)]
    public static void Ternary<T, TOperation>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
        where TOperation : struct, IVectorTernary<T>
    {
        byte* r = warp.Registers;
        int bytes = warp.RowBytes(sizeof(T));
        for (int o = 0; o < bytes; o += 32)
            Put(warp, r + i->Result, o, TOperation.Apply(Vector256.Load((T*)(r + i->A + o)), Vector256.Load((T*)(r + i->B + o)), Vector256.Load((T*)(r + i->C + o))));
    }

    /// <summary>A test of two values, as one bit a lane.</summary>
    [MethodImpl(Fast)]
    public static void Compare<T, TOperation>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
        where TOperation : struct, IVectorBinary<T>
    {
        byte* a = warp.Registers + i->A, b = warp.Registers + i->B;
        int bytes = warp.RowBytes(sizeof(T));
        ulong bits = 0;
        for (int o = 0; o < bytes; o += 32)
            bits |= (ulong)TOperation.Apply(Vector256.Load((T*)(a + o)), Vector256.Load((T*)(b + o))).ExtractMostSignificantBits() << (o / sizeof(T));
        PutBits(warp, i, bits);
    }

    /// <summary>A test of one value, as one bit a lane.</summary>
    [MethodImpl(Fast)]
    public static void Test<T, TOperation>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
        where TOperation : struct, IVectorUnary<T>
    {
        byte* a = warp.Registers + i->A;
        int bytes = warp.RowBytes(sizeof(T));
        ulong bits = 0;
        for (int o = 0; o < bytes; o += 32)
            bits |= (ulong)TOperation.Apply(Vector256.Load((T*)(a + o))).ExtractMostSignificantBits() << (o / sizeof(T));
        PutBits(warp, i, bits);
    }

    [MethodImpl(Fast)]
    public static void Select<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        byte* r = warp.Registers;
        ulong condition = *(ulong*)(r + i->A);
        int bytes = warp.RowBytes(sizeof(T));
        for (int o = 0; o < bytes; o += 32)
        {
            Vector256<T> chosen = Vector256.ConditionalSelect(Mask<T>(condition >> (o / sizeof(T))), Vector256.Load((T*)(r + i->B + o)), Vector256.Load((T*)(r + i->C + o)));
            Put(warp, r + i->Result, o, chosen);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SelectBits(LockstepWarp warp, Instruction* i)
    {
        ulong condition = Bits(warp, i->A);
        PutBits(warp, i, (condition & Bits(warp, i->B)) | (~condition & Bits(warp, i->C)));
    }

    public static void AndBits(LockstepWarp warp, Instruction* i) => PutBits(warp, i, Bits(warp, i->A) & Bits(warp, i->B));

    public static void OrBits(LockstepWarp warp, Instruction* i) => PutBits(warp, i, Bits(warp, i->A) | Bits(warp, i->B));

    public static void XorBits(LockstepWarp warp, Instruction* i) => PutBits(warp, i, Bits(warp, i->A) ^ Bits(warp, i->B));

    public static void EqualBits(LockstepWarp warp, Instruction* i) => PutBits(warp, i, ~(Bits(warp, i->A) ^ Bits(warp, i->B)));

    public static void NotBits(LockstepWarp warp, Instruction* i) => PutBits(warp, i, ~Bits(warp, i->A));

    [MethodImpl(Fast)]
    public static void BoolToInt(LockstepWarp warp, Instruction* i)
    {
        ulong bits = Bits(warp, i->A);
        for (int o = 0; o < warp.RowBytes(4); o += 32)
            Put(warp, warp.Registers + i->Result, o, Mask<int>(bits >> (o / 4)) & Vector256<int>.One);
    }

    /// <summary>Lane by lane, for what vectors lack.</summary>
    [MethodImpl(Fast)]
    public static void Each<TIn, TOut, TOperation>(LockstepWarp warp, Instruction* i)
        where TIn : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ILaneUnary<TIn, TOut>
    {
        TIn* a = (TIn*)(warp.Registers + i->A);
        TOut* result = (TOut*)(warp.Registers + i->Result);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            result[lane] = TOperation.Apply(a[lane]);
        }
    }

    /// <inheritdoc cref="Each{TIn, TOut, TOperation}"/>
    [MethodImpl(Fast)]
    public static void Each<T1, T2, TOut, TOperation>(LockstepWarp warp, Instruction* i)
        where T1 : unmanaged
        where T2 : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ILaneBinary<T1, T2, TOut>
    {
        T1* a = (T1*)(warp.Registers + i->A);
        T2* b = (T2*)(warp.Registers + i->B);
        TOut* result = (TOut*)(warp.Registers + i->Result);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            result[lane] = TOperation.Apply(a[lane], b[lane]);
        }
    }

    /// <summary>Copies a row for the lanes of a mask.</summary>
    [MethodImpl(Fast)]
    public static void Copy(LockstepWarp warp, RowCopy copy, ulong mask)
    {
        byte* to = warp.Registers + copy.To, from = warp.Registers + copy.From;
        if (copy.Width == 0)
        {
            *(ulong*)to = (*(ulong*)to & ~mask) | (*(ulong*)from & mask);
            return;
        }
        int bytes = warp.RowBytes(copy.Width);
        bool all = mask == warp.Start;
        if (copy.IsTagged)
        {
            RowTag* source = RowTag.Of(from), target = RowTag.Of(to);
            if (all && source->IsAffine)
            {
                target->Describe(source->Base, source->Step);
                return;
            }
            RowTag.Fill(warp, from);
            if (!all)
                RowTag.Fill(warp, to);
            target->Forget();
        }
        if (all)
        {
            for (int o = 0; o < bytes; o += 32)
                Vector256.Load(from + o).Store(to + o);
            return;
        }
        for (int o = 0; o < bytes; o += 32)
        {
            Vector256<byte> chosen = copy.Width == 4 ? Mask<int>(mask >> (o / 4)).AsByte() : Mask<long>(mask >> (o / 8)).AsByte();
            Vector256.ConditionalSelect(chosen, Vector256.Load(from + o), Vector256.Load(to + o)).Store(to + o);
        }
    }

    public static ulong Bits(LockstepWarp warp, int row) => *(ulong*)(warp.Registers + row);

    public static void PutBits(LockstepWarp warp, Instruction* i, ulong bits)
    {
        ulong* result = (ulong*)(warp.Registers + i->Result);
        *result = (*result & ~warp.Mask) | (bits & warp.Mask);
    }
}
