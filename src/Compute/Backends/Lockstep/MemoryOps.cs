using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>How the addresses of a warp's lanes lie.</summary>
internal enum AddressPattern : byte
{
    /// <summary>Anyhow, or some lanes take no part.</summary>
    Scattered,

    /// <summary>All lanes at one address; some that load, at least two, count as all.</summary>
    Uniform,

    /// <summary>One after the other without gaps.</summary>
    Contiguous,
}

/// <summary>Loads, stores and atomic operations. Lanes take effect in their order.</summary>
internal static unsafe class MemoryOps
{
    private const MethodImplOptions Fast = MethodImplOptions.AggressiveOptimization;

    /// <summary>The code of a memory operation.</summary>
    public static void* Find(IrValue value) => value.Op switch
    {
        IrOp.Load => value.Memory switch
        {
            MemoryType.I8 => (delegate*<LockstepWarp, Instruction*, void>)&Load<int, SignedByte>,
            MemoryType.U8 => (delegate*<LockstepWarp, Instruction*, void>)&Load<int, UnsignedByte>,
            MemoryType.I16 => (delegate*<LockstepWarp, Instruction*, void>)&Load<int, SignedShort>,
            MemoryType.U16 => (delegate*<LockstepWarp, Instruction*, void>)&Load<int, UnsignedShort>,
            MemoryType.I64 or MemoryType.F64 => (delegate*<LockstepWarp, Instruction*, void>)&Load<long, Whole<long>>,
            _ => (delegate*<LockstepWarp, Instruction*, void>)&Load<int, Whole<int>>,
        },
        IrOp.Store => value.Memory switch
        {
            MemoryType.I8 or MemoryType.U8 => (delegate*<LockstepWarp, Instruction*, void>)&Store<int, UnsignedByte>,
            MemoryType.I16 or MemoryType.U16 => (delegate*<LockstepWarp, Instruction*, void>)&Store<int, UnsignedShort>,
            MemoryType.I64 or MemoryType.F64 => (delegate*<LockstepWarp, Instruction*, void>)&Store<long, Whole<long>>,
            _ => (delegate*<LockstepWarp, Instruction*, void>)&Store<int, Whole<int>>,
        },
        IrOp.AtomicCompareExchange => value.Memory is MemoryType.I64 or MemoryType.F64
            ? (delegate*<LockstepWarp, Instruction*, void>)&CompareExchange<long>
            : (delegate*<LockstepWarp, Instruction*, void>)&CompareExchange<int>,
        _ => value.Memory switch
        {
            MemoryType.I64 => (delegate*<LockstepWarp, Instruction*, void>)&AtomicInteger<long, ulong>,
            MemoryType.F32 => (delegate*<LockstepWarp, Instruction*, void>)&AtomicFloat<float>,
            MemoryType.F64 => (delegate*<LockstepWarp, Instruction*, void>)&AtomicFloat<double>,
            _ => (delegate*<LockstepWarp, Instruction*, void>)&AtomicInteger<int, uint>,
        },
    };

    /// <summary>Finds out how the addresses lie, tells the observer, then makes the access.</summary>
    [MethodImpl(Fast)]
    public static void Access(LockstepWarp warp, Instruction* i)
    {
        Look(warp, i);
        if ((i->Tags & 8) != 0)
            AffineOps.Overwrite(warp, warp.Registers + i->Result);
        ((delegate*<LockstepWarp, Instruction*, void>)i->Inner)(warp, i);
    }

    /// <summary>Finds out how the addresses lie, and tells the observer.</summary>
    [MethodImpl(Fast)]
    public static void Look(LockstepWarp warp, Instruction* i)
    {
        byte* row = warp.Registers + i->A;
        RowTag* tag = RowTag.Of(row);
        if (tag->IsAffine && warp.Mask == warp.All && warp.Lanes >= 4)
        {
            warp.FirstAddress = tag->Base + i->Offset;
            warp.Pattern = tag->Step == 0 ? AddressPattern.Uniform : tag->Step == i->Size ? AddressPattern.Contiguous : AddressPattern.Scattered;
        }
        else if (i->IsLoad && warp.Mask != warp.All && (warp.Mask & (warp.Mask - 1)) != 0)
        {
            ClassifySome(warp, i, tag, row);
        }
        else
        {
            RowTag.Fill(warp, row);
            warp.FirstAddress = *(long*)row + i->Offset;
            warp.Pattern = Classify(warp, (long*)row, i->Size);
        }
        if (warp.Pattern == AddressPattern.Scattered)
            RowTag.Fill(warp, row);
        if ((i->Tags & 2) != 0)
            RowTag.Fill(warp, warp.Registers + i->B);
        if ((i->Tags & 4) != 0)
            RowTag.Fill(warp, warp.Registers + i->C);
        if (i->Space != AddressSpace.Constant)
            warp.Observer?.Access(warp, i);
    }

    // How the addresses of an access lie that have no tag.
    [MethodImpl(Fast)]
    private static AddressPattern Classify(LockstepWarp warp, long* pointers, int size)
    {
        if (warp.Mask != warp.All || warp.Lanes < 4)
            return AddressPattern.Scattered;
        long step = pointers[1] - pointers[0];
        if (step != 0 && step != size)
            return AddressPattern.Scattered;
        Vector256<long> expected = Vector256.Create(pointers[0]) + Vector256.Create(0, step, 2 * step, 3 * step);
        Vector256<long> advance = Vector256.Create(4 * step);
        for (int lane = 0; lane < warp.Lanes; lane += 4, expected += advance)
            if (Vector256.Load(pointers + lane) != expected)
                return AddressPattern.Scattered;
        return step == 0 ? AddressPattern.Uniform : AddressPattern.Contiguous;
    }

    // Whether some lanes load from one place.
    [MethodImpl(Fast)]
    private static void ClassifySome(LockstepWarp warp, Instruction* i, RowTag* tag, byte* row)
    {
        if (tag->IsUniform)
        {
            (warp.FirstAddress, warp.Pattern) = (tag->Base + i->Offset, AddressPattern.Uniform);
            return;
        }
        long* pointers = (long*)RowTag.Fill(warp, row);
        long first = pointers[BitOperations.TrailingZeroCount(warp.Mask)];
        (warp.FirstAddress, warp.Pattern) = (first + i->Offset, AddressPattern.Uniform);
        for (ulong others = warp.Mask & (warp.Mask - 1); others != 0; others &= others - 1)
        {
            if (pointers[BitOperations.TrailingZeroCount(others)] == first)
                continue;
            warp.Pattern = AddressPattern.Scattered;
            return;
        }
    }

    [MethodImpl(Fast)]
    private static void Load<T, TForm>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
        where TForm : struct, IMemoryForm<T>
    {
        long* pointers = (long*)(warp.Registers + i->A);
        T* result = (T*)(warp.Registers + i->Result);
        switch (warp.Pattern)
        {
            case AddressPattern.Uniform when warp.Mask == warp.All:
                T single = TForm.Read((byte*)warp.FirstAddress);
                if ((i->Tags & 8) != 0)
                {
                    RowTag.Of((byte*)result)->Describe(sizeof(T) == 4 ? *(int*)&single : *(long*)&single, 0);
                    return;
                }
                Vector256<T> value = Vector256.Create(single);
                for (int o = 0; o < warp.RowBytes(sizeof(T)); o += 32)
                    value.Store((T*)((byte*)result + o));
                return;
            case AddressPattern.Contiguous when TForm.Size == sizeof(T):
                Unsafe.CopyBlockUnaligned(result, (byte*)warp.FirstAddress, (uint)(sizeof(T) * warp.Lanes));
                return;
            case AddressPattern.Contiguous:
                byte* from = (byte*)warp.FirstAddress;
                for (int lane = 0; lane < warp.Lanes; lane++)
                    result[lane] = TForm.Read(from + lane * TForm.Size);
                return;
        }
        RowTag.Fill(warp, (byte*)pointers);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            result[lane] = TForm.Read((byte*)(pointers[lane] + i->Offset));
        }
    }

    [MethodImpl(Fast)]
    private static void Store<T, TForm>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
        where TForm : struct, IMemoryForm<T>
    {
        long* pointers = (long*)(warp.Registers + i->A);
        T* values = (T*)(warp.Registers + i->B);
        warp.Changes++;
        if (TForm.Size == sizeof(T) && warp.Pattern == AddressPattern.Contiguous)
        {
            Unsafe.CopyBlockUnaligned((byte*)warp.FirstAddress, values, (uint)(sizeof(T) * warp.Lanes));
            return;
        }
        // The last lane has the last word.
        if (warp.Pattern == AddressPattern.Uniform)
        {
            TForm.Write((byte*)warp.FirstAddress, values[warp.Lanes - 1]);
            return;
        }
        RowTag.Fill(warp, (byte*)pointers);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            TForm.Write((byte*)(pointers[lane] + i->Offset), values[lane]);
        }
    }

    // One launch runs at a time, on one thread, so that plain reads and writes are atomic.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AtomicInteger<T, TUnsigned>(LockstepWarp warp, Instruction* i)
        where T : unmanaged, IBinaryInteger<T>
        where TUnsigned : unmanaged, IBinaryInteger<TUnsigned>
    {
        long* pointers = warp.Pointers(i);
        T* values = (T*)(warp.Registers + i->B), result = (T*)(warp.Registers + i->Result);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            T* place = (T*)(pointers[lane] + i->Offset);
            T old = *place, value = values[lane];
            *place = (AtomicOperation)i->Immediate switch
            {
                AtomicOperation.Add => old + value,
                AtomicOperation.And => old & value,
                AtomicOperation.Or => old | value,
                AtomicOperation.Xor => old ^ value,
                AtomicOperation.Min => T.Min(old, value),
                AtomicOperation.Max => T.Max(old, value),
                AtomicOperation.MinU => T.CreateTruncating(TUnsigned.Min(TUnsigned.CreateTruncating(old), TUnsigned.CreateTruncating(value))),
                AtomicOperation.MaxU => T.CreateTruncating(TUnsigned.Max(TUnsigned.CreateTruncating(old), TUnsigned.CreateTruncating(value))),
                _ => value,
            };
            result[lane] = old;
            if (!place->Equals(old))
                warp.Changes++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AtomicFloat<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long* pointers = warp.Pointers(i);
        T* values = (T*)(warp.Registers + i->B), result = (T*)(warp.Registers + i->Result);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            T* place = (T*)(pointers[lane] + i->Offset);
            T old = *place, value = values[lane];
            *place = (AtomicOperation)i->Immediate switch
            {
                AtomicOperation.Add => old + value,
                AtomicOperation.Min => T.Min(old, value),
                AtomicOperation.Max => T.Max(old, value),
                _ => value,
            };
            result[lane] = old;
            if (!place->Equals(old))
                warp.Changes++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CompareExchange<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged, IBinaryInteger<T>
    {
        long* pointers = warp.Pointers(i);
        T* expected = (T*)(warp.Registers + i->B), values = (T*)(warp.Registers + i->C), result = (T*)(warp.Registers + i->Result);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            T* place = (T*)(pointers[lane] + i->Offset);
            T old = *place;
            if (old == expected[lane])
                *place = values[lane];
            result[lane] = old;
            if (!place->Equals(old))
                warp.Changes++;
        }
    }
}
