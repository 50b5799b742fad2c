namespace Puzzles;

/// <summary>A thread takes bytes t, t + 32, …, and both weights of each.</summary>
public static class QuantisedDot
{
    private const int GroupSize = 32;

    public static void Kernel(
        ArrayView<byte> packed, ArrayView<float> scales, ArrayView<float> x, ArrayView<float> result, int columns)
    {
        var shared = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, row = Grid.IdxX;
        int bytes = columns / 2, blocks = columns / 32;
        float sum = 0f;
        for (int i = t; i < bytes; i += GroupSize)
        {
            int block = i / 16, two = packed[(row * bytes) + i];
            int first = (block * 32) + (i % 16);
            float both = (((two & 15) - 8) * x[first]) + (((two >> 4) - 8) * x[first + 16]);
            sum += both * scales[(row * blocks) + block];
        }
        shared[t] = sum;
        Group.Barrier();
        for (int stride = GroupSize / 2; stride > 0; stride /= 2)
        {
            if (t < stride)
                shared[t] += shared[t + stride];
            Group.Barrier();
        }
        if (t == 0)
            result[row] = shared[0];
    }
}
