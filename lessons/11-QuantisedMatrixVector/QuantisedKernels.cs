using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Lessons.Device;
using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// y = W·x with weights of a byte: 32 neighbours of a row are a block, and share a scale: weight = scale · level.
/// x is stored in the same way.
/// </summary>
public static class QuantisedKernels
{
    public const int Block = 32;
    private const int WordsPerBlock = Block / 4;

    /// <summary>First of two: the weights as float32, four bytes for each one. The second is lesson 5's.</summary>
    public static void Expand(ArrayView<sbyte> levels, View scales, View values)
    {
        int i = Grid.GlobalIndex.X;
        if (i < values.Length)
            values[i] = scales[i / Block] * levels[i];
    }

    /// <summary>A warp for each row; a lane takes a byte at a time and expands it in a register.</summary>
    public static void ByteByByte(ArrayView<sbyte> levels, View scales, View x, View y)
    {
        int row = (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx, columns = x.IntLength;
        if (row >= y.Length)
            return;
        long first = (long)row * columns;
        float sum = 0f;
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
            sum += scales[(first + column) / Block] * levels[first + column] * x[column];
        sum = Warps.Sum(sum);
        if (Warp.IsFirstLane)
            y[row] = sum;
    }

    /// <summary>Four weights for each load: a lane takes an int apart by shifts. One scale serves all four, and x comes in fours too.</summary>
    public static void FourBytes(ArrayView<int> levels, View scales, ArrayView<Four> x, View y)
    {
        int row = (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx, words = x.IntLength;
        if (row >= y.Length)
            return;
        long first = (long)row * words;
        float sum = 0f;
        for (int word = Warp.LaneIdx; word < words; word += Warp.WarpSize)
        {
            int four = levels[first + word];
            Four value = x[word];
            float products = ((sbyte)four * value.A) + ((sbyte)(four >> 8) * value.B)
                + ((sbyte)(four >> 16) * value.C) + ((four >> 24) * value.D);
            sum += scales[(first + word) / WordsPerBlock] * products;
        }

        sum = Warps.Sum(sum);
        if (Warp.IsFirstLane)
            y[row] = sum;
    }

    /// <summary>x in bytes as well: four products of whole numbers, then one multiplication for both scales.</summary>
    public static void Integers(ArrayView<int> levels, View scales, ArrayView<int> xLevels, View xScales, View y)
    {
        int row = (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx, words = xLevels.IntLength;
        if (row >= y.Length)
            return;
        long first = (long)row * words;
        float sum = 0f;
        for (int word = Warp.LaneIdx; word < words; word += Warp.WarpSize)
        {
            int w = levels[first + word], x = xLevels[word];
            int products = IntegerPairs.Dot(IntegerPairs.FromSignedBytes((ushort)w), IntegerPairs.FromSignedBytes((ushort)x), 0);
            products = IntegerPairs.Dot(IntegerPairs.FromSignedBytes((ushort)(w >>> 16)), IntegerPairs.FromSignedBytes((ushort)(x >>> 16)), products);
            sum += scales[(first + word) / WordsPerBlock] * xScales[word / WordsPerBlock] * products;
        }

        sum = Warps.Sum(sum);
        if (Warp.IsFirstLane)
            y[row] = sum;
    }

    /// <summary>
    /// A row for each lane, from weights laid out for it: a word of each row of the warp, then the next word of each. What
    /// comes of x is the same for all lanes, no lane needs another's sum, and a scale is loaded once for its block.
    /// </summary>
    public static void RowPerLane(ArrayView<int> levels, View scales, ArrayView<int> xLevels, View xScales, View y)
    {
        int panel = (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx, lanes = Warp.WarpSize, blocks = xScales.IntLength;
        float sum = 0f;
        for (int block = 0; block < blocks; block++)
        {
            long first = ((long)panel * blocks) + block;
            int products = 0;
            for (int i = 0; i < WordsPerBlock; i++)
            {
                int w = levels[(((first * WordsPerBlock) + i) * lanes) + Warp.LaneIdx], x = xLevels[(block * WordsPerBlock) + i];
                products = IntegerPairs.Dot(IntegerPairs.FromSignedBytes((ushort)w), IntegerPairs.FromSignedBytes((ushort)x), products);
                products = IntegerPairs.Dot(IntegerPairs.FromSignedBytes((ushort)(w >>> 16)), IntegerPairs.FromSignedBytes((ushort)(x >>> 16)), products);
            }

            sum += scales[(first * lanes) + Warp.LaneIdx] * (xScales[block] * products);
        }

        int row = (panel * lanes) + Warp.LaneIdx;
        if (row < y.Length)
            y[row] = sum;
    }
}
