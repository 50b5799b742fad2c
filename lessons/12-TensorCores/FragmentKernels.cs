using ILGPU;
using ILGPU.Runtime.Cuda;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>The same product in tiles of 16 tokens × 8 outputs, 16 deep, one tile for each group of 32 threads.</summary>
/// <remarks>
/// <para>Thread l = 4·g + t of the 32 holds a <em>fragment</em>: of the left matrix the rows g and g + 8 at columns 2t, 2t + 1,
/// 2t + 8, 2t + 9; of the right one column g (a row of W) at the same four places; of the sums the rows g and g + 8 at columns
/// 2t and 2t + 1.</para>
/// <para>Source: PTX ISA, "Matrix fragments for mma.m16n8k16 with floating point type".</para>
/// </remarks>
public static class FragmentKernels
{
    public const int Lanes = 32;
    public const int Rows = 16;
    public const int Columns = 8;
    public const int Depth = 16;

    /// <summary>What the tensor core does in one instruction, spelled out: each thread asks the others for what they hold.</summary>
    public static void ByHand(ArrayView<int> x, ArrayView<int> weights, View y, int tokens, int outputs, int depth)
    {
        // Other threads' registers, which only the hardware can read: here every thread shows its own in shared memory.
        var left = SharedMemory.Allocate<float>(Lanes * 8);
        var right = SharedMemory.Allocate<float>(Lanes * 4);
        int lane = Group.IdxX, g = lane / 4, t = lane % 4;
        int firstToken = Grid.IdxY * Rows, firstOutput = Grid.IdxX * Columns;
        float sum0 = 0f, sum1 = 0f, sum2 = 0f, sum3 = 0f;
        for (int first = 0; first < depth; first += Depth)
        {
            Show(left, lane * 8, Pair(x, firstToken + g, tokens, first + (2 * t), depth));
            Show(left, (lane * 8) + 2, Pair(x, firstToken + g + 8, tokens, first + (2 * t), depth));
            Show(left, (lane * 8) + 4, Pair(x, firstToken + g, tokens, first + (2 * t) + 8, depth));
            Show(left, (lane * 8) + 6, Pair(x, firstToken + g + 8, tokens, first + (2 * t) + 8, depth));
            Show(right, lane * 4, Pair(weights, firstOutput + g, outputs, first + (2 * t), depth));
            Show(right, (lane * 4) + 2, Pair(weights, firstOutput + g, outputs, first + (2 * t) + 8, depth));
            Group.Barrier();                // all fragments can be read
            for (int d = 0; d < Depth; d++)
            {
                // Who holds column d of row g, and where: thread 4·g + (d mod 8) / 2; the second half lies four registers on.
                int holder = d % 8 / 2, low = d % 2, half = d / 8;
                float a = left[(((4 * g) + holder) * 8) + (4 * half) + low];
                float aBelow = left[(((4 * g) + holder) * 8) + (4 * half) + 2 + low];
                float b = right[(((4 * (2 * t)) + holder) * 4) + (2 * half) + low];
                float bBeside = right[(((4 * ((2 * t) + 1)) + holder) * 4) + (2 * half) + low];
                sum0 += a * b;
                sum1 += a * bBeside;
                sum2 += aBelow * b;
                sum3 += aBelow * bBeside;
            }

            Group.Barrier();                // all have been read: the next ones may overwrite
        }

        Store(y, firstToken + g, tokens, firstOutput + (2 * t), outputs, sum0, sum1);
        Store(y, firstToken + g + 8, tokens, firstOutput + (2 * t), outputs, sum2, sum3);
    }

    /// <summary>The same with the instruction: 2,048 multiply-adds, and no shared memory at all. CUDA only; a group is a warp.</summary>
    public static void TensorCore(ArrayView<int> x, ArrayView<int> weights, View y, int tokens, int outputs, int depth)
    {
        if (!CudaAsm.IsSupported)
            return;
        int lane = Group.IdxX, g = lane / 4, t = lane % 4;
        int firstToken = Grid.IdxY * Rows, firstOutput = Grid.IdxX * Columns;
        Ref<float> sum0 = 0f, sum1 = 0f, sum2 = 0f, sum3 = 0f;
        for (int first = 0; first < depth; first += Depth)
        {
            Input<int> a0 = Pair(x, firstToken + g, tokens, first + (2 * t), depth);
            Input<int> a1 = Pair(x, firstToken + g + 8, tokens, first + (2 * t), depth);
            Input<int> a2 = Pair(x, firstToken + g, tokens, first + (2 * t) + 8, depth);
            Input<int> a3 = Pair(x, firstToken + g + 8, tokens, first + (2 * t) + 8, depth);
            Input<int> b0 = Pair(weights, firstOutput + g, outputs, first + (2 * t), depth);
            Input<int> b1 = Pair(weights, firstOutput + g, outputs, first + (2 * t) + 8, depth);
            CudaAsm.EmitRef(
                "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};",
                ref sum0, ref sum1, ref sum2, ref sum3, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1);
        }

        Store(y, firstToken + g, tokens, firstOutput + (2 * t), outputs, sum0.Value, sum1.Value);
        Store(y, firstToken + g + 8, tokens, firstOutput + (2 * t), outputs, sum2.Value, sum3.Value);
    }

    /// <summary>Columns d and d + 1 of a row, two bfloat16 in an int; zeros outside the matrix. d and the depth are even.</summary>
    private static int Pair(ArrayView<int> matrix, int row, int rows, int d, int depth) =>
        row < rows && d < depth ? matrix[(((long)row * depth) + d) / 2] : 0;

    private static void Show(View registers, int at, int pair)
    {
        registers[at] = Interop.IntAsFloat((uint)pair << 16);
        registers[at + 1] = Interop.IntAsFloat((uint)pair & 0xFFFF_0000);
    }

    private static void Store(View y, int token, int tokens, int output, int outputs, float first, float second)
    {
        if (token >= tokens)
            return;
        if (output < outputs)
            y[((long)token * outputs) + output] = first;
        if (output + 1 < outputs)
            y[((long)token * outputs) + output + 1] = second;
    }
}
