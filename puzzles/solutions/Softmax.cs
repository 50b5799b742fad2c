namespace Puzzles;

/// <summary>Takes the largest value off before exp, so that nothing overflows.</summary>
public static class Softmax
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int columns)
    {
        var shared = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, row = Grid.IdxX * columns;
        float largest = float.NegativeInfinity;
        for (int c = t; c < columns; c += GroupSize)
            largest = MathF.Max(largest, x[row + c]);
        largest = Largest(shared, largest);
        float sum = 0f;
        for (int c = t; c < columns; c += GroupSize)
            sum += MathF.Exp(x[row + c] - largest);
        sum = Sum(shared, sum);
        for (int c = t; c < columns; c += GroupSize)
            result[row + c] = MathF.Exp(x[row + c] - largest) / sum;
    }

    private static float Largest(ArrayView<float> shared, float value)
    {
        int t = Group.IdxX;
        shared[t] = value;
        Group.Barrier();
        for (int stride = GroupSize / 2; stride > 0; stride /= 2)
        {
            if (t < stride)
                shared[t] = MathF.Max(shared[t], shared[t + stride]);
            Group.Barrier();
        }
        float largest = shared[0];
        Group.Barrier();
        return largest;
    }

    private static float Sum(ArrayView<float> shared, float value)
    {
        int t = Group.IdxX;
        shared[t] = value;
        Group.Barrier();
        for (int stride = GroupSize / 2; stride > 0; stride /= 2)
        {
            if (t < stride)
                shared[t] += shared[t + stride];
            Group.Barrier();
        }
        float sum = shared[0];
        Group.Barrier();
        return sum;
    }
}
