using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>What compiled regions call.</summary>
internal static unsafe class RegionOps
{
    /// <summary>The value of lane 0, which is every lane's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int FirstInt(byte* row) => RowTag.Of(row)->IsFilled ? *(int*)row : (int)RowTag.Of(row)->Base;

    /// <inheritdoc cref="FirstInt"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long FirstLong(byte* row) => RowTag.Of(row)->IsFilled ? *(long*)row : RowTag.Of(row)->Base;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(LockstepWarp warp, byte* row) => RowTag.Fill(warp, row);

    /// <summary>Writes a common number and each lane's distance to a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void KeepLongs(byte* row, long start, long* distances, int lanes)
    {
        for (int lane = 0; lane < lanes; lane += 4)
            (Vector256.Load(distances + lane) + Vector256.Create(start)).Store((long*)row + lane);
    }

    /// <inheritdoc cref="KeepLongs"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void KeepInts(byte* row, int start, long* distances, int lanes)
    {
        for (int lane = 0; lane < lanes; lane += 8)
            (Vector256.Narrow(Vector256.Load(distances + lane), Vector256.Load(distances + lane + 4)) + Vector256.Create(start)).Store((int*)row + lane);
    }

    /// <summary>The lanes of a whole warp exchange values.</summary>
    public static void Exchange(LockstepWarp warp, Instruction* i) => warp.Observer!.WarpExchange(warp, i);

    /// <summary>Whether an access needs no look, as it is noted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Note(LockstepWarp warp, int i, long first, AddressPattern pattern) => warp.Observer!.TryNote(warp, i, first, pattern);

    /// <summary>Whether an access by addresses of a row stays in a window, in all lanes and aligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Inside(long* pointers, long offset, AccessWindow* window, int size, int lanes)
    {
        if (window->One == 0)
            return false;
        Vector256<long> shift = Vector256.Create(offset - window->Start), last = Vector256.Create((long)window->One - 1), bad = default, bits = default;
        for (int lane = 0; lane < lanes; lane += 4)
        {
            Vector256<long> pointer = Vector256.Load(pointers + lane), at = pointer + shift;
            bad |= at | (last - at);
            bits |= pointer + Vector256.Create(offset);
        }
        return (bad & Vector256.Create(long.MinValue)) == Vector256<long>.Zero && (bits & Vector256.Create(size - 1L)) == Vector256<long>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector256<int> Gather32<TForm>(long* p, long offset)
        where TForm : struct, IMemoryForm<int> => Vector256.Create(
            TForm.Read((byte*)p[0] + offset), TForm.Read((byte*)p[1] + offset), TForm.Read((byte*)p[2] + offset), TForm.Read((byte*)p[3] + offset),
            TForm.Read((byte*)p[4] + offset), TForm.Read((byte*)p[5] + offset), TForm.Read((byte*)p[6] + offset), TForm.Read((byte*)p[7] + offset));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector256<long> Gather64(long* p, long offset) => Vector256.Create(
        *(long*)(p[0] + offset), *(long*)(p[1] + offset), *(long*)(p[2] + offset), *(long*)(p[3] + offset));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector256<int> Stride32<TForm>(byte* p, long step)
        where TForm : struct, IMemoryForm<int> => Vector256.Create(
            TForm.Read(p), TForm.Read(p + step), TForm.Read(p + (2 * step)), TForm.Read(p + (3 * step)),
            TForm.Read(p + (4 * step)), TForm.Read(p + (5 * step)), TForm.Read(p + (6 * step)), TForm.Read(p + (7 * step)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector256<long> Stride64(byte* p, long step) => Vector256.Create(
        *(long*)p, *(long*)(p + step), *(long*)(p + (2 * step)), *(long*)(p + (3 * step)));

    /// <summary>Each lane by its own number of places, of which the lowest five bits count; with AVX2 only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ShiftLeft(Vector256<int> a, Vector256<int> places) => Avx2.ShiftLeftLogicalVariable(a, (places & Vector256.Create(31)).AsUInt32());

    /// <inheritdoc cref="ShiftLeft"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ShiftRight(Vector256<int> a, Vector256<int> places) => Avx2.ShiftRightArithmeticVariable(a, (places & Vector256.Create(31)).AsUInt32());

    /// <inheritdoc cref="ShiftLeft"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ShiftRightLogical(Vector256<int> a, Vector256<int> places) => Avx2.ShiftRightLogicalVariable(a, (places & Vector256.Create(31)).AsUInt32());

    /// <summary>Eight small numbers side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> WidenUnsignedBytes(byte* p) => Vector256.WidenLower(Vector256.WidenLower(Vector256.CreateScalar(*(ulong*)p).AsByte())).AsInt32();

    /// <inheritdoc cref="WidenUnsignedBytes"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> WidenSignedBytes(byte* p) => Vector256.WidenLower(Vector256.WidenLower(Vector256.CreateScalar(*(ulong*)p).AsSByte()));

    /// <inheritdoc cref="WidenUnsignedBytes"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> WidenUnsignedShorts(byte* p) => Vector256.WidenLower(Vector128.Load((ushort*)p).ToVector256Unsafe()).AsInt32();

    /// <inheritdoc cref="WidenUnsignedBytes"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> WidenSignedShorts(byte* p) => Vector256.WidenLower(Vector128.Load((short*)p).ToVector256Unsafe());

    /// <summary>All bits of the lanes of one vector whose bits are set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Mask32(ulong bits, int shift) => LaneOps.Mask<int>(bits >> shift);

    /// <inheritdoc cref="Mask32"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Mask64(ulong bits, int shift) => LaneOps.Mask<long>(bits >> shift);
}
