using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>What a row of integers or pointers holds: any values, or lane l holds <see cref="Base"/> + l · <see cref="Step"/>. The
/// second kind is most index arithmetic, and one number instead of a row of them. It lies just before the row's values.</summary>
internal unsafe struct RowTag
{
    /// <summary>Bytes of a tag with its alignment.</summary>
    public const int Bytes = 32;

    public long Base, Step;

    /// <summary>Whether the row is described by this tag.</summary>
    public bool IsAffine;

    /// <summary>Whether the values stand in the row, too; always so if it is not described by the tag.</summary>
    public bool IsFilled;

    /// <summary>Bytes of a value.</summary>
    public byte Width;

    public readonly bool IsUniform => IsAffine && Step == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowTag* Of(byte* row) => (RowTag*)(row - Bytes);

    /// <summary>Describes a row, whose values are not looked at any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Describe(long first, long step)
    {
        (Base, Step) = Width == 4 ? ((int)first, (int)step) : (first, step);
        (IsAffine, IsFilled) = (true, false);
    }

    /// <summary>Notes that the row holds any values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Forget() => (IsAffine, IsFilled) = (false, true);

    /// <summary>Makes the values stand in the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Fill(LockstepWarp warp, byte* row)
    {
        RowTag* tag = Of(row);
        if (!tag->IsFilled)
            Write(warp, tag, row);
        return row;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write(LockstepWarp warp, RowTag* tag, byte* row)
    {
        if (tag->Width == 4)
        {
            Vector256<int> values = Vector256.Create((int)tag->Base) + (Vector256<int>.Indices * (int)tag->Step);
            for (int o = 0; o < warp.RowBytes(4); o += 32, values += Vector256.Create((int)tag->Step * 8))
                values.Store((int*)(row + o));
        }
        else
        {
            Vector256<long> values = Vector256.Create(tag->Base) + Vector256.Create(0, tag->Step, tag->Step * 2, tag->Step * 3);
            for (int o = 0; o < warp.RowBytes(8); o += 32, values += Vector256.Create(tag->Step * 4))
                values.Store((long*)(row + o));
        }
        tag->IsFilled = true;
    }
}
