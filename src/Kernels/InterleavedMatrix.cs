using System.Buffers.Binary;
using ILGPU;

namespace GemmaIlgpu.Kernels;

/// <summary>Q4_0 weights [Rows, Columns] rearranged so that the lanes of a warp read neighbouring rows from neighbouring places.</summary>
/// <remarks>
/// Rows come in groups of one warp, the last filled up with zeros. For each group and each block of 32 columns, in this
/// order: <see cref="Scales"/> has the warp's binary16 scales side by side; <see cref="Words"/> has four times the warp's
/// words of four bytes, each byte two levels as in the file: word i of a row holds weights 4·i to 4·i + 3 in its low halves
/// and 16 + 4·i to 19 + 4·i in its high ones.
/// </remarks>
public readonly struct InterleavedMatrix
{
    /// <summary>Words of a block of one row.</summary>
    public const int WordsPerBlock = 4;

    /// <summary>[Rows / warp, Columns / 32, warp].</summary>
    public ArrayView<ushort> Scales { get; }

    /// <summary>[Rows / warp, Columns / 32, 4, warp].</summary>
    public ArrayView<int> Words { get; }
    public int Rows { get; }

    /// <summary>A multiple of 32.</summary>
    public int Columns { get; }

    public InterleavedMatrix(ArrayView<ushort> scales, ArrayView<int> words, int rows, int columns, int warp)
    {
        long blocks = BlocksOf(rows, columns, warp);
        if (rows < 1 || columns < 1 || columns % 32 != 0 || scales.Length != blocks || words.Length != blocks * WordsPerBlock)
            throw new ArgumentException($"Interleaved weights [{rows}, {columns}] for warps of {warp} take {blocks} scales and {blocks * WordsPerBlock} words; got {scales.Length} and {words.Length}.");
        Scales = scales;
        Words = words;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Blocks of a matrix whose rows are filled up to whole warps.</summary>
    public static long BlocksOf(int rows, int columns, int warp) => (long)((rows + warp - 1) / warp * warp) * (columns / 32);

    /// <summary>Rearranges whole groups of rows.</summary>
    /// <param name="source">Q4_0 bytes of some rows, all of one or more groups but for the last group of a matrix.</param>
    /// <param name="columns">Columns, a multiple of 32.</param>
    /// <param name="warp">Lanes of a warp.</param>
    /// <param name="scales">Room for the scales of these groups; what no row fills is left as it is.</param>
    /// <param name="words">Room for their words.</param>
    public static void Pack(ReadOnlySpan<byte> source, int columns, int warp, Span<ushort> scales, Span<int> words)
    {
        const int blockBytes = 18;
        int blocks = columns / 32, rows = source.Length / (blocks * blockBytes);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> from = source.Slice(row * blocks * blockBytes, blocks * blockBytes);
            int scale = (row / warp * blocks * warp) + (row % warp), word = (row / warp * blocks * warp * WordsPerBlock) + (row % warp);
            for (int block = 0; block < blocks; block++)
            {
                scales[scale] = BinaryPrimitives.ReadUInt16LittleEndian(from);
                for (int i = 0; i < WordsPerBlock; i++)
                    words[word + (i * warp)] = BinaryPrimitives.ReadInt32LittleEndian(from[(2 + (4 * i))..]);
                from = from[blockBytes..];
                scale += warp;
                word += warp * WordsPerBlock;
            }
        }
    }
}
