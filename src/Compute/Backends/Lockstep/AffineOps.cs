using System.Numerics;
using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Integer operations that look at the tags of their rows first, and the wrapper of those that do not.</summary>
internal static unsafe class AffineOps
{
    private const MethodImplOptions Fast = MethodImplOptions.AggressiveOptimization;

    /// <summary>Finds the code of an operation that knows tags; null if there is none.</summary>
    public static void* Find(IrValue value)
    {
        bool wide = value.Type != IrType.I32;
        return value.Op switch
        {
            IrOp.Add when value.Type.IsInteger() => wide ? (delegate*<LockstepWarp, Instruction*, void>)&Add<long> : (delegate*<LockstepWarp, Instruction*, void>)&Add<int>,
            IrOp.Sub when value.Type.IsInteger() => wide ? (delegate*<LockstepWarp, Instruction*, void>)&Subtract<long> : (delegate*<LockstepWarp, Instruction*, void>)&Subtract<int>,
            IrOp.Mul when value.Type.IsInteger() => wide ? (delegate*<LockstepWarp, Instruction*, void>)&Multiply<long> : (delegate*<LockstepWarp, Instruction*, void>)&Multiply<int>,
            IrOp.Shl when value.Operands[1].Op == IrOp.Constant => wide ? (delegate*<LockstepWarp, Instruction*, void>)&ShiftLeft<long> : (delegate*<LockstepWarp, Instruction*, void>)&ShiftLeft<int>,
            IrOp.Truncate64 => (delegate*<LockstepWarp, Instruction*, void>)&Truncate,
            IrOp.Select when value.Type is IrType.I32 or IrType.I64 or IrType.Ptr => (delegate*<LockstepWarp, Instruction*, void>)&Select,
            IrOp.SignExtend => (delegate*<LockstepWarp, Instruction*, void>)&SignExtend,
            IrOp.Address => value.Operands.Count == 1 ? (delegate*<LockstepWarp, Instruction*, void>)&Offset : (delegate*<LockstepWarp, Instruction*, void>)&Address,
            IrOp.Compare when value.Operands[0].Type == IrType.I32 => (delegate*<LockstepWarp, Instruction*, void>)&Compare<int, uint>,
            IrOp.Compare when value.Operands[0].Type is IrType.I64 or IrType.Ptr => (delegate*<LockstepWarp, Instruction*, void>)&Compare<long, ulong>,
            _ => null,
        };
    }

    /// <summary>Runs an operation that knows nothing of tags. What comes of uniform operands alone is uniform again.</summary>
    [MethodImpl(Fast)]
    public static void Plain(LockstepWarp warp, Instruction* i)
    {
        byte* r = warp.Registers;
        bool isUniform = i->IsPure && warp.IsWhole && RowTag.Of(r + i->A)->IsUniform
            && ((i->Tags & 2) == 0 || RowTag.Of(r + i->B)->IsUniform) && ((i->Tags & 4) == 0 || RowTag.Of(r + i->C)->IsUniform);
        Fill(warp, i);
        ((delegate*<LockstepWarp, Instruction*, void>)i->Inner)(warp, i);
        if (!isUniform)
            return;
        byte* result = r + i->Result;
        int lane = BitOperations.TrailingZeroCount(warp.Start);
        RowTag* tag = RowTag.Of(result);
        tag->Describe(tag->Width == 4 ? ((int*)result)[lane] : ((long*)result)[lane], 0);
    }

    [MethodImpl(Fast)]
    private static void Select(LockstepWarp warp, Instruction* i)
    {
        ulong condition = LaneOps.Bits(warp, i->A) & warp.Start;
        if (warp.IsWhole && (condition == 0 || condition == warp.Start))
        {
            RowTag* chosen = RowTag.Of(warp.Registers + (condition == 0 ? i->C : i->B));
            if (chosen->IsAffine)
            {
                RowTag.Of(warp.Registers + i->Result)->Describe(chosen->Base, chosen->Step);
                return;
            }
        }
        Fill(warp, i);
        ((delegate*<LockstepWarp, Instruction*, void>)i->Inner)(warp, i);
    }

    // The low halves of numbers that step evenly step evenly.
    [MethodImpl(Fast)]
    private static void Truncate(LockstepWarp warp, Instruction* i)
    {
        RowTag* a = RowTag.Of(warp.Registers + i->A);
        if (warp.IsWhole && a->IsAffine)
        {
            RowTag.Of(warp.Registers + i->Result)->Describe(a->Base, a->Step);
            return;
        }
        Fill(warp, i);
        Conversions.Truncate(warp, i);
    }

    // Operands stand in their rows afterwards, and so do the values that lanes that wait have in the result's row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(LockstepWarp warp, Instruction* i)
    {
        byte* r = warp.Registers;
        if ((i->Tags & 1) != 0)
            RowTag.Fill(warp, r + i->A);
        if ((i->Tags & 2) != 0)
            RowTag.Fill(warp, r + i->B);
        if ((i->Tags & 4) != 0)
            RowTag.Fill(warp, r + i->C);
        if ((i->Tags & 8) != 0)
            Overwrite(warp, r + i->Result);
    }

    /// <summary>Prepares a row for values that come lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Overwrite(LockstepWarp warp, byte* row)
    {
        if (!warp.IsWhole)
            RowTag.Fill(warp, row);
        RowTag.Of(row)->Forget();
    }

    [MethodImpl(Fast)]
    private static void Add<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        RowTag* a = RowTag.Of(warp.Registers + i->A), b = RowTag.Of(warp.Registers + i->B);
        if (warp.IsWhole && a->IsAffine && b->IsAffine)
        {
            RowTag.Of(warp.Registers + i->Result)->Describe(a->Base + b->Base, a->Step + b->Step);
            return;
        }
        Fill(warp, i);
        LaneOps.Binary<T, Add<T>>(warp, i);
    }

    [MethodImpl(Fast)]
    private static void Subtract<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        RowTag* a = RowTag.Of(warp.Registers + i->A), b = RowTag.Of(warp.Registers + i->B);
        if (warp.IsWhole && a->IsAffine && b->IsAffine)
        {
            RowTag.Of(warp.Registers + i->Result)->Describe(a->Base - b->Base, a->Step - b->Step);
            return;
        }
        Fill(warp, i);
        LaneOps.Binary<T, Subtract<T>>(warp, i);
    }

    [MethodImpl(Fast)]
    private static void Multiply<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        RowTag* a = RowTag.Of(warp.Registers + i->A), b = RowTag.Of(warp.Registers + i->B);
        if (warp.IsWhole && a->IsAffine && b->IsAffine && (a->Step == 0 || b->Step == 0))
        {
            RowTag.Of(warp.Registers + i->Result)->Describe(a->Base * b->Base, a->Base * b->Step + a->Step * b->Base);
            return;
        }
        Fill(warp, i);
        LaneOps.Binary<T, Multiply<T>>(warp, i);
    }

    [MethodImpl(Fast)]
    private static void ShiftLeft<T>(LockstepWarp warp, Instruction* i)
        where T : unmanaged
    {
        RowTag* a = RowTag.Of(warp.Registers + i->A);
        if (warp.IsWhole && a->IsAffine)
        {
            int count = (int)i->Immediate & (sizeof(T) * 8 - 1);
            RowTag.Of(warp.Registers + i->Result)->Describe(a->Base << count, a->Step << count);
            return;
        }
        Fill(warp, i);
        Conversions.ShiftLeft<T>(warp, i);
    }

    [MethodImpl(Fast)]
    private static void SignExtend(LockstepWarp warp, Instruction* i)
    {
        RowTag* a = RowTag.Of(warp.Registers + i->A);
        // Not if a lane's number has wrapped around.
        long last = a->Base + a->Step * (warp.Lanes - 1);
        if (warp.IsWhole && a->IsAffine && last == (int)last)
        {
            RowTag.Of(warp.Registers + i->Result)->Describe(a->Base, a->Step);
            return;
        }
        Fill(warp, i);
        Conversions.SignExtend(warp, i);
    }

    [MethodImpl(Fast)]
    private static void Offset(LockstepWarp warp, Instruction* i)
    {
        RowTag* a = RowTag.Of(warp.Registers + i->A);
        if (warp.IsWhole && a->IsAffine)
        {
            RowTag.Of(warp.Registers + i->Result)->Describe(a->Base + i->Offset, a->Step);
            return;
        }
        Fill(warp, i);
        Conversions.Offset(warp, i);
    }

    [MethodImpl(Fast)]
    private static void Address(LockstepWarp warp, Instruction* i)
    {
        RowTag* a = RowTag.Of(warp.Registers + i->A), b = RowTag.Of(warp.Registers + i->B);
        if (warp.IsWhole && a->IsAffine && b->IsAffine)
        {
            RowTag.Of(warp.Registers + i->Result)->Describe(a->Base + b->Base * i->Immediate + i->Offset, a->Step + b->Step * i->Immediate);
            return;
        }
        Fill(warp, i);
        ((delegate*<LockstepWarp, Instruction*, void>)i->Inner)(warp, i);
    }

    [MethodImpl(Fast)]
    private static void Compare<T, TUnsigned>(LockstepWarp warp, Instruction* i)
        where T : unmanaged, IBinaryInteger<T>
        where TUnsigned : unmanaged, IBinaryInteger<TUnsigned>
    {
        RowTag* a = RowTag.Of(warp.Registers + i->A), b = RowTag.Of(warp.Registers + i->B);
        if (!a->IsUniform || !b->IsUniform)
        {
            Fill(warp, i);
            ((delegate*<LockstepWarp, Instruction*, void>)i->Inner)(warp, i);
            return;
        }
        int order = (ComparePredicate)i->Immediate >= ComparePredicate.LtU
            ? TUnsigned.CreateTruncating(a->Base).CompareTo(TUnsigned.CreateTruncating(b->Base))
            : a->Base.CompareTo(b->Base);
        bool holds = (ComparePredicate)i->Immediate switch
        {
            ComparePredicate.Eq => order == 0,
            ComparePredicate.Ne => order != 0,
            ComparePredicate.Lt or ComparePredicate.LtU => order < 0,
            ComparePredicate.Le or ComparePredicate.LeU => order <= 0,
            ComparePredicate.Gt or ComparePredicate.GtU => order > 0,
            _ => order >= 0,
        };
        LaneOps.PutBits(warp, i, holds ? ulong.MaxValue : 0);
    }
}
