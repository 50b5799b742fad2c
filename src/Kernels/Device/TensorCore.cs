using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Four registers of two bfloat16 each: a warp's share of a 16 × 16 matrix, or of two 16 × 8 ones.</summary>
public struct Fragment
{
    public int A;
    public int B;
    public int C;
    public int D;
}

/// <summary>The instructions of NVIDIA's tensor cores and of the copies that feed them, a method each. Compute capability 8.0 and up.</summary>
/// <remarks>
/// <para>Every one is a warp's work: all 32 lanes call together. Lane l = 4 · g + t holds, of a 16 × 8 matrix of sums, the
/// columns 2t and 2t + 1 of the rows g and g + 8.</para>
/// <para>Addresses in shared memory are 32-bit numbers of bytes, from <see cref="DynamicShared"/> on; those in device memory
/// are 64-bit. Callers ask CudaAsm.IsSupported first.</para>
/// <para>Source: PTX ISA 7.8, sections 9.7.8.22 (cp.async), 9.7.13.4 (mma and ldmatrix).</para>
/// </remarks>
public static class TensorCore
{
    /// <summary>Bytes that one asynchronous copy moves, and of one row of an 8 × 8 matrix of bfloat16.</summary>
    public const int ChunkBytes = 16;

    /// <summary>bfloat16 in a chunk.</summary>
    public const int ChunkValues = 8;

    /// <summary>Where the dynamic shared memory begins; a multiple of 16.</summary>
    public static int DynamicShared()
    {
        _ = SharedMemory.GetDynamic<byte>();        // declares the name
        CudaAsm.Emit("mov.u32 %0, __dyn_shared_alloca;", out int address);
        return address;
    }

    /// <summary>Where a view's memory begins.</summary>
    public static long AddressOf<T>(ArrayView<T> view)
        where T : unmanaged => (long)view.LoadEffectiveAddressAsPtr();

    /// <summary>Starts copying 16 bytes from device to shared memory, past the first-level cache; with <paramref name="bytes"/> = 0 writes zeros and reads nothing.</summary>
    public static void CopyAsync(int shared, long global, int bytes) =>
        CudaAsm.Emit("cp.async.cg.shared.global [%0], [%1], 16, %2;", shared, global, bytes);

    /// <summary>Ends a stage: what was started since the last call is waited for together.</summary>
    public static void Commit() => CudaAsm.Emit("cp.async.commit_group;");

    /// <summary>Waits until at most two stages of this thread are on their way; others see them after a barrier.</summary>
    public static void WaitForAllButTwo() => CudaAsm.Emit("cp.async.wait_group 2;");

    /// <summary>Waits until nothing of this thread is on its way; others see it after a barrier.</summary>
    public static void WaitForAll() => CudaAsm.Emit("cp.async.wait_group 0;");

    /// <summary>
    /// Four 8 × 8 matrices from shared memory, the first into A, the last into D. Lane l gives the address of row l mod 8 of
    /// matrix l / 8, and gets the columns 2t, 2t + 1 of row g of each.
    /// </summary>
    public static Fragment Load(int address)
    {
        Output<int> a = default, b = default, c = default, d = default;
        Input<int> from = address;
        CudaAsm.EmitRef("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];", ref a, ref b, ref c, ref d, ref from);
        Fragment fragment;
        fragment.A = a.Value;
        fragment.B = b.Value;
        fragment.C = c.Value;
        fragment.D = d.Value;
        return fragment;
    }

    /// <summary>As <see cref="Load"/>, each matrix transposed: lane l gets the rows 2t, 2t + 1 of column g.</summary>
    public static Fragment LoadTransposed(int address)
    {
        Output<int> a = default, b = default, c = default, d = default;
        Input<int> from = address;
        CudaAsm.EmitRef("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];", ref a, ref b, ref c, ref d, ref from);
        Fragment fragment;
        fragment.A = a.Value;
        fragment.B = b.Value;
        fragment.C = c.Value;
        fragment.D = d.Value;
        return fragment;
    }

    /// <summary>
    /// sums (16 × 8, four numbers of this lane from index <paramref name="at"/> on) += left (16 × 16) · right (16 × 8):
    /// 2,048 products, exact in float32, whose sums the hardware rounds in an order of its own.
    /// </summary>
    /// <param name="sums">A local array, used with constant indices only, so that it lies in registers.</param>
    /// <param name="at">The lane's first sum: row g, column 2t; then column 2t + 1; then row g + 8.</param>
    /// <param name="left">Rows g, g + 8, g, g + 8 at columns 2t and 2t + 1 of the first, first, second, second half.</param>
    /// <param name="right0">Column g at rows 2t and 2t + 1.</param>
    /// <param name="right1">Column g at rows 8 + 2t and 9 + 2t.</param>
    public static void MultiplyAdd(ArrayView<float> sums, int at, Fragment left, int right0, int right1)
    {
        Ref<float> c0 = sums[at], c1 = sums[at + 1], c2 = sums[at + 2], c3 = sums[at + 3];
        Input<int> a0 = left.A, a1 = left.B, a2 = left.C, a3 = left.D, b0 = right0, b1 = right1;
        CudaAsm.EmitRef(
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};",
            ref c0, ref c1, ref c2, ref c3, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1);
        sums[at] = c0.Value;
        sums[at + 1] = c1.Value;
        sums[at + 2] = c2.Value;
        sums[at + 3] = c3.Value;
    }

    /// <summary>Two numbers rounded to bfloat16, ties to even, the first in the lower half.</summary>
    public static int Pack(float first, float second)
    {
        CudaAsm.Emit("cvt.rn.bf16x2.f32 %0, %1, %2;", out int pair, second, first);
        return pair;
    }

    /// <summary>2ˣ with a relative error of 2⁻²² and 0 below 2⁻¹²⁶; 0 for −∞.</summary>
    public static float Exp2(float x)
    {
        CudaAsm.Emit("ex2.approx.ftz.f32 %0, %1;", out float power, x);
        return power;
    }

    /// <summary>1 / x with an error of one unit in the last place; 0 for ∞.</summary>
    public static float Reciprocal(float x)
    {
        CudaAsm.Emit("rcp.approx.ftz.f32 %0, %1;", out float reciprocal, x);
        return reciprocal;
    }
}
