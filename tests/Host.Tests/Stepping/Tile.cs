using ILGPU;

public static class Tile
{
    public static void Reverse(ArrayView<int> x, ArrayView<int> y)
    {
        var tile = SharedMemory.Allocate<int>(16);
        int thread = Group.IdxX;
        tile[thread] = x[thread];
        int other = 15 - thread;
        y[thread] = tile[other];
    }
}
