using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Kernels.Fast;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Host.Inspection.Samples;

/// <summary>Launches of the kernels that multiply by weight matrices.</summary>
internal static class ProductSamples
{
    private const int Columns = 256;        // a block of every quantised type
    private const int TiledTokens = 5;

    public static SampleLaunch? Launch(string name, Type[] types) => name switch
    {
        "MatVecKernels.RowByRowKernel" => new($"40 rows of {Columns}, one token", m => Multiply(m, types[0], 40, 1, cachedColumns: Columns)),
        "MatVecKernels.EightRowsKernel" => new($"40 rows of {Columns}, one token", m => Multiply(m, types[0], 40, 1, cachedColumns: Columns - 1)),
        "TiledKernels.Kernel" => new($"40 rows of {Columns}, {TiledTokens} tokens", m => Multiply(m, types[0], 40, TiledTokens, cachedColumns: Columns)),
        "QuantisedMatVec.Kernel" => new($"40 rows of {Columns}, one token", m => MultiplyBlocks(m, types[0], 40, 1)),
        "QuantisedTiled.Kernel" => new($"two rows for each lane of {Columns}, {TiledTokens} tokens", m => MultiplyBlocks(m, types[0], QuantisedTiled.RowsPerWarp(m.Tuning.WarpSize), TiledTokens)),
        "QuantisedGather.Kernel" => new($"5 of 20 tokens, width {Columns}", m => Gather(m, types[0])),
        "QuantisedActivations.Kernel" => new($"{TiledTokens} tokens of {Columns}", m => m.Keep(new QuantisedActivations(m.Accelerator, m.Tuning)).Run(m.Stream, m.Floats(TiledTokens * Columns))),
        "QuantisedActivations.SplitKernel" => new($"{TiledTokens} tokens of {Columns}", m => m.Keep(new QuantisedActivations(m.Accelerator, m.Tuning)).Run(m.Stream, m.Floats(TiledTokens * Columns), split: true)),
        "InterleavedKernels.MatVecKernel" => new($"two rows for each lane of {Columns}, one token", m => MultiplyInterleaved(m, 1)),
        "InterleavedKernels.TiledKernel" => new($"two rows for each lane of {Columns}, {TiledTokens} tokens", m => MultiplyInterleaved(m, TiledTokens)),
        "FusedKernels.NormProductsKernel" => new($"q, k and v of 64, 32 and 32 rows of {Columns}", m => NormProducts(m, types[0]), WarpFor(types[0])),
        "FusedKernels.NormGeGluKernel" => new($"gate and up of 40 rows of {Columns}", m => NormGeGlu(m, types[0]), WarpFor(types[0])),
        "FusedKernels.ProductKernel" => new($"40 rows of {Columns}", m => new FusedProducts(m.Accelerator, m.Tuning).Run(m.Stream, m.Floats(Columns), Matrix(m, types[0], 40), m.Room<float>(40)), WarpFor(types[0])),
        "TensorMatMul.RoundKernel" => new("1,000 values", m => m.Keep(new TensorMatMul(m.Accelerator, m.Tuning)).Round(m.Stream, m.Floats(1000))),
        _ => null,
    };

    private static void Multiply(SampleMemory m, Type format, int rows, int tokens, int cachedColumns) =>
        new MatMul(m.Accelerator, m.Tuning with { CachedColumns = cachedColumns })
            .Run(m.Stream, m.Floats(tokens * Columns), m.Weights(SampleTypes.Weight(format), rows, Columns), m.Room<float>(tokens * rows));

    private static void MultiplyBlocks(SampleMemory m, Type format, int rows, int tokens) =>
        m.Keep(new QuantisedMatMul(m.Accelerator, m.Tuning))
            .Run(m.Stream, m.Floats(tokens * Columns), m.Blocks(SampleTypes.Block(format), rows, Columns), m.Room<float>(tokens * rows));

    private static void Gather(SampleMemory m, Type format) =>
        m.Keep(new QuantisedMatMul(m.Accelerator, m.Tuning))
            .Gather(m.Stream, m.Of(3, 0, 19, 3, 7), m.Blocks(SampleTypes.Block(format), 20, Columns), m.Room<float>(5 * Columns), 16f);

    private static void MultiplyInterleaved(SampleMemory m, int tokens)
    {
        int warp = m.Tuning.WarpSize, rows = 2 * warp;
        long blocks = InterleavedMatrix.BlocksOf(rows, Columns, warp);
        var scales = new ushort[blocks];
        var words = new int[blocks * InterleavedMatrix.WordsPerBlock];
        InterleavedMatrix.Pack(m.BlockBytes(BlockType.Q4_0, rows, Columns), Columns, warp, scales, words);
        m.Keep(new InterleavedMatMul(m.Accelerator, m.Tuning))
            .Run(m.Stream, m.Floats(tokens * Columns), new InterleavedMatrix(m.Of(scales), m.Of(words), rows, Columns, warp), m.Room<float>(tokens * rows));
    }

    private static void NormProducts(SampleMemory m, Type rows) => new FusedProducts(m.Accelerator, m.Tuning).RunNorm(
        m.Stream, Residual(m), 0f, (Matrix(m, rows, 64), m.Room<float>(64)), (Matrix(m, rows, 32), m.Room<float>(32)), (Matrix(m, rows, 32), m.Room<float>(32)));

    private static void NormGeGlu(SampleMemory m, Type rows) =>
        new FusedProducts(m.Accelerator, m.Tuning).RunNormGeGlu(m.Stream, Residual(m), Matrix(m, rows, 40), Matrix(m, rows, 40), m.Room<float>(40));

    private static ResidualInputs Residual(SampleMemory m) =>
        new(m.Floats(Columns), m.Floats(Columns), m.Floats(Columns), m.Floats(Columns), m.Room<float>(Columns), 1e-6f, 1f);

    // The rows of fused products: packets of a weight type, or blocks.
    private static FusedMatrix Matrix(SampleMemory m, Type rows, int count)
    {
        Type format = rows.GetGenericArguments()[0];
        return IsOfBlocks(rows) ? m.Blocks(SampleTypes.Block(format), count, Columns) : m.Weights(SampleTypes.Weight(format), count, Columns);
    }

    private static int WarpFor(Type rows) => IsOfBlocks(rows) ? IBlockFormat.Pairs : 1;

    private static bool IsOfBlocks(Type rows) => rows.GetGenericTypeDefinition() == typeof(BlockRows<>);
}
