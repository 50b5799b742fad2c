using BenchmarkDotNet.Attributes;
using GemmaIlgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Benchmarks;

/// <summary>
/// The products of Gemma 2 2B in bf16. One token reads each weight once: bytes over time is the bandwidth to compare with
/// `gemma bench`. 128 tokens do 2 · 128 operations for each weight.
/// </summary>
public class MatMulBenchmarks : KernelBenchmark
{
    private MatMul _matMul = null!;
    private WeightMatrix _weights;
    private MemoryBuffer1D<float, Stride1D.Dense> _x = null!;
    private MemoryBuffer1D<float, Stride1D.Dense> _y = null!;

    /// <summary>T: 1 is decode, more is prefill.</summary>
    [Params(1, 16, 128)]
    public int Tokens { get; set; }

    /// <summary>Rows × columns of the weights: query, feed-forward up and down.</summary>
    [Params("2048x2304", "9216x2304", "2304x9216")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        int[] shape = [.. Shape.Split('x').Select(int.Parse)];
        int rows = shape[0], columns = shape[1];
        _matMul = new MatMul(Accelerator);
        MemoryBuffer1D<byte, Stride1D.Dense> bytes = BFloat16Weights(rows, columns);
        _weights = new WeightMatrix(bytes.View.BaseView, WeightType.BFloat16, rows, columns);
        _x = Values((long)Tokens * columns);
        _y = Accelerator.Allocate1D<float>((long)Tokens * rows);

        Product();
        float[] x = _x.GetAsArray1D(), y = _y.GetAsArray1D();
        byte[] w = bytes.GetAsArray1D();
        double sum = 0;
        for (int k = 0; k < columns; k++)
        {
            long i = 2L * ((long)(rows - 1) * columns + k);
            sum += (double)x[(Tokens - 1) * columns + k] * BitConverter.UInt32BitsToSingle((uint)(w[i] << 16 | w[i + 1] << 24));
        }
        // The last output of the last token: as many roundings as there are columns, each at most 2⁻²⁴ of a sum below 2.
        Check(sum, y[^1], columns * Math.ScaleB(1, -23));
    }

    [Benchmark]
    public void Product()
    {
        _matMul.Run(Stream, _x.View.BaseView, _weights, _y.View.BaseView);
        Stream.Synchronize();
    }
}
